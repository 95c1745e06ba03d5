"""Calorimetry from a track's own clusters: its dE/dx, and how it compares."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from latentscape.figures.style import DOUBLE, Label, in_order, legend_above, say_empty, styled
from latentscape.lartpc.figures.identification import dedx_against_range

VIEWS = ("collection", "induction")
RATIO_LIMITS = (0.8, 1.35)
"""Ratios beyond are drawn at the border; behind a decay the last centimetre has more."""


def own_dedx_against_range(own: pd.DataFrame, expected: pd.DataFrame) -> Figure:
    """Draw own dE/dx against the residual range, and what is expected of each species.

    Parameters
    ----------
    own : DataFrame
        Table ``track_calorimetry`` of one or several samples.
    expected : DataFrame
        Table ``expected_dedx``.

    Returns
    -------
    Figure
        One two-dimensional histogram per plane, with the same axes and colours.
    """
    planes = {plane: Label(plane, "0.2") for plane in VIEWS}
    points = own.assign(sample=own["plane"])[["sample", "residual_range", "dedx"]]
    return dedx_against_range(points, expected, labels=planes)


@styled
def calorimetry_comparison(comparison: pd.DataFrame, *, labels: Mapping[str, Label]) -> Figure:
    """Draw own dE/dx over the external one, and the error of the length.

    Parameters
    ----------
    comparison : DataFrame
        Table ``calorimetry_comparison``.
    labels : mapping of str to Label
        All samples of the project, in order.

    Returns
    -------
    Figure
        Per plane the ratio of the medians in bins of the residual range with 95 % intervals, and
        dotted what the shape of the pulses lets expect in the range of the checks. Right, the
        median error of the length and, as a bar, the half width of its central 68 %.
    """
    shown = in_order(labels, comparison["sample"].unique())
    figure = Figure(figsize=(DOUBLE, 2.7))
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.15, 1.15, 1))
    middle.sharey(left)
    middle.tick_params(labelleft=False)
    for axes, plane in zip((left, middle), VIEWS, strict=True):
        _ratios(axes, comparison[comparison["plane"] == plane], shown)
        axes.set_title(plane)
        axes.set_xlabel("residual range [cm]")
    left.set_ylabel("dE/dx, own / external")
    _lengths(right, comparison, shown)
    handles = [
        Line2D([], [], color=label.colour, marker="o", ms=3, label=label.text)
        for label in shown.values()
    ]
    expected = Line2D([], [], color="0.3", ls=":", label="expected from diffusion")
    legend_above(figure, [*handles, expected] if handles else [])
    return figure


def _ratios(axes: Axes, rows: pd.DataFrame, shown: Mapping[str, Label]) -> None:
    """Draw the ratio in each bin, and what is expected between the ends of the checked range."""
    axes.axhline(1, color="0.7", lw=0.8, zorder=0)
    predictions = rows[rows["quantity"] == "predicted dE/dx / external"].set_index("sample")
    ratios = rows[rows["quantity"] == "dE/dx / external"]
    drawn = False
    for sample, label in shown.items():
        bins = ratios[ratios["sample"] == sample]
        if sample in predictions.index:
            whole = predictions.loc[sample]
            bins = bins[(bins["from_cm"] != whole["from_cm"]) | (bins["to_cm"] != whole["to_cm"])]
            between = [whole["from_cm"], whole["to_cm"]]
            axes.plot(between, [whole["value"]] * 2, color=label.colour, ls=":", lw=1)
        centre = (bins["from_cm"] + bins["to_cm"]) / 2
        value, low, high = (
            bins[name].clip(*RATIO_LIMITS).to_numpy() for name in ("value", "low", "high")
        )
        errors = np.stack([value - low, high - value])
        axes.errorbar(centre, value, errors, color=label.colour, marker="o", ms=2.5, lw=0.9)
        drawn |= len(bins) > 0
    if not drawn:
        say_empty(axes)
    axes.set(ylim=RATIO_LIMITS, xlim=(0, None))


def _lengths(axes: Axes, comparison: pd.DataFrame, shown: Mapping[str, Label]) -> None:
    rows = comparison.set_index(["sample", "plane", "quantity"]).sort_index()["value"]
    axes.axvline(0, color="0.7", lw=0.8, zorder=0)
    for place, (sample, label) in enumerate(shown.items()):
        for plane, shift, fill in zip(VIEWS, (-0.15, 0.15), ("full", "none"), strict=True):
            if (sample, plane, "length") not in rows.index:
                continue
            bias, spread = (
                float(rows[sample, plane, name]) for name in ("length", "length resolution")
            )
            axes.errorbar(
                bias,
                place + shift,
                xerr=spread,
                color=label.colour,
                marker="o",
                ms=3.5,
                fillstyle=fill,
                lw=0.9,
            )
    axes.set_yticks(range(len(shown)), [label.text for label in shown.values()])
    axes.set_ylim(max(len(shown), 1) - 0.5, -0.5)
    axes.set_xlabel("length, own - true [cm]")
    axes.set_title("● collection, ○ induction")
    if not shown:
        say_empty(axes)
