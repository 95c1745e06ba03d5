"""Rank correlations against SciPy, closed forms and hand-made cases."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from latentscape.errors import InputError
from latentscape.evaluation.correlations import correlate, correlation_matrix
from latentscape.evaluation.tables.content import CORRELATIONS

KEY = ("sample", "event")
FEATURES = ("size", "steps", "gaps", "flat")
DRAWS = {"bootstrap": 200, "permutations": 200, "seed": 4}


def study(rows=200, trainings=(0, 1)):
    """Latents, features and labels; z0 of training 0 follows 'size'."""
    rng = np.random.default_rng(1)
    keys = pd.DataFrame({"sample": np.repeat(["a", "b"], rows // 2), "event": np.arange(rows)})
    values = rng.normal(size=(rows, 3))
    features = keys.assign(
        size=values[:, 0],
        steps=np.round(values[:, 1] + values[:, 0]),
        gaps=np.where(np.arange(rows) % 5 == 0, np.nan, values[:, 2]),
        flat=7.0,
    )
    latents = []
    for training in trainings:
        means = rng.normal(size=(rows, 2)).astype(np.float32)
        means[:, 0] += 2 * values[:, 0] * (training == 0)
        latents.append(keys.assign(seed=training, part="train", mean=list(means)))
    return pd.concat(latents, ignore_index=True), features, keys.assign(label=keys["sample"])


def correlations(latents, features, labels, **changes):
    options = {"key": KEY, "names": FEATURES, **DRAWS, **changes}
    return correlate(latents, features, labels, **options)


@pytest.fixture(scope="module")
def table():
    return correlations(*study())


def entry(table, row, column, *, seed=0, group="all"):
    return table.set_index(["seed", "group", "row", "column"]).loc[(seed, group, row, column)]


def test_the_table_is_as_declared_and_complete(table):
    pd.testing.assert_frame_equal(table, CORRELATIONS.check(table))
    # 2 trainings × 3 groups × (2 latents + 4 features) × 4 features
    assert len(table) == 2 * 3 * 6 * 4


@pytest.mark.parametrize("group", ["all", "a", "b"])
@pytest.mark.parametrize("feature", ["size", "steps", "gaps"])
def test_values_equal_scipy_with_missing_rows_left_out_of_the_pair_alone(table, group, feature):
    latents, features, _ = study()
    z0 = np.stack(latents.loc[latents["seed"] == 0, "mean"])[:, 0]
    use = features[feature].notna() & (features["sample"].eq(group) | (group == "all"))
    expected = spearmanr(z0[use], features.loc[use, feature]).statistic
    found = entry(table, "z0", feature, group=group)
    assert found["spearman"] == pytest.approx(expected, abs=1e-12)
    assert found["n"] == use.sum()


def test_a_constant_feature_has_no_correlation(table):
    flat = table[(table["column"] == "flat") | (table["row"] == "flat")]
    assert flat[["spearman", "low", "high", "null_low", "null_high"]].isna().all(axis=None)
    assert (flat["n"] > 0).all()


def test_a_related_pair_lies_above_its_null_and_an_unrelated_one_within(table):
    related, unrelated = entry(table, "z0", "size"), entry(table, "z1", "size")
    assert related["low"] > related["null_high"]
    assert unrelated["null_low"] < unrelated["spearman"] < unrelated["null_high"]


def test_features_correlate_alike_in_both_orders_and_in_every_training(table):
    columns = ["spearman", "low", "high", "null_low", "null_high", "n"]
    one = entry(table, "size", "gaps")[columns].tolist()
    assert one == entry(table, "gaps", "size")[columns].tolist()
    assert one == entry(table, "size", "gaps", seed=1)[columns].tolist()
    assert entry(table, "size", "size")[["spearman", "low", "high"]].tolist() == [1, 1, 1]


def test_shuffled_rows_give_the_same_table(table):
    latents, features, labels = (
        frame.sample(frac=1, random_state=seed) for seed, frame in enumerate(study())
    )
    pd.testing.assert_frame_equal(correlations(latents, features, labels), table)


def test_rows_that_are_not_in_every_table_are_not_used(table):
    latents, features, labels = study()
    more = pd.concat([features, features.assign(event=features["event"] + 1000, size=99.0)])
    pd.testing.assert_frame_equal(correlations(latents, more, labels), table)


def test_bootstrap_ranks_each_sample_anew():
    values = np.round(np.random.default_rng(0).normal(size=(30, 2)) @ [[1, 0.5], [0, 1]], 1)
    estimates, _ = correlation_matrix(values, bootstrap=50, permutations=50, seed=9)
    rng = np.random.default_rng(9)
    drawn = [spearmanr(values[rng.integers(30, size=30)]).statistic for _ in range(50)]
    assert estimates[1:3, 0, 1] == pytest.approx(np.quantile(drawn, (0.025, 0.975)), abs=1e-12)


def test_null_has_the_exact_width_of_a_permuted_correlation():
    # The variance of a correlation under permutation is 1/(n - 1), with or without ties.
    values = np.round(np.random.default_rng(0).normal(size=(101, 2)), 1)
    estimates, _ = correlation_matrix(values, bootstrap=2, permutations=4000, seed=1)
    assert estimates[3, 0, 1] == pytest.approx(-0.196, abs=0.015)
    assert estimates[4, 0, 1] == pytest.approx(0.196, abs=0.015)


def test_interval_has_the_width_of_bonett_and_wright():
    # D. G. Bonett and T. A. Wright, Psychometrika 65 (2000) 23: sqrt((1 + r²/2) / (n - 3)) in
    # Fisher's z, for normal values.
    rng = np.random.default_rng(3)
    values = rng.normal(size=(1000, 2)) @ np.linalg.cholesky([[1, 0.6], [0.6, 1]]).T
    estimates, _ = correlation_matrix(values, bootstrap=1000, permutations=2, seed=1)
    value, low, high = estimates[:3, 0, 1]
    width = 2 * 1.96 * np.sqrt((1 + value**2 / 2) / 997)
    assert np.arctanh(high) - np.arctanh(low) == pytest.approx(width, rel=0.1)


def test_two_common_rows_are_too_few():
    values = np.array([[1, 1], [2, 3], [3, np.nan], [4, np.nan]])
    estimates, counts = correlation_matrix(values, bootstrap=5, permutations=5, seed=0)
    assert counts.tolist() == [[4, 2], [2, 2]]
    assert np.isnan(estimates[:, 0, 1]).all()
    assert estimates[0, 0, 0] == 1


def test_a_draw_in_which_a_column_is_constant_is_left_out():
    # Of four rows, one differs: many draws miss it.
    values = np.array([[0, 1], [0, 2], [0, 3], [1, 4]], dtype=float)
    estimates, _ = correlation_matrix(values, bootstrap=200, permutations=10, seed=0)
    assert np.isfinite(estimates).all()
    assert (estimates[1] <= estimates[0]).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"names": ("size", "weight")}, "no column 'weight'"),
        ({"labels": "all"}, "may not be called 'all'"),
        ({"events": 1000}, "no row stands"),
    ],
)
def test_unusable_input_is_named(changes, message):
    latents, features, labels = study(rows=20)
    labels = labels.assign(label=changes.get("labels", "a"))
    labels["event"] += changes.get("events", 0)
    with pytest.raises(InputError, match=message):
        correlations(latents, features, labels, names=changes.get("names", FEATURES))


def test_means_that_are_not_finite_are_refused():
    latents, features, labels = study(rows=20)
    broken = np.array([np.nan, 0.0], dtype=np.float32)
    latents["mean"] = [broken if row == 3 else mean for row, mean in enumerate(latents["mean"])]
    with pytest.raises(InputError, match="training 0 has 1 rows whose mean is not finite"):
        correlations(latents, features, labels)
