"""The simulated detector's response beside what it should be."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from latentscape.figures.style import (
    DOUBLE,
    SINGLE,
    legend_above,
    method_colours,
    say_empty,
    styled,
)
from latentscape.lartpc.figures.labels import SPECIES_COLOURS, SPECIES_LABELS
from latentscape.lartpc.validation.pulls import BIAS_TOLERANCE, bias_by_dedx

MODELS = {"box": "modified box", "Birks": "Birks"}
COLOURS = method_colours(("collection", "induction", *MODELS, "expectation"))
PULL_EDGES = np.linspace(-4, 4, 41)
COMPARED = (2.0, 15.0)
"""Energy loss [MeV/cm] between which the two models are compared."""


@styled
def recombination_curves(response: pd.DataFrame) -> Figure:
    """Draw how much charge survives recombination in the simulation, and as published.

    Parameters
    ----------
    response : DataFrame
        Table ``response``.

    Returns
    -------
    Figure
        Lines are simulated steps and open circles the published numbers. Below, the two models
        against each other, with the band in which they have to agree.
    """
    figure = Figure(figsize=(SINGLE, 3.2))
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(1.7, 1))
    curves = {}
    for name, text in MODELS.items():
        rows = _of(response, f"{name} survival")
        quoted = rows[rows["expected"].notna()]
        colour = COLOURS[name]
        curves[name] = rows.set_index("at")["value"]
        top.plot(rows["at"], rows["value"], color=colour, label=text)
        top.plot(quoted["at"], quoted["expected"], "o", color=colour, mfc="none")
    published = Line2D([], [], ls="", marker="o", color="0.3", mfc="none", label="published")
    top.legend(handles=[*top.get_lines()[::2], published])
    top.set_ylabel("surviving electrons")
    difference = 100 * (curves["box"] / curves["Birks"] - 1)
    allowed = 100 * _of(response, "box against Birks")["tolerance"].max()
    bottom.fill_between(COMPARED, -allowed, allowed, color="0.92", lw=0)
    bottom.axhline(0, color="0.6", lw=0.6)
    bottom.plot(difference.index, difference, color="0.3")
    bottom.set_ylabel("box / Birks - 1 [%]")
    bottom.set_xlabel("dE/dx [MeV/cm]")
    return figure


@styled
def drift_and_noise(response: pd.DataFrame) -> Figure:
    """Draw the diffusion of point charges against their drift, and the spectrum of the noise.

    Parameters
    ----------
    response : DataFrame
        Table ``response``.

    Returns
    -------
    Figure
        Points are measured, lines are the closed forms of the settings. The band of the spectrum
        is its statistical error (1 σ).
    """
    figure = Figure(figsize=(DOUBLE, 2.4))
    along, across, noise = figure.subplots(1, 3)
    _against_drift(along, _of(response, "longitudinal variance", "collection"), "collection")
    along.set_ylabel("variance added to a pulse [tick²]")
    for plane, marker in (("collection", "o"), ("induction", "+")):
        rows = _of(response, "shared charge", plane)
        _against_drift(across, rows, plane, marker, scale=100)
        _draw_spectrum(noise, _of(response, "power density", plane), COLOURS[plane])
    across.set_ylabel("charge on the neighbours [%]")
    noise.set_xlabel("frequency [kHz]")
    noise.set_ylabel("noise power [10⁻³ ADC²/kHz]")
    noise.set_ylim(bottom=0)
    handles = [
        *(Patch(color=COLOURS[plane], label=plane) for plane in ("collection", "induction")),
        Line2D([], [], color="0.3", lw=0.8, ls="--", label="closed form"),
    ]
    legend_above(figure, handles)
    return figure


@styled
def calorimetry_pulls(pulls: pd.DataFrame) -> Figure:
    """Draw the errors of the simulated calorimetry in units of their spread, and its bias.

    Parameters
    ----------
    pulls : DataFrame
        Table ``pulls``.

    Returns
    -------
    Figure
        Histograms of the pulls, of hits and of tracks, with a unit Gaussian; mean and width are
        in the legends. On the right, the bias of dE/dx from charge: medians with the 16 to 84 %
        range of the hits, what the spread of the steps predicts, and the band that passes.
    """
    found = pulls[pulls["is_found"]]
    figure = Figure(figsize=(DOUBLE, 2.4))
    loss, end, bias = figure.subplots(1, 3)
    _draw_pull(loss, found["dedx_pull"], "hits")
    loss.set_xlabel("dE/dx pull")
    _draw_pull(end, found.groupby(["species", "event"])["residual_range_pull"].first(), "tracks")
    end.set_xlabel("residual-range pull")
    _draw_bias(bias, bias_by_dedx(pulls))
    return figure


@styled
def pulse_heights(table: pd.DataFrame) -> Figure:
    """Draw the pulse heights of proton tracks on the wires of both planes.

    Parameters
    ----------
    table : DataFrame
        Table ``pulse_heights``.

    Returns
    -------
    Figure
        Histograms; the dashed line is the working point and its band what passes, the solid line
        the most probable value, whose bootstrap uncertainty is in the legend.
    """
    figure = Figure(figsize=(DOUBLE, 2.4))
    rows = table.sort_values("plane").to_dict("records")
    for axes, row in zip(figure.subplots(1, 2), rows, strict=True):
        target, tolerance = row["expected"], row["tolerance"]
        band = Patch(color="0.92", label=f"working point {target:g} ± {tolerance:g} ADC")
        axes.axvspan(target - tolerance, target + tolerance, color="0.92", lw=0)
        axes.axvline(target, color="0.4", lw=0.8, ls="--")
        heights = axes.stairs(
            row["counts"],
            row["edges"],
            color=SPECIES_COLOURS["proton"],
            label=f"{SPECIES_LABELS['proton']}, {row['wires']:,} wires",
        )
        found = axes.axvline(
            row["most_probable"],
            color=SPECIES_COLOURS["proton"],
            lw=0.8,
            label=f"most probable {row['most_probable']:.0f} ± {row['uncertainty']:.0f} ADC",
        )
        axes.legend(handles=[heights, found, band])
        axes.set_xlim(0, _last_edge(row))
        axes.set_ylim(0, 1.4 * max(row["counts"]))
        axes.set_xlabel(f"highest sample of each {row['plane']} wire [ADC]")
        axes.set_ylabel("wires per bin")
    return figure


def _of(response: pd.DataFrame, quantity: str, plane: str | None = None) -> pd.DataFrame:
    rows = response[response["quantity"] == quantity]
    return (rows if plane is None else rows[rows["plane"] == plane]).sort_values("at")


def _against_drift(
    axes: Axes, rows: pd.DataFrame, plane: str, marker: str = "o", *, scale: float = 1.0
) -> None:
    axes.plot(rows["at"], scale * rows["expected"], "--", color="0.3", lw=0.8)
    axes.plot(rows["at"], scale * rows["value"], marker, color=COLOURS[plane], mfc="none")
    axes.set_xlabel("drift distance [cm]")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)


def _draw_spectrum(axes: Axes, rows: pd.DataFrame, colour: str) -> None:
    value, error = 1000 * rows["value"], 1000 * rows["uncertainty"]
    axes.fill_between(rows["at"], value - error, value + error, color=colour, alpha=0.3, lw=0)
    axes.plot(rows["at"], value, color=colour, lw=0.8)
    axes.plot(rows["at"], 1000 * rows["expected"], "--", color="0.3", lw=0.8)


def _draw_pull(axes: Axes, pulls: pd.Series, unit: str) -> None:
    values = pulls.dropna().to_numpy()
    axes.set_xlim(PULL_EDGES[0], PULL_EDGES[-1])
    if len(values) < 2:
        say_empty(axes)
        return
    n, width = len(values), values.std(ddof=1)
    counts, _ = np.histogram(values, PULL_EDGES)
    middle = (PULL_EDGES[1:] + PULL_EDGES[:-1]) / 2
    size = np.diff(PULL_EDGES)
    axes.errorbar(
        middle,
        counts / n / size,
        yerr=np.sqrt(counts) / n / size,
        fmt="o",
        ms=2,
        lw=0.7,
        color="0.2",
        label=(
            f"{n:,} {unit}\n"
            f"mean {values.mean():.3f} ± {width / np.sqrt(n):.3f}\n"
            f"width {width:.3f} ± {width / np.sqrt(2 * n):.3f}"
        ),
    )
    fine = np.linspace(PULL_EDGES[0], PULL_EDGES[-1], 200)
    gaussian = np.exp(-0.5 * fine**2) / np.sqrt(2 * np.pi)
    axes.plot(fine, gaussian, color=COLOURS["expectation"], label="unit Gaussian")
    axes.set_ylim(0, 0.72)
    axes.set_ylabel("density")
    axes.legend(loc="upper left")


def _draw_bias(axes: Axes, bins: pd.DataFrame) -> None:
    axes.set_xlabel("deposited dE/dx [MeV/cm]")
    axes.set_ylabel("bias of dE/dx from charge [%]")
    axes.axhspan(-100 * BIAS_TOLERANCE, 100 * BIAS_TOLERANCE, color="0.92", lw=0)
    axes.axhline(0, color="0.6", lw=0.6)
    if bins.empty:
        say_empty(axes)
        return
    middle = np.sqrt(bins["low_edge"] * bins["high_edge"])
    median = 100 * bins["median"]
    spread = [median - 100 * bins["low"], 100 * bins["high"] - median]
    axes.errorbar(middle, median, yerr=spread, fmt="o", color="0.2", lw=0.8, label="median, 68 %")
    axes.plot(
        middle,
        100 * bins["predicted"],
        "_",
        ms=10,
        mew=1.4,
        color=COLOURS["expectation"],
        label="from the spread of the steps",
    )
    axes.set_xscale("log")
    axes.set_xlim(bins["low_edge"].min(), bins["high_edge"].max())
    axes.set_xticks([2, 5, 10, 20, 40], ["2", "5", "10", "20", "40"], minor=False)
    axes.xaxis.set_minor_formatter("")
    axes.legend(loc="upper left")


def _last_edge(row: Mapping[Hashable, Any]) -> float:
    """Return the edge below which 99.5 % of the wires lie."""
    counts, edges = np.asarray(row["counts"], dtype=float), np.asarray(row["edges"], dtype=float)
    share = np.cumsum(counts) / counts.sum()
    return float(edges[1 + np.searchsorted(share, 0.995)])
