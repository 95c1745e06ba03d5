"""Groups that the latents form, and the labels they are taken for."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from latentscape.figures.style import (
    DOUBLE,
    SIGNAL_MAP,
    SINGLE,
    Label,
    in_order,
    legend_above,
    method_colours,
    say_empty,
    styled,
)

SCORES = {"ari": "adjusted Rand index", "purity": "purity", "nmi": "normalised information"}
CHOICES = {"labels": "as many\nas labels", "bic": "by BIC"}
NULL = "#D0D0D0"
DARK = 0.55
"""Share from which the number in a cell is written in white."""


@styled
def mixture_agreement(
    mixtures: pd.DataFrame, bic: pd.DataFrame, *, labels: Mapping[str, Label]
) -> Figure:
    """Draw the criterion against the number of components, and how mixtures agree with labels.

    Parameters
    ----------
    mixtures : DataFrame
        Table ``mixtures``.
    bic : DataFrame
        Table ``bic``.
    labels : mapping of str to Label
        Text of each label; a set of labels is written as their sum.

    Returns
    -------
    Figure
        On the left the criterion per row above its smallest value, one line per training with a
        ring at the minimum. To the right one mark with its interval per training; grey bands are
        where the scores of permuted labels lie, and the dotted line in the panel of the purity is
        the share of the largest label.
    """
    sets = sorted(bic["labels"].unique())
    colours = method_colours(sets)
    texts = {name: _sum_of(name, labels) for name in sets}
    figure = Figure(figsize=(DOUBLE, 2.6))
    first, *others = figure.subplots(1, 1 + len(SCORES), width_ratios=[1.3, 1, 1, 1])
    _draw_bic(first, bic, colours)
    for axes, (score, text) in zip(others, SCORES.items(), strict=True):
        own = mixtures[mixtures["score"] == score]
        if own.empty:
            say_empty(axes)
        _draw_agreement(axes, own, colours)
        axes.set_ylabel(text)
        axes.set_ylim(min(-0.03, float(own["low"].min()) - 0.02) if len(own) else 0.0, 1.02)
        axes.set_xlabel("components")
    handles: list[Artist] = [
        Line2D([], [], color=colours[name], marker="o", label=texts[name]) for name in sets
    ]
    handles.append(Patch(color=NULL, label="labels permuted (95 %)"))
    handles.append(Line2D([], [], color="0.3", ls=":", label="share of the largest label"))
    legend_above(figure, handles)
    return figure


def _sum_of(name: str, labels: Mapping[str, Label]) -> str:
    if name == "all":
        return "all labels"
    parts = name.split("+")
    return " and ".join(labels[part].text if part in labels else part for part in parts)


def _draw_bic(axes: Axes, bic: pd.DataFrame, colours: Mapping[str, str]) -> None:
    for (name, _), curve in bic.groupby(["labels", "seed"], sort=True):
        ordered = curve.sort_values("components")
        above = (ordered["bic"] - ordered["bic"].min()) / ordered["n"]
        colour = colours[str(name)]
        axes.plot(ordered["components"], above, color=colour, lw=0.9)
        chosen = ordered["is_chosen"].to_numpy()
        axes.plot(ordered["components"][chosen], above[chosen], "o", mfc="none", color=colour, ms=5)
    axes.set_ylim(bottom=-0.3)
    axes.set_xlabel("components")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("BIC per row − minimum [nat]")


def _draw_agreement(axes: Axes, rows: pd.DataFrame, colours: Mapping[str, str]) -> None:
    present = [choice for choice in CHOICES if (rows["choice"] == choice).any()]
    width = 0.8 / max(len(colours), 1)
    for (name, choice), own in rows.groupby(["labels", "choice"], sort=True):
        left = present.index(str(choice)) - 0.4 + width * list(colours).index(str(name))
        ends = [left + 0.04, left + width - 0.04]
        low, high = own["null_low"].min(), own["null_high"].max()
        axes.fill_between(ends, low, high, color=NULL, lw=0, zorder=0)
        if (own["score"] == "purity").all():
            axes.plot(ends, [own["largest_share"].mean()] * 2, color="0.3", ls=":", lw=0.9)
        places = np.linspace(ends[0], ends[1], len(own) + 2)[1:-1]
        for place, row in zip(places, _rows(own.sort_values("seed")), strict=True):
            colour = colours[str(name)]
            axes.plot([place, place], [row.low, row.high], color=colour, lw=0.8)
            axes.plot(place, row.value, "o", color=colour, ms=2.5)
    axes.set_xticks(range(len(present)), [CHOICES[choice] for choice in present])
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.5, max(len(present), 1) - 0.5)


@styled
def confusion_matrices(
    tables: Mapping[str, pd.DataFrame], *, labels: Mapping[str, Label]
) -> Figure:
    """Draw which label is taken for which, one matrix per method.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Title of each panel, and columns ``label``, ``assigned``, ``share``, ``low``, ``high``,
        ``rows`` and ``n``, as in table ``normal_pid_confusion`` of one training.
    labels : mapping of str to Label
        All labels, in order.

    Returns
    -------
    Figure
        Shares of each true label in per cent, with their 95 % intervals below; a row adds up to
        100. Shares of nothing are left blank.
    """
    shown = {title: table for title, table in tables.items() if len(table)}
    columns = min(max(len(shown), 1), 3)
    lines = -(-max(len(shown), 1) // columns)
    figure = Figure(figsize=(DOUBLE if columns > 1 else SINGLE, 0.3 + 2.1 * lines))
    panels = figure.subplots(lines, columns, squeeze=False)
    for axes in panels.ravel()[max(len(shown), 1) :]:
        axes.set_axis_off()
    if not shown:
        say_empty(panels[0, 0])
        return figure
    for axes, (title, table) in zip(panels.ravel(), shown.items(), strict=False):
        drawn = _draw_matrix(axes, table, labels)
        axes.set_title(title)
        axes.set_xlabel("taken for")
    for axes in panels[:, 0]:
        axes.set_ylabel("true label (rows)")
    figure.colorbar(drawn, ax=panels, label="share of the true label", aspect=30, pad=0.01)
    return figure


def _draw_matrix(axes: Axes, table: pd.DataFrame, labels: Mapping[str, Label]) -> AxesImage:
    true, assigned = (in_order(labels, table[name].unique()) for name in ("label", "assigned"))
    shares = table.pivot_table(index="label", columns="assigned", values="share", dropna=False)
    shares = shares.reindex(index=list(true), columns=list(assigned))
    drawn = axes.imshow(
        shares.to_numpy(dtype=float), cmap=SIGNAL_MAP, vmin=0, vmax=1, aspect="auto", origin="upper"
    )
    for cell in _rows(table[table["rows"] > 0]):
        place = (list(assigned).index(cell.assigned), list(true).index(cell.label))
        colour = "white" if cell.share > DARK else "black"
        interval = f"{100 * cell.low:.0f}–{100 * cell.high:.0f}"
        texts = ((f"{100 * cell.share:.0f}", "bottom", 7), (interval, "top", 5))
        for text, side, size in texts:
            axes.annotate(text, place, ha="center", va=side, color=colour, fontsize=size)
    counts = table.drop_duplicates("label").set_index("label")["n"]
    axes.set_xticks(range(len(assigned)), [label.text for label in assigned.values()])
    axes.set_yticks(
        range(len(true)), [f"{label.text} ({counts[name]:,})" for name, label in true.items()]
    )
    axes.tick_params(length=0)
    return drawn


def _rows(table: pd.DataFrame) -> Iterable[Any]:
    return table.itertuples()
