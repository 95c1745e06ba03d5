"""How well clusters, cuts and matching find the beam particle, by the truth of the simulation."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from latentscape.figures.style import (
    DOUBLE,
    Label,
    in_order,
    legend_above,
    say_empty,
    styled,
    with_unit,
)
from latentscape.lartpc.geometry import PLANES

CLUSTERING_MARKERS = {"connected": "o", "longest": "s", "max_adc_ratio": "^", "seeded": "D"}
MATCHING_SIZES = {"greedy": 4.0, "optimal": 7.0}
PLANE_LINES = {"induction": "--", "collection": "-"}
NOMINAL = 1.0
METHOD_KEY = ("sample", "clustering", "matching")
SHARES = (-0.04, 1.04)
"""Range of an axis of shares, on which 0 and 1 are not at the edge."""


class _Quantity(NamedTuple):
    stage: str
    plane: str
    quantity: str
    text: str


# Which efficiency is drawn against which purity.
METHODS = {
    **{
        f"clusters, {plane}": (
            _Quantity("clusters", plane, "efficiency", "efficiency of clusters"),
            _Quantity("clusters", plane, "purity", "purity of clusters"),
        )
        for plane in PLANES
    },
    "tracks after cuts and matching": (
        _Quantity("all", "both", "efficiency", "efficiency of tracks"),
        _Quantity("matching", "both", "purity", "purity of tracks"),
    ),
}
SCANNED = (
    _Quantity("all", "both", "efficiency", "efficiency of tracks"),
    _Quantity("matching", "both", "purity", "purity of tracks"),
    _Quantity("clusters", "", "charge_found", "charge found"),
    _Quantity("clusters", "", "charge_purity", "purity of the charge"),
    _Quantity("clusters", "", "merges_daughters", "merged with daughters"),
    _Quantity("clusters", "", "per_event", "clusters per event"),
)
DEPENDENT = (
    _Quantity("all", "both", "efficiency", "efficiency of tracks"),
    _Quantity("matching", "both", "purity", "purity of tracks"),
    _Quantity("clusters", "collection", "merges", "merged with others"),
    _Quantity("clusters", "collection", "splits", "split"),
)
AXES = {
    "kinetic_energy": ("kinetic energy", "MeV"),
    "angle": ("angle to the beam axis", "rad"),
    "pile_up": ("halo and pile-up particles", ""),
}


@styled
def methods_compared(variants: pd.DataFrame, *, labels: Mapping[str, Label]) -> Figure:
    """Draw the efficiency against the purity of every clustering and matching.

    Parameters
    ----------
    variants : DataFrame
        Table ``stage_variants`` of one or several samples.
    labels : mapping of str to Label
        All samples of the project, in order.

    Returns
    -------
    Figure
        One panel per plane for the clusters, and one for the tracks, with 68 % intervals. A
        marker per clustering. Where both matchings give the same, the open marker of the
        optimal one lies around that of the greedy one.
    """
    shown = in_order(labels, variants["sample"].unique())
    of_all = variants[(variants["threshold_factor"] == NOMINAL) & (variants["binned_by"] == "all")]
    figure = Figure(figsize=(DOUBLE, 3.0))
    panels = figure.subplots(1, len(METHODS))
    for axes, (title, (vertical, horizontal)) in zip(panels, METHODS.items(), strict=True):
        pairs = _rows(of_all, horizontal).merge(
            _rows(of_all, vertical), on=list(METHOD_KEY), suffixes=("_x", "_y")
        )
        if vertical.plane != "both":  # Clusters do not depend on the matching.
            pairs = pairs[pairs["matching"] == "greedy"]
        for key, pair in pairs.groupby(list(METHOD_KEY)):
            sample, clustering, matching = map(str, key)
            axes.errorbar(
                pair["value_x"],
                pair["value_y"],
                xerr=_reach(pair, "_x"),
                yerr=_reach(pair, "_y"),
                elinewidth=0.7 if matching == "greedy" else 0.0,
                **_marker(shown[sample].colour, clustering, matching),
            )
        axes.set(title=title, xlabel=horizontal.text, ylabel=vertical.text)
        if pairs.empty:
            say_empty(axes)
    legend_above(figure, [*_sample_handles(shown), *_method_handles(of_all)])
    return figure


def _rows(variants: pd.DataFrame, chosen: _Quantity) -> pd.DataFrame:
    """Return value and interval of one quantity by sample, clustering and matching."""
    of_stage = (variants["stage"] == chosen.stage) & (variants["plane"] == chosen.plane)
    rows = variants[of_stage & (variants["quantity"] == chosen.quantity) & variants["n"].gt(0)]
    return rows[[*METHOD_KEY, "binned_by", "bin_low", "bin_high", "value", "low", "high"]]


def _reach(rows: pd.DataFrame, suffix: str = "") -> tuple[pd.Series, pd.Series]:
    """Return how far the intervals reach below and above their values."""
    value, low, high = (rows[f"{name}{suffix}"] for name in ("value", "low", "high"))
    return value - low, high - value


def _marker(colour: str, clustering: str, matching: str) -> dict[str, Any]:
    is_greedy = matching == "greedy"
    return {
        "color": colour,
        "marker": CLUSTERING_MARKERS[clustering],
        "markersize": MATCHING_SIZES[matching],
        "markerfacecolor": colour if is_greedy else "none",
        "markeredgewidth": 0.7,
        "linestyle": "none",
    }


def _sample_handles(shown: Mapping[str, Label]) -> list[Line2D]:
    return [Line2D([], [], color=label.colour, label=label.text) for label in shown.values()]


def _method_handles(variants: pd.DataFrame) -> list[Line2D]:
    """Return what each marker means, for the methods that occur."""
    clusterings = [name for name in CLUSTERING_MARKERS if (variants["clustering"] == name).any()]
    matchings = [name for name in MATCHING_SIZES if (variants["matching"] == name).any()]
    pairs = [(name, "greedy", name) for name in clusterings]
    pairs += [("connected", name, f"{name} matching") for name in matchings]
    return [
        Line2D([], [], label=text, **_marker("0.3", clustering, matching))
        for clustering, matching, text in pairs
    ]


@styled
def threshold_scan(variants: pd.DataFrame, *, labels: Mapping[str, Label]) -> Figure:
    """Draw what a higher threshold gains and costs, for the configured methods.

    Parameters
    ----------
    variants : DataFrame
        Table ``stage_variants`` of one or several samples.
    labels : mapping of str to Label
        All samples of the project, in order.

    Returns
    -------
    Figure
        One panel per quantity against the threshold in units of the detector's, with 68 %
        intervals; of clusters, the collection plane is a full line and induction a dashed one.
    """
    shown = in_order(labels, variants["sample"].unique())
    scan = _configured(variants)
    scan = scan[scan["binned_by"] == "all"]
    figure = Figure(figsize=(DOUBLE, 4.2))
    panels = figure.subplots(2, 3, sharex=True)
    for axes, chosen in zip(panels.flat, SCANNED, strict=True):
        rows = scan[(scan["stage"] == chosen.stage) & (scan["quantity"] == chosen.quantity)]
        for (sample, plane), line in rows.groupby(["sample", "plane"]):
            axes.errorbar(
                line["threshold_factor"],
                line["value"],
                yerr=_reach(line),
                color=shown[str(sample)].colour,
                linestyle=PLANE_LINES.get(str(plane), "-"),
                marker="o",
                markersize=2.5,
                linewidth=0.9,
                elinewidth=0.7,
            )
        axes.axvline(NOMINAL, color="0.7", lw=0.8, zorder=0)
        axes.set_ylabel(chosen.text)
        if rows.empty:
            say_empty(axes)
    panels[-1][-1].set_yscale("log")
    for axes in panels[-1]:
        axes.set_xlabel("threshold / nominal")
    planes = [Line2D([], [], color="0.3", ls=ls, label=name) for name, ls in PLANE_LINES.items()]
    legend_above(figure, [*_sample_handles(shown), *planes])
    return figure


def _configured(variants: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the methods that thresholds and bins are assessed with."""
    is_configured = (variants["binned_by"] != "all") | (variants["threshold_factor"] != NOMINAL)
    methods = variants.loc[is_configured, ["clustering", "matching"]].drop_duplicates()
    return variants.merge(methods, on=["clustering", "matching"])


