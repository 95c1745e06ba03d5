"""Vavilov's density: its limits, moments and table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import landau

from latentscape.lartpc.vavilov import KAPPA, vavilov_density, vavilov_fwhm, vavilov_mode

kappas = st.floats(-3.9, 1.9).map(lambda power: 10.0**power)
betas = st.floats(0, 1)


def test_thin_layer_has_landaus_density():
    # SciPy's Landau density has its own place and scale: λ = (π x - 2 ln(π/2)) / 2
    kappa, beta2 = 1e-4, 0.8
    lam = np.linspace(-3, 10, 50)
    deviation = lam + 1 - np.euler_gamma + beta2 + np.log(kappa)
    expected = landau.pdf(lam, loc=np.log(np.pi / 2), scale=np.pi / 2)
    found = vavilov_density(deviation, kappa=kappa, beta2=beta2)
    # they differ in first order of κ, by some 10 κ
    np.testing.assert_allclose(found, expected, atol=2e-3 * expected.max())


@settings(max_examples=12)
@given(kappas.filter(lambda kappa: kappa > 0.02), betas)
def test_moments_are_the_cumulants_of_the_collisions(kappa, beta2):
    # n-th cumulant in units of ξ: (1/(n-1) - β²/n) / κ^(n-1)
    deviation = np.linspace(-80, 60 + 40 / kappa, 20_001)
    density = vavilov_density(deviation, kappa=kappa, beta2=beta2)
    integral, mean, variance, third = (
        np.trapezoid(density * deviation**power, deviation) for power in range(4)
    )
    sigma = np.sqrt((1 - beta2 / 2) / kappa)
    assert integral == pytest.approx(1, abs=1e-3)
    assert mean == pytest.approx(0, abs=1e-3 * sigma)
    assert variance == pytest.approx(sigma**2, rel=5e-3)
    assert third == pytest.approx((1 / 2 - beta2 / 3) / kappa**2, rel=2e-2)


@settings(max_examples=12)
@given(kappas, betas)
def test_tabulated_mode_and_width_are_those_of_the_density(kappa, beta2):
    mode, width = float(vavilov_mode(kappa, beta2)), float(vavilov_fwhm(kappa, beta2))
    near = mode + width * np.linspace(-2, 3, 8001)
    density = vavilov_density(near, kappa=kappa, beta2=beta2)
    at_mode = vavilov_density(mode, kappa=kappa, beta2=beta2)
    assert at_mode == pytest.approx(density.max(), rel=1e-4)
    above = near[density > density.max() / 2]
    assert np.ptp(above) == pytest.approx(width, rel=2e-3)


@settings(max_examples=25)
@given(st.floats(-8, 5).map(lambda power: 10.0**power), betas)
def test_mode_lies_below_the_mean(kappa, beta2):
    assert vavilov_mode(kappa, beta2) < 0


@pytest.mark.parametrize("edge", KAPPA)
@pytest.mark.parametrize("quantity", [vavilov_mode, vavilov_fwhm])
def test_table_continues_into_its_limits(edge, quantity):
    inside, outside = quantity([edge * 0.999, edge * 1.001], 0.5)
    assert inside == pytest.approx(outside, rel=5e-3)


def test_what_is_not_a_layer_is_refused():
    with pytest.raises(ValueError, match="kappa must lie from"):
        vavilov_density(0.0, kappa=0.0, beta2=0.5)
    with pytest.raises(ValueError, match="beta2 must lie from 0 to 1"):
        vavilov_density(0.0, kappa=1.0, beta2=1.5)
