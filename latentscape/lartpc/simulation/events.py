"""Simulated events, from the beam line to the digitised planes and their truth."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscape.lartpc.energy_loss import MASSES
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.settings.samples import SimulateSample
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.settings.types import Species
from latentscape.lartpc.simulation.activity import draw_blips
from latentscape.lartpc.simulation.beam import (
    BEAM,
    DAUGHTER,
    HALO,
    PILE_UP,
    Trigger,
    draw_trigger,
)
from latentscape.lartpc.simulation.reconstruction import reconstruct_track
from latentscape.lartpc.simulation.response import (
    Charges,
    PlaneResponse,
    ionisation_electrons,
    join_charges,
)
from latentscape.lartpc.simulation.transport import Passage, transport
from latentscape.lartpc.tables.identification import SPECIES

FIRST_RUN = 6000
"""Run number of simulated protons; the other species follow."""


@dataclass(frozen=True)
class SimulatedEvent:
    """One event and everything that is known of it.

    Parameters
    ----------
    run, subrun, event : int
        Its key within the sample: the run stands for the species, the subrun for the shard.
    adc : dict of str to array of int16, shape (wires, ticks)
        Samples of both planes, with pedestal.
    beamline, truth : dict
        Row of the table of that name.
    calorimetry : dict or None
        Row of the table, None where the track is too short to be reconstructed.
    true_pixels : list of dict
        Rows of the table, one per plane.
    """

    run: int
    subrun: int
    event: int
    adc: dict[str, NDArray[np.int16]]
    beamline: dict[str, Any]
    calorimetry: dict[str, Any] | None
    truth: dict[str, Any]
    true_pixels: list[dict[str, Any]]


def simulate_events(
    *,
    sample: str,
    species: Species,
    simulate: SimulateSample,
    simulation: Simulation,
    detector: Detector,
    shard: int,
    events: int,
    first_event: int,
    seed: int,
) -> Iterator[SimulatedEvent]:
    """Simulate the events of one shard of a sample.

    Parameters
    ----------
    sample, species : str
        Name of the sample, and the species that its beam line selects.
    simulate, simulation, detector
        Settings of the sample, the test beam and the detector.
    shard : int
        Number of the shard; becomes the subrun.
    events, first_event : int
        How many events, and the number of the first.
    seed : int
        Seed of the sample. Chance in an event depends on it, the sample's name, the shard and
        the event number, so shards are independent of each other and of their order.

    Yields
    ------
    SimulatedEvent
        Events in the order of their numbers.

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
    planes = [PlaneResponse(plane, detector=detector, simulation=simulation) for plane in PLANES]
    run = FIRST_RUN + SPECIES.index(species)
    for event in range(first_event, first_event + events):
        key = {"sample": sample, "run": run, "subrun": shard, "event": event}
        rng = np.random.default_rng([seed, zlib.crc32(sample.encode()), shard, event])
        trigger = draw_trigger(
            rng, species=species, simulate=simulate, simulation=simulation, detector=detector
        )
        passage = geant4.run(trigger.primaries, seed=int(rng.integers(1, 2**31)))
        passage = passage.divided(simulation.point_cm)
        charges = _charges(passage, trigger, simulation, detector)
        blips, n_blips = draw_blips(
            rng, mean=simulate.activity, simulation=simulation, detector=detector
        )
        track = reconstruct_track(
            passage,
            charges.electrons,
            rng,
            simulation=simulation,
            detector=detector,
            is_dead=planes[PLANES.index("collection")].condition.is_dead,
        )
        everything = join_charges([charges, blips])
        signals = {plane.plane: plane.signals(everything) for plane in planes}
        yield SimulatedEvent(
            run=run,
            subrun=shard,
            event=event,
            adc={p.plane: p.digitise(signals[p.plane].total, rng) for p in planes},
            beamline=key | _beamline(trigger),
            calorimetry=None if track is None else key | track,
            truth=key | _truth(trigger, passage, n_blips),
            true_pixels=[
                key | {"plane": p.plane} | p.true_pixels(signals[p.plane]) for p in planes
            ],
        )


def _charges(
    passage: Passage, trigger: Trigger, simulation: Simulation, detector: Detector
) -> Charges:
    origin = trigger.origin[passage.primary]
    x, y, z = passage.position.T
    return Charges(
        x=x,
        y=y,
        z=z,
        time_ns=passage.time + trigger.delay_ns[passage.primary],
        electrons=ionisation_electrons(
            passage.energy,
            passage.length,
            model=simulation.recombination,
            field=detector.field,
        ),
        origin=np.where((origin == BEAM) & passage.is_daughter, DAUGHTER, origin),
    )


def _beamline(trigger: Trigger) -> dict[str, Any]:
    return {
        "momentum": trigger.momentum,
        "is_picky": trigger.is_picky,
        "mass": trigger.mass,
    }


def _truth(trigger: Trigger, passage: Passage, blips: int) -> dict[str, Any]:
    beam, ending = trigger.primaries[0], passage.ending
    mass = MASSES[beam.species]
    return {
        "species": beam.species,
        "momentum": beam.momentum,
        "kinetic_energy": float(np.hypot(beam.momentum, mass) - mass),
        "entry_x": beam.entry[0],
        "entry_y": beam.entry[1],
        "angle": float(np.arccos(beam.direction[2])),
        "length": ending.length,
        "end": ending.end,
        "end_x": ending.position[0],
        "end_y": ending.position[1],
        "end_z": ending.position[2],
        "daughters": " ".join(ending.daughters),
        "halo_muons": int((trigger.origin == HALO).sum()),
        "pile_up": int((trigger.origin == PILE_UP).sum()),
        "blips": blips,
    }
