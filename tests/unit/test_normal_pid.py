"""Normal distributions that are, or are not, those of the labels."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold

from latentscape.evaluation.normal_pid import (
    count_assignments,
    judge_assignments,
    judge_densities,
    normal_densities,
    summarise_normal_pid,
    weigh,
)

KEY = ("sample", "event")
PARTS = ("train", "held_out")
DRAWS = {"bootstrap": 300, "permutations": 300, "seed": 1}
DISTANCE = 2.0


def normals(rows=400, shares=(1, 1)):
    """Latents of a and b, two normals with unit covariance, so far apart along z0."""
    rng = np.random.default_rng(2)
    label = np.repeat(["a", "b"], np.array(shares) * rows)
    keys = pd.DataFrame({"sample": label, "event": np.arange(len(label))})
    means = rng.normal(size=(len(label), 2))
    means[:, 0] += DISTANCE * (label == "b")
    return keys.assign(seed=0, part="train", mean=list(means)), keys.assign(label=label)


def densities_of(latents, labels, folds=5):
    return normal_densities(latents, labels, key=KEY, parts=PARTS, folds=folds, seed=1)


@pytest.fixture(scope="module")
def judged():
    return judge_densities(densities_of(*normals()), prior="flat", **DRAWS)


def score(performance, name):
    return performance.set_index("score").loc[name]


def test_two_normals_reach_the_closed_form(judged):
    auc, accuracy = (score(judged[0], name) for name in ("auc", "accuracy"))
    assert auc["low"] < norm.cdf(DISTANCE / np.sqrt(2)) < auc["high"]
    assert accuracy["low"] < norm.cdf(DISTANCE / 2) < accuracy["high"]
    assert accuracy["null_low"] < 0.5 < accuracy["null_high"]


def test_the_posterior_of_true_normals_is_calibrated(judged):
    bins = judged[2][judged[2]["n"] >= 20]
    assert len(bins) >= 4
    assert (np.abs(bins["right"] - bins["posterior"]) < 0.12).all()


def test_densities_are_those_of_the_formula_without_the_row_s_fold():
    latents, labels = normals(rows=60, shares=(1, 3))
    densities = densities_of(latents, labels, folds=4)
    means, label = np.stack(latents["mean"].to_list()), labels["label"].to_numpy(str)
    for fitted, judged in StratifiedKFold(4, shuffle=True, random_state=1).split(means, label):
        for name in "ab":
            own = means[fitted[label[fitted] == name]]
            covariance = np.cov(own.T)
            away = means[judged] - own.mean(axis=0)
            distance = (away @ np.linalg.inv(covariance) * away).sum(axis=1)
            expected = -(distance + np.linalg.slogdet(2 * np.pi * covariance)[1]) / 2
            assert densities.loc[judged, f"log_density_{name}"].to_numpy() == pytest.approx(
                expected
            )


def test_the_prior_is_added_where_it_is_asked_for():
    densities = densities_of(*normals(rows=60, shares=(1, 3)))
    added = weigh(densities, "shares") - weigh(densities, "flat")
    assert added == pytest.approx(np.tile(np.log([0.25, 0.75]), (240, 1)))


def test_shuffled_labels_are_not_told():
    latents, labels = normals()
    shuffled = labels.assign(label=np.random.default_rng(0).permutation(labels["label"]))
    performance, _, _ = judge_densities(densities_of(latents, shuffled), prior="flat", **DRAWS)
    for name in ("auc", "accuracy", "balanced_accuracy"):
        found = score(performance, name)
        assert found["value"] < found["null_high"]
        # Out of fold, what is not known is told slightly worse than by chance.
        assert 0.42 < found["value"] < 0.56


def test_balanced_accuracy_equals_scikit_learn_and_permuting_removes_it():
    rng = np.random.default_rng(4)
    label = rng.choice(["a", "b", "c"], size=500, p=[0.6, 0.3, 0.1])
    assigned = np.where(rng.random(500) < 0.7, label, rng.choice(["a", "b", "d"], size=500))
    table = judge_assignments(label, assigned, **DRAWS).set_index("score")
    seen = np.where(np.isin(assigned, ["a", "b", "c"]), assigned, "a_mistake")
    expected = np.mean([(seen[label == name] == name).mean() for name in "abc"])
    assert table.loc["balanced_accuracy", "value"] == pytest.approx(expected)
    kept = assigned != "d"
    assert judge_assignments(label[kept], assigned[kept], **DRAWS)["value"].iloc[
        1
    ] == pytest.approx(balanced_accuracy_score(label[kept], assigned[kept]))
    assert (table["null_high"] < table["low"]).all()


def test_counts_of_a_confusion_matrix_by_hand():
    label, assigned = np.array(list("aaaab")), np.array(list("aaaba"))
    table = count_assignments(label, assigned, ["a", "b"], ["a", "b", "c"])
    found = table.set_index(["label", "assigned"])
    assert found["rows"].to_dict() == {
        ("a", "a"): 3,
        ("a", "b"): 1,
        ("a", "c"): 0,
        ("b", "a"): 1,
        ("b", "b"): 0,
        ("b", "c"): 0,
    }
    assert found.loc[("a", "a"), "share"] == 0.75
    # Wilson's interval of 3 of 4
    assert found.loc[("a", "a"), "low"] == pytest.approx(0.3006, abs=1e-4)


def test_a_method_that_knows_one_answer_is_right_as_often_as_its_label():
    label = np.repeat(["a", "b"], [30, 10])
    table = judge_assignments(label, np.full(40, "a"), **DRAWS).set_index("score")
    found = table.loc[["accuracy", "balanced_accuracy"], ["value", "null_low", "null_high"]]
    assert found.to_numpy().tolist() == [[0.75] * 3, [0.5] * 3]


def test_shuffled_rows_give_the_same_tables(judged):
    latents, labels = (frame.sample(frac=1, random_state=7) for frame in normals())
    again = judge_densities(densities_of(latents, labels), prior="flat", **DRAWS)
    for found, expected in zip(again, judged, strict=True):
        pd.testing.assert_frame_equal(found, expected)


def test_a_label_with_too_few_rows_is_left_out(caplog):
    latents, labels = normals(rows=40)
    rare = labels["event"] < 3
    densities = densities_of(latents, labels.assign(label=labels["label"].mask(rare, "rare")))
    assert set(densities["label"]) == {"a", "b"}
    assert "rare has 3 rows" in caplog.text


def test_one_label_gives_empty_tables():
    latents, labels = normals(rows=40)
    densities = densities_of(latents, labels.assign(label="a"))
    performance, confusion, calibration = judge_densities(densities, prior="flat", **DRAWS)
    assert performance.empty
    assert confusion.empty
    assert calibration.empty
    assert summarise_normal_pid(performance).empty
