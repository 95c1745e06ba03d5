"""Shares of variance against closed forms and scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from latentscape.errors import InputError
from latentscape.evaluation.tables.content import DIMENSIONS, VARIANCE
from latentscape.evaluation.variance import decompose_variance, measure_dimensions

KEY = ("sample", "event")
NAMES = ("size", "twin", "noise")
OPTIONS = {"key": KEY, "names": NAMES, "folds": 5, "bootstrap": 100, "permutations": 40, "seed": 3}


def a_study(rows=1000):
    """z0 = label ± 1, plus 0.8 size and 0.6 noise that no feature knows; z1 is unrelated."""
    rng = np.random.default_rng(0)
    keys = pd.DataFrame({"sample": np.tile(["a", "b"], rows // 2), "event": np.arange(rows)})
    step = np.where(keys["sample"] == "a", -1.0, 1.0)
    size, noise, left = rng.normal(size=(3, rows))
    features = keys.assign(size=size + 2 * step, twin=7 * size + 5 * step, noise=noise)
    means = np.stack([step + 0.8 * size + 0.6 * left, rng.normal(size=rows)], axis=1)
    latents = keys.assign(seed=0, mean=list(means))
    return latents, features, keys.assign(label=keys["sample"])


@pytest.fixture(scope="module")
def table():
    return decompose_variance(*a_study(), **OPTIONS)


def entry(table, source, *, dimension="z0", scale="raw"):
    return table.set_index(["scale", "dimension", "source"]).loc[(scale, dimension, source)]


def test_the_table_is_as_declared_and_complete(table):
    pd.testing.assert_frame_equal(table, VARIANCE.check(table))
    # 2 scales × 2 dimensions × (labels, features together, 3 features)
    assert len(table) == 2 * 2 * 5


def test_the_part_between_labels_is_that_of_the_analysis_of_variance(table):
    latents, _, labels = a_study()
    z = np.stack(latents["mean"])[:, 0]
    fitted = pd.Series(z).groupby(labels["label"]).transform("mean")
    expected = r2_score(z, fitted)
    row = entry(table, "labels")
    assert row["share"] == pytest.approx(expected, abs=1e-12)
    # By construction the variance is 1 between the labels and 1 within.
    assert row["low"] - 0.02 < 0.5 < row["high"] + 0.02
    assert row["null_high"] < 0.01


def test_ranks_are_decomposed_as_ranks(table):
    latents, _, labels = a_study()
    ranks = rankdata(np.stack(latents["mean"])[:, 0])
    fitted = pd.Series(ranks).groupby(labels["label"]).transform("mean")
    assert entry(table, "labels", scale="rank")["share"] == pytest.approx(r2_score(ranks, fitted))


def test_features_explain_their_part_within_the_labels(table):
    row = entry(table, "features")
    assert row["low"] < 0.64 < row["high"]
    assert row["null_high"] < 0.02


def test_the_share_within_labels_equals_a_linear_model_with_one_intercept_per_label(table):
    latents, features, labels = a_study()
    z = np.stack(latents["mean"])[:, 0]
    is_b = (labels["label"] == "b").to_numpy()
    indicators = np.stack([is_b, ~is_b], axis=1).astype(float)
    splits = StratifiedKFold(5, shuffle=True, random_state=3).split(indicators, is_b)
    folds = list(splits)
    left = []
    for inputs in (indicators, np.column_stack([indicators, features[["size", "noise"]]])):
        fit = cross_val_predict(LinearRegression(fit_intercept=False), inputs, z, cv=folds)
        left.append(((z - fit) ** 2).sum())
    assert entry(table, "features")["share"] == pytest.approx(1 - left[1] / left[0], abs=1e-9)


def test_features_that_say_the_same_have_no_unique_share(table):
    for name in ("size", "twin"):
        assert entry(table, name)["share"] == pytest.approx(0, abs=1e-9)


def test_a_unique_share_is_what_the_others_cannot_explain():
    latents, features, labels = a_study()
    table = decompose_variance(latents, features, labels, **{**OPTIONS, "names": ("size", "noise")})
    size, noise = entry(table, "size"), entry(table, "noise")
    assert size["low"] < 0.64 < size["high"]
    assert noise["null_low"] < noise["share"] < noise["null_high"]


def test_an_unrelated_dimension_lies_within_the_nulls(table):
    for source in ("labels", "features"):
        row = entry(table, source, dimension="z1")
        # 95 % of chance results lie within the null; this one may lie just outside.
        assert row["null_low"] - 0.002 <= row["share"] <= row["null_high"] + 0.002


def test_rows_without_a_feature_are_left_out_and_counted():
    latents, features, labels = a_study(200)
    features.loc[:9, "noise"] = np.nan
    table = decompose_variance(latents, features, labels, **OPTIONS)
    assert set(zip(table["n"], table["n_missing"], strict=True)) == {(190, 10)}


def test_a_constant_dimension_has_no_shares():
    latents, features, labels = a_study(200)
    flat = latents.assign(mean=list(np.ones((200, 1))))
    assert decompose_variance(flat, features, labels, **OPTIONS)["share"].isna().all()


def test_shuffled_rows_change_nothing():
    tables = a_study(100)
    shuffled = [one.sample(frac=1, random_state=1) for one in tables]
    pd.testing.assert_frame_equal(
        decompose_variance(*shuffled, **OPTIONS), decompose_variance(*tables, **OPTIONS)
    )


def test_a_label_with_too_few_rows_is_named():
    latents, features, labels = a_study(200)
    rare = labels.assign(label=np.where(labels["event"] < 3, "rare", labels["label"]))
    with pytest.raises(InputError, match="label 'rare' has 3 rows"):
        decompose_variance(latents, features, rare, **OPTIONS)


def some_dimensions(**changes):
    """Two rows per part; z0 has μ = ±2 and σ = 1/2, z1 is the prior itself."""
    latents = pd.DataFrame(
        {
            "seed": 0,
            "sample": "a",
            "event": range(4),
            "part": ["train", "train", "held_out", "held_out"],
            "mean": [np.array([m, 0.0]) for m in (2.0, -2.0, 2.0, 2.0)],
            "log_variance": [np.array([-2 * np.log(2), 0.0])] * 4,
        }
    )
    options = {"key": KEY, "threshold": 0.01, "bootstrap": 50, "seed": 1, **changes}
    return measure_dimensions(latents, **options).set_index(["part", "dimension"])


def test_the_kl_divergence_of_a_dimension_is_that_of_two_normal_densities():
    table = some_dimensions()
    # (μ² + σ² - 1 - ln σ²)/2 = (4 + 1/4 - 1)/2 + ln 2
    assert table.loc[("train", "z0"), "kl"] == pytest.approx(1.625 + np.log(2))
    assert table.loc[("train", "z0"), "variance"] == pytest.approx(4)
    assert table.loc[("held_out", "z0"), "variance"] == 0
    DIMENSIONS.check(table.reset_index())


def test_a_dimension_at_the_prior_is_inactive():
    table = some_dimensions()
    assert table["is_active"].to_dict() == {
        ("held_out", "z0"): True,
        ("held_out", "z1"): False,
        ("train", "z0"): True,
        ("train", "z1"): False,
    }
    assert not some_dimensions(threshold=3.0)["is_active"].any()
