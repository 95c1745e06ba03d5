"""Particles of one energy in a large box of liquid argon, to be held against public tables."""

import math
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from latentscape.errors import InputError
from latentscape.lartpc.energy_loss import MASSES, csda_range
from latentscape.lartpc.simulation.passage import Passage, Primary
from latentscape.lartpc.simulation.transport import Transport, transport
from latentscape.lartpc.validation.conditions import FIRST_SHARE, SCATTERER_CM
from latentscape.lartpc.validation.tables import CLOSURE, CLOSURE_DECAYS, CLOSURE_LAYERS
from latentscape.progress import progress
from latentscape.tables import Table

BOX_CM = 2000.0
"""Edge of the box; the particles enter in the middle of one face."""
LONGEST_CM = 0.75 * BOX_CM
"""Longest mean range at which those that straggle further still stop in the box."""

LAYER_STEPS = 2
"""Steps in the thin layer, near what a wire sees; the loss within a step cannot be divided."""

DECAYING = ("kaon", "pion")
DECAY_ENERGY = 20.0
"""Kinetic energy of the kaons and pions whose decays are recorded [MeV]: they stop in 2 cm."""

RANGE_EXPONENT = 1.77
"""Range ∝ T^1.77 within a step: rule of Bragg and Kleeman; T. Bortfeld, Med. Phys. 24 (1997)."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Beams:
    """What became of the particles of one species.

    Parameters
    ----------
    tracks : DataFrame
        ``CLOSURE``: particles that were followed to their end.
    layers : DataFrame
        ``CLOSURE_LAYERS``: particles behind a layer of argon.
    decays : DataFrame
        ``CLOSURE_DECAYS``: decays of slow particles.
    """

    tracks: pd.DataFrame
    layers: pd.DataFrame
    decays: pd.DataFrame


def simulate_beams(
    *,
    species: str,
    energies: Sequence[float],
    particles: int,
    layer_energies: Sequence[float],
    layers: int,
    decays: int,
    scattered: int,
    step_cm: float,
    production_cut_cm: float,
    seed: int,
) -> Beams:
    """Send particles of one species into argon, one by one and without their secondaries.

    Parameters
    ----------
    species : str
        One of ``MASSES``.
    energies, particles
        Kinetic energies in MeV at which so many particles each are followed to their end.
    layer_energies, layers
        Kinetic energies in MeV at which so many particles each cross a layer of two steps.
    decays : int
        Particles of ``DECAY_ENERGY`` whose decay is recorded, for the species of ``DECAYING``.
    scattered : int
        Particles of the highest of all energies that cross ``SCATTERER_CM``.
    step_cm, production_cut_cm : float
        Settings of the transport, those of the simulation.
    seed : int
        The chance of a particle depends on it, on its species and energy and on its number.

    Returns
    -------
    Beams
        Three tables; that of the decays is empty for the other species.

    Raises
    ------
    InputError
        If a range is too long for the box.
    RuntimeError
        If this process already holds a Geant4 with another geometry.
    """
    for energy in energies:
        mean = float(csda_range(energy, species=species))
        if mean > LONGEST_CM:
            raise InputError(
                f"energies: {energy:g} MeV give a {species} a range of {mean:.0f} cm; allowed "
                f"are up to {LONGEST_CM:g} cm."
            )
    gun = _Gun(
        transport(size_cm=(BOX_CM,) * 3, step_cm=step_cm, production_cut_cm=production_cut_cm),
        species=species,
        seed=seed,
    )
    thin = LAYER_STEPS * step_cm
    behind = [_behind(gun, energy, layers, thin) for energy in layer_energies]
    behind.append(_behind(gun, max(energies), scattered, SCATTERER_CM))
    return Beams(
        tracks=_table(CLOSURE, [_followed(gun, energy, particles) for energy in energies]),
        layers=_table(CLOSURE_LAYERS, behind),
        decays=_table(CLOSURE_DECAYS, [_decays(gun, decays)] if species in DECAYING else []),
    )


def energy_after(passage: Passage, path_cm: float) -> float:
    """Return the kinetic energy of a lone particle at one point of its path.

    Parameters
    ----------
    passage : Passage
        A passage without secondaries.
    path_cm : float
        Length of the path up to that point, in cm.

    Returns
    -------
    float
        Kinetic energy in MeV; nan if the particle did not get there. Within a step it falls
        smoothly; what an electron knocked out takes with it is lost at the step's end.
    """
    ends = np.cumsum(passage.length)
    step = int(np.searchsorted(ends, path_cm * (1 - 1e-9)))
    if step == len(ends):
        return math.nan
    share = 1 - (ends[step] - path_cm) / passage.length[step]
    first = passage.kinetic_energy[step]
    last = max(first - passage.energy[step], 0.0)
    powers = first**RANGE_EXPONENT, last**RANGE_EXPONENT
    return float((powers[0] + share * (powers[1] - powers[0])) ** (1 / RANGE_EXPONENT))


class _Gun:
    """Shoots lone particles of one species into the box."""

    def __init__(self, geant4: Transport, *, species: str, seed: int) -> None:
        self.species = species
        self._geant4 = geant4
        self._seed = seed

    def shoot(
        self, purpose: str, kinetic_energy: float, particles: int, *, until_cm: float = math.inf
    ) -> Iterator[tuple[Row, Passage]]:
        """Yield the key of each particle and its passage."""
        chance = zlib.crc32(f"{self.species} {purpose} {kinetic_energy!r}".encode())
        seeds = np.random.default_rng([self._seed, chance]).integers(1, 2**31, size=particles)
        mass = MASSES[self.species]
        momentum = math.sqrt(kinetic_energy * (kinetic_energy + 2 * mass))
        primary = Primary(self.species, momentum, (BOX_CM / 2, 0.0), (0.0, 0.0, 1.0))
        unit = f"{self.species}s of {kinetic_energy:g} MeV"
        for particle, seed in progress(enumerate(seeds), particles, unit=unit):
            key = {"species": self.species, "kinetic_energy": kinetic_energy, "particle": particle}
            yield (
                key,
                self._geant4.run([primary], seed=int(seed), only_primary=True, until_cm=until_cm),
            )


def _followed(gun: _Gun, kinetic_energy: float, particles: int) -> Iterator[Row]:
    depth = FIRST_SHARE * float(csda_range(kinetic_energy, species=gun.species))
    for key, passage in gun.shoot("range", kinetic_energy, particles):
        yield {
            **key,
            "end": passage.ending.end,
            "path": passage.ending.length,
            "depth": depth,
            "loss": kinetic_energy - energy_after(passage, depth),
        }


def _behind(gun: _Gun, kinetic_energy: float, particles: int, thickness_cm: float) -> Iterator[Row]:
    purpose = f"layer of {thickness_cm!r}"
    for key, passage in gun.shoot(purpose, kinetic_energy, particles, until_cm=thickness_cm):
        x, y, z = passage.ending.direction
        yield {
            **key,
            "thickness": thickness_cm,
            "path": passage.ending.length,
            "loss": kinetic_energy - energy_after(passage, thickness_cm),
            "angle_x": math.atan2(x, z),
            "angle_y": math.atan2(y, z),
        }


def _decays(gun: _Gun, particles: int) -> Iterator[Row]:
    for key, passage in gun.shoot("decay", DECAY_ENERGY, particles):
        ending = passage.ending
        yield {
            **key,
            "end": ending.end,
            "daughters": " ".join(ending.daughters),
            "momenta": np.array(ending.daughter_momenta, dtype=np.float64),
        }


def _table(table: Table, runs: Iterable[Iterable[Row]]) -> pd.DataFrame:
    rows = [row for run in runs for row in run]
    return table.check(pd.DataFrame(rows)) if rows else table.empty()
