"""A track's way through the argon, from its pulses in both planes: its ends, its path."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from latentscape.lartpc.geometry import PLANES, Detector, Plane
from latentscape.lartpc.pulses import Pulses

Floats = NDArray[np.float64]
End = Literal["last_wire", "bragg_peak"]

FEWEST_WIRES = 3
"""With fewer wires of the collection plane the drift of the ends is the induction plane's."""

SHORTEST_WIRES = 0.5
"""Least number of wires between a track's ends; keeps the path per wire finite."""

SLOPE_WIRES = 3
"""The drift per wire comes from a straight line through this many wires on either side."""

PEAK_WIRES = 3
"""The Bragg peak is where the mean pulse height of so many wires is highest."""

DROP = 0.6
"""Behind the Bragg peak the track has ended where a pulse is below this share of the peak.

The peak of a pion or muon, 8 MeV/cm on average, frees 2.7 times the charge of the minimum ionising
particle that may follow it, that of a kaon or proton more: the drop is to 0.37 or lower.
"""

SAME_DRIFT = 1.5
"""Ends of both planes with drifts further apart, in units of the pitch, are not the same point."""


@dataclass(frozen=True)
class View:
    """A track as one plane sees it, with the path in space from both planes.

    Parameters
    ----------
    pulses : Pulses
        Its pulses up to its end.
    is_crossed : array of bool, shape (n,)
        Wires that the track crosses from border to border.
    pitch : array of float, shape (n,)
        Path across each wire in cm, if crossed from border to border.
    residual_range : array of float, shape (n,)
        Path from the middle of each wire to the end in cm.
    length : float
        Path from start to end in cm.
    """

    pulses: Pulses
    is_crossed: NDArray[np.bool_]
    pitch: Floats
    residual_range: Floats
    length: float


@dataclass(frozen=True)
class Trajectory:
    """A track in space: drift x, height y and depth z of its ends in cm, and both views."""

    start: Floats
    stop: Floats
    views: dict[Plane, View]


def reconstruct_trajectory(
    pulses: Mapping[Plane, Pulses], *, detector: Detector, end: End
) -> Trajectory:
    """Find a track's ends in both planes and the path between them.

    Parameters
    ----------
    pulses : mapping of str to Pulses
        What :func:`~latentscape.lartpc.pulses.follow` returns, for both planes.
    detector : Detector
        Geometry and drift.
    end : {"last_wire", "bragg_peak"}
        ``last_wire``: the track ends on its last wire. ``bragg_peak``: it ends where the pulses
        drop below ``DROP`` of the highest mean of ``PEAK_WIRES`` pulses before, so that a decay
        daughter or another track behind it is left out. Of several peaks, the highest pair is
        taken whose ends have the same drift in both planes. A track that leaves has no peak,
        and this end may be short by a percent of the length.

    Returns
    -------
    Trajectory

    Notes
    -----
    The first and the last wire are crossed in part. The part is taken to be the pulse height in
    units of its neighbour's, at most 1, which fixes an end to a fraction of a wire.

    Both planes see the same two ends, which gives their heights and depths. Between them the
    track is taken to cross the wires of a plane at equal distances, a straight line in (y, z);
    the drift is followed from wire to wire. The path across a wire is then
    √(L²/n² + (dx/dw)²), with the distance L in (y, z) of the ends, the number n of wires between
    them in this plane, and the drift per wire dx/dw of a straight line through ``SLOPE_WIRES``
    wires on either side. Scattering in (y, z) lengthens a track by what is neglected here.
    """
    start = {plane: _start(view) for plane, view in pulses.items()}
    stop = _stops(pulses, detector, end)
    kept = {plane: view.before(stop[plane]) for plane, view in pulses.items()}
    timing: Plane = "collection" if len(kept["collection"]) >= FEWEST_WIRES else "induction"
    ends = []
    for border in (start, stop):
        wires = (np.array(border[plane]) for plane in PLANES)
        y, z = detector.position(*wires)
        x = detector.drift_distance(_tick_at(kept[timing], border[timing]))
        ends.append(np.array([x, y, z], dtype=np.float64))
    across = float(np.hypot(*(ends[1] - ends[0])[1:]))
    views = {p: _view(kept[p], start[p], stop[p], across, detector) for p in kept}
    return Trajectory(ends[0], ends[1], views)


def _view(pulses: Pulses, start: float, stop: float, across: float, detector: Detector) -> View:
    per_wire = across / max(stop - start, SHORTEST_WIRES)
    slope = _slopes(pulses.wire, pulses.tick) * detector.cm_per_tick
    pitch = np.hypot(per_wire, slope)
    wire = pulses.wire.astype(np.float64)
    steps = np.diff(wire) * (pitch[1:] + pitch[:-1]) / 2
    behind = (stop - wire[-1]) * pitch[-1]
    residual_range = behind + np.append(np.cumsum(steps[::-1])[::-1], 0.0)
    length = residual_range[0] + (wire[0] - start) * pitch[0]
    is_crossed = (wire - 0.5 >= start) & (wire + 0.5 <= stop)
    is_crossed[[0, -1]] = False
    return View(pulses, is_crossed, pitch, residual_range, float(length))


