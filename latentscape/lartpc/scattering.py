"""Multiple Coulomb scattering in liquid argon."""

import numpy as np

from latentscape.lartpc.argon import DENSITY, RADIATION_LENGTH
from latentscape.lartpc.energy_loss import MASSES, csda_range, energy_at_range

SCALE = 13.6
LOGARITHM = 0.038
"""Energy [MeV] and weight of the logarithm in Highland's formula: PDG, eq. 34.16."""

POINTS = 101


def highland_angle(
    kinetic_energy: float, *, species: str, thickness_cm: float, density: float = DENSITY
) -> float:
    """Width of the scattering angle behind a layer, projected on a plane.

    Parameters
    ----------
    kinetic_energy : float
        Kinetic energy in front of the layer in MeV.
    species : str
        One of ``MASSES``, of unit charge.
    thickness_cm : float
        Path in the argon in cm, shorter than the range.
    density : float
        Density of the argon in g/cm³.

    Returns
    -------
    float
        θ₀ in rad: the standard deviation of the Gaussian that describes the central 98 %.

    Raises
    ------
    ValueError
        If the particle does not get through the layer.
    InputError
        For an unknown species.

    Notes
    -----
    Particle Data Group, Passage of particles through matter, eq. 34.16, good to 11 %:
    G. R. Lynch and O. I. Dahl, NIM B 58 (1991) 6. The particle slows down: 1/(βcp)² is averaged
    along the path, and the β of the logarithm is that in its middle.
    """
    left = csda_range(kinetic_energy, species=species, density=density) - thickness_cm
    if left <= 0:
        raise ValueError(f"a {species} of {kinetic_energy:g} MeV stops within {thickness_cm:g} cm")
    path = np.linspace(left + thickness_cm, left, POINTS)
    energy = energy_at_range(path, species=species, density=density)
    mass = MASSES[species]
    # βcp = (T² + 2Tm)/(T + m), β² = (T² + 2Tm)/(T + m)²
    square, total = energy * (energy + 2 * mass), energy + mass
    inverse = float(np.trapezoid((total / square) ** 2, dx=1 / (POINTS - 1)))
    beta2 = float((square / total**2)[POINTS // 2])
    lengths = density * thickness_cm / RADIATION_LENGTH
    return float(SCALE * np.sqrt(lengths * inverse) * (1 + LOGARITHM * np.log(lengths / beta2)))
