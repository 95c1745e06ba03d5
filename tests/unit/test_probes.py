"""Probes of labels that are, or are not, in the latents."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from latentscape.errors import InputError
from latentscape.evaluation.classifiers import Probe, list_probes, out_of_fold
from latentscape.evaluation.probes import probe, probe_all_dimensions, summarise_probes
from latentscape.evaluation.settings.probes import Probes
from latentscape.evaluation.tables.probes import PROBES, probe_scores_table
from latentscape.tables import Column

KEY = ("sample", "event")
SCORES = probe_scores_table((Column("sample", "string", ""), Column("event", "int64", "")))
DISTANCE = 1.5
FEW = {"folds": 3, "hidden": (6,), "bootstrap": 200, "permutations": 200}
QUICK = {"hidden": (2,), "max_pair_dimensions": 0, "folds": 3, "bootstrap": 10, "permutations": 10}


def study(rows=200):
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


def both(latents, labels, **changes):
    options = Probes(**FEW, shuffles=2).model_dump()
    return probe(latents, labels, key=KEY, **{**options, "seed": 1, **changes})


def probed(latents, labels, **changes):
    return both(latents, labels, **changes)[0]


@pytest.fixture(scope="module")
def tables():
    return both(*study())


@pytest.fixture(scope="module")
def table(tables):
    return tables[0]


@pytest.fixture(scope="module")
def scores(tables):
    return tables[1]


def entry(table, task, kind, inputs):
    return table.set_index(["task", "probe", "inputs"]).loc[(task, kind, inputs)]


def test_the_table_is_as_declared_and_holds_every_task_and_probe(table):
    pd.testing.assert_frame_equal(table, PROBES.check(table))
    assert sorted(table["task"].unique()) == ["a vs b", "a vs c", "b vs c"]
    # logistic: 3 single, 3 pairs, all; mlp: 3 single, all; both with shuffled labels
    assert len(table) == 3 * (7 + 4 + 2)


def test_the_scores_of_all_dimensions_give_the_auc_of_the_table(table, scores):
    pd.testing.assert_frame_equal(scores, SCORES.check(scores), check_dtype=False)
    assert set(scores.groupby(["task", "probe"]).size()) == {400}
    for (task, kind), rows in scores.groupby(["task", "probe"]):
        found = roc_auc_score(rows["is_positive"], rows["score"])
        assert found == pytest.approx(entry(table, task, kind, "all")["auc"], abs=1e-12)


def test_probes_of_all_dimensions_alone_have_the_same_scores(table, scores):
    names = ("parts", "folds", "hidden", "penalty", "bootstrap", "permutations")
    options = Probes(**FEW).model_dump(include=set(names))
    found, alone = probe_all_dimensions(*study(), key=KEY, tasks=[("a", "b")], seed=1, **options)
    own = scores[scores["task"] == "a vs b"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, own)
    known = table[(table["task"] == "a vs b") & table["probe"].isin(["logistic", "mlp"])]
    known = known[known["inputs"] == "all"].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, known)


def test_a_row_may_have_several_labels_but_not_both_of_a_task():
    latents, labels = study(rows=30)
    some = labels[labels["label"] == "b"].head(20).assign(label="b_some")
    more = pd.concat([labels, some], ignore_index=True)
    table = probed(latents, more, tasks=[("a", "b"), ("a", "b_some")], **QUICK)
    counts = table.drop_duplicates("task").set_index("task")["n_negative"]
    assert counts.to_dict() == {"a vs b": 30, "a vs b_some": 20}
    with pytest.raises(InputError, match="labels of b vs b_some"):
        probed(latents, more, tasks=[("b", "b_some")])


def test_the_summary_holds_mean_and_spread_over_the_trainings(table):
    three = pd.concat(
        [table.assign(seed=number, auc=table["auc"] + 0.1 * number) for number in range(3)]
    )
    found = summarise_probes(three).merge(table, on=["task", "probe", "inputs"])
    assert found["mean"].to_numpy() == pytest.approx(found["auc"] + 0.1)
    assert found["spread"].to_numpy() == pytest.approx(0.1)


def test_without_tasks_there_are_empty_tables():
    found, scores = both(*study(rows=10), tasks=[])
    assert found.empty
    assert SCORES.check(scores).empty


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


def test_shuffled_rows_give_the_same_tables():
    options = {"tasks": [("a", "b")], **QUICK}
    first = both(*study(rows=40), **options)
    latents, labels = (frame.sample(frac=1, random_state=7) for frame in study(rows=40))
    for found, expected in zip(both(latents, labels, **options), first, strict=True):
        pd.testing.assert_frame_equal(found, expected)


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
    table = probed(latents, labels[10:], tasks=[["b", "a"]], **QUICK)
    assert set(table["task"]) == {"b vs a"}
    assert set(table["n_positive"]) == {30}
    assert set(table["n_negative"]) == {20}


def test_parts_choose_the_rows():
    latents, labels = study(rows=100)
    table = probed(latents, labels, tasks=[("a", "b")], parts=("validation", "held_out"), **QUICK)
    assert set(table["n_positive"]) == {10}
    assert set(table["n_negative"]) == {100}


def test_pairs_are_left_out_of_large_models():
    assert len(list_probes(8, max_pair_dimensions=8)) == 9 + 28 + 9
    assert len(list_probes(9, max_pair_dimensions=8)) == 10 + 10
    assert list_probes(2, max_pair_dimensions=2)[3] == Probe("logistic", "z0+z1", (0, 1))


def test_a_collapsed_dimension_is_probed_without_a_warning():
    latents, labels = study(rows=30)
    latents["mean"] = [np.array([0.0, mean[0]], dtype=np.float32) for mean in latents["mean"]]
    table = probed(latents, labels, tasks=[("a", "b")], **QUICK)
    # Constant inputs leave the share of positives in each fold's fit, which is the same.
    assert entry(table, "a vs b", "logistic", "z0")["auc"] == 0.5


def test_a_label_with_fewer_rows_than_folds_is_named():
    latents, labels = study(rows=30)
    with pytest.raises(InputError, match=r"label 'd' has 0 rows, too few for 3 folds"):
        probed(latents, labels, tasks=[("a", "d")])
