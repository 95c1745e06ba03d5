"""Many logistic regressions at once, against scikit-learn one by one."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from latentscape.evaluation.logistic import auc_of_counts, fit_logistic, out_of_fold

PENALTY = 0.7


def some_counts(rows=120, draws=4, seed=0):
    """Rows that stand on the two sides zero to three times, the first side higher in z0."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(rows, 3))
    first, second = rng.integers(0, 4, size=(2, rows, draws))
    first[inputs[:, 0] < -0.5] = 0
    return inputs, first, second


def the_oracle(inputs, first, second):
    both = np.concatenate([inputs, inputs])
    side = np.repeat([1, 0], len(inputs))
    fitted = LogisticRegression(C=1 / PENALTY, tol=1e-10, max_iter=1000)
    return fitted.fit(both, side, sample_weight=np.concatenate([first, second]))


def test_each_draw_is_the_regression_of_scikit_learn():
    inputs, first, second = some_counts()
    fitted = fit_logistic(inputs, first, second, penalty=PENALTY)
    for draw in range(first.shape[1]):
        oracle = the_oracle(inputs, first[:, draw], second[:, draw])
        expected = np.append(oracle.intercept_, oracle.coef_)
        np.testing.assert_allclose(fitted[:, draw], expected, atol=1e-5)


def test_perfectly_separated_rows_converge():
    inputs = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    first = np.array([[0], [0], [1], [1]])
    fitted = fit_logistic(inputs, first, 1 - first, penalty=PENALTY)
    # By symmetry the intercept is zero; the slope solves λβ = 2Σ|x|·(1 − p(|x|)).
    slope = fitted[1, 0]
    assert fitted[0, 0] == pytest.approx(0, abs=1e-9)
    assert PENALTY * slope == pytest.approx(
        2 * sum(x / (1 + np.exp(slope * x)) for x in (1.0, 2.0)), rel=1e-6
    )


def test_rows_on_one_side_only_are_refused():
    inputs, first, _ = some_counts()
    with pytest.raises((ArithmeticError, np.linalg.LinAlgError)):
        fit_logistic(inputs, first, np.zeros_like(first), penalty=PENALTY)


def test_no_row_is_judged_by_a_fit_that_saw_it():
    inputs, first, second = some_counts(draws=2)
    fold = np.random.default_rng(1).integers(3, size=first.shape)
    scores = out_of_fold(inputs, first, second, fold, penalty=PENALTY)
    for draw, left_out in ((0, 0), (1, 2)):
        judged = fold[:, draw] == left_out
        kept = [np.where(judged, 0, counts[:, draw]) for counts in (first, second)]
        expected = the_oracle(inputs, *kept).decision_function(inputs[judged])
        np.testing.assert_allclose(scores[judged, draw], expected, atol=1e-5)


def test_auc_of_counts_is_that_of_rows_repeated_with_ties():
    _, first, second = some_counts(draws=3)
    scores = np.random.default_rng(2).integers(0, 9, size=first.shape).astype(float)
    areas = auc_of_counts(scores, first, second)
    for draw, area in enumerate(areas):
        truth = np.repeat([1, 0], len(scores))
        weights = np.concatenate([first[:, draw], second[:, draw]])
        both = np.concatenate([scores[:, draw]] * 2)
        assert area == pytest.approx(roc_auc_score(truth, both, sample_weight=weights))
