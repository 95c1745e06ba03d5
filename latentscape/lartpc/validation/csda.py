"""Ranges as public tables give them, between their rows and in liquid argon's centimetres."""

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from latentscape.errors import InputError
from latentscape.lartpc.energy_loss import MASSES

QUOTED_DENSITY = 1.3954
"""Density of liquid argon at its normal boiling point, 87.302 K [g/cm³]: NIST Chemistry WebBook
(Tegeler, Span, Wagner, J. Phys. Chem. Ref. Data 28 (1999) 779). Not the project's own number, so
that ranges in centimetres hold that one to account."""


class TabulatedRange:
    """Range of one species in liquid argon, from a public table.

    Parameters
    ----------
    csda : DataFrame
        Table ``REFERENCE_CSDA``.
    species : str
        One of its species, or the deuteron: particles of equal velocity and charge have the
        same stopping power, so that its range is that of a proton of energy T m_p/m_d, times
        m_d/m_p.

    Attributes
    ----------
    source : str
        Which table, for a ``Check``.

    Notes
    -----
    Both logarithms are interpolated by a cubic spline; with the rows of the tables it returns
    the ranges of Bethe's formula to 1e-4.
    """

    def __init__(self, csda: pd.DataFrame, *, species: str) -> None:
        scaled = species == "deuteron" and species not in set(csda["species"])
        rows = csda[csda["species"] == ("proton" if scaled else species)]
        if rows.empty:
            raise InputError(f"the table of ranges has no {species}.")
        rows = rows.sort_values("kinetic_energy")
        scale = MASSES["deuteron"] / MASSES["proton"] if scaled else 1.0
        self.species = species
        self.source = rows["source"].iloc[0] + (", scaled to the deuteron's mass" if scaled else "")
        self._energies = rows["kinetic_energy"].to_numpy() * scale
        self._ranges = rows["range"].to_numpy() * scale / QUOTED_DENSITY
        self._range = CubicSpline(np.log(self._energies), np.log(self._ranges))
        self._energy = CubicSpline(np.log(self._ranges), np.log(self._energies))

    def range_cm(self, kinetic_energy: float) -> float:
        """Return the range in cm of a particle with this kinetic energy in MeV.

        Raises
        ------
        InputError
            If the energy lies outside the table.
        """
        first, last = self._energies[[0, -1]]
        if not first <= kinetic_energy <= last:
            raise InputError(
                f"{self.source}: has no {self.species} of {kinetic_energy:.4g} MeV; it goes from "
                f"{first:.4g} to {last:.4g} MeV."
            )
        return float(np.exp(self._range(np.log(kinetic_energy))))

    def energy_left(self, kinetic_energy: float, *, path_cm: float) -> float:
        """Return the kinetic energy in MeV after a path in cm, in the mean.

        Raises
        ------
        InputError
            If either energy lies outside the table.
        """
        left = self.range_cm(kinetic_energy) - path_cm
        if left < self._ranges[0]:
            raise InputError(
                f"{self.source}: ends above the energy of a {self.species} of "
                f"{kinetic_energy:.4g} MeV after {path_cm:.4g} cm."
            )
        return float(np.exp(self._energy(np.log(left))))
