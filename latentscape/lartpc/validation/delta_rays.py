"""Energy loss of delta rays, by a formula that knows nothing of the simulation's steps."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentscape.lartpc.argon import ARGON_A, ARGON_EXCITATION, ARGON_Z, DENSITY
from latentscape.lartpc.energy_loss import BETHE_CONSTANT, ELECTRON_MASS, MASSES, density_effect

Floats = NDArray[np.float64]

SLOWEST_ELECTRON = 1e-3
"""Kinetic energy [MeV] below which the energy loss keeps its value: the formula ends there."""

FASTEST_ELECTRON = 100.0
"""Highest kinetic energy [MeV] of the table of ranges."""


def electron_dedx(kinetic_energy: ArrayLike, *, largest: float = np.inf) -> Floats:
    """Mean energy loss of electrons to collisions in liquid argon.

    Parameters
    ----------
    kinetic_energy : array of float
        Kinetic energy in MeV; below ``SLOWEST_ELECTRON`` it is taken as that.
    largest : float
        Largest energy transfer in MeV that counts; what is knocked out with more is a particle
        of its own. By default all, up to half of the kinetic energy.

    Returns
    -------
    array of float
        Energy loss in MeV/cm, of the shape of ``kinetic_energy``.

    Notes
    -----
    Restricted loss by Møller scattering, with the density effect: Berger and Seltzer, NASA
    SP-3012 (1964) and ICRU Report 37 (1984). Without a bound it is PDG eq. 34.24, as in ESTAR.
    """
    tau = np.maximum(kinetic_energy, SLOWEST_ELECTRON) / ELECTRON_MASS
    gamma = tau + 1
    beta2 = 1 - gamma**-2
    bound = np.minimum(largest / ELECTRON_MASS, tau / 2)
    logarithm = np.log(2 * (tau + 2) * (ELECTRON_MASS / ARGON_EXCITATION) ** 2)
    exchange = (bound**2 / 2 + (2 * tau + 1) * np.log(1 - bound / tau)) / gamma**2
    moller = np.log((tau - bound) * bound) + tau / (tau - bound) + exchange - 1 - beta2
    # the density effect depends on the velocity alone
    delta = density_effect(tau * MASSES["muon"], species="muon")
    factor = DENSITY * BETHE_CONSTANT * ARGON_Z / ARGON_A / (2 * beta2)
    return np.asarray(factor * (logarithm + moller - delta))


def electron_energy(range_cm: float) -> float:
    """Return the kinetic energy in MeV of an electron with this mean range in liquid argon."""
    energy = np.geomspace(SLOWEST_ELECTRON, FASTEST_ELECTRON, 2000)
    per_mev = 1 / electron_dedx(energy)
    pieces = np.diff(energy) * (per_mev[1:] + per_mev[:-1]) / 2
    return float(np.interp(range_cm, np.concatenate([[0.0], np.cumsum(pieces)]), energy))
