"""Ranges and expected energy loss, against public tables."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from particle import Particle

from latentscape.errors import InputError
from latentscape.lartpc.argon import DENSITY
from latentscape.lartpc.energy_loss import (
    ELECTRON_MASS,
    MASSES,
    SLOWEST,
    beta_squared,
    csda_range,
    density_effect,
    energy_at_range,
    largest_transfer,
    mean_dedx,
)
from latentscape.lartpc.tables.identification import SPECIES

losses = st.floats(0, 500)
PDG_IDS = {"proton": 2212, "kaon": 321, "pion": 211, "muon": -13, "deuteron": 1000010020}


def numeric_rows(path, columns):
    """Return the lines that hold exactly so many numbers."""
    rows = []
    for line in path.read_text().splitlines():
        try:
            values = [float(word) for word in line.split()]
        except ValueError:
            continue
        if len(values) == columns:
            rows.append(values)
    return np.array(rows)


@pytest.mark.parametrize("species", SPECIES)
def test_masses_are_those_of_the_particle_data_group(species):
    # the package lists nuclides with the mass of the atom
    electron = ELECTRON_MASS if species == "deuteron" else 0
    mass = Particle.from_pdgid(PDG_IDS[species]).mass - electron
    assert MASSES[species] == pytest.approx(mass, rel=1e-6)


@pytest.mark.parametrize(
    ("energy", "loss", "path"),
    [(20, 17.92, 0.6335), (100, 5.212, 10.92), (200, 3.246, 36.27), (600, 1.871, 213.2)],
)
def test_protons_agree_with_numbers_of_nist_pstar(energy, loss, path):
    # electronic stopping power [MeV cm²/g] and CSDA range [g/cm²] of argon
    assert mean_dedx(energy, species="proton", density=1) == pytest.approx(loss, rel=0.005)
    assert csda_range(energy, species="proton", density=1) == pytest.approx(path, rel=0.005)


@pytest.mark.parametrize(
    ("energy", "loss"), [(10, 5.687), (100, 1.669), (266.4, 1.508), (1000, 1.644), (5000, 1.904)]
)
def test_muons_agree_with_numbers_of_the_pdg_table(energy, loss):
    # ionisation [MeV cm²/g]; without the density effect the last would be 11 % higher. The table
    # has the bremsstrahlung of atomic electrons in it, 0.6 % there
    assert mean_dedx(energy, species="muon", density=1) == pytest.approx(loss, rel=0.007)


def test_proton_ranges_agree_with_the_whole_pstar_table(reference_data):
    table = numeric_rows(reference_data / "dedx" / "NIST_PSTAR_proton_Argon.txt", 7)
    energy, electronic, csda = table[:, 0], table[:, 1], table[:, 4]
    high = (energy >= 20) & (energy <= 600)
    low = (energy >= 5) & (energy < 20)
    assert high.sum() > 20
    for where, tolerance in ((high, 0.003), (low, 0.01)):
        loss = mean_dedx(energy[where], species="proton", density=1)
        np.testing.assert_allclose(loss, electronic[where], rtol=tolerance)
        ranges = csda_range(energy[where], species="proton", density=1)
        np.testing.assert_allclose(ranges, csda[where], rtol=tolerance)


def test_muon_losses_agree_with_the_whole_pdg_table(reference_data):
    table = numeric_rows(reference_data / "dedx" / "PDG_muE_liquid_argon.txt", 12)
    energy, ionisation = table[:, 0], table[:, 2]
    where = (energy >= 10) & (energy <= 1000)
    assert where.sum() > 20
    loss = mean_dedx(energy[where], species="muon", density=1)
    np.testing.assert_allclose(loss, ionisation[where], rtol=0.003)


@pytest.mark.parametrize(("species", "name"), [("kaon", "kaE"), ("pion", "piE")])
def test_meson_ranges_agree_with_bethe_tables(reference_data, species, name):
    table = numeric_rows(reference_data / "dedx" / "csda" / f"{name}_liquid_argon_bethe.table", 3)
    energy, ranges = table[:, 0], table[:, 2]
    where = (energy >= 20) & (energy <= 600)
    # these tables have no shell correction, which shortens the range of slow particles by 1 %
    expected = csda_range(energy[where], species=species, density=1)
    np.testing.assert_allclose(expected, ranges[where], rtol=0.01)


def test_range_grows_by_the_inverse_of_the_energy_loss():
    energy = np.geomspace(1, 1000, 50)
    step = 1e-3 * energy
    slope = (
        csda_range(energy + step, species="kaon") - csda_range(energy - step, species="kaon")
    ) / (2 * step)
    np.testing.assert_allclose(slope, 1 / mean_dedx(energy, species="kaon"), rtol=5e-3)


@settings(max_examples=25)
@given(st.floats(5, 500))
def test_range_scales_with_mass_at_equal_velocity(energy):
    scale = MASSES["deuteron"] / MASSES["proton"]
    proton = csda_range(energy, species="proton")
    assert csda_range(scale * energy, species="deuteron") == pytest.approx(scale * proton, rel=2e-3)


def test_stopping_power_is_constant_and_range_proportional_below_the_slowest():
    slowest = MASSES["proton"] * (np.sqrt(1 + SLOWEST**2) - 1)
    energy = np.array([0.0, 0.5, 1.0]) * slowest
    loss = mean_dedx(energy, species="proton")
    np.testing.assert_allclose(loss, loss[2])
    np.testing.assert_allclose(csda_range(energy, species="proton"), energy / loss[2])


def test_density_scales_loss_and_range():
    assert mean_dedx(50.0, species="pion") == pytest.approx(
        DENSITY * mean_dedx(50.0, species="pion", density=1)
    )
    assert csda_range(50.0, species="pion") == pytest.approx(
        csda_range(50.0, species="pion", density=1) / DENSITY
    )


@settings(max_examples=15)
@given(st.floats(0.01, 500), st.sampled_from(SPECIES))
def test_energy_at_a_range_has_that_range(path, species):
    energy = energy_at_range(path, species=species)
    assert csda_range(energy, species=species) == pytest.approx(path, rel=1e-6)


def test_largest_transfer_is_that_of_the_kinematics():
    # p = 1 GeV/c muon: 2 m p² / (M² + 2 m E + m²) with E = 1.00557 GeV
    muon, electron, energy = 105.658375, 0.51099895, np.hypot(1000, 105.658375)
    expected = 2 * electron * 1000**2 / (muon**2 + 2 * electron * energy + electron**2)
    assert largest_transfer(energy - muon, species="muon") == pytest.approx(expected)
    beta2 = (1000 / energy) ** 2
    assert beta_squared(energy - muon, species="muon") == pytest.approx(beta2)


def test_slow_particles_have_no_density_effect():
    # it begins at βγ = 10^0.2, a muon of 92 MeV; at βγ ≫ 1 it is 2 ln(βγ) - 5.2146
    assert density_effect(90, species="muon") == 0
    assert density_effect(95, species="muon") > 0
    fast = MASSES["muon"] * (np.sqrt(1 + 2000.0**2) - 1)
    assert density_effect(fast, species="muon") == pytest.approx(2 * np.log(2000) - 5.2146)


def test_unusable_requests_are_refused():
    with pytest.raises(InputError, match="unknown species 'sigma'; allowed: proton"):
        mean_dedx(10, species="sigma")
    with pytest.raises(InputError, match="longer than the longest range of a muon"):
        energy_at_range(1e5, species="muon")
    with pytest.raises(ValueError, match="is above"):
        csda_range(1e9, species="muon")
