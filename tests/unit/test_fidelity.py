"""Explained share, ratios of sums and paired differences, against values worked out by hand."""

import math

import numpy as np
import pytest

from latentscape.evaluation.fidelity import explained_share, ratio_of_sums

DRAWS = {"bootstrap": 400, "seed": 3}


def images(rows=60, scale=1.0):
    return scale * np.random.default_rng(0).normal(size=(rows, 2, 3, 3))


def squared_error(left, right):
    return ((left - right) ** 2).sum(axis=(1, 2, 3))


def test_perfect_reconstruction_explains_everything():
    share, low, high = explained_share(images(), np.zeros(60), **DRAWS)
    assert share == low == high == 1


def test_the_mean_image_explains_nothing():
    x = images()
    share, low, high = explained_share(x, squared_error(x, x.mean(axis=0)), **DRAWS)
    assert share == pytest.approx(0, abs=1e-12)
    assert low <= share <= high


def test_half_of_the_deviation_explains_three_quarters():
    x = images()
    halfway = (x + x.mean(axis=0)) / 2
    assert explained_share(x, squared_error(x, halfway), **DRAWS)[0] == pytest.approx(0.75)


def test_explained_share_does_not_know_the_scale():
    x, rng = images(), np.random.default_rng(1)
    errors = squared_error(x, x + rng.normal(size=x.shape))
    plain = explained_share(x, errors, **DRAWS)
    assert explained_share(30 * x, 900 * errors, **DRAWS) == pytest.approx(plain)


def test_explained_share_equals_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    x, rng = images(), np.random.default_rng(1)
    drawn = x + 0.5 * rng.normal(size=x.shape)
    flat = (each.reshape(60, -1) for each in (x, drawn))
    # Weighted by variance, R² divides the summed squares of all pixels.
    expected = metrics.r2_score(*flat, multioutput="variance_weighted")
    assert explained_share(x, squared_error(x, drawn), **DRAWS)[0] == pytest.approx(expected)


def test_ratio_is_that_of_the_sums_and_not_the_mean_of_the_ratios():
    assert ratio_of_sums([1, 9], [1, 3], **DRAWS)[0] == 2.5


def test_rows_are_drawn_in_pairs():
    below = np.random.default_rng(2).uniform(1, 9, 50)
    ratio, low, high = ratio_of_sums(3 * below, below, **DRAWS)
    np.testing.assert_allclose((ratio, low, high), 3)


def test_ratio_interval_has_the_width_of_error_propagation():
    rng = np.random.default_rng(4)
    above, below = rng.normal(2, 0.4, 800), rng.normal(4, 0.2, 800)
    _, low, high = ratio_of_sums(above, below, bootstrap=3000, seed=1)
    error = 0.5 * math.hypot(0.4 / 2, 0.2 / 4) / math.sqrt(800)
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.08)


def test_same_seed_gives_the_same_interval():
    above, below = np.arange(1, 9), np.arange(2, 10)
    first = ratio_of_sums(above, below, **DRAWS)
    assert ratio_of_sums(above, below, **DRAWS) == first
    assert ratio_of_sums(above, below, bootstrap=400, seed=4) != first


@pytest.mark.parametrize(("above", "below"), [([], []), ([1, np.nan], [1, 1]), ([1, 1], [1, -1])])
def test_ratio_of_nothing_is_refused(above, below):
    with pytest.raises(ValueError, match="positive sum"):
        ratio_of_sums(above, below, **DRAWS)
