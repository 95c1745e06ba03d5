"""Labels without meaning through the whole chain, and random subsets of rows."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from sklearn.linear_model import LogisticRegression

from latentscape.evaluation import refits
from latentscape.evaluation.classifiers import out_of_fold, whole_probes
from latentscape.evaluation.intervals import auc
from latentscape.evaluation.refits import fit_shuffled, fit_subsets, where_next
from latentscape.evaluation.tasks import TaskRun

FIT = {"folds": 3, "hidden": (2,), "penalty": 1.0}


def a_run(number, rows=48, dimensions=2, distance=4.0):
    """Latents in which both labels are told apart well, until the labels are shuffled."""
    rng = np.random.default_rng(number)
    is_positive = np.arange(rows) % 3 == 0
    means = rng.normal(size=(rows, dimensions))
    means[:, 0] += distance * is_positive
    keys = pd.DataFrame({"event": np.arange(rows)})
    return TaskRun("a vs b", number, keys, means, is_positive)


def shuffled(number):
    return fit_shuffled(a_run(number), **FIT, shuffles=3, permutations=50, seed=3)


@pytest.fixture(scope="module")
def controls():
    return pd.concat([shuffled(number) for number in range(5)], ignore_index=True)


def test_shuffled_labels_give_intervals_that_hold_one_half(controls):
    # The mean of three would have to lie 5 spreads of one shuffle, 8.6 of its own, away.
    assert ((controls["low"] < 0.5) & (controls["high"] > 0.5)).all()


def test_shuffled_labels_scatter_about_one_half(controls):
    # Fits to 48 rows scatter by about 0.12 from shuffle to shuffle, the mean of 15 by 0.03.
    assert controls["auc"].mean() == pytest.approx(0.5, abs=0.1)
    assert controls["auc"].std() > 0.01


def test_fits_that_find_nothing_end_without_a_warning():
    # A large penalty leaves the network constant, and its loss flat.
    options = {**FIT, "penalty": 3.0, "shuffles": 5, "permutations": 10, "seed": 3}
    for number in range(2):
        found = fit_shuffled(a_run(number, rows=60, dimensions=3), **options)
        assert found["auc"].between(0.2, 0.8).all()


def test_the_same_probes_read_labels_that_are_not_shuffled(controls):
    run = a_run(0)
    scores = out_of_fold(run.means, run.is_positive, whole_probes(2), **FIT, seed=3)
    # The AUC is 1, and three shuffles know their spread badly: compare with their mean.
    assert (auc(scores, run.is_positive) > controls["auc"].max() + 0.2).all()


def test_judging_the_rows_that_were_fitted_is_found_out(monkeypatch):
    def in_sample(means, is_positive, probes, **_):
        score = LogisticRegression().fit(means, is_positive).decision_function(means)
        return np.repeat(score[:, None], len(probes), axis=1)

    monkeypatch.setattr(refits, "out_of_fold", in_sample)
    control = fit_shuffled(a_run(0, dimensions=20), **FIT, shuffles=4, permutations=50, seed=3)
    assert (control["low"] > 0.5).all()


def test_another_draw_lies_in_the_interval_as_often_as_said():
    rng = np.random.default_rng(1)
    draws = rng.normal(2.0, 3.0, size=(6, 2000))
    _, low, high = where_next(draws[:5])
    inside = int(((draws[5] > low) & (draws[5] < high)).sum())
    fewest, most = binom.ppf([0.0005, 0.9995], 2000, 0.95)
    assert fewest <= inside <= most


def test_the_interval_of_two_draws_follows_from_students_table():
    # t = 12.706 with one degree of freedom, s = 1/√2, √(1 + 1/2).
    mean, low, high = where_next([[0.0], [1.0]])
    half = 12.7062 * np.sqrt(0.5) * np.sqrt(1.5)
    assert (mean[0], low[0], high[0]) == pytest.approx((0.5, 0.5 - half, 0.5 + half), abs=1e-3)


def test_subsets_as_large_as_all_rows_reach_its_auc():
    run = a_run(1, distance=1.0)
    scores = out_of_fold(run.means, run.is_positive, whole_probes(2), **FIT, seed=5)
    low, high = fit_subsets(run, n_positive=99, n_negative=99, subsets=2, **FIT, seed=5)
    assert low == pytest.approx(auc(scores, run.is_positive))
    assert high == pytest.approx(low)


def test_small_subsets_scatter_more_than_large_ones():
    run = a_run(2, rows=90, distance=1.0)
    widths = []
    for n in (10, 28):
        low, high = fit_subsets(run, n_positive=n, n_negative=n, subsets=4, **FIT, seed=5)
        widths.append(float((high - low)[0]))
    assert widths[0] > widths[1] > 0
