"""Energy loss along the track, and which hypothesis it fits."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from latentscape.figures.style import (
    DOUBLE,
    SINGLE,
    Label,
    in_order,
    legend_above,
    robust_range,
    say_empty,
    styled,
    unused,
)
from latentscape.lartpc.figures.labels import SPECIES_COLOURS, SPECIES_LABELS

COLUMNS = 3
BEFORE = 0.86
"""Where along x a curve has its name if that stands below: no two names meet."""
BINS = (60, 60)
NARROWEST = 2 * math.log(10)
"""Range of ln χ² that is shown at least: two decades, so that their numbers are seen."""
LONGEST_RANGE = 30.0
"""Residual range [cm] beyond which the species' curves are parallel and nothing is learnt."""


@styled
def dedx_against_range(
    calorimetry: pd.DataFrame, expected: pd.DataFrame, *, labels: Mapping[str, Label]
) -> Figure:
    """Draw the energy loss against the residual range, and what is expected of each species.

    Parameters
    ----------
    calorimetry : DataFrame
        Table ``calorimetry`` of one or several samples.
    expected : DataFrame
        Table ``expected_dedx``.
    labels : mapping of str to Label
        All samples of the project, in order.

    Returns
    -------
    Figure
        One two-dimensional histogram per sample, with the same axes and colours.
    """
    shown = in_order(labels, calorimetry["sample"].unique())
    points = {sample: _points(calorimetry[calorimetry["sample"] == sample]) for sample in shown}
    edges = _edges(np.concatenate([np.empty((2, 0)), *points.values()], axis=1))
    counts = {
        sample: np.histogram2d(points[sample][0], points[sample][1], bins=list(edges))[0]
        for sample in shown
    }
    norm = LogNorm(1, max([2.0, *(float(count.max()) for count in counts.values())]))
    columns = min(max(len(shown), 1), COLUMNS)
    rows = math.ceil(max(len(shown), 1) / columns)
    width = SINGLE * 1.25 if columns == 1 else DOUBLE
    figure = Figure(figsize=(width, 0.2 + 2.4 * rows))
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    flat = panels.ravel()
    unused(flat[max(len(shown), 1) :])
    if not shown:
        say_empty(flat[0])
    for axes, (sample, label) in zip(flat, shown.items(), strict=False):
        filled = np.ma.masked_equal(counts[sample].T, 0)
        drawn = axes.pcolormesh(*edges, filled, norm=norm, cmap="Greys", rasterized=True)
        _draw_curves(axes, expected, edges)
        axes.set_title(f"{label.text} ({points[sample].shape[1]:,} points)")
        axes.set_xlabel("residual range [cm]")
        axes.xaxis.set_tick_params(labelbottom=True)
    for axes in panels[:, 0]:
        axes.set_ylabel("dE/dx [MeV/cm]")
    if shown:
        figure.colorbar(drawn, ax=panels, label="points per bin", aspect=25, pad=0.01)
    return figure


def _points(calorimetry: pd.DataFrame) -> np.ndarray:
    """Return residual range and dE/dx of all points, shape (2, points)."""
    if calorimetry.empty:
        return np.empty((2, 0))
    pairs = np.stack(
        [np.concatenate(calorimetry[name].tolist()) for name in ("residual_range", "dedx")]
    )
    return np.asarray(pairs[:, np.isfinite(pairs).all(axis=0)], dtype=float)


