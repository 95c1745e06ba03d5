"""Several labels at once, against scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from latentscape.errors import InputError
from latentscape.evaluation.classifiers import probabilities_out_of_fold, whole_probes
from latentscape.evaluation.multiclass import macro_auc, probe_several, summarise_several
from latentscape.evaluation.settings.probes import Multiclass
from latentscape.evaluation.tables.probes import (
    MULTICLASS,
    MULTICLASS_CONFUSION,
    MULTICLASS_SUMMARY,
)

KEY = ("event",)
NAMES = ["blue", "green", "red"]
COUNTS = {"blue": 90, "green": 60, "red": 30}


def study(trainings=1):
    """Three labels around a triangle; a fourth has two rows."""
    rng = np.random.default_rng(6)
    label = np.repeat([*COUNTS, "rare"], [*COUNTS.values(), 2])
    corner = {"blue": (0, 0), "green": (2, 0), "red": (0, 2), "rare": (9, 9)}
    keys = pd.DataFrame({"event": np.arange(len(label))})
    centres = np.array([corner[name] for name in label])
    tables = []
    for number in range(trainings):
        means = (centres + rng.normal(size=centres.shape)).astype(np.float32)
        tables.append(keys.assign(seed=number, part="held_out", mean=list(means)))
    return pd.concat(tables, ignore_index=True), keys.assign(label=label)


def probed(latents, labels, **changes):
    options = Multiclass(bootstrap=200, permutations=200, hidden=(4,)).model_dump(exclude={"label"})
    return probe_several(latents, labels, key=KEY, **{**options, "seed": 1, **changes})


@pytest.fixture(scope="module")
def tables():
    return probed(*study(trainings=2))


@pytest.fixture(scope="module")
def probabilities():
    latents, labels = study()
    own = labels["label"] != "rare"
    means = np.stack(latents["mean"].to_list()).astype(float)[own]
    label = labels.loc[own, "label"].to_numpy(dtype=str)
    options = {"folds": 5, "hidden": (4,), "penalty": 10.0, "seed": 1}
    probes = whole_probes(2)
    found = probabilities_out_of_fold(means, label, probes, **options)
    return means, label, {each.kind: found[:, column] for column, each in enumerate(probes)}


def test_probabilities_equal_those_of_a_pipeline_of_scikit_learn(probabilities):
    means, label, found = probabilities
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    folds = StratifiedKFold(5, shuffle=True, random_state=1)
    expected = cross_val_predict(model, means, label, cv=folds, method="predict_proba")
    assert found["logistic"] == pytest.approx(expected, abs=1e-9)
    assert found["mlp"].sum(axis=1) == pytest.approx(1)


def test_auc_equals_that_of_scikit_learn_and_stands_above_its_null(probabilities):
    _, label, found = probabilities
    score = found["logistic"]
    table = macro_auc(score, label, NAMES, bootstrap=200, permutations=200, seed=1)
    table = table.set_index("task")
    expected = roc_auc_score(label, score, multi_class="ovr", average="macro")
    assert table.loc["all", "value"] == pytest.approx(expected)
    red = roc_auc_score(label == "red", score[:, 2])
    assert table.loc["red vs rest", "value"] == pytest.approx(red)
    assert (table["low"] < table["value"]).all()
    assert (table["value"] < table["high"]).all()
    assert ((table["null_low"] < 0.5) & (table["null_high"] > 0.5)).all()
    assert (table["low"] > table["null_high"]).all()


def test_labels_belong_to_columns_in_the_order_in_which_they_are_named(probabilities):
    _, label, found = probabilities
    options = {"bootstrap": 20, "permutations": 20, "seed": 1}
    known = macro_auc(found["mlp"], label, NAMES, **options).set_index("task")["value"]
    again = macro_auc(found["mlp"][:, ::-1], label, NAMES[::-1], **options).set_index("task")
    assert again["value"].to_dict() == pytest.approx(known.to_dict())


def test_scores_without_relation_to_the_label_lie_in_their_null():
    label = np.repeat(NAMES, 40)
    score = np.random.default_rng(2).random((120, 3))
    table = macro_auc(score, label, NAMES, bootstrap=100, permutations=300, seed=1)
    assert ((table["null_low"] < table["value"]) & (table["value"] < table["null_high"])).all()


def test_rows_are_taken_for_the_likeliest_label_were_all_as_frequent(tables, probabilities):
    performance, confusion = tables
    _, label, found = probabilities
    shares = np.array(list(COUNTS.values())) / 180
    assigned = np.array(NAMES)[(found["mlp"] / shares).argmax(axis=1)]
    rows = confusion[(confusion["seed"] == 0) & (confusion["probe"] == "mlp")]
    counted = rows.pivot_table(index="label", columns="assigned", values="rows")
    assert (counted.to_numpy() == confusion_matrix(label, assigned)).all()
    own = performance.set_index(["seed", "probe", "score", "task"])["value"]
    expected = balanced_accuracy_score(label, assigned)
    assert own[0, "mlp", "balanced_accuracy", "all"] == pytest.approx(expected)


def test_labels_with_fewer_rows_than_folds_are_left_out_unless_wanted(tables):
    performance, confusion = tables
    pd.testing.assert_frame_equal(performance, MULTICLASS.check(performance))
    pd.testing.assert_frame_equal(confusion, MULTICLASS_CONFUSION.check(confusion))
    assert set(confusion["label"]) == set(NAMES)
    with pytest.raises(InputError, match="label 'rare' has 2 rows, too few for 5 folds"):
        probed(*study(), wanted=["blue", "green", "rare"])


def test_two_labels_are_not_several():
    latents, labels = study()
    performance, confusion = probed(latents, labels[labels["label"].isin(["blue", "green"])])
    assert performance.empty
    assert confusion.empty


def test_shuffled_rows_give_the_same_tables(tables):
    latents, labels = (frame.sample(frac=1, random_state=7) for frame in study(trainings=2))
    latents = latents[latents["seed"] == 0]
    for found, expected in zip(probed(latents, labels), tables, strict=True):
        first = expected[expected["seed"] == 0].reset_index(drop=True)
        pd.testing.assert_frame_equal(found, first)


def test_the_summary_is_over_the_trainings(tables):
    summary = summarise_several(tables[0])
    pd.testing.assert_frame_equal(summary, MULTICLASS_SUMMARY.check(summary))
    own = tables[0].query("probe == 'mlp' and score == 'auc' and task == 'all'")["value"]
    found = summary.query("probe == 'mlp' and score == 'auc' and task == 'all'").iloc[0]
    assert (found["mean"], found["spread"]) == pytest.approx((own.mean(), own.std()))
