"""Expected dE/dx against residual range, by the formulas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.errors import InputError
from latentscape.lartpc.energy_loss import csda_range, energy_at_range, mean_dedx
from latentscape.lartpc.expected import dedx_at, expected_dedx
from latentscape.lartpc.straggling import landau_xi
from latentscape.lartpc.tables.identification import EXPECTED_DEDX, SPECIES

LAYER = {"thickness_cm": 0.46}


def test_expected_curve_stands_on_multiples_of_the_step():
    curve = expected_dedx(("proton", "muon"), step_cm=0.05, max_range_cm=0.21, **LAYER)
    np.testing.assert_allclose(curve["residual_range"], [0.05, 0.1, 0.15, 0.2] * 2)
    assert list(curve["species"]) == ["muon"] * 4 + ["proton"] * 4
    assert len(EXPECTED_DEDX.check(curve)) == 8


@settings(max_examples=10)
@given(st.floats(10, 300), st.sampled_from(SPECIES))
def test_expected_loss_is_that_at_the_energy_with_this_range(energy, species):
    residual_range = float(csda_range(energy, species=species))
    curve = expected_dedx([species], step_cm=residual_range, max_range_cm=residual_range, **LAYER)
    loss = mean_dedx(energy, species=species)
    assert curve["dedx"].to_numpy() == pytest.approx(loss, rel=1e-4)


def test_heavier_species_lose_more_at_equal_residual_range():
    curve = expected_dedx(SPECIES, step_cm=0.05, max_range_cm=100, **LAYER)
    dedx = curve.pivot(index="residual_range", columns="species", values="dedx")
    ordered = dedx[["muon", "pion", "kaon", "proton", "deuteron"]].to_numpy()
    assert (np.diff(ordered, axis=1) > 0).all()
    assert (np.diff(ordered[:, 4]) < 0).all()


@pytest.mark.parametrize("species", SPECIES)
def test_most_probable_loss_is_smooth_and_below_the_mean(species):
    residual_range = np.geomspace(0.001, 100, 4000)
    curve = dedx_at(residual_range, species=species, **LAYER)
    assert (curve["most_probable"] < curve["dedx"]).all()
    assert (curve["most_probable"] > 0.7 * curve["dedx"]).all()
    # 0.3 % from point to point; the mean falls by that much itself
    assert np.abs(np.diff(np.log(curve["most_probable"]))).max() < 0.005


def test_a_layer_at_the_end_of_a_track_ends_with_it():
    # 0.1 cm from the end the layer is 0.2 cm thick, not 0.46 cm
    thin = dedx_at(np.array([0.1]), species="muon", thickness_cm=0.2)
    cut = dedx_at(np.array([0.1]), species="muon", **LAYER)
    np.testing.assert_array_equal(thin["most_probable"], cut["most_probable"])


def test_width_is_landaus_for_a_fast_particle():
    energy = energy_at_range(1000, species="muon")
    xi = landau_xi(energy, species="muon", thickness_cm=1.0)
    curve = dedx_at(np.array([1000.0]), species="muon", **LAYER)
    assert curve["landau_width"].to_numpy() == pytest.approx([float(xi)], rel=0.01)


def test_unusable_grids_are_refused():
    with pytest.raises(InputError, match="unknown species 'sigma'; allowed: proton"):
        expected_dedx(["sigma"], step_cm=0.05, max_range_cm=1, **LAYER)
    with pytest.raises(InputError, match=r"max_range_cm: 0\.01 is shorter than step_cm"):
        expected_dedx(["muon"], step_cm=0.05, max_range_cm=0.01, **LAYER)
    with pytest.raises(InputError, match="longer than the longest range of a muon"):
        expected_dedx(["muon"], step_cm=1e5, max_range_cm=1e5, **LAYER)
