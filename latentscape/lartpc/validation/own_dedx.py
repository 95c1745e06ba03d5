"""dE/dx from a track's own clusters, against the external table and Bethe-Bloch."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.lartpc.argon import DENSITY, IONISATION_ENERGY
from latentscape.lartpc.energy_loss import energy_at_range, mean_dedx
from latentscape.lartpc.geometry import Detector, Plane
from latentscape.lartpc.recombination import (
    birks,
    inverse_birks,
    inverse_modified_box,
    modified_box,
)
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.validation.pulse_areas import area_after_diffusion
from latentscape.lartpc.validation.resampling import half_width, weighted_median

Floats = NDArray[np.float64]
Number = tuple[str, tuple[float, float], Floats, int]
"""Quantity, range of the residual range in cm, value and bootstrap draws, number of tracks."""

RANGE_EDGES = (0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.5, 15.0, 20.0, 25.0)
"""Bins of the residual range in cm; hardly a wire nearer to the end is crossed in full."""

CHECKED_RANGE = (2.0, 15.0)
"""Residual range of the checks in cm. At its start an end that is wrong by half a wire shifts
dE/dx by 5 %; to its end most tracks reach."""

FEWEST_TRACKS = 10
"""Fewer tracks are not compared: their bootstrap interval would mean little."""

NEAR_CM = 0.25
"""Measurements of one track are compared if their residual ranges are this near: about half of the
path from wire to wire along the beam. The errors of both ends can pair neighbouring wires."""


@dataclass(frozen=True)
class Points:
    """Measurements of several tracks, each with the number of its track."""

    track: NDArray[np.int64]
    residual_range: Floats
    dedx: Floats

    def where(self, chosen: NDArray[np.bool_]) -> "Points":
        """Return some of the measurements."""
        return Points(self.track[chosen], self.residual_range[chosen], self.dedx[chosen])

    def within(self, between: tuple[float, float]) -> "Points":
        """Return those in a range of the residual range."""
        low, high = between
        return self.where((self.residual_range >= low) & (self.residual_range < high))

    @property
    def tracks(self) -> int:
        """Number of tracks with a measurement."""
        return len(np.unique(self.track))


def points_of(group: pd.DataFrame, prefix: str = "") -> Points:
    """Return the measurements of the rows' lists ``residual_range`` and ``dedx``."""
    counts = [len(values) for values in group[f"{prefix}dedx"]]
    return Points(
        np.repeat(np.arange(len(group)), counts),
        concatenated(group, f"{prefix}residual_range"),
        concatenated(group, f"{prefix}dedx"),
    )


def concatenated(group: pd.DataFrame, column: str) -> Floats:
    """Return the lists of a column behind each other."""
    return np.concatenate([np.empty(0), *group[column]])


def compare_by_range(group: pd.DataFrame, weights: Floats) -> Iterator[Number]:
    """Compare the medians of own and external dE/dx in bins of the residual range."""
    own, external = points_of(group), points_of(group, "external_")
    for between in itertools.pairwise(RANGE_EDGES):
        pair = own.within(between), external.within(between)
        if min(points.tracks for points in pair) >= FEWEST_TRACKS:
            ours, theirs = (weighted_median(p.dedx, weights[:, p.track]) for p in pair)
            yield "dE/dx / external", between, ours / theirs, pair[0].tracks


def compare_together(
    group: pd.DataFrame,
    weights: Floats,
    plane: Plane,
    *,
    detector: Detector,
    simulation: Simulation,
) -> Iterator[Number]:
    """Compare dE/dx in the whole range of the checks.

    Every measurement is divided by the external median in its bin, so that bins with more
    measurements of one table than of the other do not count as a difference.
    """
    own, external = points_of(group), points_of(group, "external_")
    inside = _inside(own)
    own, external = own.where(inside), external.within(CHECKED_RANGE)
    if min(own.tracks, external.tracks) < FEWEST_TRACKS:
        return
    ours, theirs = (p.dedx / _external_median(p, external) for p in (own, external))
    of_own = weights[:, own.track]
    ratio = weighted_median(ours, of_own) / weighted_median(theirs, weights[:, external.track])
    yield "dE/dx / external", CHECKED_RANGE, ratio, own.tracks
    predicted = _predicted_ratio(
        _external_median(own, external),
        concatenated(group, "drift")[inside],
        plane,
        detector=detector,
        simulation=simulation,
    )
    median = weighted_median(predicted, of_own)
    yield "predicted dE/dx / external", CHECKED_RANGE, median, own.tracks
    nearest, is_near = _nearest_hits(own, external)
    if is_near.any():
        near = own.dedx[is_near] / external.dedx[nearest[is_near]]
        spread = half_width(near, of_own[:, is_near])
        yield "dE/dx resolution", CHECKED_RANGE, spread, own.where(is_near).tracks


def compare_with_formula(group: pd.DataFrame, weights: Floats, species: str) -> Iterator[Number]:
    """Compare the mean dE/dx with that of Bethe-Bloch at the measured residual range."""
    own = points_of(group).within(CHECKED_RANGE)
    if own.tracks < FEWEST_TRACKS:
        return
    mean = mean_dedx(energy_at_range(own.residual_range, species=species), species=species)
    of_own = weights[:, own.track]
    ratio = (of_own * (own.dedx / mean)).sum(axis=1) / of_own.sum(axis=1)
    yield "mean dE/dx / Bethe-Bloch", CHECKED_RANGE, ratio, own.tracks


def _inside(points: Points) -> NDArray[np.bool_]:
    low, high = CHECKED_RANGE
    return (points.residual_range >= low) & (points.residual_range < high)


def _external_median(points: Points, external: Points) -> Floats:
    """Return the median external dE/dx in the bin of each measurement."""
    edges = np.array(RANGE_EDGES)
    own_bin, their_bin = (
        np.searchsorted(edges, p.residual_range, side="right") for p in (points, external)
    )
    medians = pd.Series(external.dedx).groupby(their_bin).median()
    return np.asarray(medians.reindex(own_bin), dtype=np.float64)


def _predicted_ratio(
    dedx: Floats,
    drift: Floats,
    plane: Plane,
    *,
    detector: Detector,
    simulation: Simulation,
) -> Floats:
    """Return measured over true dE/dx if nothing but diffusion changed the measured charge."""
    is_box = simulation.recombination == "box"
    survival, invert = (modified_box, inverse_modified_box) if is_box else (birks, inverse_birks)
    argon = {"field": detector.field, "density": DENSITY}
    dqdx = dedx / IONISATION_ENERGY * survival(dedx, **argon)
    share = area_after_diffusion(drift, plane, detector=detector, simulation=simulation)
    return np.asarray(invert(dqdx * share, **argon) / dedx)


def _nearest_hits(own: Points, external: Points) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the nearest external measurement in residual range, and whether it is near enough.

    Of the same track and within ``NEAR_CM``. It need not be of the same wire: the end point of the
    external table is off by a good part of the path from wire to wire.
    """
    apart = 2 * max(points.residual_range.max() for points in (own, external)) + 1
    place, wanted = (p.track * apart + p.residual_range for p in (external, own))
    order = np.argsort(place, kind="stable")
    above = np.searchsorted(place[order], wanted).clip(1, len(place) - 1)
    is_lower = wanted - place[order][above - 1] < place[order][above] - wanted
    nearest = order[np.where(is_lower, above - 1, above)]
    return nearest, np.abs(place[nearest] - wanted) <= NEAR_CM
