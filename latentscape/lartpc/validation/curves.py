"""Mean, most probable and fluctuating energy loss against public tables and closed forms."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.lartpc.argon import ARGON_EXCITATION, DENSITY
from latentscape.lartpc.energy_loss import (
    ELECTRON_MASS,
    MASSES,
    beta_squared,
    csda_range,
    density_effect,
    energy_at_range,
    mean_dedx,
)
from latentscape.lartpc.straggling import landau_xi, most_probable_loss
from latentscape.lartpc.validation.checks import Check
from latentscape.lartpc.vavilov import LANDAU_FWHM, vavilov_density, vavilov_fwhm, vavilov_mode

Floats = NDArray[np.float64]

GROUP = "expected dE/dx"
RANGES = (0.5, 26.0)
SINGLE_RANGES = (0.5, 5.0, 26.0)
"""Residual ranges [cm] between which, and at which, expected curves are compared."""

ENERGIES = (20.0, 600.0)
SINGLE_ENERGIES = (20.0, 100.0, 600.0)
"""Kinetic energies [MeV] between which, and at which, the formulas are compared."""

CURVE_PERCENT = 1.0
FORMULA_PERCENT = {"proton": 1.0, "muon": 1.0, "kaon": 2.0, "pion": 2.0, "deuteron": 1.0}
"""Accuracy asked of the curves and of the formulas [%]; the Bethe tables of the kaon and the
pion have no shell correction, which is 1 % of a slow particle's range."""

BICHSEL_J = 0.200
THIN_CM = 0.46
THIN_ENERGIES = {"muon": 1000.0, "pion": 1000.0, "kaon": 3000.0, "proton": 5000.0}
"""Layer [cm] and kinetic energies [MeV] with κ < 0.01, where Landau's theory holds."""


def check_curves(csda: pd.DataFrame) -> Iterator[Check]:
    """Compare the formulas' mean energy loss and range with public tables.

    Parameters
    ----------
    csda : DataFrame
        A ``REFERENCE_CSDA`` table, :func:`completed` by the proton at equal velocity.

    Yields
    ------
    Check
        Per species: deviation in % of the expected dE/dx(residual range), of the CSDA range and
        of the mean dE/dx, the largest one and single ones.
    """
    ascending = completed(csda).sort_values("kinetic_energy")
    for species, table in ascending.groupby("species"):
        source = "; below its first row ".join(table["source"].unique()[::-1])
        yield from _check_expected(str(species), table, source)
        yield from _check_formulas(str(species), table, source)


