"""Expected dE/dx against public tables, and against LArSoft's templates."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from latentscape.figures.style import (
    DOUBLE,
    SINGLE,
    legend_above,
    method_colours,
    say_empty,
    styled,
)
from latentscape.lartpc.figures.labels import SPECIES_COLOURS, SPECIES_LABELS

SHOWN_RANGES = (0.5, 30.0)
"""Residual ranges [cm] of the expected curves: that of the comparison, and a little more."""

TOLERANCE_PERCENT = 1.0
RATIO_PERCENT = (-2.0, 2.0)
OFFSET_PERCENT = (-5.0, 2.0)
SHORTEST_OFFSET = 1.0
"""Residual range [cm] from which templates are compared."""

GROUPS = 32
"""Templates are drawn as means of at most so many groups of at least three bins."""

CANDIDATE_LABELS = {
    "geant3": "GEANT 3 steps",
    "step_end": "end of a step",
    "density": "density 1.40 g/cm³",
    "excitation": "I = 197 eV",
    "pitch": "mean over a pitch",
    "hit_end": "end of a pitch",
    "restricted": "without δ rays",
    "most_probable": "most probable",
}


@styled
def expected_loss(expected: pd.DataFrame, tables: pd.DataFrame) -> Figure:
    """Draw mean and most probable dE/dx against the residual range, with public tables.

    Parameters
    ----------
    expected : DataFrame
        Table ``expected_dedx``.
    tables : DataFrame
        Public tables as columns species, residual_range [cm] and dedx [MeV/cm].

    Returns
    -------
    Figure
        Above the curves and the tables' points, below the points' deviation from the mean
        curves in %, with a band of ±1 %.
    """
    figure = Figure(figsize=(SINGLE * 1.25, 4.4))
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    below.axhspan(-TOLERANCE_PERCENT, TOLERANCE_PERCENT, color="0.9")
    below.axhline(0, color="0.5", linewidth=0.8)
    for species, colour in SPECIES_COLOURS.items():
        curve = _between(expected, species)
        points = _between(tables, species)
        residual_range = curve["residual_range"]
        above.plot(residual_range, curve["dedx"], color=colour)
        above.plot(residual_range, curve["most_probable"], color=colour, linestyle="--")
        above.plot(points["residual_range"], points["dedx"], ".", color=colour, markersize=4)
        if len(curve) and len(points):
            # of a power law, so that the curve's grid adds nothing
            at_points = np.exp(
                np.interp(
                    np.log(points["residual_range"]),
                    np.log(residual_range),
                    np.log(curve["dedx"]),
                )
            )
            deviation = 100 * (points["dedx"] / at_points - 1)
            below.plot(points["residual_range"], deviation, ".", color=colour, markersize=4)
    below.set_xscale("log")
    below.set_xlim(*SHOWN_RANGES)
    below.set_xticks([0.5, 1, 2, 5, 10, 20], labels=["0.5", "1", "2", "5", "10", "20"])
    above.set_yscale("log")
    above.set_yticks([2, 5, 10, 20], labels=["2", "5", "10", "20"])
    above.set_ylabel("dE/dx [MeV/cm]")
    for axes in (above, below):
        axes.minorticks_off()
    below.set_ylim(*RATIO_PERCENT)
    below.set_ylabel("table / mean\n- 1 [%]")
    below.set_xlabel("residual range [cm]")
    styles = [
        Line2D([], [], color="0.3", label="mean"),
        Line2D([], [], color="0.3", linestyle="--", label="most probable"),
        Line2D([], [], color="0.3", linestyle="", marker=".", label="public table"),
    ]
    legend_above(figure, [*_species_handles(), *styles])
    return figure


@styled
def template_offsets(offsets: pd.DataFrame) -> Figure:
    """Draw where LArSoft's templates lie relative to the mean dE/dx, and what causes predict.

    Parameters
    ----------
    offsets : DataFrame
        Table ``template_offsets``.

    Returns
    -------
    Figure
        One panel per species. Points are means of neighbouring bins with their standard error;
        lines are the causes' predictions.
    """
    species = [name for name in SPECIES_COLOURS if (offsets["species"] == name).any()]
    figure = Figure(figsize=(DOUBLE, 4.6))
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    if not species:
        say_empty(panels[0, 0])
    colours = method_colours(CANDIDATE_LABELS)
    for axes, name in zip(panels.ravel(), species, strict=False):
        bins = offsets[offsets["species"] == name].sort_values("residual_range")
        _draw_offsets(axes, bins, SPECIES_COLOURS[name], colours)
        axes.set_title(f"{SPECIES_LABELS[name]} ({len(bins)} bins)")
    for axes in panels.ravel():
        axes.set_xscale("log")
        axes.set_xlim(0.9, 27)
        axes.set_xticks([1, 2, 5, 10, 20], labels=["1", "2", "5", "10", "20"])
        axes.minorticks_off()
        axes.set_ylim(*OFFSET_PERCENT)
    for axes in panels[-1]:
        axes.set_xlabel("residual range [cm]")
    for axes in panels[:, 0]:
        axes.set_ylabel("template / mean - 1 [%]")
    handles = [
        Line2D([], [], color=colours[name], label=text, linestyle=_line(name))
        for name, text in CANDIDATE_LABELS.items()
    ]
    legend_above(figure, handles)
    return figure


def _between(table: pd.DataFrame, species: str) -> pd.DataFrame:
    shown = (table["species"] == species) & table["residual_range"].between(*SHOWN_RANGES)
    return table[shown].sort_values("residual_range")


def _species_handles() -> list[Line2D]:
    return [
        Line2D([], [], color=colour, label=SPECIES_LABELS[species])
        for species, colour in SPECIES_COLOURS.items()
    ]


def _draw_offsets(axes: Axes, bins: pd.DataFrame, colour: str, colours: Mapping[str, str]) -> None:
    axes.axhline(0, color="0.5", linewidth=0.8)
    for name in CANDIDATE_LABELS:
        axes.plot(
            bins["residual_range"],
            100 * bins[name],
            color=colours[name],
            linewidth=1.8 if name == "geant3" else 1.0,
            linestyle=_line(name),
        )
    points = _means(bins)
    axes.errorbar(
        points["residual_range"],
        100 * points["offset"],
        yerr=100 * points["error"],
        fmt=".",
        color=colour,
        markersize=5,
        zorder=3,
    )


def _line(candidate: str) -> Literal["-", "--"]:
    return "-" if candidate == "geant3" else "--"


def _means(bins: pd.DataFrame) -> pd.DataFrame:
    """Return means of neighbouring bins, weighted by their errors, at equal steps of ln range."""
    inside = bins[bins["residual_range"] >= SHORTEST_OFFSET]
    groups = max(1, min(GROUPS, len(inside) // 3))
    edges = np.geomspace(SHORTEST_OFFSET, inside["residual_range"].max() * 1.001, groups + 1)
    group = np.searchsorted(edges, inside["residual_range"], side="right")
    weight = 1 / inside["error"] ** 2
    weighted = inside[["residual_range", "offset"]].mul(weight, axis=0).assign(weight=weight)
    sums = weighted.groupby(group).sum()
    means = sums[["residual_range", "offset"]].div(sums["weight"], axis=0)
    return means.assign(error=1 / np.sqrt(sums["weight"]))
