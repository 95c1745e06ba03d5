"""How the energy loss in a layer of liquid argon, and the range, vary about their means."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentscape.lartpc.argon import ARGON_A, ARGON_Z, DENSITY
from latentscape.lartpc.energy_loss import (
    BETHE_CONSTANT,
    beta_squared,
    largest_transfer,
    mean_dedx,
)
from latentscape.lartpc.vavilov import LANDAU_FWHM, vavilov_fwhm, vavilov_mode

Floats = NDArray[np.float64]

SLOWEST_MEV = 0.01
"""Kinetic energy below which the straggling of the range is nil."""


def landau_xi(
    kinetic_energy: ArrayLike, *, species: str, thickness_cm: ArrayLike, density: float = DENSITY
) -> Floats:
    """Landau's ξ of a layer: the scale of its energy losses.

    Parameters
    ----------
    kinetic_energy : array of float
        Kinetic energy in MeV, ≥ 0.
    species : str
        One of ``MASSES``.
    thickness_cm : array of float
        Thickness of the layer in cm, of a shape that fits the energies.
    density : float
        Density of the argon in g/cm³.

    Returns
    -------
    array of float
        ξ = (K/2)(Z/A) ρΔx/β² in MeV.

    Notes
    -----
    Particle Data Group, Passage of particles through matter, with eq. 34.12.
    """
    depth = density * np.asarray(thickness_cm, dtype=np.float64)
    constant = BETHE_CONSTANT / 2 * ARGON_Z / ARGON_A
    return np.asarray(constant * depth / beta_squared(kinetic_energy, species=species))


def vavilov_kappa(
    kinetic_energy: ArrayLike, *, species: str, thickness_cm: ArrayLike, density: float = DENSITY
) -> Floats:
    """ξ over the largest energy transfer: Landau's theory below 0.01, Gauss's far above 1.

    Parameters as for :func:`landau_xi`.
    """
    xi = landau_xi(kinetic_energy, species=species, thickness_cm=thickness_cm, density=density)
    return np.asarray(xi / largest_transfer(kinetic_energy, species=species))


def energy_straggling(
    kinetic_energy: ArrayLike, *, species: str, thickness_cm: ArrayLike, density: float = DENSITY
) -> Floats:
    """Return the standard deviation of the energy loss in a thin layer, in MeV.

    Parameters as for :func:`landau_xi`.

    Notes
    -----
    The variance is ξ Tmax (1 - β²/2), that of Vavilov's density: H. Bichsel, Rev. Mod. Phys. 60
    (1988) 663. It is exact for free electrons; no energy changes within the layer.
    """
    xi = landau_xi(kinetic_energy, species=species, thickness_cm=thickness_cm, density=density)
    transfer = largest_transfer(kinetic_energy, species=species)
    return np.sqrt(xi * transfer * (1 - beta_squared(kinetic_energy, species=species) / 2))


def most_probable_loss(
    kinetic_energy: ArrayLike, *, species: str, thickness_cm: ArrayLike, density: float = DENSITY
) -> Floats:
    """Most probable energy loss in a layer.

    Parameters
    ----------
    kinetic_energy : array of float
        Kinetic energy in the middle of the layer in MeV, ≥ 0.
    species : str
        One of ``MASSES``.
    thickness_cm : array of float
        Thickness of the layer in cm, > 0, of a shape that fits the energies.
    density : float
        Density of the argon in g/cm³.

    Returns
    -------
    array of float
        Energy loss in MeV, never above the mean.

    Notes
    -----
    The mode of Vavilov's density about the mean loss of Bethe's formula. For κ → 0 it is the
    formula of Landau, Vavilov and Bichsel (PDG, Passage of particles, eq. 34.12, with
    j = 0.200), but for the shell correction, that the mean has. For κ ≫ 1 the density
    becomes a Gaussian and the mode goes over to the mean.

    A particle that slows down in the layer is taken at its energy in the middle; that is where
    the layer's mean loss per length is that of the particle, to second order in the thickness.
    By the time that matters, κ is large and the mode close to the mean.
    """
    thickness = np.asarray(thickness_cm, dtype=np.float64)
    xi = landau_xi(kinetic_energy, species=species, thickness_cm=thickness, density=density)
    kappa = xi / largest_transfer(kinetic_energy, species=species)
    mean = thickness * mean_dedx(kinetic_energy, species=species, density=density)
    mode = vavilov_mode(kappa, beta_squared(kinetic_energy, species=species))
    return np.asarray(mean + xi * mode)


def landau_width(
    kinetic_energy: ArrayLike, *, species: str, thickness_cm: ArrayLike, density: float = DENSITY
) -> Floats:
    """Width of Landau's density that is as wide at half its maximum as the losses in a layer.

    It is ξ where κ ≪ 1. Slow particles have κ > 1 and a nearly Gaussian loss, which is far
    narrower than Landau's density with their ξ.

    Parameters as for :func:`most_probable_loss`.

    Returns
    -------
    array of float
        Full width at half maximum of Vavilov's density over 4.019, Landau's own, in MeV.
    """
    xi = landau_xi(kinetic_energy, species=species, thickness_cm=thickness_cm, density=density)
    kappa = xi / largest_transfer(kinetic_energy, species=species)
    width = vavilov_fwhm(kappa, beta_squared(kinetic_energy, species=species))
    return np.asarray(xi * width / LANDAU_FWHM)


def range_straggling(
    kinetic_energy: ArrayLike, *, species: str, density: float = DENSITY
) -> Floats:
    """Return the standard deviation of the range of particles that come to rest.

    Parameters
    ----------
    kinetic_energy : array of float
        Kinetic energy in MeV, ≥ 0.
    species : str
        One of ``MASSES``.
    density : float
        Density of the argon in g/cm³.

    Returns
    -------
    array of float
        Standard deviation of the path length in cm.

    Raises
    ------
    ValueError
        If a kinetic energy is negative.
    InputError
        For an unknown species.

    Notes
    -----
    σ² = ∫ (dσ_E²/dx) / S³ dT from 0 to the kinetic energy, with the stopping power S and the
    variance dσ_E²/dx = (ξ/Δx) Tmax (1 - β²/2) of the energy loss per length: N. Bohr, Mat. Fys.
    Medd. Dan. Vid. Selsk. 18 no. 8 (1948), with Vavilov's relativistic variance.
    """
    energy = np.asarray(kinetic_energy, dtype=np.float64)
    mean_dedx(energy, species=species)  # refuses negative energies
    fastest = max(2 * SLOWEST_MEV, float(energy.max(initial=0.0)))
    grid = np.geomspace(SLOWEST_MEV, fastest, 4001)
    loss = mean_dedx(grid, species=species, density=density)
    width = energy_straggling(grid, species=species, thickness_cm=1.0, density=density)
    # dT = T d ln T, by the trapezoidal rule
    integrand = grid * width**2 / loss**3
    steps = (integrand[1:] + integrand[:-1]) / 2 * np.diff(np.log(grid))
    variance = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(np.sqrt(np.interp(energy, grid, variance, left=0.0)))
