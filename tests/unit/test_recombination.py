"""Recombination, against formulas by hand and its own inverse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentscape.lartpc.argon import IONISATION_ENERGY
from latentscape.lartpc.recombination import (
    birks,
    inverse_birks,
    inverse_modified_box,
    modified_box,
)

losses = st.floats(0, 500)


def test_modified_box_is_the_argoneut_formula():
    # ξ = 0.212 · 10 / (1.3954 · 0.486) = 3.12609; ln(0.930 + ξ) / ξ = 1.40022 / 3.12609
    assert modified_box(10.0) == pytest.approx(0.447914, abs=1e-6)


def test_birks_is_the_icarus_formula():
    # 0.800 / (1 + 0.0486 · 10 / (1.3954 · 0.486)) = 0.800 / 1.716641
    assert birks(10.0) == pytest.approx(0.466027, abs=1e-6)


def test_parameters_of_recombination_are_used():
    # ξ = 0.2 · 5 / (1 · 0.5) = 2; Birks: 0.9 / (1 + 0.1 · 5 / (1 · 0.5)) = 0.45
    assert modified_box(5.0, alpha=1, beta=0.2, field=0.5, density=1) == pytest.approx(
        np.log(3) / 2
    )
    assert birks(5.0, a=0.9, k=0.1, field=0.5, density=1) == pytest.approx(0.45)


def test_modified_box_is_held_below_one_mev_per_cm():
    np.testing.assert_array_equal(modified_box([0.0, 0.2, 1.0]), np.full(3, modified_box(1.0)))


@given(losses)
def test_inverse_box_gives_back_the_energy_loss(dedx):
    dqdx = modified_box(dedx) * dedx / IONISATION_ENERGY
    assert inverse_modified_box(dqdx) == pytest.approx(dedx, rel=1e-9)


@given(losses)
def test_inverse_birks_gives_back_the_energy_loss(dedx):
    dqdx = birks(dedx) * dedx / IONISATION_ENERGY
    assert inverse_birks(dqdx) == pytest.approx(dedx, rel=1e-9)


@given(st.floats(0, 3e5), st.floats(1, 1e5))
def test_more_charge_means_more_energy(dqdx, more):
    low, high = inverse_modified_box([dqdx, dqdx + more])
    assert high > low


def test_inverse_birks_is_infinite_where_the_charge_saturates():
    # 0.800 · 1.3954 · 0.486 / 0.0486 = 11.163 MeV/cm of free charge
    saturation = 11.1632 / IONISATION_ENERGY
    below, above = inverse_birks([0.999 * saturation, 1.001 * saturation])
    assert np.isfinite(below)
    assert above == np.inf


@pytest.mark.parametrize("function", [modified_box, inverse_modified_box, birks, inverse_birks])
def test_negative_input_is_refused(function):
    with pytest.raises(ValueError, match=r"must not be negative, found -0\.5"):
        function([1.0, -0.5])
