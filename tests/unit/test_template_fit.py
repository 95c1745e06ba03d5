"""Template fits: closed forms, gradients, intervals and their coverage in toys."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize
from threadpoolctl import threadpool_limits

from latentscape.errors import InputError
from latentscape.lartpc.template_fit import (
    LEVEL_RISE,
    Counts,
    _profile,
    fit_at_share,
    fit_templates,
    fit_toys,
    share_interval,
    signed_root,
)


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(limits=1):
        yield


def two_shapes(bins=8):
    falling = np.exp(-np.arange(bins) / 2.5)
    return np.array([falling / falling.sum(), falling[::-1] / falling.sum()])


def test_templates_that_do_not_overlap_give_the_counts_themselves():
    counts = Counts.of([30, 0, 10], [[90, 0, 0], [0, 0, 70]])
    fit = fit_templates(counts)
    assert fit.yields == pytest.approx([30, 10], rel=1e-4)
    assert fit.q == pytest.approx(0, abs=1e-6)


def test_endless_templates_give_the_plain_binned_likelihood():
    rng = np.random.default_rng(1)
    shapes = two_shapes()
    tracks = rng.poisson(500 * np.array([0.8, 0.2]) @ shapes)

    def plain(nu):
        mu = nu @ shapes
        return (mu - tracks * np.log(mu)).sum()

    expected = minimize(plain, [250, 250], bounds=[(1e-6, None)] * 2, tol=1e-12).x
    fit = fit_templates(Counts.of(tracks, 1e9 * shapes))
    assert fit.yields == pytest.approx(expected, rel=1e-3)


def test_profiled_counts_are_the_minimum_over_all_expected_template_counts():
    n, templates = np.array([7.0, 3.0]), np.array([[4.0, 0.0], [1.0, 6.0]])
    weights = np.array([2.0, 0.3])

    def q(a):
        expected = a.reshape(2, 2)
        f = weights @ expected
        found = templates[templates > 0] * np.log(
            expected[templates > 0] / templates[templates > 0]
        )
        own = (expected - templates).sum() - found.sum()
        return 2 * ((f - n + n * np.log(n / f)).sum() + own)

    free = minimize(q, np.full(4, 2.0), bounds=[(1e-9, None)] * 4, tol=1e-14)
    assert _profile(n, templates, weights)[0] == pytest.approx(free.fun, rel=1e-5)


def test_the_gradient_is_that_of_the_profile():
    rng = np.random.default_rng(2)
    templates = rng.poisson(40 * two_shapes()).astype(float)
    tracks = rng.poisson(300 * two_shapes()[0]).astype(float)
    weights = np.array([6.0, 0.8])
    numeric = approx_fprime(weights, lambda p: _profile(tracks, templates, p)[0], 1e-7)
    assert _profile(tracks, templates, weights)[1] == pytest.approx(numeric, rel=1e-3)


def test_an_interval_ends_where_the_likelihood_has_risen_by_its_level():
    rng = np.random.default_rng(3)
    shapes = two_shapes()
    counts = Counts.of(
        rng.poisson(400 * np.array([0.8, 0.2]) @ shapes), rng.poisson(500 * shapes) + 1
    )
    best = fit_templates(counts)
    low, high = share_interval(counts, best, 1)
    assert low < best.shares[1] < high
    for end in (low, high):
        assert fit_at_share(counts, 1, end).q - best.q == pytest.approx(LEVEL_RISE, abs=0.02)
        assert abs(signed_root(counts, best, 1, end)) == pytest.approx(1.96, abs=0.01)
    assert fit_at_share(counts, 1, low).shares[1] == pytest.approx(low)


def test_the_share_of_two_components_mirrors_the_other():
    counts = Counts.of([60, 25, 30], [[80, 30, 5], [4, 20, 90]])
    best = fit_templates(counts)
    low, high = share_interval(counts, best, 0)
    mirrored = share_interval(counts, best, 1)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-3)


def test_intervals_cover_the_true_share_although_templates_are_small():
    rng = np.random.default_rng(4)
    shapes, share, toys = two_shapes(), 0.2, 150
    pulls = []
    for _ in range(toys):
        templates = rng.poisson(np.array([[100], [150]]) * shapes)
        reached = templates.sum(axis=0) > 0
        tracks = rng.poisson(300 * np.array([1 - share, share]) @ shapes) * reached
        counts = Counts.of(tracks, templates)
        pulls.append(signed_root(counts, fit_templates(counts), 1, share))
    covered = np.square(pulls) <= LEVEL_RISE
    # 95 % of 150, with more than four standard deviations to either side.
    assert covered.mean() >= 0.88
    assert abs(np.mean(pulls)) < 0.4
    assert 0.75 < np.std(pulls) < 1.15


def test_toys_scatter_around_the_fit_and_repeat_with_their_seed():
    shapes = two_shapes()
    counts = Counts.of(np.round(1000 * np.array([0.7, 0.3]) @ shapes), np.round(2000 * shapes) + 1)
    best = fit_templates(counts)
    shares, q = fit_toys(counts, best, toys=30, seed=5)
    assert shares.shape == (30, 2)
    assert shares.sum(axis=1) == pytest.approx(np.ones(30))
    assert shares.mean(axis=0) == pytest.approx(best.shares, abs=0.02)
    # Eight bins less two yields are six degrees of freedom.
    assert q.mean() == pytest.approx(6, abs=2.5)
    again, _ = fit_toys(counts, best, toys=30, seed=5)
    assert np.array_equal(shares, again)


@pytest.mark.parametrize(
    ("tracks", "templates", "words"),
    [
        ([0, 0], [[1, 1], [1, 1]], "no track to fit"),
        ([1, 0], [[1, 1], [0, 0]], "a template has no track"),
        ([1, 1], [[1, 0], [1, 0]], "no template reaches it"),
    ],
)
def test_what_cannot_be_fitted_is_refused(tracks, templates, words):
    with pytest.raises(InputError, match=words):
        Counts.of(tracks, templates)
