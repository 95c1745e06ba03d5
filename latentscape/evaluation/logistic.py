"""Many logistic regressions on the same rows at once.

A draw says how often each row stands on the first and on the second of two sides: a
permutation of the sides is a draw of zeros and ones, a bootstrap sample one of counts.
All draws share the rows, so that one matrix product serves them together.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
Counts = NDArray[np.integer]

ITERATIONS = 100
# Largest change of a coefficient in the last step. The error of Newton's method is squared by each
# step, so that the fit is then exact to rounding.
TOLERANCE = 1e-6
# Rows × draws that are worked on at once: some ten megabytes per array.
_CELLS = 2**20


def blocks_of_draws(rows: int, draws: int) -> Iterator[slice]:
    """Give so many draws of so many rows in blocks that can be worked on at once."""
    size = max(1, _CELLS // rows)
    for start in range(0, draws, size):
        yield slice(start, min(start + size, draws))


def out_of_fold(
    inputs: Floats, first: Counts, second: Counts, fold: Counts, *, penalty: float
) -> Floats:
    """Return how much each row looks like the first side, fitted without the row's fold.

    Parameters
    ----------
    inputs : array of float, shape (rows, dimensions)
        Standardised values.
    first, second : array of int, shape (rows, draws)
        How often each row stands on each side.
    fold : array of int, shape (rows, draws)
        Fold of each row, from 0. Both sides must stand in at least two folds.
    penalty : float
        As in :func:`fit_logistic`.

    Returns
    -------
    array of float, shape (rows, draws)
        Log odds of the first side.
    """
    scores = np.empty(fold.shape)
    for left_out in range(int(fold.max()) + 1):
        judged = fold == left_out
        coefficients = fit_logistic(
            inputs, np.where(judged, 0, first), np.where(judged, 0, second), penalty=penalty
        )
        np.copyto(scores, coefficients[0] + inputs @ coefficients[1:], where=judged)
    return scores


def fit_logistic(inputs: Floats, first: Counts, second: Counts, *, penalty: float) -> Floats:
    """Return the coefficients of one logistic regression per draw, by Newton's method.

    Parameters
    ----------
    inputs : array of float, shape (rows, dimensions)
        Standardised values.
    first, second : array of int, shape (rows, draws)
        How often each row stands on each side.
    penalty : float
        λ > 0 of the penalty λ/2·Σβ²; the intercept is free.

    Returns
    -------
    array of float, shape (1 + dimensions, draws)
        Intercept and coefficients β of the log odds of the first side.

    Raises
    ------
    ArithmeticError
        If a fit does not converge, as when a draw has rows on one side only.

    Notes
    -----
    Iteratively reweighted least squares: T. Hastie, R. Tibshirani and J. Friedman, The Elements
    of Statistical Learning, 2nd ed. (2009), eq. 4.26. The cost grows with dimensions².
    """
    columns = np.column_stack([np.ones(len(inputs)), inputs])
    size = columns.shape[1]
    i, j = np.triu_indices(size)
    products = columns[:, i] * columns[:, j]
    ridge = np.full(size, penalty)
    ridge[0] = 0
    trials = first + second
    target = columns.T @ first
    fitted = np.zeros((size, first.shape[1]))
    curvature = np.empty((first.shape[1], size, size))
    for _ in range(ITERATIONS):
        share = expit(columns @ fitted)
        expected = trials * share
        slope = target - columns.T @ expected - ridge[:, None] * fitted
        upper = (products.T @ (expected * (1 - share))).T
        curvature[:, i, j] = upper
        curvature[:, j, i] = upper
        step = np.linalg.solve(curvature + np.diag(ridge), slope.T[:, :, None])[:, :, 0].T
        fitted += step
        if np.abs(step).max() < TOLERANCE:
            return fitted
    raise ArithmeticError(f"logistic regression: no convergence in {ITERATIONS} steps")


def auc_of_counts(scores: Floats, first: Counts, second: Counts) -> Floats:
    """Return the area under the ROC curve of each draw; tied scores count one half.

    Parameters
    ----------
    scores : array of float, shape (rows, draws)
        Score of each row, larger for the first side.
    first, second : array of int, shape (rows, draws)
        How often each row stands on each side.

    Returns
    -------
    array of float, shape (draws,)
    """
    order = np.argsort(scores, axis=0, kind="stable")
    ordered, wins, opponents = (
        np.take_along_axis(array, order, axis=0) for array in (scores, first, second)
    )
    below = np.vstack([np.zeros_like(opponents[:1]), np.cumsum(opponents, axis=0)])
    place = np.broadcast_to(np.arange(len(order))[:, None], order.shape)
    is_new = np.vstack([np.ones_like(ordered[:1], bool), ordered[1:] != ordered[:-1]])
    start = np.maximum.accumulate(np.where(is_new, place, 0), axis=0)
    is_last = np.vstack([is_new[1:], np.ones_like(is_new[:1])])
    end = np.minimum.accumulate(np.where(is_last, place + 1, len(order))[::-1], axis=0)[::-1]
    lower, upper = (np.take_along_axis(below, ends, axis=0) for ends in (start, end))
    pairs = 2 * first.sum(axis=0, dtype=float) * second.sum(axis=0)
    area: Floats = (wins * (lower + upper)).sum(axis=0) / pairs
    return area
