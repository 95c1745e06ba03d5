"""The simulated detector's response beside what it should be."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

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
        Lines are simulated steps, open circles worked out by hand from the publications. Below,
        the two models against each other, with the errors (1 σ) of the published parameters.
    """
    figure = Figure(figsize=(SINGLE, 3.2))
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(1.7, 1))
    for name, text in MODELS.items():
        rows = _of(response, f"{name} survival")
        quoted = rows[rows["expected"].notna()]
        colour = COLOURS[name]
        top.plot(rows["at"], rows["value"], color=colour, label=text)
        top.plot(quoted["at"], quoted["expected"], "o", color=colour, mfc="none")
    published = Line2D(
        [], [], ls="", marker="o", color="0.3", mfc="none", label="worked out by hand"
    )
    top.legend(handles=[*top.get_lines()[::2], published])
    top.set_ylabel("surviving electrons")
    between = _of(response, "box against Birks")
    error = 100 * between["uncertainty"]
    bottom.fill_between(between["at"], -error, error, color="0.88", lw=0, label="published errors")
    bottom.axhline(0, color="0.6", lw=0.6)
    bottom.plot(between["at"], 100 * between["value"], color="0.3")
    bottom.legend(loc="upper right")
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
        Histograms of the pulls with a unit Gaussian; mean and width are in the legends. Above,
        against the noise-free hit and the true end: errors are drawn as set. Below, against the
        deposited energy, with all hits and those without delta rays, and the bias of dE/dx from
        charge: means, and medians with the 16 to 84 % range of the hits, what recombination of
        steps and delta rays predicts, and the band that passes. First and last wires are left out
        below.
    """
    found = pulls[pulls["is_found"]]
    figure = Figure(figsize=(DOUBLE, 4.6))
    (loss, end), (deposit, bias) = figure.subplots(2, 2)
    _draw_pull(loss, {"hits": found["dedx_pull"]})
    loss.set_xlabel("dE/dx pull against the noise-free hit")
    ends = found.groupby(["species", "event"])["residual_range_pull"].first()
    _draw_pull(end, {"tracks": ends})
    end.set_xlabel("residual-range pull")
    inner = found[~found["is_end"]]
    without = inner.loc[inner["delta_share"] == 0, "deposit_pull"]
    _draw_pull(deposit, {"hits": inner["deposit_pull"], "hits without δ rays": without})
    deposit.set_xlabel("dE/dx pull against the deposited energy")
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


def _draw_pull(axes: Axes, samples: Mapping[str, pd.Series]) -> None:
    """Draw pulls of one or two samples, named by what they count."""
    axes.set_xlim(PULL_EDGES[0], PULL_EDGES[-1])
    drawn = {unit: pulls.dropna().to_numpy() for unit, pulls in samples.items()}
    drawn = {unit: values for unit, values in drawn.items() if len(values) > 1}
    if not drawn:
        say_empty(axes)
        return
    middle = (PULL_EDGES[1:] + PULL_EDGES[:-1]) / 2
    size = np.diff(PULL_EDGES)
    for (unit, values), colour, marker in zip(
        drawn.items(), ("0.2", COLOURS["collection"]), ("o", "s"), strict=False
    ):
        n, width = len(values), values.std(ddof=1)
        counts, _ = np.histogram(values, PULL_EDGES)
        axes.errorbar(
            middle,
            counts / n / size,
            yerr=np.sqrt(counts) / n / size,
            fmt=marker,
            ms=2,
            lw=0.7,
            color=colour,
            label=(
                f"{n:,} {unit}\nmean {values.mean():.3f} ± {width / np.sqrt(n):.3f}\n"
                f"width {width:.3f} ± {_width_error(values):.3f}"
            ),
        )
    fine = np.linspace(PULL_EDGES[0], PULL_EDGES[-1], 200)
    gaussian = np.exp(-0.5 * fine**2) / np.sqrt(2 * np.pi)
    axes.plot(fine, gaussian, color=COLOURS["expectation"], label="unit Gaussian")
    axes.set_ylim(0, 0.72 + 0.2 * (len(drawn) - 1))
    axes.set_ylabel("density")
    axes.legend(loc="upper left")


def _width_error(values: NDArray[np.float64]) -> float:
    """Return the standard error of a standard deviation, of any distribution."""
    square = (values - values.mean()) ** 2
    return float(square.std() / np.sqrt(4 * len(values) * square.mean()))


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
    axes.errorbar(
        1.08 * middle,
        100 * bins["mean"],
        yerr=100 * bins["mean_error"],
        fmt="s",
        mfc="none",
        color="0.2",
        lw=0.8,
        label="mean",
    )
    predicted: dict[str, Any] = {
        "ls": "",
        "marker": "_",
        "ms": 10,
        "mew": 1.4,
        "color": COLOURS["expectation"],
    }
    axes.plot(middle, 100 * bins["median_predicted"], **predicted)
    axes.plot(1.08 * middle, 100 * bins["mean_predicted"], **predicted, label="predicted")
    axes.set_xscale("log")
    axes.set_xlim(bins["low_edge"].min(), bins["high_edge"].max())
    axes.set_xticks([2, 5, 10, 20, 40], ["2", "5", "10", "20", "40"], minor=False)
    axes.xaxis.set_minor_formatter("")
    axes.legend(loc="upper right")


def _last_edge(row: Mapping[Hashable, Any]) -> float:
    """Return the edge below which 99.5 % of the wires lie."""
    counts, edges = np.asarray(row["counts"], dtype=float), np.asarray(row["edges"], dtype=float)
    share = np.cumsum(counts) / counts.sum()
    return float(edges[1 + np.searchsorted(share, 0.995)])
