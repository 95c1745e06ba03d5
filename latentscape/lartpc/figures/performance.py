"""How well the PID statistics tell the species apart, of particles that end in the volume."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from latentscape.figures.style import (
    DOUBLE,
    SIGNAL_MAP,
    SINGLE,
    legend_above,
    method_colours,
    say_empty,
    styled,
)
from latentscape.lartpc.figures.labels import SPECIES_LABELS
from latentscape.lartpc.tables.identification import SPECIES

STATISTIC_LABELS = {
    "chi2": "χ²",
    "chi2_larsoft": "LArSoft χ²",
    "log_likelihood": "likelihood",
    "pida": "PIDA",
}
SOURCE_LABELS = {
    "external": "calorimetry table",
    "collection": "own, collection",
    "induction": "own, induction",
}
COLOURS = method_colours(STATISTIC_LABELS)
MARKERS = dict(zip(STATISTIC_LABELS, "osD^", strict=True))
LINES: dict[str, str | tuple[int, tuple[float, ...]]] = dict(
    zip(STATISTIC_LABELS, ("-", (0, (4, 1)), (0, (1, 1)), (0, (5, 1, 1, 1))), strict=True)
)
BINNED = {"momentum": "true momentum [MeV/c]", "length": "true length [cm]"}
QUANTITIES = {
    "auc": "AUC",
    "efficiency": "efficiency (of tracks)",
    "purity": "purity, equal numbers",
}
DARK = 0.55
"""Share from which the number in a cell is written in white."""


def in_given_order(present: Iterable[str], order: Mapping[str, str]) -> dict[str, str]:
    """Return the text of each name that occurs; those that are not known follow by their name."""
    found = set(present)
    known = {name: text for name, text in order.items() if name in found}
    return known | {name: name for name in sorted(found - set(known))}


def of_pair(table: pd.DataFrame, pair: tuple[str, str]) -> pd.DataFrame:
    """Return the rows of a table that belong to one pair of species."""
    return table[(table["signal"] == pair[0]) & (table["background"] == pair[1])]


@styled
def pid_roc(roc: pd.DataFrame, performance: pd.DataFrame, *, pair: tuple[str, str]) -> Figure:
    """Draw the ROC curve of every statistic, one panel per source of calorimetry.

    Parameters
    ----------
    roc : DataFrame
        Table ``pid_roc``.
    performance : DataFrame
        Table ``pid_performance``.
    pair : (str, str)
        Signal and background.

    Returns
    -------
    Figure
        Curves with their 95 % bands; the legend gives the AUC with its interval. Shares are of
        the tracks with a score whose particle ends in the volume, and the title has their
        numbers. The share of accepted background is on a logarithmic axis.
    """
    curves, areas = of_pair(roc, pair), of_pair(performance, pair)
    areas = areas[areas["binned_by"] == "all"]
    sources = in_given_order(curves["source"], SOURCE_LABELS)
    signal, background = (SPECIES_LABELS[name] for name in pair)
    columns = max(len(sources), 1)
    figure = Figure(figsize=(min(SINGLE * columns, DOUBLE), 2.9))
    panels = figure.subplots(1, columns, squeeze=False, sharey=True)[0]
    if not sources:
        say_empty(panels[0])
    for axes, (source, text) in zip(panels, sources.items(), strict=False):
        own, rows = curves[curves["source"] == source], areas[areas["source"] == source]
        for statistic, name in STATISTIC_LABELS.items():
            curve = own[(own["statistic"] == statistic) & (own["mistaken"] > 0)]
            if not curve.empty:
                label = f"{name}  {_auc_text(rows[rows['statistic'] == statistic])}"
                _draw_curve(axes, curve.sort_values("mistaken"), statistic, label)
        counts = rows[["n_signal", "n_background"]].max()
        numbers = f" ({int(counts.iloc[0]):,} {signal}, {int(counts.iloc[1]):,} {background})"
        axes.set_title(text + (numbers if len(rows) else ""))
        axes.set_xlabel(f"share of {background} tracks accepted")
        legend = axes.legend(
            loc="lower right", title="AUC", alignment="left", frameon=True, fontsize=6
        )
        legend.get_frame().set(edgecolor="none", alpha=0.8)
    panels[0].set_ylabel(f"share of {signal} tracks accepted")
    return figure


def _draw_curve(axes: Axes, curve: pd.DataFrame, statistic: str, label: str) -> None:
    x = curve["mistaken"].to_numpy(dtype=float)
    axes.plot(
        x, curve["efficiency"], color=COLOURS[statistic], ls=LINES[statistic], lw=1.1, label=label
    )
    low, high = curve["efficiency_low"], curve["efficiency_high"]
    axes.fill_between(x, low, high, color=COLOURS[statistic], alpha=0.15, lw=0)
    axes.plot(x, x, color="0.6", lw=0.8, zorder=0)
    axes.set(xscale="log", xlim=(x[0], 1), ylim=(0, 1.03))


def _auc_text(rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    row = rows.iloc[0]
    return f"{row['auc']:.3f} ({row['auc_low']:.3f}–{row['auc_high']:.3f})"


@styled
def pid_in_bins(performance: pd.DataFrame, *, pair: tuple[str, str], source: str) -> Figure:
    """Draw AUC, efficiency and purity against true momentum and true track length.

    Parameters
    ----------
    performance : DataFrame
        Table ``pid_performance``.
    pair : (str, str)
        Signal and background.
    source : str
        Source of the calorimetry.

    Returns
    -------
    Figure
        One point per bin and statistic with its 95 % interval, side by side within the bin; the
        grey band is the AUC of permuted species. The efficiency is that of the tracks with a
        score; events without one, and particles that leave the volume, do not count.
    """
    rows = of_pair(performance, pair)
    rows = rows[rows["source"] == source]
    figure = Figure(figsize=(DOUBLE, 5.2))
    panels = figure.subplots(len(QUANTITIES), len(BINNED), sharex="col", sharey="row")
    for line, (quantity, text) in zip(panels, QUANTITIES.items(), strict=True):
        for axes, name in zip(line, BINNED, strict=True):
            binned = rows[rows["binned_by"] == name]
            if binned[quantity].notna().any():
                _draw_bins(axes, binned, quantity)
            else:
                say_empty(axes)
        lowest = rows.loc[rows["binned_by"].isin(list(BINNED)), f"{quantity}_low"].min()
        line[0].set_ylim(max(0.0, (0.5 if np.isnan(lowest) else lowest) - 0.03), 1.02)
        line[0].set_ylabel(text)
    for axes, text in zip(panels[-1], BINNED.values(), strict=True):
        axes.set_xlabel(text)
    signal, background = (SPECIES_LABELS[name] for name in pair)
    panels[0, 0].set_title(f"{signal} against {background}: {SOURCE_LABELS.get(source, source)}")
    legend_above(figure, panels[0, 0].get_legend_handles_labels()[0])
    return figure


def _draw_bins(axes: Axes, rows: pd.DataFrame, quantity: str) -> None:
    present = in_given_order(rows["statistic"], STATISTIC_LABELS)
    for place, (statistic, text) in enumerate(present.items()):
        own = rows[rows["statistic"] == statistic].sort_values("bin_low")
        low, high = own["bin_low"].to_numpy(), own["bin_high"].to_numpy()
        middle = low + (high - low) * (place + 1) / (len(present) + 1)
        value = own[quantity].to_numpy()
        errors = [value - own[f"{quantity}_low"], own[f"{quantity}_high"] - value]
        axes.errorbar(
            middle,
            value,
            yerr=errors,
            fmt=MARKERS[statistic],
            color=COLOURS[statistic],
            elinewidth=0.8,
            label=text,
        )
        if quantity == "auc":
            for edges, null in zip(
                np.stack([low, high], axis=1),
                own[["null_low", "null_high"]].to_numpy(),
                strict=True,
            ):
                axes.fill_between(edges, *null[:, None].repeat(2, 1), color="0.9", lw=0, zorder=0)
    for edge in np.unique(rows[["bin_low", "bin_high"]].to_numpy()):
        axes.axvline(edge, color="0.85", lw=0.5, zorder=0)


@styled
def pid_confusion(confusion: pd.DataFrame) -> Figure:
    """Draw which species is taken for which, one matrix per source and statistic.

    Parameters
    ----------
    confusion : DataFrame
        Table ``pid_confusion``.

    Returns
    -------
    Figure
        Shares of each true species in per cent, with their 95 % intervals below; a row adds
        up to 100. Shares of nothing are left blank. Only particles that end in the volume count.
    """
    sources = in_given_order(confusion["source"], SOURCE_LABELS)
    statistics = in_given_order(confusion["statistic"], STATISTIC_LABELS)
    rows, columns = max(len(statistics), 1), max(len(sources), 1)
    figure = Figure(figsize=(max(0.7 + 2.1 * columns, SINGLE), 0.5 + 2.0 * rows))
    panels = figure.subplots(rows, columns, squeeze=False)
    if not sources:
        say_empty(panels[0, 0])
        return figure
    for line, (statistic, name) in zip(panels, statistics.items(), strict=True):
        for axes, (source, text) in zip(line, sources.items(), strict=True):
            is_own = (confusion["source"] == source) & (confusion["statistic"] == statistic)
            drawn = _draw_matrix(axes, confusion[is_own])
            axes.set_title(f"{name}, {text}")
    for axes in panels[:, 0]:
        axes.set_ylabel("true species\n(tracks that end inside)")
    for axes in panels[-1]:
        axes.set_xlabel("best hypothesis")
    figure.colorbar(drawn, ax=panels, label="share of the true species", aspect=40, pad=0.01)
    return figure


def _draw_matrix(axes: Axes, rows: pd.DataFrame) -> AxesImage:
    true = [name for name in SPECIES if (rows["species"] == name).any()]
    assigned = [name for name in SPECIES if (rows["assigned"] == name).any()]
    shares = rows.pivot_table(index="species", columns="assigned", values="share", dropna=False)
    shares = shares.reindex(index=true, columns=assigned)
    drawn = axes.imshow(
        shares.to_numpy(dtype=float), cmap=SIGNAL_MAP, vmin=0, vmax=1, aspect="auto", origin="upper"
    )
    cells: Iterable[Any] = rows[rows["tracks"] > 0].itertuples()
    for cell in cells:
        place = (assigned.index(cell.assigned), true.index(cell.species))
        colour = "white" if cell.share > DARK else "black"
        interval = f"{100 * cell.share_low:.0f}–{100 * cell.share_high:.0f}"
        texts = ((f"{100 * cell.share:.0f}", "bottom", 7), (interval, "top", 5))
        for text, side, size in texts:
            axes.annotate(text, place, ha="center", va=side, color=colour, fontsize=size)
    counts = rows.drop_duplicates("species").set_index("species")["n"]
    axes.set_xticks(range(len(assigned)), [SPECIES_LABELS[name] for name in assigned])
    axes.set_yticks(range(len(true)), [f"{SPECIES_LABELS[n]} ({counts[n]:,})" for n in true])
    axes.tick_params(length=0)
    return drawn
