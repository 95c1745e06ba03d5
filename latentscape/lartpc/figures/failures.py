"""Where the particle identification fails: rates by cause, and displays of the worst tracks."""

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import AsinhNorm
from matplotlib.figure import Figure

from latentscape.figures.style import (
    DOUBLE,
    SIGNAL_MAP,
    SINGLE,
    legend_above,
    robust_range,
    say_empty,
    styled,
)
from latentscape.keys import EVENT_KEY, TRACK_KEY, join
from latentscape.lartpc.figures.labels import SPECIES_COLOURS, SPECIES_LABELS
from latentscape.lartpc.figures.performance import (
    COLOURS,
    MARKERS,
    SOURCE_LABELS,
    STATISTIC_LABELS,
    in_given_order,
    of_pair,
)

CAUSE_LABELS = {
    "other_particles": "other particles",
    "left": "leaves the volume",
    "decayed_in_flight": "decays in flight",
    "daughters": "daughters in cluster",
    "few_points": "few measurements",
    "none": "no known cause",
}
PLANES_SHOWN = ("collection", "induction")
ROWS = 150
"""Tick bins of a panel at most: the largest pixel of a bin is drawn, so thin tracks stay."""
LINEAR = 20.0
"""Pulse height [ADC] up to which the colours are linear, and logarithmic above."""


