"""The calorimetry table that an experiment's reconstruction would give."""

import numpy as np
from numpy.typing import NDArray

from latentscape.lartpc.argon import DENSITY
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.recombination import inverse_birks, inverse_modified_box
from latentscape.lartpc.settings import Simulation
from latentscape.lartpc.simulation.transport import Passage

SHORTEST_TRACK = 3
"""Tracks on fewer collection wires are not reconstructed."""


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

    The charge on a wire includes delta rays, and the path across a partly crossed first or last
    wire is taken for a whole one, as a reconstruction does. The error of the end point is common
    to the track.

    Parameters
    ----------
    passage : Passage
        The event's steps; the beam particle is the first primary.
    electrons : array of float, shape (steps,)
        Electrons that escaped recombination; the lifetime is taken as perfectly corrected.
    rng : numpy.random.Generator
        Source of hit loss, smearing and end-point error.
    simulation, detector
        Settings.
    is_dead : array of bool, shape (wires,)
        Collection wires without signal.

    Returns
    -------
    dict or None
        ``residual_range`` in cm, from the entry to the end, and ``dedx`` in MeV/cm; None for a
        track on fewer than ``SHORTEST_TRACK`` wires.
    """
    wire = np.rint(detector.wire("collection", passage.position[:, 1], passage.position[:, 2]))
    wires = len(is_dead)
    seen = (wire >= 0) & (wire < wires)
    on_track = seen & (passage.track == 1)
    own = seen & (passage.primary == 0) & ~passage.is_daughter
    path = np.bincount(wire[on_track].astype(np.int64), passage.length[on_track], minlength=wires)
    charge = np.bincount(wire[own].astype(np.int64), electrons[own], minlength=wires)
    from_entry = np.cumsum(np.where(passage.track == 1, passage.length, 0.0)) - passage.length / 2
    residual = passage.ending.length - from_entry[on_track]
    weighted = np.bincount(
        wire[on_track].astype(np.int64), residual * passage.length[on_track], minlength=wires
    )

    hit = np.flatnonzero((path > 0) & ~is_dead)
    if len(hit) < SHORTEST_TRACK:
        return None
    residual_range = weighted[hit] / path[hit]
    pitch = path[hit]
    pitch[[0, -1]] = np.maximum(pitch[[0, -1]], pitch[[1, -2]])
    invert = inverse_modified_box if simulation.recombination == "box" else inverse_birks
    dedx = invert(charge[hit] / pitch, field=detector.field, density=DENSITY)
    dedx = dedx * (1 + simulation.calorimetry_smearing * rng.standard_normal(len(hit)))
    residual_range = residual_range + simulation.calorimetry_end_point_cm * rng.standard_normal()
    found = rng.random(len(hit)) >= simulation.calorimetry_hit_loss
    found &= (residual_range > 0) & np.isfinite(dedx) & (dedx > 0)
    if found.sum() < SHORTEST_TRACK:
        return None
    return {"residual_range": residual_range[found], "dedx": dedx[found]}