def _edges(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    longest = min(robust_range(points[0], high=99)[1], LONGEST_RANGE)
    largest = robust_range(points[1], high=98)[1]
    return np.linspace(0, longest, BINS[0] + 1), np.linspace(0, largest * 1.1, BINS[1] + 1)


def _draw_curves(axes: Axes, expected: pd.DataFrame, edges: tuple[np.ndarray, np.ndarray]) -> None:
    right, top = float(edges[0][-1]), float(edges[1][-1])
    outline = [withStroke(linewidth=2.2, foreground="white")]
    ends: dict[str, float] = {}
    before: dict[str, float] = {}
    for species, colour in SPECIES_COLOURS.items():
        curve = expected[expected["species"] == species].sort_values("residual_range")
        curve = curve[(curve["residual_range"] <= right) & (curve["residual_range"] > 0)]
        if curve.empty:
            continue
        axes.plot(
            curve["residual_range"], curve["dedx"], color=colour, lw=1.1, path_effects=outline
        )
        ends[species] = float(curve["dedx"].iloc[-1])
        before[species] = float(np.interp(BEFORE * right, curve["residual_range"], curve["dedx"]))
    for species, end in ends.items():
        above = _has_space_above(end, [*ends.values(), 0.0])
        axes.annotate(
            SPECIES_LABELS[species],
            (right, end) if above else (BEFORE * right, before[species]),
            xytext=(-2, 2 if above else -2),
            textcoords="offset points",
            ha="right",
            va="bottom" if above else "top",
            color=SPECIES_COLOURS[species],
            path_effects=outline,
        )
    axes.set_xlim(0, right)
    axes.set_ylim(0, top)


def _has_space_above(end: float, ends: list[float]) -> bool:
    """Return whether the next curve above is further away than the next below."""
    up = min([other - end for other in ends if other > end], default=math.inf)
    down = min([end - other for other in ends if other < end], default=math.inf)
    return up >= down


@styled
def chi2_comparison(
    pid: pd.DataFrame,
    *,
    labels: Mapping[str, Label],
    hypotheses: tuple[str, str] = ("proton", "kaon"),
) -> Figure:
    """Draw the χ² of one hypothesis against that of another.

    Parameters
    ----------
    pid : DataFrame
        Table ``pid`` of one or several samples.
    labels : mapping of str to Label
        All samples of the project, in order.
    hypotheses : tuple of str
        Hypotheses along x and along y.

    Returns
    -------
    Figure
        One point per track on logarithmic axes; on the diagonal both fit equally well.
    """
    along, up = (pid[f"chi2_{species}"].to_numpy(dtype=float) for species in hypotheses)
    usable = np.isfinite(along) & np.isfinite(up) & (along > 0) & (up > 0)
    shown = in_order(labels, pid.loc[usable, "sample"].unique())
    samples = pid["sample"].to_numpy()
    figure = Figure(figsize=(SINGLE, SINGLE + 0.15))
    axes = figure.subplots()
    if not shown:
        say_empty(axes)
        return figure
    both = np.log(np.concatenate([along[usable], up[usable]]))
    low, high = robust_range(both, low=0.2, high=99.8)
    middle, half = (low + high) / 2, max((high - low) / 2 + 0.4, NARROWEST / 2)
    limits = (math.exp(middle - half), math.exp(middle + half))
    axes.plot(limits, limits, color="0.4", lw=0.8, zorder=0)
    order = np.random.default_rng(0).permutation(len(pid))
    colours = np.array([label.colour for label in shown.values()])
    which = pd.Categorical(samples, categories=list(shown)).codes
    drawn = order[usable[order]]
    axes.scatter(
        along[drawn],
        up[drawn],
        s=float(np.clip(6000 / len(drawn), 1.5, 9)),
        c=colours[which[drawn]],
        alpha=0.7,
        lw=0,
        rasterized=True,
    )
    for sample, label in shown.items():
        n = int((usable & (samples == sample)).sum())
        axes.scatter([], [], s=10, color=label.colour, label=f"{label.text} ({n:,})")
    texts = [SPECIES_LABELS[species] for species in hypotheses]
    axes.set(xscale="log", yscale="log", xlim=limits, ylim=limits, aspect="equal")
    axes.set_xlabel(f"χ² per hit, {texts[0]} hypothesis [MeV/cm]")
    axes.set_ylabel(f"χ² per hit, {texts[1]} hypothesis [MeV/cm]")
    sides = (("left", "top", 0.03, 0.97, texts[0]), ("right", "bottom", 0.97, 0.03, texts[1]))
    for ha, va, x, y, text in sides:
        axes.text(x, y, f"{text} fits better", ha=ha, va=va, transform=axes.transAxes, color="0.35")
    legend_above(figure, axes.get_legend_handles_labels()[0])
    return figure
