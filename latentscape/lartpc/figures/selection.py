"""What the cuts keep, and where the entry windows lie."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FormatStrFormatter

from latentscape.figures.style import (
    DOUBLE,
    SIGNAL_MAP,
    Label,
    beside,
    in_order,
    legend_above,
    say_empty,
    styled,
)
from latentscape.lartpc.geometry import PLANES, Detector

PANELS = (*PLANES, "both")
CUT_TEXTS = {
    "all": "all clusters",
    "height": "height",
    "width": "width",
    "varying_profile": "varying profile",
    "first_wire": "first wire",
    "entry_tick": "entry tick",
    "events": "events",
    "matched": "matched tracks",
    "calorimetry": "with calorimetry",
}
ENTRIES_MAP = SIGNAL_MAP.with_extremes(bad="white")
WINDOW = "#0072B2"
TICKS_PER_BIN = 32
LONGEST_BAR = 0.62
"""Share of the panel that the longest bar takes; the rest is for its number."""


@styled
def cut_flow(flow: pd.DataFrame, *, labels: Mapping[str, Label]) -> Figure:
    """Draw how much is left after each step of the selection.

    Parameters
    ----------
    flow : DataFrame
        Table ``cut_flow`` of one or several samples.
    labels : mapping of str to Label
        All samples of the project, in order.

    Returns
    -------
    Figure
        One panel per plane and one for what both planes share; one bar and its number
        per step and sample, on a logarithmic scale.
    """
    shown = in_order(labels, flow["sample"].unique())
    planes = [plane for plane in PANELS if (flow["plane"] == plane).any()]
    steps = max([flow.loc[flow["plane"] == plane, "cut"].nunique() for plane in planes] or [1])
    figure = Figure(figsize=(DOUBLE, 0.8 + steps * (0.12 + 0.13 * max(len(shown), 1))))
    panels = figure.subplots(1, max(len(planes), 1), squeeze=False)[0]
    lists = [_cuts(flow[flow["plane"] == plane]) for plane in planes]
    if not planes:
        say_empty(panels[0])
    for i, (axes, plane) in enumerate(zip(panels, planes, strict=False)):
        _bars(axes, flow[flow["plane"] == plane], lists[i], shown)
        axes.set_ylim(steps - 0.5, -0.5)
        if i and lists[i] == lists[i - 1]:
            axes.set_yticklabels([])
        axes.set_title("both planes" if plane == "both" else plane)
        axes.set_xlabel("survivors")
    handles = [Patch(color=label.colour, label=label.text) for label in shown.values()]
    legend_above(figure, handles)
    return figure


def _cuts(flow: pd.DataFrame) -> list[str]:
    return [str(cut) for cut in flow.groupby("cut")["step"].min().sort_values().index]


def _bars(axes: Axes, flow: pd.DataFrame, cuts: list[str], shown: Mapping[str, Label]) -> None:
    survivors = flow["survivors"]
    lowest = max(0.5, survivors[survivors > 0].min() / 5) if survivors.any() else 0.5
    longest = max(float(survivors.max()), 1.0) / lowest
    thick = 0.8 / len(shown)
    for i, (sample, label) in enumerate(shown.items()):
        rows = flow[flow["sample"] == sample]
        shift = (i - (len(shown) - 1) / 2) * thick
        at = rows["cut"].map({cut: place + shift for place, cut in enumerate(cuts)})
        ends = rows["survivors"].clip(lower=lowest)
        axes.barh(at, ends, thick * 0.92, color=label.colour)
        for y, end, number in zip(at, ends, rows["survivors"], strict=True):
            axes.annotate(
                f"{number:,}",
                (end, y),
                xytext=(2, 0),
                textcoords="offset points",
                va="center",
                fontsize=7,
            )
    axes.set_xscale("log")
    axes.set_xlim(lowest, lowest * longest ** (1 / LONGEST_BAR))
    names = [CUT_TEXTS.get(cut, cut.replace("_", " ")) for cut in cuts]
    axes.set_yticks(range(len(cuts)), names)
    axes.tick_params(axis="y", length=0)


@styled
def entry_windows(clusters: pd.DataFrame, *, detector: Detector) -> Figure:
    """Draw where the clusters begin in each plane, and the window that the cuts keep.

    Parameters
    ----------
    clusters : DataFrame
        Columns ``plane``, ``first_wire`` and ``entry_tick`` of table ``clusters``.
    detector : Detector
        Gives the size of the planes and their windows.

    Returns
    -------
    Figure
        Two-dimensional histograms with their projections, from which the windows of
        another detector are read.
    """
    figure = Figure(figsize=(DOUBLE, 3.5))
    for part, plane in zip(beside(figure, len(PLANES)), PLANES, strict=True):
        _entries(part, clusters[clusters["plane"] == plane], plane, detector)
    return figure


def _entries(part: SubFigure, clusters: pd.DataFrame, plane: str, detector: Detector) -> None:
    settings = detector.plane(plane)
    grid = part.subplots(2, 2, width_ratios=(3, 1), height_ratios=(1, 3))
    (above, corner), (main, aside) = grid
    window = settings.window
    corner.set_axis_off()
    bounds = (*window.first_wire, *window.entry_tick) if window else ()
    corner.text(
        0.5,
        0.5,
        "wire\n{}–{}\ntick\n{}–{}".format(*bounds) if window else "no window",
        transform=corner.transAxes,
        ha="center",
        va="center",
        color=WINDOW,
        fontsize=7,
    )
    wires = np.arange(-0.5, settings.wires + 1, 2)
    ticks = np.arange(-0.5, detector.ticks + TICKS_PER_BIN, TICKS_PER_BIN)
    counts, _, _ = np.histogram2d(clusters["first_wire"], clusters["entry_tick"], (wires, ticks))
    if counts.any():
        drawn = main.pcolormesh(
            wires,
            ticks,
            np.ma.masked_equal(counts.T, 0),
            norm=LogNorm(0.5, max(counts.max(), 2)),
            cmap=ENTRIES_MAP,
            rasterized=True,
        )
        scale = part.colorbar(
            drawn, ax=grid, location="bottom", label="clusters", aspect=35, pad=0.02
        )
        # Few clusters span less than a decade, and counts are no powers of ten with an exponent.
        steps = [step * 10**power for power in range(6) for step in (1, 2, 5)]
        scale.set_ticks([step for step in steps if step <= max(counts.max(), 2)])
        scale.set_ticks([], minor=True)
        scale.formatter = FormatStrFormatter("%d")
    else:
        say_empty(main)
    above.stairs(counts.sum(axis=1), wires, color="0.2", lw=0.8)
    aside.stairs(counts.sum(axis=0), ticks, color="0.2", lw=0.8, orientation="horizontal")
    if window:
        _draw_window(main, above, aside, window.first_wire, window.entry_tick)
    main.set(xlim=(wires[0], wires[-1]), ylim=(ticks[0], ticks[-1]))
    main.set(xlabel="first wire", ylabel="entry tick")
    above.set(xlim=main.get_xlim(), xticklabels=[], ylabel="clusters", title=plane)
    aside.set(ylim=main.get_ylim(), yticklabels=[], xlabel="clusters")


def _draw_window(
    main: Axes, above: Axes, aside: Axes, wires: tuple[int, int], ticks: tuple[int, int]
) -> None:
    main.add_patch(
        Rectangle(
            (wires[0], ticks[0]),
            wires[1] - wires[0],
            ticks[1] - ticks[0],
            fill=False,
            edgecolor=WINDOW,
            lw=1.2,
        )
    )
    above.axvspan(*wires, color=WINDOW, alpha=0.15, lw=0)
    aside.axhspan(*ticks, color=WINDOW, alpha=0.15, lw=0)
