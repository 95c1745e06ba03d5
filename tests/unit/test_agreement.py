"""Agreement of probes: against scikit-learn and SciPy, and where chance is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import accuracy_score, cohen_kappa_score

from latentscape.errors import InputError
from latentscape.evaluation.agreement import compare_probes, summarise_agreement
from latentscape.evaluation.tables.probes import AGREEMENT, AGREEMENT_SUMMARY

KEY = ("sample", "event")
OPTIONS = {"key": KEY, "bootstrap": 300, "permutations": 300, "seed": 2}
NO_CALLS = pd.DataFrame(columns=["task", "method", *KEY, "is_called_positive"])


def some_scores(rows=150, trainings=2, noise=1.0, task="a vs b"):
    """Scores of both probes: label and row set the mean, and each caller adds noise of its own."""
    rng = np.random.default_rng(8)
    is_positive = np.arange(rows) % 3 == 0
    hard = rng.normal(size=rows)
    keys = pd.DataFrame({"sample": np.where(is_positive, "a", "b"), "event": np.arange(rows)})
    tables = []
    for number in range(trainings):
        for probe in ("logistic", "mlp"):
            odds = 1.5 * is_positive - 0.7 + hard + noise * rng.normal(size=rows)
            score = 1 / (1 + np.exp(-odds))
            own = {"seed": number, "task": task, "probe": probe}
            tables.append(keys.assign(**own, is_positive=is_positive, score=score))
    return pd.concat(tables, ignore_index=True)


def column(scores, probe, number):
    own = scores[(scores["probe"] == probe) & (scores["seed"] == number)]
    return own.sort_values(list(KEY))["score"].to_numpy()


@pytest.fixture(scope="module")
def scores():
    return some_scores()


@pytest.fixture(scope="module")
def table(scores):
    return compare_probes(scores, NO_CALLS, **OPTIONS)


def entry(table, probe, number, other, other_number, statistic):
    index = ["probe", "seed", "other", "other_seed", "statistic"]
    return table.set_index(index).loc[(probe, number, other, other_number, statistic)]


def test_both_probes_of_a_training_and_all_trainings_of_a_probe_are_compared(table):
    pd.testing.assert_frame_equal(table, AGREEMENT.check(table))
    pairs = set(map(tuple, table[["probe", "seed", "other", "other_seed"]].to_numpy()))
    assert pairs == {
        ("logistic", 0, "mlp", 0),
        ("logistic", 1, "mlp", 1),
        ("logistic", 0, "logistic", 1),
        ("mlp", 0, "mlp", 1),
    }
    assert set(table.groupby(["probe", "seed", "other", "other_seed"]).size()) == {3}


def test_values_equal_those_of_scikit_learn_and_scipy(scores, table):
    one, other = column(scores, "logistic", 0), column(scores, "mlp", 0)
    calls = one > 1 / 3, other > 1 / 3
    expected = {
        "kappa": cohen_kappa_score(*calls),
        "alike": accuracy_score(*calls),
        "spearman": spearmanr(one, other).statistic,
    }
    for statistic, value in expected.items():
        found = entry(table, "logistic", 0, "mlp", 0, statistic)
        assert found["value"] == pytest.approx(value, abs=1e-12)
        assert found["low"] < value < found["high"]


def test_the_interval_of_the_share_alike_is_binomial(table):
    found = entry(table, "mlp", 0, "mlp", 1, "alike")
    width = 2 * 1.96 * np.sqrt(found["value"] * (1 - found["value"]) / found["n"])
    assert found["high"] - found["low"] == pytest.approx(width, rel=0.2)


def test_agreement_on_hard_rows_lies_above_both_nulls(table):
    for statistic in ("kappa", "spearman"):
        found = entry(table, "logistic", 1, "mlp", 1, statistic)
        assert found["null_low"] < 0 < found["null_high"] < found["within_high"] < found["low"]


def test_without_common_hard_rows_agreement_is_what_the_labels_give():
    rng = np.random.default_rng(4)
    scores = some_scores(rows=400)
    label = scores["is_positive"]
    scores["score"] = 0.3 + 0.3 * label + 0.2 * rng.normal(size=len(scores)).clip(-1.4, 1.4)
    found = compare_probes(scores, NO_CALLS, **OPTIONS)
    kappa = found[found["statistic"] == "kappa"]
    # Four values in a band of 95 %: at most one lies outside in 99.9 % of cases, if independent.
    outside = (kappa["value"] < kappa["within_low"]) | (kappa["value"] > kappa["within_high"])
    assert outside.sum() <= 1
    assert (kappa["value"] > kappa["null_high"]).all()


def test_equal_and_perfect_opinions_agree_wholly_whatever_is_permuted_within_labels():
    scores = some_scores(rows=30)
    scores["score"] = np.where(scores["is_positive"], 0.9, 0.1)
    table = compare_probes(scores, NO_CALLS, **OPTIONS)
    for end in ("value", "low", "high", "within_low", "within_high"):
        assert table[end].to_numpy() == pytest.approx(1.0)


def test_a_caller_that_calls_all_rows_alike_has_no_kappa():
    scores = some_scores(rows=30)
    scores.loc[scores["probe"] == "mlp", "score"] = 0.2
    table = compare_probes(scores, NO_CALLS, **OPTIONS)
    found = entry(table, "logistic", 0, "mlp", 0, "kappa")
    # Cohen's κ is 0 by its definition where only one of both is constant.
    assert found["value"] == pytest.approx(0)
    assert np.isnan(entry(table, "mlp", 0, "mlp", 1, "kappa")["value"])
    assert entry(table, "mlp", 0, "mlp", 1, "alike")["value"] == 1


def test_other_methods_are_compared_on_the_rows_that_they_call(scores):
    rows = scores.drop_duplicates(list(KEY))[[*KEY]].head(40)
    called = np.arange(40) % 2 == 0
    calls = rows.assign(task="a vs b", method="ruler", is_called_positive=called)
    calls = pd.concat([calls, calls.assign(task="elsewhere")])
    table = compare_probes(scores, calls, **OPTIONS)
    own = table[table["other"] == "ruler"]
    assert set(own["statistic"]) == {"kappa", "alike"}
    assert set(own["n"]) == {40}
    assert (own["seed"] == own["other_seed"]).all()
    theirs = rows.assign(called=called).sort_values(list(KEY))
    ours = scores[(scores["probe"] == "mlp") & (scores["seed"] == 1)]
    ours = theirs.merge(ours, on=list(KEY))
    expected = cohen_kappa_score(ours["called"], ours["score"] > 1 / 3)
    assert entry(own, "mlp", 1, "ruler", 1, "kappa")["value"] == pytest.approx(expected)


def test_shuffled_rows_give_the_same_agreement(scores, table):
    again = compare_probes(scores.sample(frac=1, random_state=3), NO_CALLS, **OPTIONS)
    pd.testing.assert_frame_equal(again, table)


def test_a_missing_score_is_named(scores):
    with pytest.raises(InputError, match="not every probe has judged every row of a vs b"):
        compare_probes(scores.iloc[1:], NO_CALLS, **OPTIONS)


def test_two_scores_of_one_row_are_not_averaged(scores):
    with pytest.raises(InputError, match="2 rows share their key"):
        compare_probes(pd.concat([scores, scores.head(1)]), NO_CALLS, **OPTIONS)


def test_the_summary_counts_trainings_or_pairs_of_them():
    table = compare_probes(some_scores(rows=60, trainings=3), NO_CALLS, **OPTIONS)
    summary = summarise_agreement(table)
    pd.testing.assert_frame_equal(summary, AGREEMENT_SUMMARY.check(summary))
    assert set(summary["n_pairs"]) == {3}
    kappa = summary[summary["statistic"] == "kappa"].set_index(["probe", "other"])
    own = table[(table["statistic"] == "kappa") & (table["probe"] != table["other"])]["value"]
    found = kappa.loc[("logistic", "mlp")]
    assert (found["mean"], found["spread"]) == pytest.approx((own.mean(), own.std()))
    assert found["low"] < found["mean"] < found["high"]
    assert np.isnan(kappa.loc[("mlp", "mlp"), "low"])
    again = summarise_agreement(table.sample(frac=1, random_state=4))
    pd.testing.assert_frame_equal(again, summary, check_exact=True)
