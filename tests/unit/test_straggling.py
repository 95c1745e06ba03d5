"""Fluctuations of energy loss and range, against published formulas and simple simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.errors import InputError
from latentscape.lartpc.energy_loss import MASSES, csda_range, mean_dedx
from latentscape.lartpc.straggling import (
    energy_straggling,
    landau_width,
    landau_xi,
    most_probable_loss,
    range_straggling,
    vavilov_kappa,
)
from latentscape.lartpc.tables.identification import SPECIES

energies = st.floats(0.1, 5000)
thicknesses = st.floats(0.001, 20)


def test_xi_of_a_fast_particle_by_hand():
    # 0.307075/2 MeV cm²/g · 18/39.948 · 1.3954 g/cm³ · 1 cm with β² = 1: 0.09654 MeV
    xi = landau_xi(1e5, species="muon", thickness_cm=1.0)
    assert xi == pytest.approx(0.307075 / 2 * 18 / 39.948 * 1.3954, rel=1e-5)


def test_most_probable_loss_of_a_minimum_ionising_muon():
    # PDG eq. 34.12 written out, for 266.4 MeV and 1 cm
    eta2 = (266.4 / MASSES["muon"] + 1) ** 2 - 1
    beta2 = eta2 / (1 + eta2)
    xi = 0.307075 / 2 * 18 / 39.948 * 1.3954 / beta2
    x = np.log10(eta2) / 2
    delta = 2 * np.log(10) * x - 5.2146 + 0.1956 * (3.0 - x) ** 3
    expected = xi * (
        np.log(2 * 0.51099895 * eta2 / 188e-6) + np.log(xi / 188e-6) + 0.200 - beta2 - delta
    )
    found = most_probable_loss(266.4, species="muon", thickness_cm=1.0)
    assert vavilov_kappa(266.4, species="muon", thickness_cm=1.0) < 0.01
    assert found == pytest.approx(expected, rel=0.003)
    assert landau_width(266.4, species="muon", thickness_cm=1.0) == pytest.approx(xi, rel=0.02)


@settings(max_examples=30)
@given(energies, thicknesses, st.sampled_from(SPECIES))
def test_most_probable_loss_is_never_above_the_mean(energy, thickness, species):
    mode = most_probable_loss(energy, species=species, thickness_cm=thickness)
    assert mode <= thickness * mean_dedx(energy, species=species)


def test_slow_proton_loses_its_mean_with_a_gaussian_width():
    # κ = 10: the mode is within 1 % of the mean, the width that of a Gaussian
    layer = {"species": "proton", "thickness_cm": 1.0}
    energy = 30.0
    assert vavilov_kappa(energy, **layer) > 10
    mode = most_probable_loss(energy, **layer)
    assert mode == pytest.approx(mean_dedx(energy, species="proton"), rel=0.01)
    full_width = 4.0186 * landau_width(energy, **layer)
    sigma = energy_straggling(energy, **layer)
    assert full_width == pytest.approx(np.sqrt(8 * np.log(2)) * sigma, rel=0.01)


@pytest.mark.parametrize(("species", "energy"), [("proton", 100.0), ("muon", 50.0)])
def test_range_straggling_is_that_of_stepwise_losses(species, energy):
    # random walk in steps of 2 % of the range with Gaussian losses: 2000 ranges know their width
    # to 1.6 %, and the steps shift it by 1 %
    rng = np.random.default_rng(7)
    left = np.full(2000, energy)
    path = np.zeros(2000)
    grid = np.geomspace(0.05, 1.5 * energy, 2000)
    ranges = csda_range(grid, species=species)
    widths = energy_straggling(grid, species=species, thickness_cm=1.0)
    for _ in range(400):
        remaining = np.interp(left, grid, ranges)
        step = 0.02 * remaining
        after = np.interp(remaining - step, ranges, grid)
        loss = left - after + rng.normal(size=2000) * np.interp(left, grid, widths) * np.sqrt(step)
        path += step
        left = np.clip(left - loss, grid[0], None)
    expected = range_straggling(energy, species=species)
    assert path.std() == pytest.approx(float(expected), rel=0.06)


def test_range_straggling_grows_with_energy_and_shrinks_with_mass():
    energy = np.array([20.0, 100.0, 400.0])
    relative = {
        name: range_straggling(energy, species=name) / csda_range(energy, species=name)
        for name in SPECIES
    }
    # Bohr: about the square root of the electron's over the particle's mass, 1.1 % for protons
    assert relative["proton"][1] == pytest.approx(0.0118, abs=0.0005)
    for heavy, light in (("deuteron", "proton"), ("proton", "kaon"), ("kaon", "muon")):
        assert (relative[heavy] < relative[light]).all()
    assert (np.diff(range_straggling(energy, species="kaon")) > 0).all()


def test_unknown_species_and_negative_energies_are_refused():
    with pytest.raises(InputError, match="unknown species 'sigma'"):
        range_straggling(10.0, species="sigma")
    with pytest.raises(ValueError, match="must not be negative"):
        range_straggling([10.0, -1.0], species="muon")
