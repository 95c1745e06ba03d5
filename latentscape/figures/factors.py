"""Which latent dimension stands for which true factor."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

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

PANELS = {
    "informativeness": "R², out of fold",
    "mig": "MIG",
    "sap": "SAP",
    "completeness": "completeness",
}
OVERALL = "disentanglement"
EVERY_FACTOR = "all"
NULL = "#D0D0D0"
SMALLEST_TOP = 0.1
"""Least upper end of the colours: noise must not look like knowledge."""
LEAST_R2 = -0.15
"""Where the axis of R² ends: what lies below is no better known than by its mean."""


@styled
def factor_map(
    known: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    factors: Mapping[str, str],
    labels: Mapping[str, Label],
    seed: int,
) -> Figure:
    """Draw what each dimension knows of each factor, and the scores of disentanglement.

    Parameters
    ----------
    known : DataFrame
        Table ``factors``.
    scores : DataFrame
        Table ``disentanglement``.
    factors : mapping of str to str
        Text of each factor, in order from the top.
    labels : mapping of str to Label
        All labels of the project, in order.
    seed : int
        Training whose dimensions are shown; they are others in each training.

    Returns
    -------
    Figure
        One line of panels per label. On the left the information of a dimension and a factor
        over the factor's entropy; cells that permuted factors reach too are marked with a dot.
        To the right one mark with its interval per training, and the band of permuted factors.
    """
    groups = in_order(labels, scores["group"].unique())
    counts = {name: known.loc[known["group"] == name, "factor"].nunique() for name in groups}
    if not groups:
        figure = Figure(figsize=(SINGLE, 2.0))
        say_empty(figure.subplots())
        return figure
    heights = [1.0 + 0.21 * (counts[name] + 1) for name in groups]
    figure = Figure(figsize=(DOUBLE, 0.3 + sum(heights)))
    panels = figure.subplots(
        len(groups),
        1 + len(PANELS),
        squeeze=False,
        width_ratios=[2.0, 1, 1, 1, 1],
        height_ratios=heights,
    )
    top = max(SMALLEST_TOP, float(known.loc[known["seed"] == seed, "share"].max()))
    for line, (name, label) in zip(panels, groups.items(), strict=True):
        own = known[(known["group"] == name) & (known["seed"] == seed)]
        shown = [factor for factor in factors if (own["factor"] == factor).any()]
        drawn = _draw_map(line[0], own, {factor: factors[factor] for factor in shown}, top)
        line[0].set_title(f"{label.text} ({int(own['n'].max()):,} rows)")
        of_group = scores[scores["group"] == name]
        for axes, (score, text) in zip(line[1:], PANELS.items(), strict=True):
            _draw_scores(axes, of_group, score, [*shown, EVERY_FACTOR])
            axes.set_xlabel(text)
    for axes in panels[:-1, 1:].ravel():
        axes.set_xlabel("")
    figure.colorbar(
        drawn,
        ax=panels[:, 0],
        label="information / entropy",
        aspect=30,
        pad=0.02,
        location="bottom",
    )
    legend_above(figure, _handles())
    return figure


def _handles() -> list[Artist]:
    colours = method_colours(["of a factor", OVERALL])
    return [
        Line2D([], [], color=colours["of a factor"], marker="o", ls="", label="one training"),
        Line2D([], [], color=colours[OVERALL], marker="D", ls="", label="DCI disentanglement"),
        Patch(color=NULL, label="factors permuted (95 %)"),
    ]


def _draw_map(axes: Axes, known: pd.DataFrame, factors: Mapping[str, str], top: float) -> AxesImage:
    names = sorted(known["dimension"].unique(), key=lambda name: int(name[1:]))
    tables = [
        known.pivot_table(index="factor", columns="dimension", values=value)
        .reindex(index=list(factors), columns=names)
        .to_numpy(dtype=float)
        for value in ("share", "null_high")
    ]
    drawn = axes.imshow(tables[0], cmap=SIGNAL_MAP, vmin=0, vmax=top, aspect="auto", origin="upper")
    by_chance = np.argwhere(tables[0] <= tables[1])
    axes.plot(by_chance[:, 1], by_chance[:, 0], ".", color="0.6", ms=1.5)
    every = max(1, round(len(names) / 16))
    texts = [re.sub(r"^z(\d+)$", r"$z_{\1}$", name) for name in names]
    axes.set_xticks(range(len(names))[::every], texts[::every])
    axes.set_yticks([*range(len(factors)), len(factors)], [*factors.values(), "all factors"])
    axes.set_ylim(len(factors) + 0.7, -0.5)
    axes.tick_params(length=0)
    return drawn


def _draw_scores(axes: Axes, scores: pd.DataFrame, score: str, factors: list[str]) -> None:
    colours = method_colours(["of a factor", OVERALL])
    drawn = [(score, factor, "of a factor", "o") for factor in factors]
    if score == "completeness":
        drawn.append((OVERALL, EVERY_FACTOR, OVERALL, "D"))
    for name, factor, kind, mark in drawn:
        own = scores[(scores["score"] == name) & (scores["factor"] == factor)].sort_values("seed")
        middle = factors.index(factor) + (0.45 if name == OVERALL else 0.0)
        if own.empty:
            continue
        low, high = own["null_low"].min(), own["null_high"].max()
        half = 0.22 if score == "completeness" and factor == EVERY_FACTOR else 0.4
        axes.fill_betweenx([middle - half, middle + half], low, high, color=NULL, lw=0, zorder=0)
        places = middle + np.linspace(-half, half, len(own) + 2)[1:-1]
        axes.hlines(places, own["low"], own["high"], color=colours[kind], lw=0.7)
        axes.plot(own["value"], places, mark, color=colours[kind], ms=1.8)
    axes.axhline(len(factors) - 1.5, color="0.6", lw=0.5)
    axes.set_ylim(len(factors) - 0.3, -0.5)
    axes.set_yticks([])
    axes.set_xlim(LEAST_R2 if score == "informativeness" else -0.02, 1.02)
