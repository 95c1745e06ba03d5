"""Tests of two samples: level, power and the planted shift of a mixture."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2 as chi_squared
from scipy.stats import kstest, ncx2
from statsmodels.stats.multitest import multipletests

from latentscape.errors import InputError
from latentscape.evaluation.settings.comparisons import TwoSampleTests
from latentscape.evaluation.two_sample import compare, holm

LEVEL = 0.01
SEPARATION = 8.0


def compared(first, second, **changes):
    options = TwoSampleTests(bootstrap=50, permutations=99).model_dump()
    return compare(first, second, **{**options, "seed": 1, **changes}).set_index(
        ["test", "dimension"]
    )


def normal(rows, seed, dimensions=2):
    return np.random.default_rng(seed).normal(size=(rows, dimensions))


def mixture(rows, share, seed):
    """Latents of two labels at a distance along z0; the first label has the share exactly."""
    values = normal(rows, seed)
    values[: round(share * rows), 0] += SEPARATION
    return values


def rows_to_find(shift, *, power=0.99, dimensions=2):
    """Rows per side for Hotelling's test, by its noncentral chi-squared distribution."""
    limit = chi_squared.isf(LEVEL, dimensions)
    grid = np.linspace(1, 100, 10_000)
    needed = grid[np.argmax(ncx2.sf(limit, dimensions, grid) >= power)]
    distance = shift * SEPARATION / np.sqrt(1 + SEPARATION**2 / 4)
    return int(np.ceil(2 * needed / distance**2))


@pytest.fixture(scope="module")
def p_values():
    """Two small samples of one distribution, over and over, of unequal size."""
    options = {"permutations": 39, "bootstrap": 2, "folds": 2, "hidden": (2,), "penalty": 0.1}
    tables = [
        compared(normal(16, (seed, 0)), normal(10, (seed, 1)), **options, seed=seed)["p_value"]
        for seed in range(60)
    ]
    return pd.DataFrame([table.droplevel("dimension").groupby(level=0).last() for table in tables])


@pytest.mark.parametrize("test", ["logistic", "mlp", "energy"])
def test_p_values_are_uniform_without_difference(p_values, test):
    # A permutation p-value has 40 equal steps; with a uniform part of a step it is continuous.
    part = np.random.default_rng(0).random(len(p_values)) / 40
    assert kstest(p_values[test] - part, "uniform").pvalue > 0.01


def test_no_test_rejects_too_often_without_difference(p_values):
    # At a true level of 10 % more than 13 of 60 have a probability of 0.2 %.
    assert ((p_values <= 0.1).sum() <= 13).all()


@pytest.fixture(scope="module")
def of_unequal_spread():
    """Each row stands beside its mirror image, so that no straight line can help."""
    mirrored = [np.concatenate([rows, -rows]) for rows in (normal(200, 1), 2.5 * normal(200, 2))]
    return compared(*mirrored, permutations=499)


def test_a_shifted_dimension_is_found_by_every_test_and_named():
    table = compared(normal(300, 1), normal(200, 2) + np.array([1.0, 0.0]), permutations=499)
    whole = table.xs("all", level="dimension")
    assert (whole["p_holm"] < LEVEL).all()
    assert whole["differs"].all()
    assert table.loc[("ks", "z0"), "differs"]
    assert not table.loc[("ks", "z1"), "differs"]
    # Φ(Δ/√2), the area of two unit normals at distance Δ = 1.
    assert table.loc[("logistic", "all"), "low"] < 0.760 < table.loc[("logistic", "all"), "high"]
    # The best cut lies half way: Φ of Δ/2.
    assert table.loc[("logistic", "all"), "accuracy"] == pytest.approx(0.691, abs=0.05)


def test_a_difference_of_width_alone_is_seen_by_all_but_the_straight_line(of_unequal_spread):
    p = of_unequal_spread.xs("all", level="dimension")["p_value"]
    assert p["logistic"] > 0.05
    assert (p[["mlp", "energy", "ks"]] < LEVEL).all()


def test_the_summary_is_the_smallest_corrected_p_value(of_unequal_spread):
    whole = of_unequal_spread.xs("all", level="dimension")
    tests = whole.drop("any")
    expected = multipletests(tests["p_value"], method="holm")[1]
    np.testing.assert_allclose(tests["p_holm"], expected)
    assert whole.loc["any", "p_value"] == expected.min()


def test_holm_is_that_of_statsmodels():
    # Small ones, large ones whose correction ends at 1, and two that are equal.
    p = np.random.default_rng(0).random(40) ** 3
    p[7] = p[3]
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1])
    assert (holm(p) == 1).any()


def test_a_seven_point_shift_of_the_mixture_is_found_and_no_shift_is_not():
    rows = rows_to_find(0.07)
    assert 2900 < rows < 3000
    table = {
        shift: compared(
            mixture(rows, 0.5, (1, 0)),
            mixture(rows, 0.5 + shift, (1, 1)),
            permutations=119,
            folds=2,
            hidden=(4,),
        )
        for shift in (0.0, 0.07)
    }
    assert table[0.07].loc[("any", "all"), "p_holm"] < LEVEL
    assert table[0.07].loc[("energy", "all"), "p_value"] < LEVEL
    assert not table[0.0]["differs"].any()


def test_rows_of_which_the_mlp_has_no_doubt_are_judged_like_others():
    first = normal(200, 2) + np.array([4.0, 0.0])
    # So far out that the probability is 1 to rounding, and its log odds infinite.
    first[:10, 0] = 30.0
    found = compared(first, normal(200, 1), penalty=0.1).loc[("mlp", "all")]
    # Φ(Δ/√2) for Δ = 4 is 0.998; the best cut calls Φ(2) = 0.977 rightly.
    assert found["statistic"] > 0.99
    assert found["accuracy"] == pytest.approx(0.977, abs=0.03)


def test_more_rows_than_allowed_are_thinned_from_the_larger_sample():
    table = compared(normal(70, 1), normal(2000, 2), max_rows=200)
    counts = table.loc[("energy", "all"), ["n_first", "n_second"]]
    assert counts.tolist() == [70, 130]
    swapped = compared(normal(2000, 2), normal(300, 1), max_rows=200)
    assert swapped.loc[("energy", "all"), ["n_first", "n_second"]].tolist() == [100, 100]
    # half of each sample judges the MLP
    assert table.loc[("mlp", "all"), ["n_first", "n_second"]].tolist() == [35, 65]


def test_a_dimension_without_spread_changes_nothing_but_its_own_row():
    first, second = normal(60, 1, 3), normal(60, 2, 3)
    first[:, 2] = second[:, 2] = 7.0
    table = compared(first, second)
    assert table.loc[("ks", "z2"), ["statistic", "p_value"]].tolist() == pytest.approx([0, 1])
    without = compared(first[:, :2], second[:, :2])
    one, other = (t.loc[("energy", "all"), "statistic"] for t in (table, without))
    assert one == pytest.approx(other)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (normal(20, 1), normal(20, 1, 3), r"same dimensions, found shapes \(20, 2\) and \(20, 3\)"),
        (normal(20, 1), normal(9, 1), "one has 9 rows; 5 folds need at least 10"),
        (normal(20, 1), np.full((20, 2), np.nan), "not finite"),
    ],
)
def test_samples_that_cannot_be_compared_are_refused(first, second, message):
    with pytest.raises(InputError, match=message):
        compared(first, second)
