"""Energy and Kolmogorov-Smirnov distances of many divisions of the same rows."""

import warnings
from importlib import import_module

import numpy as np
import pytest
from scipy.stats import energy_distance, ks_2samp

from latentscape.evaluation import energy
from latentscape.evaluation.energy import energy_distances, ks_distances


@pytest.fixture
def hyppo_energy():
    """Return hyppo's test, whose import warns of names that scipy has moved."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return import_module("hyppo.ksample").Energy(bias=True)


def divisions(rows=60, draws=3, seed=0):
    rng = np.random.default_rng(seed)
    first = (rng.random((rows, draws)) < 0.4).astype(int)
    return rng.normal(size=(rows, 3)) + first[:, :1], first


def test_one_dimension_is_the_squared_distance_of_scipy():
    values, first = divisions()
    found = energy_distances(values[:, :1], first, 1 - first)
    for draw, distance in enumerate(found):
        is_first = first[:, draw] == 1
        expected = energy_distance(values[is_first, 0], values[~is_first, 0]) ** 2
        assert distance == pytest.approx(expected)


def test_more_dimensions_are_the_statistic_of_hyppo_in_our_unit(hyppo_energy):
    values, first = divisions()
    found = energy_distances(values, first, 1 - first)
    for draw, distance in enumerate(found):
        is_first = first[:, draw] == 1
        n, m = is_first.sum(), (~is_first).sum()
        # hyppo's biased statistic is the distance covariance, not its square, times this factor.
        factor = (n + m) ** 4 / (2 * n**2 * m**2)
        root = hyppo_energy.statistic(values[is_first], values[~is_first]) / factor
        assert distance == pytest.approx(root**2 * factor)


def test_two_points_are_twice_as_far_as_their_distance():
    # 2·E|X − Y| = 2·5, and each point is at no distance of itself.
    points = np.array([[0.0, 0.0], [3.0, 4.0]])
    assert energy_distances(points, np.array([[1], [0]]), np.array([[0], [1]])) == pytest.approx(10)


def test_the_blocks_of_the_distance_matrix_do_not_matter(monkeypatch):
    values, first = divisions()
    whole = energy_distances(values, first, 1 - first)
    monkeypatch.setattr(energy, "BLOCK", 7 * len(values))
    np.testing.assert_allclose(energy_distances(values, first, 1 - first), whole)


def test_counts_are_rows_repeated():
    values, _ = divisions(rows=8)
    first, second = np.random.default_rng(1).integers(0, 3, size=(2, 8, 1))
    repeated = [np.repeat(values[:, 0], counts[:, 0]) for counts in (first, second)]
    assert energy_distances(values[:, :1], first, second) == pytest.approx(
        energy_distance(*repeated) ** 2
    )
    assert ks_distances(values[:, 0], first, second) == pytest.approx(ks_2samp(*repeated).statistic)


@pytest.mark.parametrize("decimals", [0, 6])
def test_kolmogorov_smirnov_is_that_of_scipy_with_and_without_ties(decimals):
    values, first = divisions()
    rounded = values[:, 0].round(decimals)
    found = ks_distances(rounded, first, 1 - first)
    expected = [ks_2samp(rounded[side == 1], rounded[side == 0]).statistic for side in first.T]
    np.testing.assert_allclose(found, expected)
