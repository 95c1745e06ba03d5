"""Intervals and nulls against closed forms, hand counts and scikit-learn."""

import math
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from latentscape.evaluation.intervals import (
    auc,
    auc_bootstrap,
    auc_null,
    bootstrap_interval,
    finite_ends,
    mean_interval,
    over_trainings,
    permutation_null,
    permutation_p_value,
    student_interval,
    summarise_auc,
    wilson,
)

DRAWS = {"bootstrap": 1000, "permutations": 1000, "seed": 3}


def two_normals(rows, distance, seed=0):
    rng = np.random.default_rng(seed)
    is_positive = np.arange(2 * rows) % 2 == 0
    return rng.normal(size=2 * rows) + distance * is_positive, is_positive


@pytest.mark.parametrize("shape", [(101,), (101, 4), (101, 2, 3)])
def test_ends_are_those_of_the_finite_draws_of_each_value(shape):
    draws = np.random.default_rng(0).normal(size=shape)
    draws[5] = np.nan
    draws.reshape(101, -1)[8, 0] = np.inf
    expected = np.apply_along_axis(
        lambda each: np.quantile(each[np.isfinite(each)], [0.025, 0.975]), 0, draws
    )
    assert finite_ends(draws) == pytest.approx(expected, rel=1e-12)


def test_ends_without_a_finite_draw_are_undefined():
    draws = np.array([[1.0, np.nan], [1.0, np.nan]])
    np.testing.assert_array_equal(finite_ends(draws), [[1.0, np.nan], [1.0, np.nan]])
    assert np.isnan(finite_ends([])).all()


def test_auc_of_four_rows_is_counted_by_hand():
    # Pairs (positive, negative): 3>1, 3>2, 2>1 are won, 2=2 is half won: 3.5 of 4.
    assert auc([3, 2, 1, 2], [True, True, False, False])[0] == 3.5 / 4


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_auc_with_ties_equals_scikit_learn(rows):
    scores, labels = map(np.array, zip(*rows, strict=True))
    if labels.all() or not labels.any():
        with pytest.raises(ValueError, match="both kinds"):
            auc(scores, labels)
    else:
        assert auc(scores, labels)[0] == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)


def test_bootstrap_sample_equals_the_auc_of_the_rows_drawn_by_hand():
    scores, is_positive = two_normals(15, 0.5)
    scores = np.round(scores, 0)
    (drawn,) = auc_bootstrap(scores, is_positive, bootstrap=1, seed=8)[0]
    rng = np.random.default_rng(8)
    rows = [scores[kind][rng.integers(15, size=15)] for kind in (is_positive, ~is_positive)]
    assert drawn == pytest.approx(roc_auc_score(np.repeat([1, 0], 15), np.concatenate(rows)))


def test_separated_normals_have_the_closed_form_auc_in_the_interval():
    scores, is_positive = two_normals(1000, 1.0)
    found = summarise_auc(scores, is_positive, **DRAWS).iloc[0]
    expected = norm.cdf(1 / np.sqrt(2))
    assert found.low < expected < found.high
    assert found.low < found.auc < found.high
    assert found.high - found.low < 0.06


def test_interval_of_the_auc_has_the_width_of_hanley_and_mcneil():
    # J. A. Hanley and B. J. McNeil, Radiology 143 (1982) 29, for normal scores of equal width.
    scores, is_positive = two_normals(500, 1.0)
    area = auc(scores, is_positive)[0]
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    error = np.sqrt((area * (1 - area) + 499 * (q1 - area**2) + 499 * (q2 - area**2)) / 500**2)
    samples = auc_bootstrap(scores, is_positive, bootstrap=2000, seed=1)
    assert samples.std() == pytest.approx(error, rel=0.1)


def test_shuffled_labels_have_one_half_in_the_interval_and_their_auc_in_the_null():
    scores, is_positive = two_normals(500, 0.0, seed=5)
    found = summarise_auc(scores, is_positive, **DRAWS).iloc[0]
    assert found.low < 0.5 < found.high
    assert found.null_low < found.auc < found.null_high


def test_permutation_null_has_the_width_of_mann_and_whitney():
    # Variance of U/(mn) without ties: (m + n + 1) / (12 m n).
    scores, is_positive = two_normals(100, 2.0)
    null = auc_null(scores, is_positive, permutations=5000, seed=2)
    assert null.mean() == pytest.approx(0.5, abs=0.003)
    assert null.std() == pytest.approx(np.sqrt(201 / (12 * 100 * 100)), rel=0.05)


def test_scores_that_are_summarised_together_share_their_draws():
    scores, is_positive = two_normals(60, 0.7)
    together = summarise_auc(np.stack([scores, -scores], axis=1), is_positive, **DRAWS)
    alone = summarise_auc(scores, is_positive, **DRAWS)
    assert together.iloc[0].tolist() == alone.iloc[0].tolist()
    assert together.loc[1, "low"] == pytest.approx(1 - together.loc[0, "high"], abs=1e-12)


