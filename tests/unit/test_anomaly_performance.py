"""Performance of anomaly scores against closed forms, counting by hand and scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn.metrics import roc_auc_score, roc_curve

from latentscape.errors import InputError
from latentscape.evaluation.anomaly_performance import (
    anomaly_performance,
    true_positive_rate_draws,
    true_positive_rates,
)
from latentscape.evaluation.tables.anomaly import ANOMALY, ROC

KEY = ("sample", "event")
SETTINGS = {"bootstrap": 100, "permutations": 100, "roc_points": 101, "seed": 2}
SHIFT = 2.0


def study(rows=300, trainings=(0,)):
    """Scores of a trained label and of one that lies SHIFT away in one of them."""
    rng = np.random.default_rng(0)
    label = np.repeat(["known", "new"], rows)
    keys = pd.DataFrame({"sample": label, "event": np.arange(2 * rows)})
    known = np.where(keys["event"] % 3 > 0, "train", "validation")
    part = np.where(label == "known", known, "held_out")
    tables = [
        keys.assign(
            seed=training,
            part=part,
            telling=rng.normal(size=2 * rows) + SHIFT * (label == "new"),
            empty=rng.normal(size=2 * rows),
        )
        for training in trainings
    ]
    return pd.concat(tables, ignore_index=True), keys.assign(label=label)


def judged(scores, labels, trained_on=("known",), **changes):
    options = {"key": KEY, "trained_on": trained_on, **SETTINGS, **changes}
    return anomaly_performance(scores, labels, **options)


def test_the_performance_of_a_shifted_label_is_the_closed_form():
    performance, curves = judged(*study(), bootstrap=500)
    pd.testing.assert_frame_equal(performance, ANOMALY.check(performance))
    pd.testing.assert_frame_equal(curves, ROC.check(curves))
    found = performance.set_index("score").loc["telling"]
    assert found["low"] < norm.cdf(SHIFT / np.sqrt(2)) < found["high"]
    # The threshold that a tenth of the inliers passes lies at Φ⁻¹(0.9).
    rate = norm.sf(norm.ppf(0.9) - SHIFT)
    assert found["tpr_at_fpr_0.1_low"] < rate < found["tpr_at_fpr_0.1_high"]
    assert (found["n_inlier"], found["n_outlier"]) == (100, 300)


def test_a_score_that_knows_nothing_has_one_half_in_the_interval():
    found = judged(*study())[0].set_index("score").loc["empty"]
    assert found["low"] < 0.5 < found["high"]
    assert found["null_low"] < found["auc"] < found["null_high"]


def test_training_rows_are_never_inliers_and_the_auc_equals_scikit_learn():
    scores, labels = study(rows=90)
    scores.loc[scores["part"] == "train", "telling"] = np.nan
    kept = scores[scores["part"] != "train"]
    expected = roc_auc_score(kept["sample"] == "new", kept["telling"])
    performance, _ = judged(scores.drop(columns="empty"), labels)
    assert performance["auc"].tolist() == pytest.approx([expected])


def test_the_curve_is_that_of_scikit_learn_from_one_inlier_on():
    scores, labels = study()
    curve = judged(scores, labels)[1].query("score == 'telling'")
    kept = scores[scores["part"] != "train"]
    x, y, _ = roc_curve(kept["sample"] == "new", kept["telling"], drop_intermediate=False)
    expected = [y[x <= rate + 1e-9].max() for rate in curve["false_positive_rate"]]
    assert curve["true_positive_rate"].tolist() == pytest.approx(expected)
    rates = curve["false_positive_rate"].to_numpy()
    assert (rates[0], rates[-1]) == (0, 1)
    assert rates[1] == pytest.approx(1 / 100)


def test_a_working_point_below_one_inlier_is_missing_and_not_zero():
    found = judged(*study())[0].set_index("score").loc["telling"]
    # 100 inliers: 1 % is one of them, 0.1 % is none.
    assert found["tpr_at_fpr_0.01"] > 0
    for rate in ("0.001", "0.0001"):
        assert np.isnan(found[f"tpr_at_fpr_{rate}"])
        assert np.isnan(found[f"tpr_at_fpr_{rate}_high"])


def test_a_single_inlier_has_a_curve_of_two_points():
    scores, labels = study(rows=3)
    _, curves = judged(scores, labels)
    assert curves.query("score == 'telling'")["false_positive_rate"].tolist() == [0, 1]


def test_true_positive_rates_of_five_inliers_are_counted_by_hand():
    inliers, outliers = [1, 2, 3, 4, 5], [0, 3.5, 4.5, 9]
    # No false positive: above 5; one: above 4; two: above 3; all: everything.
    found = true_positive_rates(inliers, outliers, [0, 0.19, 0.2, 0.4, 1])
    assert found.tolist() == [0.25, 0.25, 0.5, 0.75, 1]


def test_inliers_with_equal_scores_are_called_together():
    # One of the two inliers at 2 may not be called without the other.
    assert true_positive_rates([1, 1, 2, 2], [2, 3], [0.25, 0.5]).tolist() == [0.5, 1]


def test_draws_find_thresholds_and_outliers_anew():
    inliers, outliers = np.array([[1.0], [2.0]]), np.array([[0.0], [3.0]])
    draws = true_positive_rate_draws(inliers, outliers, [0.0], bootstrap=2000, seed=0).ravel()
    # Every threshold keeps 3 and drops 0, so 0, 1 or 2 outliers of a draw are found: 1/4, 1/2, 1/4.
    assert [(draws == share).mean() for share in (0, 0.5, 1)] == pytest.approx(
        [0.25, 0.5, 0.25], abs=0.04
    )
    between = np.array([[1.5], [1.5]])
    draws = true_positive_rate_draws(inliers, between, [0.0], bootstrap=2000, seed=0).ravel()
    # The threshold is 1, and both outliers are found, where both drawn inliers are the lower one.
    assert (draws == 1).mean() == pytest.approx(0.25, abs=0.04)
    assert (draws == 0).mean() == pytest.approx(0.75, abs=0.04)


def test_shuffled_rows_give_the_same_performance():
    scores, labels = study(rows=60, trainings=(0, 1))
    shuffled = judged(scores.sample(frac=1, random_state=2), labels.sample(frac=1, random_state=3))
    for found, expected in zip(shuffled, judged(scores, labels), strict=True):
        pd.testing.assert_frame_equal(found, expected)


def test_a_model_that_was_trained_on_every_label_has_no_outlier():
    performance, curves = judged(*study(rows=30), trained_on=("known", "new"))
    assert list(performance.columns) == [column.name for column in ANOMALY.columns]
    assert performance.empty
    assert curves.empty


def test_a_trained_label_without_kept_rows_is_named():
    scores, labels = study(rows=30)
    with pytest.raises(InputError, match=r"no row of \['known'\] outside of 'train'"):
        judged(scores[scores["part"] != "validation"], labels)


def test_a_score_that_is_missing_where_it_is_judged_is_named():
    scores, labels = study(rows=30)
    scores.loc[scores["part"] == "held_out", "empty"] = np.nan
    with pytest.raises(InputError, match="score 'empty' is missing in 30 rows"):
        judged(scores, labels)


def test_a_row_that_a_training_has_twice_is_refused():
    scores, labels = study(rows=30, trainings=(0, 1))
    with pytest.raises(InputError, match="anomaly scores: 2 rows share their key"):
        judged(pd.concat([scores, scores.iloc[:1]]), labels)


def test_a_threshold_of_one_inlier_lets_twice_its_rate_of_new_ones_pass():
    rng = np.random.default_rng(0)
    # The inliers are uniform, so that the share of new ones above the threshold is known; the
    # outliers are a fine grid that finds it.
    grid = np.linspace(0, 1, 2001)
    passed = [true_positive_rates(rng.random(50), grid, [1 / 50])[0] for _ in range(1000)]
    assert np.mean(passed) == pytest.approx(2 / 51, abs=0.004)


def test_trainings_with_different_rows_are_refused():
    scores, labels = study(rows=30, trainings=(0, 1))
    with pytest.raises(InputError, match="1 rows are not in each of the trainings 0, 1"):
        judged(scores.iloc[:-1], labels)
