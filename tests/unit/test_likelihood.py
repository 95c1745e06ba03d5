"""Landau's density folded with a Gaussian, and the fit of a track's end and orientation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import landau, norm

from latentscape.lartpc.landau_gauss import (
    LANDAU_FROM_SCIPY,
    log_landau_gauss,
    response_table,
)
from latentscape.lartpc.likelihood import SAMPLING_CM, fit_hypothesis
from latentscape.lartpc.points import lay_flat

MODE = -0.2227829812
"""Where Landau's density is largest, in λ."""


def folded(deviation, ratio):
    """Landau's density of SciPy folded with a Gaussian, summed over a fine grid."""
    y = deviation + ratio * np.linspace(-9, 9, 20001)
    own = landau.pdf(y + MODE, **LANDAU_FROM_SCIPY)
    return np.trapezoid(own * norm.pdf(deviation - y, scale=ratio), y)


def a_curve(mode=lambda r: 17 * r**-0.42, width=0.3, last=30.0):
    residual_range = np.arange(0.05, last + 0.01, 0.05)
    values = mode(residual_range)
    return pd.DataFrame(
        {
            "residual_range": residual_range,
            "dedx": 1.02 * values,
            "most_probable": values,
            "landau_width": np.full(len(values), width),
        }
    )


CURVE = a_curve()


def fit(*tracks, curve=CURVE, max_offset_cm=1.0):
    lists = [np.array(track, dtype=float).reshape(-1, 2).T for track in tracks]
    points = lay_flat(
        pd.DataFrame({"residual_range": [r for r, _ in lists], "dedx": [d for _, d in lists]})
    )
    return fit_hypothesis(points, curve, likelihood_resolution=0.1, max_offset_cm=max_offset_cm)


def drawn_tracks(n=1, shift=0.0):
    """Measurements drawn from the response, at residual ranges that are too small by a shift."""
    rng = np.random.default_rng(3)
    residual_range = np.arange(1.2, 20, 0.45) + rng.uniform(0, 0.45, (n, 1))
    mode = 17 * residual_range**-0.42
    energy_loss = landau.rvs(size=mode.shape, random_state=rng, **LANDAU_FROM_SCIPY) - MODE
    dedx = mode + 0.3 * energy_loss + 0.1 * 1.02 * mode * rng.normal(size=mode.shape)
    return list(np.stack([residual_range - shift, dedx], axis=-1))


@pytest.mark.parametrize("ratio", [0.05, 0.4, 1.0, 6.0, 20.0])
@pytest.mark.parametrize("deviation", [-2.0, -1.0, 0.0, 0.7, 4.0, 15.0])
def test_density_is_the_convolution_of_landau_and_gauss(deviation, ratio):
    deviation *= np.hypot(1, ratio)
    found = np.exp(log_landau_gauss([deviation], ratio=ratio))[0]
    assert found == pytest.approx(folded(deviation, ratio), rel=1e-6)


@pytest.mark.parametrize("ratio", [0.05, 0.4, 1.0, 6.0])
def test_far_above_the_mode_the_density_goes_on_without_a_step(ratio):
    edge = 30 * max(1, ratio) - MODE
    below, above = log_landau_gauss([edge * (1 - 1e-9), edge * (1 + 1e-9)], ratio=ratio)
    assert above == pytest.approx(below, abs=3e-4)


@pytest.mark.parametrize("ratio", [0.05, 1.0, 20.0])
def test_density_is_normalised(ratio):
    x = np.sinh(np.linspace(np.arcsinh(-60), np.arcsinh(1e4), 3001)) * np.hypot(1, ratio)
    beyond = 1 / x[-1]  # the tail goes like 1/x²
    total = np.trapezoid(np.exp(log_landau_gauss(x, ratio=ratio)), x) + beyond
    assert total == pytest.approx(1, abs=1e-4)


def test_narrow_gaussian_leaves_the_mode_of_landau():
    x = np.linspace(-0.3, 0.3, 601)
    density = log_landau_gauss(x, ratio=0.02)
    assert abs(x[np.argmax(density)]) <= 0.002
    assert np.exp(density.max()) == pytest.approx(0.1807, abs=2e-4)


def test_density_needs_a_positive_ratio():
    with pytest.raises(ValueError, match=r"ratio must be positive, found 0\.0"):
        log_landau_gauss([0.0], ratio=0.0)


