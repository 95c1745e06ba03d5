"""How much of the ionisation survives: recombination in liquid argon, and back."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentscape.lartpc.argon import DENSITY, IONISATION_ENERGY

Floats = NDArray[np.float64]

LOWEST_BOX_DEDX = 1.0
"""Energy loss [MeV/cm] below which the modified box is held constant.

Its logarithm turns negative below 0.2 MeV/cm, and no charged particle loses less than 2.1 on
average. LArSoft's simulation (``larsim``) uses the same bound.
"""


def modified_box(
    dedx: ArrayLike,
    *,
    alpha: float = 0.930,
    beta: float = 0.212,
    field: float = 0.486,
    density: float = DENSITY,
) -> Floats:
    """Fraction of ionisation electrons that escape recombination, modified box model.

    Parameters
    ----------
    dedx : array of float
        Energy loss in MeV/cm, ≥ 0.
    alpha, beta : float
        Box parameters; ``beta`` in (kV/cm)(g/cm²)/MeV.
    field : float
        Electric field in kV/cm.
    density : float
        Density of the argon in g/cm³.

    Returns
    -------
    array of float
        Fraction, of the shape of ``dedx``. Below ``LOWEST_BOX_DEDX`` it is that of
        ``LOWEST_BOX_DEDX``, since the model has no meaning there.

    Raises
    ------
    ValueError
        If an energy loss is negative.

    Notes
    -----
    ArgoNeuT Collaboration, JINST 8 (2013) P08005: ln(α + ξ)/ξ with ξ = β dE/dx / (ρ E).
    """
    loss = np.maximum(_not_negative(dedx, "dE/dx"), LOWEST_BOX_DEDX)
    xi = beta * loss / (density * field)
    return np.asarray(np.log(alpha + xi) / xi)


def inverse_modified_box(
    dqdx: ArrayLike,
    *,
    alpha: float = 0.930,
    beta: float = 0.212,
    field: float = 0.486,
    density: float = DENSITY,
) -> Floats:
    """Energy loss whose electrons survive as ``dqdx`` by :func:`modified_box`.

    Parameters
    ----------
    dqdx : array of float
        Charge after recombination in electrons/cm, ≥ 0.
    alpha, beta, field, density : float
        As for :func:`modified_box`.

    Returns
    -------
    array of float
        Energy loss in MeV/cm.

    Raises
    ------
    ValueError
        If a charge is negative.
    """
    free = _not_negative(dqdx, "dQ/dx") * IONISATION_ENERGY
    slope = beta / (density * field)
    lowest = modified_box(LOWEST_BOX_DEDX, alpha=alpha, beta=beta, field=field, density=density)
    return np.where(
        free < lowest * LOWEST_BOX_DEDX, free / lowest, (np.exp(slope * free) - alpha) / slope
    )


def birks(
    dedx: ArrayLike,
    *,
    a: float = 0.800,
    k: float = 0.0486,
    field: float = 0.486,
    density: float = DENSITY,
) -> Floats:
    """Fraction of ionisation electrons that escape recombination, Birks' law.

    Parameters
    ----------
    dedx : array of float
        Energy loss in MeV/cm, ≥ 0.
    a, k : float
        Birks parameters; ``k`` in (kV/cm)(g/cm²)/MeV.
    field : float
        Electric field in kV/cm.
    density : float
        Density of the argon in g/cm³.

    Returns
    -------
    array of float
        Fraction, of the shape of ``dedx``.

    Raises
    ------
    ValueError
        If an energy loss is negative.

    Notes
    -----
    ICARUS Collaboration, NIM A 523 (2004) 275: A / (1 + k dE/dx / (ρ E)).
    """
    return np.asarray(a / (1 + k * _not_negative(dedx, "dE/dx") / (density * field)))


def inverse_birks(
    dqdx: ArrayLike,
    *,
    a: float = 0.800,
    k: float = 0.0486,
    field: float = 0.486,
    density: float = DENSITY,
) -> Floats:
    """Energy loss whose electrons survive as ``dqdx`` by :func:`birks`.

    Parameters
    ----------
    dqdx : array of float
        Charge after recombination in electrons/cm, ≥ 0.
    a, k, field, density : float
        As for :func:`birks`.

    Returns
    -------
    array of float
        Energy loss in MeV/cm; infinite from A ρ E / (k W) on, the charge at which Birks' law
        saturates, so that any upper bound on dE/dx drops it.

    Raises
    ------
    ValueError
        If a charge is negative.
    """
    free = _not_negative(dqdx, "dQ/dx") * IONISATION_ENERGY
    left = a - k * free / (density * field)
    energy_loss = np.full(free.shape, np.inf)
    np.divide(free, left, out=energy_loss, where=left > 0)
    return energy_loss


def _not_negative(values: ArrayLike, name: str) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if (array < 0).any():
        raise ValueError(f"{name} must not be negative, found {array.min()}")
    return array
