"""Probes of labels that are, or are not, in the latents."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from latentscape.errors import InputError
from latentscape.evaluation.probes import Probe, list_probes, out_of_fold, probe
from latentscape.evaluation.settings import Probes
from latentscape.evaluation.tables import PROBES

KEY = ("sample", "event")
DISTANCE = 1.5


def study(rows=400):
    """Latents of labels a, b, c: z0 tells a from b, z1 tells nothing, z2 is wider for c."""
    rng = np.random.default_rng(2)
    label = np.repeat(["a", "b", "c"], rows)
    keys = pd.DataFrame({"sample": label, "event": np.arange(3 * rows)})
    means = rng.normal(size=(3 * rows, 3)).astype(np.float32)
    means[:, 0] += DISTANCE * (label == "b")
    means[:, 2] *= 1 + 3 * (label == "c")
    part = np.where(label == "a", np.where(keys["event"] % 10 > 0, "train", "validation"), "")
    latents = keys.assign(seed=0, part=np.where(part == "", "held_out", part), mean=list(means))
    return latents, keys.assign(label=label)


def probed(latents, labels, **changes):
    options = Probes(bootstrap=200, permutations=200).model_dump()
    return probe(latents, labels, key=KEY, **{**options, "seed": 1, **changes})


@pytest.fixture(scope="module")
def table():
    return probed(*study())


def entry(table, task, kind, inputs):
    return table.set_index(["task", "probe", "inputs"]).loc[(task, kind, inputs)]


def test_the_table_is_as_declared_and_holds_every_task_and_probe(table):
    pd.testing.assert_frame_equal(table, PROBES.check(table))
    assert sorted(table["task"].unique()) == ["a vs b", "a vs c", "b vs c"]
    # logistic: 3 single, 3 pairs, all; mlp: 3 single, all
    assert len(table) == 3 * (7 + 4)


@pytest.mark.parametrize("kind", ["logistic", "mlp"])
def test_separated_normals_reach_the_closed_form(table, kind):
    found = entry(table, "a vs b", kind, "z0")
    assert found["low"] < norm.cdf(DISTANCE / np.sqrt(2)) < found["high"]
    assert found["low"] > found["null_high"]
    # The best cut lies half way between the labels.
    assert found["accuracy"] == pytest.approx(norm.cdf(DISTANCE / 2), abs=0.04)


def test_the_mlp_finds_what_no_straight_line_can(table):
    linear, bent = (entry(table, "b vs c", kind, "z2") for kind in ("logistic", "mlp"))
    assert linear["auc"] < 0.6
    assert bent["low"] > linear["high"]


def test_shuffled_labels_cannot_be_read():
    latents, labels = study()
    rng = np.random.default_rng(0)
    shuffled = labels.assign(label=rng.permutation(labels["label"]))
    table = probed(latents, shuffled, tasks=[("a", "b")])
    everything = entry(table, "a vs b", "logistic", "all")
    assert everything["low"] < 0.5 < everything["high"]
    assert (table["auc"] < 0.58).all()


def test_shuffled_rows_give_the_same_table(table):
    latents, labels = (frame.sample(frac=1, random_state=7) for frame in study())
    pd.testing.assert_frame_equal(probed(latents, labels), table)


def test_out_of_fold_probabilities_equal_a_pipeline_of_scikit_learn():
    rng = np.random.default_rng(5)
    means = rng.normal(size=(90, 2)) * [1, 30] + [0, 9]
    is_positive = means[:, 0] + rng.normal(size=90) > 0
    probes = [Probe("logistic", "all", (0, 1)), Probe("logistic", "z1", (1,))]
    found = out_of_fold(means, is_positive, probes, folds=3, hidden=(2,), penalty=1.0, seed=4)
    folds = StratifiedKFold(3, shuffle=True, random_state=4)
    for column, inputs in enumerate([means, means[:, 1:]]):
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        expected = cross_val_predict(model, inputs, is_positive, cv=folds, method="predict_proba")
        assert found[:, column] == pytest.approx(expected[:, 1], abs=1e-9)


def test_each_task_is_positive_first_and_counts_its_rows():
    latents, labels = study(rows=30)
    table = probed(latents, labels[10:], tasks=[["b", "a"]], hidden=(2,))
    assert set(table["task"]) == {"b vs a"}
    assert set(table["n_positive"]) == {30}
    assert set(table["n_negative"]) == {20}


def test_parts_choose_the_rows():
    latents, labels = study(rows=100)
    table = probed(
        latents, labels, tasks=[("a", "b")], parts=("validation", "held_out"), hidden=(2,)
    )
    assert set(table["n_positive"]) == {10}
    assert set(table["n_negative"]) == {100}


def test_pairs_are_left_out_of_large_models():
    assert len(list_probes(8, max_pair_dimensions=8)) == 9 + 28 + 9
    assert len(list_probes(9, max_pair_dimensions=8)) == 10 + 10
    assert list_probes(2, max_pair_dimensions=2)[3] == Probe("logistic", "z0+z1", (0, 1))


def test_a_collapsed_dimension_is_probed_without_a_warning():
    latents, labels = study(rows=30)
    latents["mean"] = [np.array([0.0, mean[0]], dtype=np.float32) for mean in latents["mean"]]
    table = probed(latents, labels, tasks=[("a", "b")], hidden=(2,))
    # Constant inputs leave the share of positives in each fold's fit, which is the same.
    assert entry(table, "a vs b", "logistic", "z0")["auc"] == 0.5


def test_a_label_with_fewer_rows_than_folds_is_named():
    latents, labels = study(rows=30)
    with pytest.raises(InputError, match=r"label 'd' has 0 rows, too few for 5 folds"):
        probed(latents, labels, tasks=[("a", "d")])