def csda_dedx(csda: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of public tables as energy loss against residual range.

    Parameters
    ----------
    csda : DataFrame
        A ``REFERENCE_CSDA`` table.

    Returns
    -------
    DataFrame
        Columns species, residual_range [cm] and dedx [MeV/cm], for the density of
        ``latentscape.lartpc.argon``; :func:`completed` by the proton at equal velocity.
    """
    table = completed(csda)
    return pd.DataFrame(
        {
            "species": table["species"],
            "residual_range": table["range"] / DENSITY,
            "dedx": table["stopping_power"] * DENSITY,
        }
    )


def completed(csda: pd.DataFrame) -> pd.DataFrame:
    """Add what public tables lack, by the proton's rows at equal velocity.

    Parameters
    ----------
    csda : DataFrame
        A ``REFERENCE_CSDA`` table with the proton and the muon.

    Returns
    -------
    DataFrame
        The table with the deuteron, and the muon below its first row: R(T) = (m/m_p) R_p(T m_p/m)
        with the same stopping power. That neglects how the largest energy transfer depends on
        the mass, 0.1 % of a slow muon's loss.
    """
    muon = _scaled(csda, "muon")
    first = csda.loc[csda["species"] == "muon", "kinetic_energy"].min()
    slow: pd.DataFrame = muon[muon["kinetic_energy"] < first]
    return pd.concat([csda, slow, _scaled(csda, "deuteron")], ignore_index=True)


def _scaled(csda: pd.DataFrame, species: str) -> pd.DataFrame:
    scale = MASSES[species] / MASSES["proton"]
    proton: pd.DataFrame = csda[csda["species"] == "proton"]
    scaled: pd.DataFrame = proton.assign(
        species=species,
        kinetic_energy=proton["kinetic_energy"] * scale,
        range=proton["range"] * scale,
        source=proton["source"] + f", scaled to the {species}'s mass",
    )
    return scaled


def check_fluctuations() -> Iterator[Check]:
    """Compare most probable loss and Vavilov's density with closed forms.

    Yields
    ------
    Check
        Most probable loss in thin layers against PDG eq. 34.12; mode and width in Landau's and
        Gauss's limit; mean, variance and third moment of the density in between.
    """
    for species, energy in THIN_ENERGIES.items():
        yield Check(
            check=f"most probable loss of {energy:g} MeV {species} in {THIN_CM} cm",
            group=GROUP,
            source="Particle Data Group, Passage of particles through matter, eq. 34.12",
            expected=_landau_vavilov_bichsel(energy, species),
            measured=float(most_probable_loss(energy, species=species, thickness_cm=THIN_CM)),
            uncertainty=0.0,
            tolerance=0.005 * _landau_vavilov_bichsel(energy, species),
            unit="MeV",
        )
    yield from _check_limits()
    for kappa, beta2 in ((0.01, 0.9), (0.5, 0.3)):
        yield from _check_moments(kappa, beta2)


def _check_expected(species: str, table: pd.DataFrame, source: str) -> Iterator[Check]:
    ranges = np.geomspace(*RANGES, 200)
    deviation = _curve_deviation(ranges, species, table)
    name = f"expected dE/dx of {species}"
    yield _percent(f"{name}, {RANGES[0]:g}-{RANGES[1]:g} cm, largest", source, _largest(deviation))
    single = _curve_deviation(np.array(SINGLE_RANGES), species, table)
    for value, found in zip(SINGLE_RANGES, single, strict=True):
        yield _percent(f"{name} at {value:g} cm", source, found)


def _check_formulas(species: str, table: pd.DataFrame, source: str) -> Iterator[Check]:
    inside = table[table["kinetic_energy"].between(*ENERGIES)]
    for quantity, column, found in (
        ("CSDA range", "range", csda_range),
        ("mean dE/dx", "stopping_power", mean_dedx),
    ):
        energy = inside["kinetic_energy"].to_numpy()
        ratio = found(energy, species=species, density=1.0) / inside[column].to_numpy()
        deviation = 100 * (ratio - 1)
        name, tolerance = f"{quantity} of {species} by formula", FORMULA_PERCENT[species]
        largest = f"{name}, {ENERGIES[0]:g}-{ENERGIES[1]:g} MeV, largest"
        yield _percent(largest, source, _largest(deviation), tolerance)
        for value in SINGLE_ENERGIES:
            expected = _power_law(np.array([value]), table["kinetic_energy"], table[column])
            single = found(value, species=species, density=1.0) / expected[0] - 1
            yield _percent(f"{name} at {value:g} MeV", source, 100 * single, tolerance)


def _curve_deviation(ranges: Floats, species: str, table: pd.DataFrame) -> Floats:
    """Return 100 (formula / table - 1) of the dE/dx at residual ranges in cm."""
    energy = _power_law(ranges * DENSITY, table["range"], table["kinetic_energy"])
    expected = DENSITY * _power_law(energy, table["kinetic_energy"], table["stopping_power"])
    return 100 * (
        mean_dedx(energy_at_range(ranges, species=species), species=species) / expected - 1
    )


def _power_law(x: Floats, known_x: pd.Series, known_y: pd.Series) -> Floats:
    """Interpolate linearly in both logarithms; NaN outside the table."""
    logarithms = (np.log(known_x.to_numpy()), np.log(known_y.to_numpy()))
    return np.asarray(np.exp(np.interp(np.log(x), *logarithms, left=np.nan, right=np.nan)))


def _largest(deviation: Floats) -> float:
    return float(deviation[np.argmax(np.abs(deviation))])


def _percent(check: str, source: str, measured: float, tolerance: float = CURVE_PERCENT) -> Check:
    return Check(
        check=check,
        group=GROUP,
        source=source,
        expected=0.0,
        measured=float(measured),
        uncertainty=0.0,
        tolerance=tolerance,
        unit="%",
    )


def _landau_vavilov_bichsel(energy: float, species: str) -> float:
    """Return the most probable loss in MeV by PDG eq. 34.12."""
    xi = float(landau_xi(energy, species=species, thickness_cm=THIN_CM))
    beta2 = float(beta_squared(energy, species=species))
    first = math.log(2 * ELECTRON_MASS * beta2 / (1 - beta2) / ARGON_EXCITATION)
    delta = float(density_effect(energy, species=species))
    return xi * (first + math.log(xi / ARGON_EXCITATION) + BICHSEL_J - beta2 - delta)


def _check_limits() -> Iterator[Check]:
    landau = "Landau's limit of Vavilov's density, κ → 0"
    small, beta2 = 1e-3, 0.5
    mode = float(vavilov_mode(small, beta2)) - math.log(small) - beta2 - (1 - np.euler_gamma)
    yield _closed_form("mode of Landau's λ", landau, -0.22278, mode, 0.005)
    width = float(vavilov_fwhm(small, beta2))
    yield _closed_form("width at half maximum of Landau's λ", landau, LANDAU_FWHM, width, 0.01)
    large = 50.0
    sigma = math.sqrt((1 - beta2 / 2) / large)
    yield _closed_form(
        "width at half maximum of a thick layer's loss, in standard deviations",
        "Gauss's limit of Vavilov's density, κ ≫ 1: √(8 ln 2)",
        math.sqrt(8 * math.log(2)),
        float(vavilov_fwhm(large, beta2)) / sigma,
        0.01,
    )


def _check_moments(kappa: float, beta2: float) -> Iterator[Check]:
    # no loss is below 0, which is far less than this many ξ under the mean
    deviation = np.linspace(-40 - 10 / math.sqrt(kappa), 40 + 20 / kappa, 200_001)
    density = vavilov_density(deviation, kappa=kappa, beta2=beta2)
    source = "cumulants of Vavilov's characteristic function"
    expected = {
        "mean": 0.0,
        "variance": (1 - beta2 / 2) / kappa,
        "third moment": (1 / 2 - beta2 / 3) / kappa**2,
    }
    for power, (name, value) in enumerate(expected.items(), start=1):
        found = float(np.trapezoid(density * deviation**power, deviation))
        scale = expected["variance"] ** (power / 2)
        check = f"{name} of Vavilov's density, κ = {kappa:g}, β² = {beta2:g}"
        yield _closed_form(check, source, value / scale, found / scale, 0.005)


def _closed_form(
    check: str, source: str, expected: float, measured: float, tolerance: float
) -> Check:
    return Check(
        check=check,
        group="straggling",
        source=source,
        expected=expected,
        measured=measured,
        uncertainty=0.0,
        tolerance=tolerance,
    )