def _start(pulses: Pulses) -> float:
    """Return the wire coordinate at which a track begins."""
    if len(pulses) == 1:
        return float(pulses.wire[0])
    return float(pulses.wire[0] + 0.5 - min(1.0, pulses.height[0] / pulses.height[1]))


def _last_border(pulses: Pulses) -> float:
    """Return the wire coordinate at which a track ends if its last wire is the end."""
    if len(pulses) == 1:
        return float(pulses.wire[0])
    return float(pulses.wire[-1] - 0.5 + min(1.0, pulses.height[-1] / pulses.height[-2]))


def _stops(pulses: Mapping[Plane, Pulses], detector: Detector, end: End) -> dict[Plane, float]:
    """Return the wire coordinate at which a track ends, in each plane."""
    if end == "last_wire":
        return {plane: _last_border(view) for plane, view in pulses.items()}
    (first, u), (second, v) = ((plane, _candidates(view)) for plane, view in pulses.items())
    farthest = SAME_DRIFT * detector.pitch_cm
    drift = [detector.drift_distance(c.tick) for c in (u, v)]
    apart = np.abs(drift[0][:, None] - drift[1][None, :]) > farthest
    score = u.height[:, None] * v.height[None, :]
    # Without a common point the highest peaks are taken.
    score = np.where(apart, score - score.max(), score)
    i, j = np.unravel_index(score.argmax(), score.shape)
    return {first: float(u.coordinate[i]), second: float(v.coordinate[j])}


@dataclass(frozen=True)
class _Candidates:
    """Possible ends in one plane: wire coordinate, tick there, height of the peak before."""

    coordinate: Floats
    tick: Floats
    height: Floats


def _candidates(pulses: Pulses) -> _Candidates:
    if len(pulses) < PEAK_WIRES:
        border = np.array([_last_border(pulses)])
        return _Candidates(border, _tick_at(pulses, border), pulses.height[-1:])
    window = np.ones(PEAK_WIRES)
    counts = np.convolve(np.ones(len(pulses)), window, "same")
    mean = np.convolve(pulses.height, window, "same") / counts
    padded = np.concatenate([[0.0], mean, [0.0]])
    peaks = np.flatnonzero((mean >= padded[:-2]) & (mean >= padded[2:]))
    coordinate = np.array([_stop_behind(pulses, mean, peak) for peak in peaks.tolist()])
    return _Candidates(coordinate, _tick_at(pulses, coordinate), mean[peaks])


def _stop_behind(pulses: Pulses, mean: Floats, peak: int) -> float:
    """Return where the pulses drop behind a peak of their mean."""
    low = max(peak - PEAK_WIRES // 2, 0)
    highest = low + int(pulses.height[low : peak + PEAK_WIRES // 2 + 1].argmax())
    dropped = np.flatnonzero(pulses.height[highest + 1 :] < DROP * mean[peak])
    if len(dropped) == 0:
        return _last_border(pulses)
    last = highest + 1 + int(dropped[0])
    # A daughter may add to the wires behind the peak: each counts by its height.
    parts = np.minimum(pulses.height[highest + 1 : last + 1] / pulses.height[highest], 1.0)
    missing = pulses.wire[last] - pulses.wire[highest] - len(parts)
    return float(pulses.wire[highest] + 0.5 + missing + parts.sum())


def _tick_at(pulses: Pulses, coordinate: ArrayLike) -> Floats:
    """Return the tick at wire coordinates, continued straight beyond the outer wires."""
    wanted = np.asarray(coordinate, dtype=np.float64)
    inside = np.clip(wanted, pulses.wire[0], pulses.wire[-1])
    slope = np.interp(inside, pulses.wire, _slopes(pulses.wire, pulses.tick))
    return np.asarray(np.interp(inside, pulses.wire, pulses.tick) + slope * (wanted - inside))


@njit(cache=True)
def _slopes(wire: Any, tick: Any) -> Any:
    """Return the ticks per wire around each pulse, by least squares."""
    slopes = np.zeros(wire.size)
    for i in range(wire.size):
        low, high = max(i - SLOPE_WIRES, 0), min(i + SLOPE_WIRES + 1, wire.size)
        mean_wire, mean_tick = wire[low:high].mean(), tick[low:high].mean()
        spread = ((wire[low:high] - mean_wire) ** 2).sum()
        moment = ((wire[low:high] - mean_wire) * (tick[low:high] - mean_tick)).sum()
        slopes[i] = moment / spread if spread > 0 else 0.0
    return slopes
