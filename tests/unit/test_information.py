"""Mutual information against its closed form for normal values, and against scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_selection import mutual_info_regression

from latentscape.errors import InputError
from latentscape.evaluation.information import information, mutual_information, normal_scores
from latentscape.evaluation.tables.content import MUTUAL_INFORMATION

KEY = ("sample", "event")
NAMES = ("size", "square", "steps", "gaps", "flat")
OPTIONS = {"key": KEY, "names": NAMES, "neighbours": 3, "subsamples": 5, "permutations": 50}


def correlated(rho, rows=1000, seed=0):
    x, left = np.random.default_rng(seed).normal(size=(2, rows))
    return x, rho * x + np.sqrt(1 - rho**2) * left


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_normal_values_have_the_information_of_their_correlation(rho):
    expected = -np.log(1 - rho**2) / 2
    found = [information(*correlated(rho, seed=seed), neighbours=3) for seed in range(5)]
    # Five estimates of 1000 rows scatter by 0.015; strong dependence is read a little low.
    assert np.mean(found) == pytest.approx(expected, abs=0.04 + 0.02 * expected)


@pytest.mark.parametrize("neighbours", [1, 3, 10])
def test_the_estimate_equals_that_of_scikit_learn(neighbours):
    x, y = correlated(0.7, rows=300)
    x, y = x / x.std(), y / y.std()  # which scikit-learn does
    expected = mutual_info_regression(x[:, None], y, n_neighbors=neighbours, random_state=0)[0]
    assert information(x, y, neighbours=neighbours) == pytest.approx(expected, abs=1e-6)


def test_the_order_of_the_rows_and_of_the_columns_does_not_matter():
    x, y = correlated(0.5, rows=200)
    order = np.random.default_rng(1).permutation(200)
    straight = information(x, y, neighbours=3)
    assert information(x[order], y[order], neighbours=3) == pytest.approx(straight, abs=1e-12)
    assert information(y, x, neighbours=3) == pytest.approx(straight, abs=1e-12)


def test_normal_scores_keep_the_order_and_mix_equal_values():
    values = np.array([5.0, -1.0, 5.0, 7.0, 5.0])
    seen = set()
    for seed in range(50):
        scores = normal_scores(values, np.random.default_rng(seed))
        assert scores[1] < scores[[0, 2, 4]].min()
        assert scores[3] > scores[[0, 2, 4]].max()
        seen.add(tuple(np.argsort(scores[[0, 2, 4]])))
    assert len(seen) == 6
    assert np.sort(scores) == pytest.approx([-1.2816, -0.5244, 0, 0.5244, 1.2816], abs=1e-4)


def a_study(rows=500):
    rng = np.random.default_rng(0)
    keys = pd.DataFrame({"sample": "a", "event": np.arange(rows)})
    means = rng.normal(size=(rows, 3))
    means[:, 2] = 4.0
    features = keys.assign(
        size=np.exp(means[:, 0] + 0.5 * rng.normal(size=rows)),
        square=means[:, 0] ** 2,
        steps=np.round(means[:, 1]),
        gaps=np.where(np.arange(rows) % 5 == 0, np.nan, means[:, 1]),
        flat=1.0,
    )
    return keys.assign(seed=0, mean=list(means)), features, keys.assign(label="a")


@pytest.fixture(scope="module")
def table():
    return mutual_information(*a_study(), seed=3, **OPTIONS)


def entry(table, feature, dimension):
    return table.set_index(["feature", "dimension"]).loc[(feature, dimension)]


def test_the_table_is_as_declared_and_complete(table):
    pd.testing.assert_frame_equal(table, MUTUAL_INFORMATION.check(table))
    assert len(table) == 3 * len(NAMES)


def test_a_dependence_without_correlation_is_found(table):
    row = entry(table, "square", "z0")
    assert row["low"] > row["null_high"] + 0.5


def test_unrelated_values_lie_within_the_null(table):
    row = entry(table, "size", "z1")
    assert row["null_low"] < row["information"] < row["null_high"]


def test_the_interval_holds_the_true_value_whatever_the_marginal_density(table):
    # z0 and log(size) have the correlation 1/√1.25, and logarithms change nothing.
    row = entry(table, "size", "z0")
    assert row["low"] < np.log(5) / 2 < row["high"]


def test_the_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(2)
    rows, rho, studies = 200, 0.6, 60
    # Independent studies stand beside each other as trainings, each with its own rows.
    keys = pd.DataFrame({"sample": "a", "event": np.arange(studies * rows)})
    x, left = rng.normal(size=(2, studies * rows))
    features = keys.assign(size=rho * x + np.sqrt(1 - rho**2) * left)
    latents = keys.assign(seed=np.arange(len(keys)) // rows, mean=list(x[:, None]))
    # Of three halves, 1.96 standard deviations would cover 81 %.
    options = {**OPTIONS, "names": ("size",), "permutations": 2, "subsamples": 3}
    table = mutual_information(latents, features, keys.assign(label="a"), seed=1, **options)
    expected = -np.log(1 - rho**2) / 2
    covered = ((table["low"] < expected) & (expected < table["high"])).mean()
    # 95 % ± three binomial errors.
    assert covered >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / studies)


def test_equal_values_leave_the_estimate_finite_and_below_their_entropy(table):
    shares = a_study()[1]["steps"].value_counts(normalize=True)
    row = entry(table, "steps", "z1")
    entropy = -(shares * np.log(shares)).sum()
    assert 0.7 * entropy < row["information"] < 1.1 * entropy


def test_missing_rows_are_left_out_and_counted(table):
    assert entry(table, "gaps", "z1")["n"] == 400
    assert entry(table, "gaps", "z1")["low"] > 1


def test_constant_values_have_no_information(table):
    constant = table[(table["feature"] == "flat") | (table["dimension"] == "z2")]
    assert constant[["information", "low", "high"]].isna().all(axis=None)


def test_shuffled_rows_change_nothing():
    tables = a_study(100)
    shuffled = [one.sample(frac=1, random_state=1) for one in tables]
    pd.testing.assert_frame_equal(
        mutual_information(*shuffled, seed=3, **OPTIONS),
        mutual_information(*tables, seed=3, **OPTIONS),
    )


def test_a_feature_in_too_few_rows_is_named():
    latents, features, labels = a_study(100)
    features.loc[10:, "size"] = np.nan
    with pytest.raises(InputError, match="feature 'size' is there in 10 rows"):
        mutual_information(latents, features, labels, seed=3, **OPTIONS)