@pytest.mark.parametrize("ratio", [0.06, 0.3, 1.0, 4.0, 19.0])
@pytest.mark.parametrize("width", [0.1, 2.0])
def test_a_point_has_the_logarithm_of_its_density(ratio, width):
    mode = 1000.0
    curve = a_curve(lambda r: np.full(len(r), mode), width=width).assign(dedx=ratio * width / 0.1)
    deviation = np.sinh(np.linspace(np.arcsinh(-4), np.arcsinh(200), 60)) * np.hypot(1, ratio)
    exact = log_landau_gauss(deviation, ratio=ratio) - np.log(width)
    points = [[(5.0, mode + width * x)] for x in deviation]
    found = fit(*points, curve=curve, max_offset_cm=0.0).log_likelihood
    is_likely = exact > exact.max() - np.log(1e5)
    assert is_likely.sum() > 10
    np.testing.assert_allclose(found[is_likely], exact[is_likely], rtol=0, atol=0.003)


def test_log_likelihood_is_the_mean_over_the_points():
    points = [(2.0, 11.0), (5.0, 9.5), (9.0, 8.0)]
    each = [fit([point], max_offset_cm=0.0).log_likelihood[0] for point in points]
    assert fit(points, max_offset_cm=0.0).log_likelihood[0] == pytest.approx(np.mean(each))


@pytest.mark.parametrize("shift", [-0.3, 0.0, 0.42])
def test_a_wrong_end_of_the_track_is_found(shift):
    found = fit(*drawn_tracks(200, shift))
    standard_error = found.offset.std() / np.sqrt(200)
    assert standard_error < 0.03
    assert found.offset.mean() == pytest.approx(shift, abs=3.5 * standard_error)
    assert not found.is_reversed.any()


def test_offset_stays_within_its_bound():
    tracks = drawn_tracks(20, shift=0.9)
    assert fit(*tracks, max_offset_cm=0.3).offset.max() == 0.3
    assert (fit(*tracks, max_offset_cm=0.0).offset == 0).all()


def test_fitted_offset_is_never_worse_than_none():
    tracks = drawn_tracks(20)
    fitted, fixed = fit(*tracks), fit(*tracks, max_offset_cm=0.0)
    assert (fitted.log_likelihood > fixed.log_likelihood).all()


def test_offset_is_finer_than_the_steps_that_are_tried():
    offsets = fit(*drawn_tracks(20)).offset
    nearest_step = np.round(offsets / 0.1) * 0.1
    assert (np.abs(offsets - nearest_step) > 1e-6).mean() > 0.8


def test_turned_track_is_the_same_track():
    (track,) = drawn_tracks()
    turned = np.column_stack([track[:, 0], track[::-1, 1]])
    found = fit(track, turned)
    assert found.is_reversed.tolist() == [False, True]
    assert found.log_likelihood[1] == pytest.approx(found.log_likelihood[0])
    assert found.offset[1] == pytest.approx(found.offset[0], abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0.1, 25), st.floats(2, 40)), min_size=1, max_size=12))
def test_exchanging_the_ends_changes_no_likelihood(track):
    track = np.array(track)
    turned = np.column_stack([track[:, 0].min() + track[:, 0].max() - track[:, 0], track[:, 1]])
    found = fit(track, turned)
    assert found.log_likelihood[1] == pytest.approx(found.log_likelihood[0], abs=1e-6)


def test_where_nothing_tells_offsets_apart_there_is_none():
    flat = a_curve(lambda r: np.full(len(r), 8.0))
    found = fit([(1.0, 8.5), (2.0, 7.0)], curve=flat)
    assert found.offset[0] == 0
    assert not found.is_reversed[0]


def test_track_without_points_has_no_likelihood():
    found = fit([], *drawn_tracks(), [])
    assert np.isnan(found.log_likelihood).tolist() == [True, False, True]
    assert np.isnan(found.offset).tolist() == [True, False, True]
    assert not found.is_reversed.any()


def test_curve_is_what_it_is_at_its_ends_beyond_them():
    start, end = CURVE.iloc[0], CURVE.iloc[-1]
    for where, row in ((-0.5, start), (0.01, start), (end["residual_range"] + 5, end)):
        at_end = fit([(row["residual_range"], 9.0)], max_offset_cm=0.0).log_likelihood[0]
        beyond = fit([(where, 9.0)], max_offset_cm=0.0).log_likelihood[0]
        assert beyond == pytest.approx(at_end, abs=1e-4)


def test_sampling_keeps_the_points_of_the_default_curves():
    assert (0.05 / SAMPLING_CM) % 1 == 0


def test_table_is_made_once():
    assert response_table() is response_table()
