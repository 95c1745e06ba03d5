"""Rows that are hard for all probes, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from latentscape.evaluation.hard_cases import choose_cases, find_hard_cases, list_hard_cases
from latentscape.evaluation.opinions import balanced_probability, opinions_of
from latentscape.evaluation.tables.probes import HARD_SHARES, verdicts_table
from latentscape.tables import Column

KEY = ("event",)
VERDICTS = verdicts_table((Column("event", "int64", ""),))
OPTIONS = {"key": KEY, "wrong": 0.75, "unsure": 0.6, "permutations": 200, "seed": 1}

# Four rows of each label; each row's score in four opinions (two probes, two trainings).
BY_HAND = {
    # the first label
    0: (0.9, 0.9, 0.9, 0.9),
    1: (0.1, 0.1, 0.1, 0.9),
    2: (0.1, 0.1, 0.1, 0.1),
    3: (0.45, 0.55, 0.5, 0.55),
    # the second label
    4: (0.1, 0.2, 0.1, 0.2),
    5: (0.2, 0.9, 0.9, 0.2),
    6: (0.1, 0.1, 0.1, 0.1),
    7: (0.3, 0.3, 0.3, 0.3),
}
CALLERS = [("logistic", 0), ("mlp", 0), ("logistic", 1), ("mlp", 1)]


def a_table(opinions, positives):
    rows = [
        (number, "a vs b", probe, event, event < positives, score)
        for event, own in opinions.items()
        for (probe, number), score in zip(CALLERS, own, strict=True)
    ]
    return pd.DataFrame(rows, columns=["seed", "task", "probe", "event", "is_positive", "score"])


@pytest.fixture(scope="module")
def found():
    return find_hard_cases(a_table(BY_HAND, 4), **OPTIONS)


def test_verdicts_are_those_found_by_hand(found):
    verdicts = found[0].set_index("event")
    pd.testing.assert_frame_equal(found[0], VERDICTS.check(found[0]))
    # Both labels are as frequent, so that the probability is the score.
    assert verdicts["label"].tolist() == ["a"] * 4 + ["b"] * 4
    assert verdicts["wrong"].tolist() == [0, 0.75, 1, 0.5, 0, 0.5, 0, 0]
    assert verdicts["probability"].to_numpy() == pytest.approx(
        [0.9, 0.3, 0.1, 0.5125, 0.15, 0.55, 0.1, 0.3]
    )
    assert verdicts.loc[[1, 3, 7], "certainty"].to_numpy() == pytest.approx([0.9, 0.55, 0.7])
    assert verdicts.index[verdicts["is_wrong"]].tolist() == [1, 2]
    assert verdicts.index[verdicts["is_unsure"]].tolist() == [3]


def test_hard_rows_are_listed(found):
    assert list_hard_cases(found[0])["event"].tolist() == [1, 2, 3]


def test_hard_rows_are_counted_with_their_interval(found):
    shares = found[1].set_index(["label", "kind"])
    pd.testing.assert_frame_equal(found[1], HARD_SHARES.check(found[1]))
    assert shares["rows"].to_dict() == {
        ("a", "unsure"): 1,
        ("a", "wrong"): 2,
        ("b", "unsure"): 0,
        ("b", "wrong"): 0,
    }
    half = shares.loc[("a", "wrong")]
    # Wilson's interval of 2 of 4.
    assert (half["low"], half["high"]) == pytest.approx((0.150, 0.850), abs=1e-3)


def test_common_errors_lie_above_the_null_of_independent_ones():
    rng = np.random.default_rng(5)
    hard = rng.random(200) < 0.2
    same = {event: (0.9 - 0.8 * hard[event],) * 4 for event in range(100)}
    same |= {event: (0.1 + 0.8 * hard[event],) * 4 for event in range(100, 200)}
    shares = find_hard_cases(a_table(same, 100), **OPTIONS)[1].set_index(["label", "kind"])
    wrong = shares.loc[("a", "wrong")]
    assert wrong["share"] == hard[:100].mean()
    # Three or four of four, were the opinions independent: p⁴ + 4p³(1 - p).
    p = wrong["share"]
    expected = p**4 + 4 * p**3 * (1 - p)
    assert wrong["null_low"] <= expected <= wrong["null_high"] < wrong["low"]


def test_scores_are_weighted_as_if_labels_were_as_frequent():
    # One positive in four: a score of 1/4 says nothing, and 1/2 is odds of 3 to 1.
    opinions = dict.fromkeys(range(4), (0.25, 0.5, 0.0, 1.0))
    (_, one), *_ = opinions_of(a_table(opinions, 1), KEY)
    by_caller = dict(zip(one.callers, balanced_probability(one)[0], strict=True))
    assert [by_caller[caller] for caller in CALLERS] == pytest.approx([0.5, 0.75, 0, 1])


def test_chosen_are_the_hardest_and_typical_easy_ones(found):
    cases = choose_cases(found[0], task="a vs b", key=KEY, count=1)
    picked = {(row["label"], row["kind"]): row["event"] for row in cases.to_dict("records")}
    # Easy rows of b have 0.9, 0.85 and 0.7 for b: 4 lies in the middle.
    assert picked == {("a", "wrong"): 2, ("a", "easy"): 0, ("a", "unsure"): 3, ("b", "easy"): 4}


def test_shuffled_rows_give_the_same_verdicts(found):
    again = find_hard_cases(a_table(BY_HAND, 4).sample(frac=1, random_state=2), **OPTIONS)
    for one, other in zip(again, found, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_without_scores_nothing_is_hard():
    verdicts, shares = find_hard_cases(a_table({}, 0), **OPTIONS)
    assert VERDICTS.check(verdicts).empty
    assert shares.empty


def test_a_task_without_verdicts_has_no_cases(found):
    for task in ("", "a vs c"):
        assert choose_cases(found[0], task=task, key=KEY, count=3).empty