def test_a_score_that_is_the_same_for_all_rows_has_auc_one_half():
    found = summarise_auc(np.ones(10), np.arange(10) < 4, **DRAWS).iloc[0]
    assert found.tolist() == [0.5] * 5


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    scores, is_positive = two_normals(50, 0.5)
    first, again = (auc_bootstrap(scores, is_positive, bootstrap=20, seed=1) for _ in range(2))
    other = auc_bootstrap(scores, is_positive, bootstrap=20, seed=2)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        ([1, np.nan], [True, False], "not finite"),
        ([1, 2], [True, True], "both kinds"),
        ([1, 2, 3], [True, False], "labels"),
    ],
)
def test_auc_refuses_what_has_no_auc(scores, labels, message):
    with pytest.raises(ValueError, match=message):
        auc(scores, labels)


def test_a_thousand_draws_of_three_thousand_rows_take_well_below_a_few_seconds():
    scores, is_positive = two_normals(1500, 0.5)
    start = time.process_time()
    summarise_auc(scores, is_positive, **DRAWS)
    assert time.process_time() - start < 2


def test_wilson_of_ten_in_a_hundred_is_the_textbook_interval():
    # Newcombe, Stat. Med. 17 (1998) 857, table I, method 3: 81/263 and 15/148.
    low, high = wilson([81, 15], [263, 148])
    assert np.round(low, 4).tolist() == [0.2553, 0.0624]
    assert np.round(high, 4).tolist() == [0.3662, 0.1605]


def test_wilson_stays_in_the_unit_interval_at_its_ends():
    # Newcombe, table I, method 3: 0/20 gives 0 to 0.1611.
    low, high = wilson([0, 20, 0], [20, 20, 0])
    assert low[0] == 0
    assert high[0] == pytest.approx(0.1611, abs=5e-5)
    assert (low[1], high[1]) == (pytest.approx(1 - 0.1611, abs=5e-5), 1)
    assert (low[2], high[2]) == (0, 1)


def test_wilson_refuses_more_successes_than_trials():
    with pytest.raises(ValueError, match="successes"):
        wilson(3, 2)


def test_interval_of_a_mean_has_the_width_of_the_standard_error():
    values = np.random.default_rng(0).exponential(size=2000)
    low, high = mean_interval(values, bootstrap=2000, seed=1)
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * values.std() / np.sqrt(2000), rel=0.1)


def test_interval_of_a_mean_refuses_missing_values():
    with pytest.raises(ValueError, match="finite"):
        mean_interval([1.0, np.nan], bootstrap=10, seed=0)


def test_differences_have_students_interval():
    mean, low, high = student_interval([1.0, 2.0, 3.0])
    # t(0.975, 2) = 4.3027 (any table of Student's distribution), s = 1.
    assert mean == 2
    assert high - mean == pytest.approx(4.3027 / math.sqrt(3), rel=1e-4)
    assert mean - low == pytest.approx(high - mean)


def test_a_single_pair_has_no_interval():
    mean, low, high = student_interval([0.25])
    assert mean == 0.25
    assert math.isnan(low)
    assert math.isnan(high)


def test_no_pair_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        student_interval([])


def test_trainings_are_summarised_one_group_at_a_time():
    table = pd.DataFrame(
        {
            "seed": [0, 1, 2, 0, 1, 2],
            "score": ["kl"] * 3 + ["knn"] * 3,
            "auc": [1.0, 2.0, 3.0, 0.5, np.nan, np.nan],
        }
    )
    summary = over_trainings(table, "auc", by=["score"])
    assert summary["score"].to_list() == ["kl", "knn"]
    assert summary["n_seeds"].to_list() == [3, 1]
    assert summary["mean"].to_list() == [2.0, 0.5]
    assert summary["spread"][0] == 1
    assert summary["high"][0] == pytest.approx(2 + 4.3027 / math.sqrt(3), rel=1e-4)
    assert summary[["spread", "low", "high"]].iloc[1].isna().all()


def test_the_order_of_trainings_does_not_matter():
    table = pd.DataFrame(
        {"seed": range(5), "group": "a", "auc": np.random.default_rng(0).random(5)}
    )
    shuffled = table.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        over_trainings(table, "auc", by=["group"]), over_trainings(shuffled, "auc", by=["group"])
    )


def test_the_bootstrap_of_a_mean_has_the_width_of_its_standard_error():
    values = np.random.default_rng(5).normal(size=400)
    low, high = bootstrap_interval(np.mean, values, bootstrap=2000, seed=1)
    expected = 2 * 1.96 * values.std() / math.sqrt(400)
    assert high - low == pytest.approx(expected, rel=0.06)
    assert low < values.mean() < high


def test_draws_without_a_number_are_left_out():
    low, high = bootstrap_interval(lambda _: math.nan, np.ones(3), bootstrap=10, seed=0)
    assert math.isnan(low)
    assert math.isnan(high)


def test_permuted_rows_no_longer_belong_together():
    values = np.random.default_rng(2).normal(size=200)

    def correlation(a, b):
        return float(np.corrcoef(a, b)[0, 1])

    null = permutation_null(correlation, values, values, permutations=500, seed=3)
    # The correlation of n unrelated rows has the standard deviation 1/sqrt(n - 1).
    assert null.std() == pytest.approx(1 / math.sqrt(199), rel=0.15)
    assert abs(null.mean()) < 4 * null.std() / math.sqrt(500)


def test_a_p_value_counts_the_observed_as_one_of_the_draws():
    assert permutation_p_value(2.0, [0, 1, 2, 3]) == 3 / 5
    assert permutation_p_value(9.0, [0, 1, 2, 3]) == 1 / 5
