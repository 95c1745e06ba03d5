"""What enters the argon, and what it leaves there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Primary:
    """A particle that enters the argon.

    Parameters
    ----------
    species : str
        proton, kaon, pion, muon or deuteron.
    momentum : float
        Momentum in MeV/c.
    entry : tuple of float
        Drift coordinate x and height y at the upstream wall (z = 0) in cm.
    direction : tuple of float
        Unit vector (x, y, z).
    """

    species: str
    momentum: float
    entry: tuple[float, float]
    direction: tuple[float, float, float]


@dataclass(frozen=True)
class Ending:
    """How the first primary ended: where, by which process, and into what.

    Parameters
    ----------
    end : str
        stopped, decayed_at_rest, decayed_in_flight, or left (the argon or the path asked for).
    position : tuple of float
        Drift x, height y and depth z in cm.
    length : float
        Length of its path in cm.
    daughters : tuple of str
        Geant4's names of what it decayed into, in alphabetical order.
    daughter_momenta : tuple of float
        Their momenta in MeV/c, in the same order.
    direction : tuple of float
        Unit vector of its momentum, the last one where it stopped.
    """

    end: str
    position: tuple[float, float, float]
    length: float
    daughters: tuple[str, ...]
    daughter_momenta: tuple[float, ...] = ()
    direction: tuple[float, float, float] = (0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Passage:
    """What one event left in the argon, one entry per Geant4 step that left energy.

    Parameters
    ----------
    start, stop : array of float, shape (steps, 3)
        Ends of the step (drift x, height y, depth z) in cm.
    energy, length : array of float, shape (steps,)
        Deposited energy in MeV and step length in cm.
    kinetic_energy : array of float, shape (steps,)
        Kinetic energy of the particle at the start of the step, in MeV.
    time : array of float, shape (steps,)
        Time after the primary entered, in ns.
    track, parent, pdg : array of int, shape (steps,)
        Geant4's track number, its parent's (0 for a primary) and the PDG code.
    primary : array of int, shape (steps,)
        Index of the primary that the track descends from.
    is_daughter : array of bool, shape (steps,)
        Whether a decay lies between the primary and this track.
    ending : Ending
        The end of the first primary.
    """

    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    energy: NDArray[np.float64]
    length: NDArray[np.float64]
    kinetic_energy: NDArray[np.float64]
    time: NDArray[np.float64]
    track: NDArray[np.int64]
    parent: NDArray[np.int64]
    pdg: NDArray[np.int64]
    primary: NDArray[np.int64]
    is_daughter: NDArray[np.bool_]
    ending: Ending

    @property
    def position(self) -> NDArray[np.float64]:
        """Middle of each step in cm, shape (steps, 3)."""
        return 0.5 * (self.start + self.stop)

    def divided(self, longest_cm: float) -> "Passage":
        """Return the same passage with steps cut into equal pieces no longer than this."""
        pieces = np.maximum(np.ceil(self.length / longest_cm), 1).astype(np.int64)
        step = np.repeat(np.arange(len(pieces)), pieces)
        piece = np.arange(len(step)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        one = ((self.stop - self.start) / pieces[:, None])[step]
        start = self.start[step] + one * piece[:, None]
        return Passage(
            start=start,
            stop=start + one,
            energy=(self.energy / pieces)[step],
            length=(self.length / pieces)[step],
            kinetic_energy=self.kinetic_energy[step] - (self.energy / pieces)[step] * piece,
            time=self.time[step],
            track=self.track[step],
            parent=self.parent[step],
            pdg=self.pdg[step],
            primary=self.primary[step],
            is_daughter=self.is_daughter[step],
            ending=self.ending,
        )
