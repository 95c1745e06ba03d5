"""What readers find in latents whose content is known by construction."""

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from latentscape.errors import InputError
from latentscape.evaluation.content import Reader, read_features, read_out_of_fold
from latentscape.evaluation.resampling import resampled_sums
from latentscape.evaluation.tables.content import CONTENT, IMPORTANCE

KEY = ("sample", "event")
NAMES = ("straight", "bent", "unknown", "gaps", "flat")
OPTIONS = {
    "key": KEY,
    "names": NAMES,
    "folds": 3,
    "ridge_penalty": 1e-6,
    "hidden": (8,),
    "mlp_penalty": 0.1,
    "mlp_iterations": 60,
    "repeats": 2,
    "bootstrap": 100,
    "permutations": 8,
    "mlp_permutations": 1,
    "seed": 3,
}


def a_study(rows=300):
    """straight = 100 + 8 z0 + 6 noise (R² 0.64), bent = z1², in other units."""
    rng = np.random.default_rng(0)
    keys = pd.DataFrame({"sample": "a", "event": np.arange(rows)})
    means = rng.normal(size=(rows, 3))
    features = keys.assign(
        straight=100 + 8 * means[:, 0] + 6 * rng.normal(size=rows),
        bent=means[:, 1] ** 2,
        unknown=rng.normal(size=rows),
        gaps=np.where(np.arange(rows) % 3 == 0, np.nan, means[:, 0]),
        flat=5.0,
    )
    return keys.assign(seed=0, mean=list(means)), features, keys.assign(label="a")


@pytest.fixture(scope="module")
def tables():
    return read_features(*a_study(), **OPTIONS)


def entry(tables, feature, reader):
    return tables[0].set_index(["feature", "reader"]).loc[(feature, reader)]


def importance_of(tables, feature, reader, dimension):
    index = ["feature", "reader", "dimension"]
    return tables[1].set_index(index).loc[(feature, reader, dimension)]


def test_both_tables_are_as_declared_and_complete(tables):
    pd.testing.assert_frame_equal(tables[0], CONTENT.check(tables[0]))
    pd.testing.assert_frame_equal(tables[1], IMPORTANCE.check(tables[1]))
    assert len(tables[0]) == 2 * len(NAMES)
    assert len(tables[1]) == 2 * len(NAMES) * 3


def test_a_linear_feature_has_the_r2_of_its_correlation_and_no_gain(tables):
    row = entry(tables, "straight", "ridge")
    assert row["low"] < 0.64 < row["high"]
    assert entry(tables, "straight", "mlp")["gain_low"] < 0.01


def test_scores_of_ridge_equal_those_of_scikit_learn(tables):
    latents, features, _ = a_study()
    means, truth = np.stack(latents["mean"]), features["straight"]
    model = make_pipeline(StandardScaler(), Ridge(1e-6))
    read = cross_val_predict(model, means, truth, cv=KFold(3, shuffle=True, random_state=3))
    row = entry(tables, "straight", "ridge")
    assert row["r2"] == pytest.approx(r2_score(truth, read), abs=1e-6)
    assert row["rmse"] == pytest.approx(root_mean_squared_error(truth, read), rel=1e-6)
    assert row["mae"] == pytest.approx(mean_absolute_error(truth, read), rel=1e-6)
    assert row["rmse_low"] < 6 < row["rmse_high"]


def test_a_curved_feature_is_read_by_the_mlp_alone(tables):
    assert entry(tables, "bent", "ridge")["r2"] < 0.05
    mlp = entry(tables, "bent", "mlp")
    assert mlp["r2"] > 0.9
    assert mlp["gain"] == pytest.approx(mlp["r2"] - entry(tables, "bent", "ridge")["r2"])
    assert mlp["gain_low"] > 0.8


def test_an_unknown_feature_reads_like_shuffled_ones(tables):
    row = entry(tables, "unknown", "ridge")
    assert row["null_low"] - 0.01 < row["r2"] < row["null_high"] + 0.01
    assert row["high"] < 0.05


def test_rows_without_a_feature_are_left_out_of_it_alone(tables):
    assert entry(tables, "gaps", "ridge")[["n", "n_missing"]].tolist() == [200, 100]
    assert entry(tables, "gaps", "ridge")["r2"] == pytest.approx(1, abs=1e-6)
    assert entry(tables, "straight", "ridge")["n_missing"] == 0


def test_a_constant_feature_has_no_r2_and_no_error(tables):
    row = entry(tables, "flat", "ridge")
    assert np.isnan(row["r2"])
    assert row["rmse"] == pytest.approx(0, abs=1e-9)


def test_the_importance_of_a_slope_is_twice_its_share_of_the_variance(tables):
    # Shuffling replaces a z by an independent one, whose squared distance is 2 on average.
    row = importance_of(tables, "straight", "ridge", "z0")
    assert row["importance"] == pytest.approx(2 * 0.64, abs=0.15)
    assert abs(importance_of(tables, "straight", "ridge", "z2")["importance"]) < 0.01


def test_the_mlp_needs_the_dimension_of_a_curved_feature(tables):
    row = importance_of(tables, "bent", "mlp", "z1")
    assert row["low"] > row["null_high"]
    assert importance_of(tables, "bent", "mlp", "z0")["high"] < 0.1


def test_importances_agree_with_scikit_learn():
    latents, features, _ = a_study()
    means, truth = np.stack(latents["mean"]), features[["straight"]].to_numpy()
    reading = read_out_of_fold(means, truth, Reader("ridge", 1e-6, 1), folds=2, repeats=20, seed=1)
    expected = []
    for fitted, judged in KFold(2, shuffle=True, random_state=1).split(means):
        model = LinearRegression().fit(means[fitted], truth[fitted])
        found = permutation_importance(
            model,
            means[judged],
            truth[judged],
            scoring="neg_mean_squared_error",
            n_repeats=20,
            random_state=0,
        )
        expected.append(found.importances_mean)
    assert reading.harm[:, :, 0].mean(axis=1) == pytest.approx(
        np.mean(expected, axis=0), rel=0.05, abs=0.3
    )


def test_shuffled_rows_change_nothing():
    tables = a_study(90)
    options = {**OPTIONS, "mlp_iterations": 5, "bootstrap": 20, "permutations": 2}
    shuffled = [one.sample(frac=1, random_state=1) for one in tables]
    for one, other in zip(
        read_features(*shuffled, **options), read_features(*tables, **options), strict=True
    ):
        pd.testing.assert_frame_equal(one, other)


def test_a_feature_in_fewer_rows_than_folds_is_named():
    latents, features, labels = a_study(60)
    features.loc[3:, "gaps"] = np.nan
    with pytest.raises(InputError, match="feature 'gaps' is there in 2 rows"):
        read_features(latents, features, labels, **OPTIONS)


def test_resampled_sums_are_sums_of_rows_drawn_with_replacement():
    values = np.array([[1.0, 10.0], [100.0, 1000.0]])
    sums = resampled_sums(values, bootstrap=200, seed=0)
    assert {tuple(row) for row in sums} == {(2.0, 20.0), (101.0, 1010.0), (200.0, 2000.0)}


def test_a_bootstrap_in_parts_equals_one_at_once(monkeypatch):
    values = np.random.default_rng(0).normal(size=(30, 2))
    whole = resampled_sums(values, bootstrap=20, seed=0)
    monkeypatch.setattr("latentscape.evaluation.resampling._CHUNK", 90)
    assert resampled_sums(values, bootstrap=20, seed=0) == pytest.approx(whole, abs=1e-12)