@styled
def failure_rates(failures: pd.DataFrame, *, pair: tuple[str, str]) -> Figure:
    """Draw how often each species is mistaken for the other, by the cause that applies.

    Parameters
    ----------
    failures : DataFrame
        Table ``pid_failures``.
    pair : (str, str)
        Signal and background.

    Returns
    -------
    Figure
        One panel per species and source; points with 95 % intervals, one per statistic. The
        number of tracks stands behind each cause, and causes without any are left out. Particles
        that leave the volume are shown here, and not in the figures of the performance.
    """
    rows = of_pair(failures, pair)
    rows = rows[rows["n"] > 0]
    sources = in_given_order(rows["source"], SOURCE_LABELS)
    columns = max(len(sources), 1)
    figure = Figure(figsize=(max(DOUBLE * columns / 3, SINGLE), 3.6))
    panels = figure.subplots(2, columns, squeeze=False, sharex=True)
    for line, species in zip(panels, pair, strict=True):
        for axes, source in zip(line, sources or ("",), strict=True):
            own = rows[(rows["species"] == species) & (rows["source"] == source)]
            if own.empty:
                say_empty(axes)
            else:
                _draw_rates(axes, own)
        other = pair[1] if species == pair[0] else pair[0]
        line[0].set_ylabel(f"{SPECIES_LABELS[species]} taken for {SPECIES_LABELS[other]}")
    for axes, text in zip(panels[0], sources.values(), strict=False):
        axes.set_title(text)
    for axes in panels[-1]:
        axes.set_xlabel("share mistaken")
    handles = {
        name: handle
        for axes in panels.ravel()
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    legend_above(figure, [handles[name] for name in STATISTIC_LABELS.values() if name in handles])
    return figure


def _draw_rates(axes: Axes, rows: pd.DataFrame) -> None:
    causes = in_given_order(rows["cause"], CAUSE_LABELS)
    statistics = in_given_order(rows["statistic"], STATISTIC_LABELS)
    for place, (statistic, text) in enumerate(statistics.items()):
        own = rows[rows["statistic"] == statistic].set_index("cause").reindex(list(causes))
        height = np.arange(len(causes)) + 0.7 * ((place + 0.5) / len(statistics) - 0.5)
        errors = [own["rate"] - own["rate_low"], own["rate_high"] - own["rate"]]
        axes.errorbar(
            own["rate"],
            height,
            xerr=errors,
            fmt=MARKERS[statistic],
            color=COLOURS[statistic],
            elinewidth=0.8,
            label=text,
        )
    counts = rows.groupby("cause")["n"].max()
    axes.set_yticks(
        range(len(causes)), [f"{text}\n({counts[name]:,})" for name, text in causes.items()]
    )
    axes.set(xlim=(-0.02, 1.02), ylim=(len(causes) - 0.5, -0.5))
    axes.tick_params(axis="y", length=0)


@styled
def worst_case_displays(
    cases: pd.DataFrame, tracks: pd.DataFrame, calorimetry: pd.DataFrame, expected: pd.DataFrame
) -> Figure:
    """Draw the tracks whose identification is worst: both clusters and the energy loss.

    Parameters
    ----------
    cases : DataFrame
        Rows of ``pid_scores`` with ``cause`` and ``is_mistaken``, worst first, from
        :func:`latentscape.lartpc.validation.failures.worst_cases`.
    tracks : DataFrame
        Table ``tracks``.
    calorimetry : DataFrame
        ``residual_range`` and ``dedx`` lists, with the key of a track or of an event.
    expected : DataFrame
        Table ``expected_dedx``.

    Returns
    -------
    Figure
        One row per track: its cluster in both planes, and its measurements with the expected
        mean of both species; triangles at the upper edge stand for measurements above it.

    Raises
    ------
    InputError
        If a track or its calorimetry occurs twice.
    """
    pixels = [f"{plane}_{name}" for plane in PLANES_SHOWN for name in ("wire", "tick", "adc")]
    key = TRACK_KEY if "track" in calorimetry.columns else EVENT_KEY
    points = calorimetry[[*key, "residual_range", "dedx"]]
    shown = join(cases, tracks[[*TRACK_KEY, *pixels]], TRACK_KEY, what="worst cases with tracks")
    shown = join(shown, points, key, what="worst cases with calorimetry")
    figure = Figure(figsize=(DOUBLE, 0.3 + 1.65 * max(len(shown), 1)))
    if shown.empty:
        say_empty(figure.subplots(), "no tracks")
        return figure
    parts = np.ravel(np.asarray(figure.subfigures(len(shown), 1, squeeze=False)))
    for part, row in zip(parts, shown.itertuples(index=False), strict=True):
        panels = part.subplots(1, len(PLANES_SHOWN) + 1)
        for axes, plane in zip(panels, PLANES_SHOWN, strict=False):
            _draw_cluster(axes, row, plane)
        _draw_points(panels[-1], row, expected)
        part.suptitle(_name(row), x=0.01, ha="left", fontsize=8)
    return figure


def _name(row: Any) -> str:
    other = row.background if row.species == row.signal else row.signal
    verb = "taken" if row.is_mistaken else "nearly taken"
    return (
        f"{SPECIES_LABELS[row.species]} {verb} for {SPECIES_LABELS[other]}: "
        f"{CAUSE_LABELS.get(row.cause, row.cause)} ({row.sample}, run {row.run}, subrun "
        f"{row.subrun}, event {row.event}, track {row.track}; {row.momentum:.0f} MeV/c)"
    )


def _draw_cluster(axes: Axes, row: Any, plane: str) -> None:
    wire, tick, adc = (
        np.asarray(getattr(row, f"{plane}_{name}"), dtype=np.int64)
        for name in ("wire", "tick", "adc")
    )
    first_wire, last_wire, first_tick = int(wire.min()), int(wire.max()), int(tick.min())
    width = int(tick.max()) - first_tick + 1
    group = math.ceil(width / ROWS)
    canvas = np.zeros((last_wire - first_wire + 1, math.ceil(width / group)))
    np.maximum.at(canvas, (wire - first_wire, (tick - first_tick) // group), adc)
    top = first_tick + group * canvas.shape[1]
    axes.imshow(
        canvas.T,
        norm=AsinhNorm(LINEAR, vmin=0, vmax=max(float(canvas.max()), 2 * LINEAR)),
        cmap=SIGNAL_MAP,
        aspect="auto",
        extent=(first_wire - 0.5, last_wire + 0.5, first_tick - 0.5, top - 0.5),
    )
    axes.set(xlabel=f"{plane} wire", ylabel="drift tick")


def _draw_points(axes: Axes, row: Any, expected: pd.DataFrame) -> None:
    residual, dedx = np.asarray(row.residual_range), np.asarray(row.dedx)
    longest = 1.05 * float(np.max(residual, initial=1.0))
    axes.plot(residual, dedx, ".", color="0.25", ms=3)
    tops = [robust_range(dedx, high=98)[1]]
    for species in (row.signal, row.background):
        curve = expected[expected["species"] == species].sort_values("residual_range")
        curve = curve[curve["residual_range"] <= longest]
        axes.plot(
            curve["residual_range"],
            curve["dedx"],
            color=SPECIES_COLOURS[species],
            label=SPECIES_LABELS[species],
        )
        tops.append(float(np.interp(0.08 * longest, curve["residual_range"], curve["dedx"])))
    top = 1.2 * max(tops)
    beyond = residual[dedx > top]
    axes.plot(beyond, np.full(len(beyond), 0.97 * top), "^", color="0.25", ms=3)
    axes.set(xlim=(0, longest), ylim=(0, top))
    axes.set(xlabel="residual range [cm]", ylabel="dE/dx [MeV/cm]")
    axes.legend(loc="upper right")
