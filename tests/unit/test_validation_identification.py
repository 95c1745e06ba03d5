"""Performance of the PID statistics: AUC, efficiency, purity, ROC, and shuffled species."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score, roc_curve

from latentscape.lartpc.validation import identification
from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.identification import (
    check_shuffled_species,
    measure_performance,
    trace_roc,
)
from latentscape.lartpc.validation.tables import PID_PERFORMANCE, PID_ROC, PID_SCORES

PAIR = ("kaon", "proton")


def scores_of(kaon, proton, *, momentum=400.0, threshold=0.0) -> pd.DataFrame:
    """Scores of kaons and protons, in events with growing numbers."""
    score = np.concatenate([kaon, proton]).astype(float)
    columns = {"source": "external", "statistic": "chi2", "signal": "kaon", "background": "proton"}
    columns |= {"sample": "beam", "run": 1, "subrun": 0, "event": np.arange(len(score))}
    columns |= {"track": 0, "species": np.repeat(PAIR, [len(kaon), len(proton)])}
    columns |= {"momentum": momentum, "length": 10.0, "score": score, "threshold": threshold}
    columns |= {"leaves": False}
    return PID_SCORES.check(pd.DataFrame(columns))


def measured_of(scores: pd.DataFrame, **options) -> pd.DataFrame:
    given_options = {"momentum_edges": (300, 500), "length_edges": (50, 60), "seed": 1}
    given_options |= {"bootstrap": 50, "permutations": 50}
    return measure_performance(scores, **(given_options | options))


def overall(scores: pd.DataFrame, **options) -> pd.Series:
    rows = measured_of(scores, **options)
    return rows[rows["binned_by"] == "all"].iloc[0]


numbers = st.lists(st.integers(-5, 5), min_size=1, max_size=12)


@settings(deadline=None, max_examples=20)
@given(kaon=numbers, proton=numbers)
def test_the_auc_is_that_of_scikit_learn(kaon, proton):
    labels = np.repeat([1, 0], [len(kaon), len(proton)])
    row = overall(scores_of(kaon, proton), bootstrap=2, permutations=2)
    assert row["auc"] == pytest.approx(roc_auc_score(labels, kaon + proton), abs=1e-12)


def test_efficiency_and_purities_are_those_counted_by_hand():
    # Accepted are 3 of 4 kaons and 2 of 8 protons.
    row = overall(scores_of([1, 2, 3, -1], [1, 1, -1, -1, -2, -3, -4, -5]))
    assert (row["n_signal"], row["n_background"]) == (4, 8)
    assert row["efficiency"] == 0.75
    assert row["mistaken"] == 0.25
    assert row["purity"] == 0.75 / (0.75 + 0.25)
    assert row["found_purity"] == 3 / 5
    expected = binomtest(3, 4).proportion_ci(0.95, "wilson")
    assert (row["efficiency_low"], row["efficiency_high"]) == pytest.approx(tuple(expected))


def test_a_score_at_the_threshold_is_not_accepted():
    assert overall(scores_of([1, 2], [0, 1], threshold=1.0))["efficiency"] == 0.5


def test_the_interval_of_the_purity_is_that_of_propagated_errors():
    n, kept, mistaken = 2000, 0.8, 0.3
    kaon = np.where(np.arange(n) < kept * n, 1, -1)
    proton = np.where(np.arange(n) < mistaken * n, 1, -1)
    row = overall(scores_of(kaon, proton), bootstrap=4000, permutations=2)
    relative = np.hypot(*(np.sqrt((1 - share) / share / n) for share in (kept, mistaken)))
    half = 1.96 * row["purity"] * (1 - row["purity"]) * relative
    assert row["purity_high"] - row["purity"] == pytest.approx(half, rel=0.15)
    assert row["purity"] - row["purity_low"] == pytest.approx(half, rel=0.15)


def test_a_purity_of_one_is_known_no_better_than_the_counts_allow():
    row = overall(scores_of([1] * 20, [-1] * 20), bootstrap=2000)
    assert row["purity"] == row["purity_high"] == 1
    assert 0.8 < row["purity_low"] < 0.95


def test_events_without_a_score_are_counted_and_left_out():
    row = overall(scores_of([1, np.nan, 2], [-1, -2, np.nan, np.nan]))
    assert (row["signal_without"], row["background_without"]) == (1, 2)
    assert (row["n_signal"], row["n_background"], row["efficiency"]) == (2, 2, 1.0)


def test_a_bin_holds_its_lower_edge_and_not_its_upper_one():
    momentum = np.tile([300.0, 399.0, 400.0], 20)
    scores = scores_of(np.ones(30), -np.ones(30), momentum=momentum)
    rows = measured_of(scores, momentum_edges=(300, 400, 500)).set_index("bin_low")
    in_momentum = rows[rows["binned_by"] == "momentum"]
    assert in_momentum["n_signal"].to_dict() == {300: 20, 400: 10}


def test_a_bin_with_few_tracks_of_one_species_is_left_out():
    rows = measured_of(scores_of(np.ones(9), -np.ones(50)))
    assert rows["binned_by"].tolist() == ["all"]


def test_a_pair_of_which_one_species_is_missing_has_counts_alone():
    scores = scores_of([1, 2], [np.nan])
    row = overall(scores)
    assert (row["n_signal"], row["n_background"], row["background_without"]) == (2, 0, 1)
    assert np.isnan([row["auc"], row["efficiency"], row["purity"]]).all()
    assert trace_roc(scores, roc_points=5, bootstrap=2, seed=1).empty


def test_without_a_threshold_nothing_is_decided():
    row = overall(scores_of([1, 2], [0, 1], threshold=np.nan))
    assert row["auc"] == pytest.approx(3.5 / 4)
    assert np.isnan([row["efficiency"], row["mistaken"], row["purity"]]).all()


def overlapping(n: int = 80) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    return scores_of(rng.normal(1, 1, n), rng.normal(-1, 1, n), momentum=rng.uniform(0, 900, 2 * n))


def test_shuffled_rows_give_the_same_performance_and_curves():
    scores = overlapping()
    shuffled = scores.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(measured_of(scores), measured_of(shuffled))
    curves = [trace_roc(s, roc_points=9, bootstrap=20, seed=1) for s in (scores, shuffled)]
    pd.testing.assert_frame_equal(*curves)


def test_performance_and_curves_are_valid_tables():
    scores = overlapping()
    for table, declared in (
        (measured_of(scores), PID_PERFORMANCE),
        (trace_roc(scores, roc_points=9, bootstrap=20, seed=1), PID_ROC),
    ):
        pd.testing.assert_frame_equal(table, declared.check(table))


@settings(deadline=None, max_examples=25)
@given(kaon=numbers, proton=numbers)
def test_the_roc_curve_is_that_of_scikit_learn(kaon, proton):
    labels = np.repeat([1, 0], [len(kaon), len(proton)])
    rates, found, _ = roc_curve(labels, kaon + proton, drop_intermediate=False)
    curve = trace_roc(scores_of(kaon, proton), roc_points=8, bootstrap=2, seed=1)
    expected = [found[rates <= rate + 1e-9].max() for rate in curve["mistaken"]]
    assert curve["efficiency"].tolist() == pytest.approx(expected)


def test_the_band_of_a_curve_has_the_binomial_width():
    # At half of the background accepted the threshold lies among many scores: 0.8 of the signal.
    n = 1000
    kaon = np.where(np.arange(n) < 0.8 * n, 10.0, -10.0)
    curve = trace_roc(scores_of(kaon, np.arange(n) / n), roc_points=101, bootstrap=1000, seed=3)
    row = curve[curve["mistaken"] > 0.5].iloc[0]
    half = 1.96 * np.sqrt(0.8 * 0.2 / n)
    assert row["efficiency"] == pytest.approx(0.8)
    assert row["efficiency_high"] - 0.8 == pytest.approx(half, rel=0.15)
    assert 0.8 - row["efficiency_low"] == pytest.approx(half, rel=0.15)


def test_particles_that_leave_are_counted_and_left_out():
    scores = scores_of([1, 2, -9, -9], [-1, -2, 9]).assign(leaves=[0, 0, 1, 1, 0, 0, 1])
    row = overall(scores.astype({"leaves": bool}))
    assert (row["n_signal"], row["n_background"]) == (2, 2)
    assert (row["signal_left"], row["background_left"]) == (2, 1)
    assert (row["auc"], row["efficiency"], row["efficiency_of_all"]) == (1, 1, 1)


def test_a_curve_does_not_know_particles_that_leave():
    scores = scores_of([1, 2, -9], [-1, -2, 9]).assign(leaves=[False, False, True] * 2)
    curve = trace_roc(scores, roc_points=5, bootstrap=2, seed=1)
    assert (curve["efficiency"] == 1).all()


def test_an_efficiency_of_all_counts_events_without_a_score():
    # Of 5 kaons 2 are accepted; 4 of them have a score.
    row = overall(scores_of([1, 2, -1, -2, np.nan], [-1, -2, np.nan]))
    assert (row["efficiency"], row["efficiency_of_all"]) == (2 / 4, 2 / 5)
    expected = binomtest(2, 5).proportion_ci(0.95, "wilson")
    interval = row[["efficiency_of_all_low", "efficiency_of_all_high"]]
    assert tuple(interval) == pytest.approx(tuple(expected))


def test_the_auc_of_shuffled_species_is_a_half_within_mann_and_whitneys_error():
    table = as_table(check_shuffled_species(scores_of([1] * 50, [-1] * 50), pair=PAIR, seed=1))
    assert table["verdict"].tolist() == ["pass"]
    # 50 against 50: the standard deviation of the Mann-Whitney statistic over n m.
    assert table["uncertainty"].tolist() == pytest.approx([np.sqrt(101 / 12) / 50])


def test_an_auc_that_favours_the_signal_fails(monkeypatch):
    sound = identification.auc
    monkeypatch.setattr(identification, "auc", lambda *given: sound(*given) + 0.3)
    checks = check_shuffled_species(overlapping(), pair=PAIR, seed=1)
    assert [check.verdict for check in checks] == ["fail"]


def test_shuffled_rows_give_the_same_shuffled_auc():
    scores = overlapping()
    one, other = (
        check_shuffled_species(table, pair=PAIR, seed=1)
        for table in (scores, scores.sample(frac=1, random_state=2))
    )
    assert one == other


def test_a_pair_without_one_species_has_no_shuffled_auc():
    assert not check_shuffled_species(scores_of([1, 2], [np.nan]), pair=PAIR, seed=1)
