"""The calorimetry table that an experiment's reconstruction would give."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentscape.lartpc.argon import DENSITY
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.recombination import inverse_birks, inverse_modified_box
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation.transport import Passage

SHORTEST_TRACK = 3
"""Tracks on fewer collection wires are not reconstructed."""


@dataclass(frozen=True)
class CollectionHits:
    """What the beam particle left on each collection wire, from the first wire to the last.

    Parameters
    ----------
    wire : array of int, shape (hits,)
        Wires with signal.
    path : array of float, shape (hits,)
        Path of the beam particle before the wire in cm.
    residual_range : array of float, shape (hits,)
        Path that was left, averaged over the wire, in cm.
    energy : array of float, shape (hits,)
        Energy deposited by the beam particle and its delta rays in MeV.
    dedx : array of float, shape (hits,)
        Energy loss by the inverse of the mean recombination, without any error, in MeV/cm.
    """

    wire: NDArray[np.int64]
    path: NDArray[np.float64]
    residual_range: NDArray[np.float64]
    energy: NDArray[np.float64]
    dedx: NDArray[np.float64]


@dataclass(frozen=True)
class MeasuredHits:
    """The same hits with the errors of a reconstruction.

    Parameters
    ----------
    residual_range, dedx : array of float, shape (hits,)
        In cm and MeV/cm.
    is_found : array of bool, shape (hits,)
        Whether the reconstruction keeps the hit.
    """

    residual_range: NDArray[np.float64]
    dedx: NDArray[np.float64]
    is_found: NDArray[np.bool_]


def reconstruct_track(
    passage: Passage,
    electrons: NDArray[np.float64],
    rng: np.random.Generator,
    *,
    simulation: Simulation,
    detector: Detector,
    is_dead: NDArray[np.bool_],
) -> dict[str, NDArray[np.float64]] | None:
    """Reconstruct residual range and dE/dx of the beam particle, one entry per collection wire.

    Parameters
    ----------
    passage, electrons, simulation, detector, is_dead
        As in :func:`collect_hits`.
    rng : numpy.random.Generator
        Source of hit loss, smearing and end-point error.

    Returns
    -------
    dict or None
        ``residual_range`` in cm, from the entry to the end, and ``dedx`` in MeV/cm; None for a
        track on fewer than ``SHORTEST_TRACK`` wires.

    Notes
    -----
    The table is idealised. It does not start from the ADC, but from the truth of
    :func:`collect_hits`, blurred: dE/dx by ``calorimetry_smearing`` (3 % by default), the residual
    ranges of a track by one common error of its end (``calorimetry_end_point_cm``), and a share
    ``calorimetry_hit_loss`` of the hits is lost. What is identified with it is an upper limit of
    what a reconstruction from the ADC can identify.
    """
    hits = collect_hits(
        passage, electrons, simulation=simulation, detector=detector, is_dead=is_dead
    )
    if hits is None:
        return None
    measured = measure_hits(hits, rng, simulation=simulation)
    found = measured.is_found
    if found.sum() < SHORTEST_TRACK:
        return None
    return {"residual_range": measured.residual_range[found], "dedx": measured.dedx[found]}


def collect_hits(
    passage: Passage,
    electrons: NDArray[np.float64],
    *,
    simulation: Simulation,
    detector: Detector,
    is_dead: NDArray[np.bool_],
) -> CollectionHits | None:
    """Collect the beam particle's charge on each wire, and turn it into energy loss.

    The charge on a wire includes delta rays, and the path across a partly crossed first or last
    wire is taken for a whole one, as a reconstruction does. All else is truth, which a
    reconstruction only estimates: the path across a wire is the true one, the residual range too,
    the charge is the beam particle's alone, without pile-up and without daughters of its decay,
    there is no noise or threshold, and the lifetime is corrected without error.

    Parameters
    ----------
    passage : Passage
        The event's steps; the beam particle is the first primary.
    electrons : array of float, shape (steps,)
        Electrons that escaped recombination, before they drift.
    simulation, detector
        Settings.
    is_dead : array of bool, shape (wires,)
        Collection wires without signal.

    Returns
    -------
    CollectionHits or None
        None for a track on fewer than ``SHORTEST_TRACK`` wires.
    """
    at = np.rint(detector.wire("collection", passage.position[:, 1], passage.position[:, 2]))
    wires = len(is_dead)
    seen = (at >= 0) & (at < wires)
    on_track = seen & (passage.track == 1)
    own = seen & (passage.primary == 0) & ~passage.is_daughter
    from_entry = np.cumsum(np.where(passage.track == 1, passage.length, 0.0)) - passage.length / 2
    residual = passage.ending.length - from_entry

    def per_wire(chosen: NDArray[np.bool_], values: NDArray[np.float64]) -> NDArray[np.float64]:
        summed = np.bincount(at[chosen].astype(np.int64), values[chosen], minlength=wires)
        return np.asarray(summed, dtype=np.float64)

    path = per_wire(on_track, passage.length)
    wire = np.flatnonzero((path > 0) & ~is_dead)
    if len(wire) < SHORTEST_TRACK:
        return None
    pitch = path[wire]
    pitch[[0, -1]] = np.maximum(pitch[[0, -1]], pitch[[1, -2]])
    invert = inverse_modified_box if simulation.recombination == "box" else inverse_birks
    charge = per_wire(own, electrons)[wire]
    return CollectionHits(
        wire=wire,
        path=path[wire],
        residual_range=per_wire(on_track, residual * passage.length)[wire] / path[wire],
        energy=per_wire(own, passage.energy)[wire],
        dedx=invert(charge / pitch, field=detector.field, density=DENSITY),
    )


def measure_hits(
    hits: CollectionHits, rng: np.random.Generator, *, simulation: Simulation
) -> MeasuredHits:
    """Blur hits, and lose some. The error of the end point is common to the track."""
    n = len(hits.wire)
    dedx = hits.dedx * (1 + simulation.calorimetry_smearing * rng.standard_normal(n))
    end_point = simulation.calorimetry_end_point_cm * rng.standard_normal()
    residual_range = hits.residual_range + end_point
    is_found = rng.random(n) >= simulation.calorimetry_hit_loss
    is_found &= (residual_range > 0) & np.isfinite(dedx) & (dedx > 0)
    return MeasuredHits(residual_range, dedx, is_found)
