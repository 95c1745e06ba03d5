"""Steps in which GEANT 3 follows a stopping particle, and the energy loss that it gives them.

The GEANT 3 manual (CERN W5013, section PHYS 010) describes steps and tables. Only these are taken
from it: density and mean energy loss are those of the project.
"""

import numpy as np
from numpy.typing import NDArray

from latentscape.lartpc.argon import DENSITY, RADIATION_LENGTH
from latentscape.lartpc.energy_loss import MASSES, csda_range, energy_at_range

Floats = NDArray[np.float64]

STEP_LOSS = 0.2 / float(np.sqrt(RADIATION_LENGTH / DENSITY))
"""Share of the kinetic energy lost per step: DEEMAX of a sensitive volume, 0.2 / √(X₀ / cm)."""

POINTS_PER_DECADE = 10
"""Points per decade of energy: by default 90 intervals from 10 keV to 10 TeV."""

LOWER_PART = 0.7
"""Part of an interval in which the parabola takes in the point below, and not a second above."""

LAST_ENERGY = 0.5
"""Energy in the table [MeV] below which a particle stops in one step."""

STARTS = 200
"""Start energies, so many to a step, since the tracks' own are not known."""


def geant3_dedx(residual_range: Floats, *, species: str, points_per_decade: int) -> Floats:
    """Mean dE/dx of GEANT 3's steps, each given at the residual range of its end.

    Parameters
    ----------
    residual_range : array of float, shape (n,)
        Path that is left at the end of a step, in cm, > 0.
    species : str
        proton, kaon, pion or muon.
    points_per_decade : int
        Points of the range table per decade of kinetic energy.

    Returns
    -------
    array of float, shape (n,)
        Loss over length of the step in MeV/cm, without fluctuations.

    Notes
    -----
    Between the points of its table GEANT 3 takes the energy as a parabola of the range. The length
    of a step joins the parabolas at its two ends, but the energy behind it comes from the first
    one alone. With ten points per decade the steps then lose 0.5 to 0.7 % too much.
    """
    # hadrons are looked up at the energy and range of a proton of their velocity
    tabulated = "muon" if species == "muon" else "proton"
    scale = MASSES[tabulated] / MASSES[species]
    longest = 1.5 * float(np.max(residual_range))
    last = scale * float(energy_at_range(longest, species=species))
    decades = np.arange(-2 * points_per_decade, int(np.log10(last) + 2) * points_per_decade + 1)
    points = 10.0 ** (decades / points_per_decade)
    table = points, csda_range(points, species=tabulated)

    energy = np.geomspace((1 - STEP_LOSS) * last, last, STARTS, endpoint=False)
    lengths, losses = [], []
    while (energy > LAST_ENERGY).any():
        length, after = _step(energy, *table)
        moves = energy > LAST_ENERGY
        lengths.append(np.where(moves, length, 0.0))
        losses.append(np.where(moves, energy - after, 0.0))
        energy = energy - losses[-1]
    length, loss = np.array(lengths), np.array(losses)
    rest = csda_range(energy, species=tabulated)
    end = rest + np.cumsum(length[::-1], axis=0)[::-1] - length
    is_step = length > 0
    order = np.argsort(end[is_step])
    dedx = (loss[is_step] / length[is_step])[order]
    return np.interp(residual_range * scale, end[is_step][order], dedx)


def _step(energy: Floats, energies: Floats, ranges: Floats) -> tuple[Floats, Floats]:
    """Return the length of steps [cm] and the energy behind them [MeV]."""
    before = _parabola(energy, energies, ranges)
    shorter = (1 - STEP_LOSS) * energy
    start = _range(energy, *before)
    length = start - _range(shorter, *_parabola(shorter, energies, ranges))
    square, slope, constant = before
    end = start - length
    return length, (square * end + slope) * end + constant


def _parabola(energy: Floats, energies: Floats, ranges: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the coefficients of the energy as a parabola of the range, through three points."""
    interval = np.searchsorted(energies, energy, side="right") - 1
    part = (energy - energies[interval]) / (energies[interval + 1] - energies[interval])
    first = np.clip(np.where(part < LOWER_PART, interval - 1, interval), 0, len(energies) - 3)
    x, y = ([values[first + i] for i in range(3)] for values in (ranges, energies))
    low, high = (y[1] - y[0]) / (x[1] - x[0]), (y[2] - y[1]) / (x[2] - x[1])
    square = (high - low) / (x[2] - x[0])
    slope = low - square * (x[0] + x[1])
    return square, slope, y[0] - (square * x[0] + slope) * x[0]


def _range(energy: Floats, square: Floats, slope: Floats, constant: Floats) -> Floats:
    """Return the range at which a rising parabola has an energy."""
    root = np.sqrt(slope**2 - 4 * square * (constant - energy))
    return np.asarray(2 * (energy - constant) / (slope + root))
