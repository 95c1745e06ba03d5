"""Simulated collection hits beside the truth that they were made of."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.lartpc.argon import DENSITY, IONISATION_ENERGY
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.recombination import (
    birks,
    inverse_birks,
    inverse_modified_box,
    modified_box,
)
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.settings.types import Species
from latentscape.lartpc.simulation.beam import beam_particle
from latentscape.lartpc.simulation.reconstruction import (
    CollectionHits,
    collect_hits,
    measure_hits,
)
from latentscape.lartpc.simulation.response import ionisation_electrons, wire_condition
from latentscape.lartpc.simulation.transport import Passage, Transport, transport
from latentscape.lartpc.validation.delta_rays import electron_dedx, electron_energy
from latentscape.lartpc.validation.tables import PULLS
from latentscape.progress import progress
from latentscape.seeds import seed_for

Floats = NDArray[np.float64]


def measure_pulls(
    *,
    momenta: Mapping[Species, tuple[float, float]],
    events: int,
    detector: Detector,
    simulation: Simulation,
    seed: int,
) -> pd.DataFrame:
    """Simulate beam particles alone in the detector, and reconstruct their collection hits.

    Parameters
    ----------
    momenta : mapping of str to (float, float)
        Range of the flat momentum spectrum of each species in MeV/c.
    events : int
        Events per species.
    detector, simulation
        Settings.
    seed : int
        Random seed; each event has its own, that follows from it.

    Returns
    -------
    DataFrame
        Table ``pulls``; tracks that are too short to be reconstructed are left out.

    Raises
    ------
    RuntimeError
        If this process already simulated another geometry: Geant4 allows one per process.
    """
    geant4 = transport(
        size_cm=detector.size_cm,
        step_cm=simulation.step_cm,
        production_cut_cm=simulation.production_cut_cm,
    )
    is_dead = wire_condition("collection", detector=detector, simulation=simulation).is_dead
    drawn = [(species, event) for species in sorted(momenta) for event in range(events)]
    tracks = []
    for species, event in progress(drawn, len(drawn), unit="events"):
        rng = np.random.default_rng(seed_for(seed, "pulls", species, event))
        passage = _one_particle(
            geant4, rng, species, momenta[species], detector=detector, simulation=simulation
        )
        electrons = ionisation_electrons(
            passage.energy, passage.length, model=simulation.recombination, field=detector.field
        )
        hits = collect_hits(
            passage, electrons, simulation=simulation, detector=detector, is_dead=is_dead
        )
        if hits is not None:
            predicted = predict_charge(passage, hits.wire, simulation=simulation, detector=detector)
            columns = compare_hits(hits, rng, simulation=simulation) | predicted
            tracks.append(pd.DataFrame({"species": species, "event": event, **columns}))
    return PULLS.check(PULLS.concatenate(tracks))


def compare_hits(
    hits: CollectionHits, rng: np.random.Generator, *, simulation: Simulation
) -> dict[str, NDArray[Any]]:
    """Return one track's columns of the table ``pulls``, without key and predictions."""
    measured = measure_hits(hits, rng, simulation=simulation)
    smearing, end_point = simulation.calorimetry_smearing, simulation.calorimetry_end_point_cm
    true_dedx = hits.energy / hits.path
    is_end = np.zeros(len(hits.wire), dtype=bool)
    is_end[[0, -1]] = True
    return {
        "wire": hits.wire,
        "is_end": is_end,
        "true_residual_range": hits.residual_range,
        "true_dedx": true_dedx,
        "charge_dedx": hits.dedx,
        "residual_range": measured.residual_range,
        "dedx": measured.dedx,
        "is_found": measured.is_found,
        "dedx_pull": _pull(measured.dedx, hits.dedx, smearing * hits.dedx),
        "deposit_pull": _pull(measured.dedx, true_dedx, smearing * true_dedx),
        "residual_range_pull": _pull(
            measured.residual_range, hits.residual_range, np.full(len(hits.wire), end_point)
        ),
    }


def predict_charge(
    passage: Passage, wires: NDArray[np.int64], *, simulation: Simulation, detector: Detector
) -> dict[str, Floats]:
    """Predict the relative bias of dE/dx from charge, apart from the simulated electrons.

    Parameters
    ----------
    passage : Passage
        The event's steps.
    wires : array of int, shape (hits,)
        Collection wires with path of the beam particle.
    simulation, detector
        Settings.

    Returns
    -------
    dict of str to array of float, shape (hits,)
        ``delta_share``, the part of the deposited energy that delta rays carried, and
        ``predicted_bias``.

    Notes
    -----
    The charge of the beam particle is that of its mean dE/dx x̄ to second order in its spread
    along the wire, q(x̄) + ½ q''(x̄) Var(x) with q(x) = x R(x). Delta rays survive as their own
    energy loss has it, by :func:`electron_dedx` at their energy in the middle of each step; what
    they knock out above the production cut is a delta ray too.
    """
    survival, invert = (
        (modified_box, inverse_modified_box)
        if simulation.recombination == "box"
        else (birks, inverse_birks)
    )

    def charge(x: Floats) -> Floats:
        return np.asarray(x * survival(x, field=detector.field, density=DENSITY))

    at = np.rint(detector.wire("collection", passage.position[:, 1], passage.position[:, 2]))
    place = np.searchsorted(wires, at.astype(np.int64))
    on_wires = np.isin(at, wires)
    own = on_wires & (passage.track == 1) & (passage.length > 0)
    delta = on_wires & (passage.track != 1) & (passage.primary == 0) & ~passage.is_daughter

    def per_wire(chosen: NDArray[np.bool_], values: Floats) -> Floats:
        return np.asarray(np.bincount(place[chosen], values, minlength=len(wires)))

    length, dedx = passage.length[own], passage.energy[own] / passage.length[own]
    path, first, second = (per_wire(own, length * dedx**power) for power in (0, 1, 2))
    mean = first / path
    h = 1e-3 * mean
    low, middle, high = (charge(x) for x in (mean - h, mean, mean + h))
    curvature = (high - 2 * middle + low) / h**2
    energy = passage.energy[delta]
    kinetic = passage.kinetic_energy[delta] - energy / 2
    loss = electron_dedx(kinetic, largest=electron_energy(simulation.production_cut_cm))
    free = energy * survival(loss, field=detector.field, density=DENSITY)
    expected = middle + curvature * (second / path - mean**2) / 2 + per_wire(delta, free) / path
    deposited = mean + per_wire(delta, energy) / path
    read = invert(expected / IONISATION_ENERGY, field=detector.field, density=DENSITY)
    return {"delta_share": 1 - mean / deposited, "predicted_bias": read / deposited - 1}


def _one_particle(
    geant4: Transport,
    rng: np.random.Generator,
    species: Species,
    momentum: tuple[float, float],
    *,
    detector: Detector,
    simulation: Simulation,
) -> Passage:
    particle = beam_particle(
        rng,
        species=species,
        momentum=rng.uniform(*momentum),
        simulation=simulation,
        detector=detector,
    )
    passage = geant4.run([particle], seed=int(rng.integers(1, 2**31)))
    return passage.divided(simulation.point_cm)


def _pull(measured: Floats, exact: Floats, spread: Floats) -> Floats:
    pull = np.full(len(measured), np.nan)
    some = (spread > 0) & np.isfinite(spread)
    pull[some] = (measured[some] - exact[some]) / spread[some]
    return pull
