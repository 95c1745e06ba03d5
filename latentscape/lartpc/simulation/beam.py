"""What arrives at the detector: the beam particle, its company, and what the beam line says."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentscape.lartpc.energy_loss import MASSES
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.settings.samples import SimulateSample
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.settings.types import Species
from latentscape.lartpc.simulation.transport import Primary

LIGHT_NS_PER_M = 1 / 0.299792458
BEAM, DAUGHTER, HALO, PILE_UP, BLIP = range(5)
"""What a charge belongs to, as in the table ``true_pixels``."""

HALO_MOMENTUM = (1000.0, 4000.0)
"""Momentum of halo muons [MeV/c]: all of them cross the detector."""

THROUGH_GOING = 3.0
"""A through-going particle has up to this many times the highest momentum of the range."""

PICKY_PER_PILE_UP = 0.3
"""Chance that the spectrometer stays clean, for each further beam particle in the read-out."""


@dataclass(frozen=True)
class Trigger:
    """One event before it meets the argon.

    Parameters
    ----------
    primaries : tuple of Primary
        All particles; the first is the one that the beam line measured.
    origin : array of int, shape (primaries,)
        ``BEAM``, ``HALO`` or ``PILE_UP``.
    delay_ns : array of float, shape (primaries,)
        Arrival after the trigger.
    momentum, mass : float
        As measured by the spectrometer and the time of flight, in MeV/c and MeV/c².
    is_picky : bool
        Whether the spectrometer saw exactly one clean track.
    """

    primaries: tuple[Primary, ...]
    origin: NDArray[np.int64]
    delay_ns: NDArray[np.float64]
    momentum: float
    mass: float
    is_picky: bool


def draw_trigger(
    rng: np.random.Generator,
    *,
    species: Species,
    simulate: SimulateSample,
    simulation: Simulation,
    detector: Detector,
) -> Trigger:
    """Draw one event of a sample: the beam particle, halo muons and pile-up.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance; its state alone decides the event.
    species : str
        Species that the beam line selected; contamination may replace it.
    simulate, simulation, detector
        Settings of the sample, the test beam and the detector.
    """
    beam = beam_particle(
        rng,
        species=_contaminated(rng, species, simulate.contamination),
        momentum=_momentum(rng, simulate),
        simulation=simulation,
        detector=detector,
    )
    halo = [_halo_muon(rng, simulation, detector) for _ in range(rng.poisson(simulate.halo))]
    pile_up = [
        beam_particle(
            rng,
            species="pion",  # most of what a tertiary beam carries
            momentum=rng.uniform(*simulate.momentum),
            simulation=simulation,
            detector=detector,
        )
        for _ in range(rng.poisson(simulate.pile_up))
    ]
    half_readout_ns = 0.5 * detector.ticks * detector.tick_ns
    delays = rng.uniform(-half_readout_ns, half_readout_ns, len(halo) + len(pile_up))
    momentum = beam.momentum * (1 + simulation.momentum_resolution * rng.standard_normal())
    return Trigger(
        primaries=(beam, *halo, *pile_up),
        origin=np.array([BEAM] + [HALO] * len(halo) + [PILE_UP] * len(pile_up)),
        delay_ns=np.concatenate([[0.0], delays]),
        momentum=momentum,
        mass=time_of_flight_mass(
            momentum,
            time_of_flight(beam, simulation.flight_path_m)
            + simulation.time_of_flight_resolution_ns * rng.standard_normal(),
            simulation.flight_path_m,
        ),
        is_picky=bool(rng.random() < simulation.picky_share * PICKY_PER_PILE_UP ** len(pile_up)),
    )


def beam_particle(
    rng: np.random.Generator,
    *,
    species: str,
    momentum: float,
    simulation: Simulation,
    detector: Detector,
) -> Primary:
    """Draw entry point and direction of a particle within the beam spot and its spread."""
    x, y = rng.normal(simulation.beam_centre_cm, simulation.beam_spot_cm)
    return Primary(
        species=species,
        momentum=momentum,
        entry=_inside(x, y, detector),
        direction=_direction(rng, simulation.angular_spread),
    )


def time_of_flight(particle: Primary, flight_path_m: float) -> float:
    """Return the time of flight [ns] of a particle over a path [m]."""
    energy = np.hypot(particle.momentum, MASSES[particle.species])
    return float(flight_path_m * LIGHT_NS_PER_M * energy / particle.momentum)


def time_of_flight_mass(momentum: float, time_ns: float, flight_path_m: float) -> float:
    """Return the mass [MeV/c²] from momentum [MeV/c] and time of flight; negative if m² < 0."""
    inverse_beta = time_ns / (flight_path_m * LIGHT_NS_PER_M)
    squared = momentum**2 * (inverse_beta**2 - 1)
    return float(np.copysign(np.sqrt(abs(squared)), squared))


def _contaminated(
    rng: np.random.Generator, species: Species, contamination: Mapping[Species, float]
) -> str:
    names = [species, *sorted(contamination)]
    shares = [contamination[name] for name in names[1:]]
    return str(rng.choice(names, p=[1 - sum(shares), *shares]))


def _momentum(rng: np.random.Generator, simulate: SimulateSample) -> float:
    low, high = simulate.momentum
    if rng.random() < simulate.through_going:
        low, high = high, THROUGH_GOING * high
    return float(rng.uniform(low, high))


def _halo_muon(rng: np.random.Generator, simulation: Simulation, detector: Detector) -> Primary:
    width, height, _ = detector.size_cm
    return Primary(
        species="muon",
        momentum=rng.uniform(*HALO_MOMENTUM),
        entry=_inside(rng.uniform(0, width), rng.uniform(-height / 2, height / 2), detector),
        direction=_direction(rng, simulation.angular_spread),
    )


def _inside(x: float, y: float, detector: Detector, margin_cm: float = 0.1) -> tuple[float, float]:
    width, height, _ = detector.size_cm
    return (
        float(np.clip(x, margin_cm, width - margin_cm)),
        float(np.clip(y, margin_cm - height / 2, height / 2 - margin_cm)),
    )


def _direction(rng: np.random.Generator, spread: float) -> tuple[float, float, float]:
    slopes = spread * rng.standard_normal(2)
    norm = float(np.sqrt(1 + slopes @ slopes))
    return (float(slopes[0]) / norm, float(slopes[1]) / norm, 1 / norm)
