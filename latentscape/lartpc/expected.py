"""Expected dE/dx of stopping particles against their residual range, by the formulas."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.lartpc.argon import DENSITY
from latentscape.lartpc.energy_loss import energy_at_range, mean_dedx
from latentscape.lartpc.straggling import landau_width, most_probable_loss
from latentscape.lartpc.tables.identification import EXPECTED_DEDX

Floats = NDArray[np.float64]


def expected_dedx(
    species: Sequence[str],
    *,
    step_cm: float,
    max_range_cm: float,
    thickness_cm: float,
    density: float = DENSITY,
) -> pd.DataFrame:
    """Tabulate the dE/dx of stopping particles against their residual range.

    Parameters
    ----------
    species : sequence of str
        Species, each one of ``MASSES``.
    step_cm : float
        Distance between two points in cm. The points are step, 2·step, … and not the centres
        of bins: each row holds the energy loss at exactly that residual range.
    max_range_cm : float
        Last point (or the last multiple of the step before it) in cm.
    thickness_cm : float
        Thickness in cm of the layer in which the most probable loss is looked for.
    density : float
        Density of the argon in g/cm³.

    Returns
    -------
    DataFrame
        An ``EXPECTED_DEDX`` table.

    Raises
    ------
    InputError
        For an unknown species, or a longest range that is shorter than a step or longer than
        the longest range of a species.
    """
    points = int(np.floor(max_range_cm / step_cm + 1e-9))
    if points < 1:
        raise InputError(f"max_range_cm: {max_range_cm} is shorter than step_cm, {step_cm}.")
    residual_range = step_cm * np.arange(1, points + 1, dtype=np.float64)
    curves = [
        dedx_at(residual_range, species=name, thickness_cm=thickness_cm, density=density)
        for name in species
    ]
    return EXPECTED_DEDX.check(pd.concat(curves, ignore_index=True))


def dedx_at(
    residual_range: Floats, *, species: str, thickness_cm: float, density: float = DENSITY
) -> pd.DataFrame:
    """Return the dE/dx of one species at given residual ranges.

    Parameters
    ----------
    residual_range : array of float, shape (n,)
        Residual ranges in cm, > 0.
    species : str
        One of ``MASSES``.
    thickness_cm : float
        Thickness in cm of the layer about each residual range. Where the track ends within the
        layer, the layer ends with it and is twice the residual range thick.
    density : float
        Density of the argon in g/cm³.

    Returns
    -------
    DataFrame
        Columns of ``EXPECTED_DEDX``, in the order of the residual ranges. ``dedx`` is the mean
        at the residual range itself; ``most_probable`` and ``landau_width`` are those of the
        layer over its thickness.

    Raises
    ------
    InputError
        For an unknown species, or a range that is longer than its longest.
    """
    energy = energy_at_range(residual_range, species=species, density=density)
    thickness = np.minimum(thickness_cm, 2 * residual_range)
    mode = most_probable_loss(energy, species=species, thickness_cm=thickness, density=density)
    width = landau_width(energy, species=species, thickness_cm=thickness, density=density)
    return pd.DataFrame(
        {
            "species": species,
            "residual_range": residual_range,
            "dedx": mean_dedx(energy, species=species, density=density),
            "most_probable": mode / thickness,
            "landau_width": width / thickness,
        }
    )
