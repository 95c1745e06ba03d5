"""Differences of tasks that share rows, and the weighted AUC under them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import roc_auc_score

from latentscape.evaluation.differences import add_chance, compare_tasks, summarise_differences
from latentscape.evaluation.paired_auc import auc_of_weights, permuted_labels, stratified_draws
from latentscape.evaluation.tables.probes import DIFFERENCES, DIFFERENCES_SUMMARY
from latentscape.evaluation.tasks import TaskRun

KEY = ("event",)


@settings(max_examples=30)
@given(
    st.integers(4, 30).flatmap(
        lambda n: st.tuples(
            arrays(np.int8, n, elements=st.integers(0, 5)),
            arrays(np.int8, (n, 2), elements=st.integers(0, 3)),
        )
    )
)
def test_weighted_auc_equals_that_of_scikit_learn(drawn):
    scores, weights = drawn
    is_positive = np.arange(len(scores)) % 2 == 0
    weights = weights.astype(float) + 0.5
    found = auc_of_weights(
        scores.astype(float), weights * is_positive[:, None], weights * ~is_positive[:, None]
    )
    expected = [roc_auc_score(is_positive, scores, sample_weight=w) for w in weights.T]
    assert found == pytest.approx(expected)


def test_draws_keep_the_size_of_each_stratum_and_their_number():
    strata = np.array([0, 1, 0, 2, 1, 1])
    drawn = np.concatenate(list(stratified_draws(strata, bootstrap=70, seed=1)), axis=1)
    assert drawn.shape == (6, 70)
    for stratum, size in ((0, 2), (1, 3), (2, 1)):
        assert (drawn[strata == stratum].sum(axis=0) == size).all()


def test_permuted_labels_keep_their_numbers():
    dealt = np.concatenate(
        list(permuted_labels(np.array([0, 0, 1, 2]), permutations=50, seed=1)), axis=1
    )
    assert dealt.shape == (4, 50)
    assert (np.sort(dealt, axis=0) == [[0], [0], [1], [2]]).all()
    assert len(np.unique(dealt, axis=1).T) == 12


def some_scores(rows=200):
    """A task on all rows, one on every second of the first label with better scores."""
    rng = np.random.default_rng(3)
    is_positive = np.arange(rows) < rows // 2
    clean = ~is_positive | (np.arange(rows) % 2 == 0)
    score = rng.normal(size=rows) + is_positive * (1 + 1.0 * clean)
    table = pd.DataFrame({"event": np.arange(rows), "is_positive": is_positive, "score": score})
    whole = table.assign(task="a vs b")
    some = table[clean].assign(task="clean vs b")
    both = pd.concat([whole, some], ignore_index=True)
    return pd.concat(
        [both.assign(seed=number, probe="mlp") for number in range(2)], ignore_index=True
    )


BASES = {"clean vs b": "a vs b"}
OPTIONS = {"key": KEY, "bootstrap": 400, "seed": 5}


def test_the_difference_is_that_of_both_auc():
    scores = some_scores()
    found = compare_tasks(scores, BASES, **OPTIONS)
    areas = {
        task: roc_auc_score(rows["is_positive"], rows["score"])
        for task, rows in scores[scores["seed"] == 0].groupby("task")
    }
    row = found.iloc[0]
    assert row["difference"] == pytest.approx(areas["clean vs b"] - areas["a vs b"])
    assert 0 < row["low"] < row["difference"] < row["high"]
    assert (row["n_positive"], row["n_negative"]) == (50, 100)


def test_equal_tasks_do_not_differ_in_any_draw():
    scores = some_scores()
    again = scores[scores["task"] == "a vs b"]
    both = pd.concat([again, again.assign(task="clean vs b")], ignore_index=True)
    found = compare_tasks(both, BASES, **OPTIONS)
    assert (found[["difference", "low", "high"]] == 0).all(axis=None)


def test_common_rows_make_the_interval_narrower():
    scores = some_scores()
    apart = scores.copy()
    apart.loc[apart["task"] == "clean vs b", "event"] += 1000
    widths = []
    for table in (scores, apart):
        found = compare_tasks(table, BASES, **OPTIONS)
        widths.append((found["high"] - found["low"]).mean())
    assert widths[0] < 0.8 * widths[1]


def test_shuffled_rows_give_the_same_differences():
    scores = some_scores()
    found = compare_tasks(scores, BASES, **OPTIONS)
    again = compare_tasks(scores.sample(frac=1, random_state=1), BASES, **OPTIONS)
    pd.testing.assert_frame_equal(again, found)


def test_what_fewer_rows_do_stands_beside_each_difference():
    rng = np.random.default_rng(1)
    is_positive = np.arange(90) < 30
    means = rng.normal(size=(90, 1)) + is_positive[:, None]
    run = TaskRun("a vs b", 0, pd.DataFrame({"event": range(90)}), means, is_positive)
    kinds = pd.DataFrame({"probe": ["logistic", "mlp"]})
    differences = kinds.assign(
        seed=0, task="c vs b", base="a vs b", difference=0.01, low=0.0, high=0.02
    ).assign(n_positive=30, n_negative=60)
    probes = kinds.assign(seed=0, task="a vs b", inputs="all", auc=0.7)
    table = add_chance(
        differences,
        probes,
        [run],
        subsets=2,
        folds=3,
        hidden=(2,),
        penalty=1.0,
        seed=4,
    )
    pd.testing.assert_frame_equal(table, DIFFERENCES.check(table))
    # All rows are taken each time, so that the null has no width.
    assert table["null_low"].to_numpy() == pytest.approx(table["null_high"])
    assert (table["null_low"].abs() < 0.15).all()
    summary = summarise_differences(pd.concat([table, table.assign(seed=1, difference=0.03)]))
    pd.testing.assert_frame_equal(summary, DIFFERENCES_SUMMARY.check(summary))
    assert summary["mean"].to_numpy() == pytest.approx(0.02)