@styled
def stage_dependence(variants: pd.DataFrame, *, labels: Mapping[str, Label]) -> Figure:
    """Draw how the stages depend on energy, angle and pile-up, for the configured methods.

    Parameters
    ----------
    variants : DataFrame
        Table ``stage_variants`` of one or several samples.
    labels : mapping of str to Label
        All samples of the project, in order.

    Returns
    -------
    Figure
        One column per true quantity and one row per result, with bins and 68 % intervals. Bins
        of different samples lie beside each other where they are the same.
    """
    shown = in_order(labels, variants["sample"].unique())
    binned = _configured(variants)
    figure = Figure(figsize=(DOUBLE, 5.6))
    grid = figure.subplots(len(DEPENDENT), len(AXES), sharex="col", sharey="row")
    for line, chosen in zip(grid, DEPENDENT, strict=True):
        for axes, name in zip(line, AXES, strict=True):
            _draw_bins(axes, _rows(binned[binned["binned_by"] == name], chosen), shown)
        line[0].set_ylabel(chosen.text)
    for axes, (text, unit) in zip(grid[-1], AXES.values(), strict=True):
        axes.set_xlabel(with_unit(text, unit))
    legend_above(figure, _sample_handles(shown))
    return figure


def _draw_bins(axes: Axes, rows: pd.DataFrame, shown: Mapping[str, Label]) -> None:
    axes.set_ylim(*SHARES)
    if rows.empty:
        say_empty(axes)
        return
    counts = rows["binned_by"].iloc[0] == "pile_up"
    for place, (sample, label) in enumerate(shown.items()):
        bins = rows[rows["sample"] == sample]
        if counts:
            middle = bins["bin_low"] + (place - (len(shown) - 1) / 2) * 0.8 / len(shown)
            half = None
        else:
            middle = (bins["bin_low"] + bins["bin_high"]) / 2
            half = (bins["bin_high"] - bins["bin_low"]) / 2
        axes.errorbar(
            middle,
            bins["value"],
            xerr=half,
            yerr=_reach(bins),
            fmt="o",
            markersize=2.5,
            color=label.colour,
            elinewidth=0.7,
        )
    if counts:
        lows = np.sort(rows["bin_low"].unique())
        open_end = rows.loc[np.isinf(rows["bin_high"]), "bin_low"]
        axes.set_xticks(lows, [f"≥ {n:.0f}" if n in set(open_end) else f"{n:.0f}" for n in lows])
        axes.tick_params(axis="x", which="minor", bottom=False, top=False)
