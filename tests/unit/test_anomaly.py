"""Anomaly scores against their definitions, and their performance against closed forms."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist, mahalanobis
from scipy.stats import multivariate_normal, norm
from sklearn.metrics import roc_auc_score

from latentscape.errors import InputError
from latentscape.evaluation.anomaly import (
    anomaly_performance,
    anomaly_scores,
    true_positive_rates,
)
from latentscape.evaluation.tables import ANOMALY, ANOMALY_SCORES, ROC, scores_table
from latentscape.tables import Column

KEY = ("sample", "event")
KEY_COLUMNS = (Column("sample", "string", "Sample"), Column("event", "int64", "Event"))
SCORES = {"neighbours": 3, "components": 1, "seed": 1}
PERFORMANCE = {"bootstrap": 200, "permutations": 200, "roc_points": 101, "seed": 2}
SHIFT = 2.0


def study(rows=300, trainings=(0,)):
    """Latents of a trained label and of one that lies SHIFT away, in the latents and in KL."""
    rng = np.random.default_rng(0)
    label = np.repeat(["known", "new"], rows)
    keys = pd.DataFrame({"sample": label, "event": np.arange(2 * rows)})
    known = np.where(keys["event"] % 3 > 0, "train", "validation")
    latents = []
    for training in trainings:
        means = rng.normal(size=(2 * rows, 2)).astype(np.float32)
        means[:, 0] += SHIFT * (label == "new")
        latents.append(
            keys.assign(
                seed=training,
                part=np.where(label == "known", known, "held_out"),
                mean=list(means),
                log_variance=list(means),
                reconstruction_error=rng.gamma(2, size=2 * rows),
                weighted_error=rng.gamma(2, size=2 * rows),
                kl=rng.normal(size=2 * rows) + SHIFT * (label == "new"),
                elbo=rng.normal(size=2 * rows),
            )
        )
    return pd.concat(latents, ignore_index=True), keys.assign(label=label)


def scored(latents, **changes):
    return anomaly_scores(latents, key=KEY, **{**SCORES, **changes})


def judged(scores, labels, trained_on=("known",), **changes):
    options = {"key": KEY, "trained_on": trained_on, **PERFORMANCE, **changes}
    return anomaly_performance(scores, labels, **options)


def test_scores_are_as_declared():
    latents, _ = study(rows=30, trainings=(1, 0))
    scores = scored(latents)
    pd.testing.assert_frame_equal(scores, scores_table(KEY_COLUMNS).check(scores))
    assert len(scores) == len(latents)


def test_the_models_own_scores_are_passed_on():
    latents, _ = study(rows=30)
    scores = scored(latents)
    own = ["reconstruction_error", "weighted_error", "kl"]
    pd.testing.assert_frame_equal(scores[own], latents[own])
    assert (scores["negative_elbo"] == -latents["elbo"]).all()


def test_mahalanobis_distance_equals_scipy():
    latents, _ = study(rows=30)
    means = np.stack(latents["mean"]).astype(float)
    train = means[latents["part"] == "train"]
    inverse = np.linalg.inv(np.cov(train, rowvar=False))
    expected = [mahalanobis(mean, train.mean(axis=0), inverse) for mean in means]
    assert scored(latents)["mahalanobis"].to_numpy() == pytest.approx(expected)


def test_neighbours_of_a_training_row_do_not_include_itself():
    latents, _ = study(rows=30)
    means = np.stack(latents["mean"]).astype(float)
    is_train = (latents["part"] == "train").to_numpy()
    distances = cdist(means, means[is_train])
    distances[is_train, np.arange(is_train.sum())] = np.inf
    expected = np.sort(distances, axis=1)[:, :3].mean(axis=1)
    assert scored(latents)["knn"].to_numpy() == pytest.approx(expected)


def test_a_mixture_of_one_component_is_the_normal_density():
    latents, _ = study(rows=30)
    means = np.stack(latents["mean"]).astype(float)
    train = means[latents["part"] == "train"]
    normal = multivariate_normal(train.mean(axis=0), np.cov(train, rowvar=False, bias=True))
    assert scored(latents)["gmm"].to_numpy() == pytest.approx(-normal.logpdf(means), abs=1e-4)


def test_a_collapsed_dimension_does_not_change_the_distance():
    latents, _ = study(rows=30)
    expected = scored(latents)["mahalanobis"]
    latents["mean"] = [np.append(mean, np.float32(0.5)) for mean in latents["mean"]]
    assert scored(latents)["mahalanobis"].to_numpy() == pytest.approx(expected)


def test_shuffled_rows_give_the_same_tables():
    latents, labels = study(rows=60, trainings=(0, 1))
    scores = scored(latents, components=3)
    again = scored(latents.sample(frac=1, random_state=1), components=3)
    pd.testing.assert_frame_equal(again, scores)
    shuffled = judged(scores.sample(frac=1, random_state=2), labels.sample(frac=1, random_state=3))
    for found, expected in zip(shuffled, judged(scores, labels), strict=True):
        pd.testing.assert_frame_equal(found, expected)


def test_the_performance_of_a_shifted_label_is_the_closed_form():
    latents, labels = study()
    performance, curves = judged(scored(latents), labels)
    pd.testing.assert_frame_equal(performance, ANOMALY.check(performance))
    pd.testing.assert_frame_equal(curves, ROC.check(curves))
    assert set(performance["score"]) == set(ANOMALY_SCORES)
    found = performance.set_index("score").loc["kl"]
    assert found["low"] < norm.cdf(SHIFT / np.sqrt(2)) < found["high"]
    assert (found["n_inlier"], found["n_outlier"]) == (100, 300)


def test_scores_that_know_nothing_have_one_half_in_the_interval():
    latents, labels = study()
    performance, _ = judged(scored(latents), labels)
    found = performance.set_index("score").loc["reconstruction_error"]
    assert found["low"] < 0.5 < found["high"]
    assert found["null_low"] < found["auc"] < found["null_high"]


def test_training_rows_are_never_inliers():
    latents, labels = study(rows=90)
    scores = scored(latents)
    kept = scores[scores["part"] != "train"].merge(labels)
    expected = roc_auc_score(kept["label"] == "new", kept["knn"])
    performance, _ = judged(scores, labels)
    assert performance.set_index("score").loc["knn", "auc"] == pytest.approx(expected)


def test_the_area_under_the_curve_of_the_table_is_the_auc():
    latents, labels = study()
    performance, curves = judged(scored(latents), labels, roc_points=5001)
    curve = curves[curves["score"] == "gmm"]
    area = np.trapezoid(curve["true_positive_rate"], curve["false_positive_rate"])
    assert area == pytest.approx(performance.set_index("score").loc["gmm", "auc"], abs=2e-3)


def test_true_positive_rates_of_five_inliers_are_counted_by_hand():
    inliers, outliers = [1, 2, 3, 4, 5], [0, 3.5, 4.5, 9]
    # No false positive: above 5; one: above 4; two: above 3; all: everything.
    found = true_positive_rates(inliers, outliers, [0, 0.19, 0.2, 0.4, 1])
    assert found.tolist() == [0.25, 0.25, 0.5, 0.75, 1]


def test_inliers_with_equal_scores_are_called_together():
    # One of the two inliers at 2 may not be called without the other.
    assert true_positive_rates([1, 1, 2, 2], [2, 3], [0.25, 0.5]).tolist() == [0.5, 1]


def test_a_model_that_was_trained_on_every_label_has_no_outlier():
    latents, labels = study(rows=30)
    performance, curves = judged(scored(latents), labels, trained_on=("known", "new"))
    assert list(performance.columns) == [column.name for column in ANOMALY.columns]
    assert performance.empty
    assert curves.empty


def test_too_few_training_rows_are_named():
    latents, _ = study(rows=30)
    with pytest.raises(InputError, match=r"20 rows in 'train'.* need at least 31"):
        scored(latents, neighbours=30)


def test_a_trained_label_without_kept_rows_is_named():
    latents, labels = study(rows=30)
    scores = scored(latents)
    with pytest.raises(InputError, match=r"no row of \['known'\] outside of 'train'"):
        judged(scores[scores["part"] != "validation"], labels)
