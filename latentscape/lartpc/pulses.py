"""The pulses of one track in one plane: one on each wire, followed through its cluster.

The beam enters at the low wires of both planes (:mod:`latentscape.lartpc.geometry`), so a track
is followed towards higher wires.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BRIDGED_TICKS = 3
"""Missing ticks that do not end a pulse: a dip of the noise below the threshold."""

PREDICTED_FROM = 6
"""Wires over which the drift is extrapolated to the next wire; 3 cm of a track along the beam."""

STEEPEST = 4.0
"""Largest step in drift from wire to wire, beyond the extrapolated one, in units of the pitch."""

LONGEST_GAP = 3
"""Wires without a pulse near the extrapolation after which the track has ended."""


@dataclass(frozen=True)
class Pulses:
    """One pulse on each wire along a track, in the order of the wires.

    Parameters
    ----------
    wire : array of int, shape (n,)
        Wires; some may be missing in between.
    tick : array of float, shape (n,)
        Mean tick of the samples above half the pulse's height, weighted by them.
    charge : array of float, shape (n,)
        Sum of the samples in ADC·tick.
    height : array of float, shape (n,)
        Highest sample in ADC.
    """

    wire: NDArray[np.int64]
    tick: Floats
    charge: Floats
    height: Floats

    def __len__(self) -> int:
        return len(self.wire)

    def before(self, coordinate: float) -> "Pulses":
        """Return the pulses on the wires that begin before a wire coordinate."""
        kept = self.wire - 0.5 < coordinate
        return Pulses(self.wire[kept], self.tick[kept], self.charge[kept], self.height[kept])


def follow(
    wire: NDArray[Any], tick: NDArray[Any], adc: NDArray[Any], *, farthest_ticks: float
) -> Pulses:
    """Follow a track through one plane's cluster, one pulse per wire.

    A pulse is a run of samples on one wire with no more than ``BRIDGED_TICKS`` missing. The
    first is that with the highest ADC on the lowest wire. Of the pulses on every further wire the
    one nearest to the extrapolated drift is taken, so that a daughter or another particle on the
    same wires is left out where its pulses are apart.

    Parameters
    ----------
    wire, tick, adc : array of int, shape (pixels,)
        The cluster's pixels in any order, at least one.
    farthest_ticks : float
        A pulse further from the extrapolation is not the track's.

    Returns
    -------
    Pulses
    """
    order = np.lexsort((tick, wire))
    runs = _runs(*(np.asarray(values)[order].astype(np.float64) for values in (wire, tick, adc)))
    run_wire, centre, charge, height = runs
    chosen = _choose(run_wire, centre, height, farthest_ticks)
    along = run_wire[chosen].astype(np.int64)
    return Pulses(along, centre[chosen], charge[chosen], height[chosen])


@njit(cache=True)
def _runs(wire: Any, tick: Any, adc: Any) -> Any:
    """Return wire, centre, sum and height of every run of samples, for sorted pixels."""
    pixels = wire.size
    run_wire, centre = np.empty(pixels), np.empty(pixels)
    charge, height = np.empty(pixels), np.empty(pixels)
    runs, i = 0, 0
    while i < pixels:
        j = i + 1
        while j < pixels and wire[j] == wire[i] and tick[j] - tick[j - 1] <= BRIDGED_TICKS + 1:
            j += 1
        highest = adc[i:j].max()
        weight, moment = 0.0, 0.0
        for k in range(i, j):
            if 2 * adc[k] >= highest:
                weight += adc[k]
                moment += adc[k] * tick[k]
        run_wire[runs], centre[runs] = wire[i], moment / weight
        charge[runs], height[runs] = adc[i:j].sum(), highest
        runs += 1
        i = j
    return run_wire[:runs], centre[:runs], charge[:runs], height[:runs]


@njit(cache=True)
def _choose(wire: Any, centre: Any, height: Any, farthest: float) -> Any:
    """Return the runs along the track, at most one per wire."""
    chosen = np.empty(wire.size, dtype=np.int64)
    n, i = 0, 0
    while i < wire.size:
        j = i
        while j < wire.size and wire[j] == wire[i]:
            j += 1
        best = i
        if n == 0:
            for k in range(i, j):
                if height[k] > height[best]:
                    best = k
            chosen[0] = best
            n = 1
        else:
            if wire[i] - wire[chosen[n - 1]] > LONGEST_GAP + 1:
                break
            expected = _extrapolate(wire, centre, chosen[max(n - PREDICTED_FROM, 0) : n], wire[i])
            for k in range(i, j):
                if abs(centre[k] - expected) < abs(centre[best] - expected):
                    best = k
            if abs(centre[best] - expected) <= farthest:
                chosen[n] = best
                n += 1
        i = j
    return chosen[:n]


@njit(cache=True)
def _extrapolate(wire: Any, centre: Any, chosen: Any, to: float) -> Any:
    """Return the tick at a wire, in the direction of the last pulses from the last one on."""
    last = centre[chosen[-1]]
    if chosen.size < 3:
        return last
    mean_wire, mean_tick = wire[chosen].mean(), centre[chosen].mean()
    spread, slope = 0.0, 0.0
    for k in chosen:
        spread += (wire[k] - mean_wire) ** 2
        slope += (wire[k] - mean_wire) * (centre[k] - mean_tick)
    return last + slope / spread * (to - wire[chosen[-1]])
