"""A regression of a true factor on the latents and their squares."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int32]

# L2 penalties of coefficients, over the variance 1 of the terms they belong to.
PENALTIES = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)
# Samples are drawn in so many random blocks of rows: fits to drawn rows then cost as much in a
# large table as in a small one, where each row is a block.
BLOCKS = 1000
# Predictions that are held at once: 64 MB of float64.
_CHUNK = 2**23


@dataclass(frozen=True)
class Estimates:
    """Some numbers, from the rows as they are, from rows drawn anew and from permuted rows.

    Parameters
    ----------
    value : array of float, shape (k,)
        From the rows as they are.
    drawn : array of float, shape (bootstrap, k)
        From rows drawn anew.
    null : array of float, shape (permutations, k)
        With the rows of the factor permuted.
    """

    value: Floats
    drawn: Floats
    null: Floats


@dataclass(frozen=True)
class Readout:
    """How well one factor is read, and from which dimensions.

    Parameters
    ----------
    predicted : array of float, shape (rows,)
        Prediction of each row, fitted without its fold.
    informativeness : Estimates
        Share of the factor's variance that is predicted out of fold (R²), k = 1. The predictions
        of drawn rows stay as they are, those of permuted rows are fitted anew.
    importance : Estimates
        Standard deviation of each dimension's part of the prediction, over that of the factor,
        k dimensions. Fitted to all rows, and anew to drawn and to permuted rows.
    """

    predicted: Floats
    informativeness: Estimates
    importance: Estimates


def read_factor(
    means: Floats,
    factor: Floats,
    blocks: NDArray[np.int64],
    counts: Counts,
    permuted: Floats,
    *,
    folds: int,
    seed: int,
) -> Readout:
    """Fit a ridge regression of the factor on the latents and their squares.

    Parameters
    ----------
    means : array of float, shape (rows, dimensions)
        Latents, in the order of their key.
    factor : array of float, shape (rows,)
        The factor, without missing values; one of two classes is given as 0 and 1.
    blocks : array of int, shape (rows,)
        Block of each row.
    counts : array of int, shape (bootstrap, blocks)
        How often each block stands in each bootstrap sample.
    permuted : array of float, shape (permutations, rows)
        The factor with its rows permuted.
    folds : int
        Folds of the cross-validation.
    seed : int
        Random seed of the folds.

    Returns
    -------
    Readout

    Notes
    -----
    The penalty is chosen for each target by generalised cross-validation (G. H. Golub, M. Heath and
    G. Wahba, Technometrics 21 (1979) 215), so that what cannot be read is not fitted either. For
    a regression without squares the importance is the size of the standardised coefficient, which
    C. Eastwood and C. K. I. Williams (ICLR 2018) take from a lasso.
    """
    terms = _terms(means)
    fold = np.random.default_rng(seed).permutation(len(means)) % folds
    predicted = _cross_fit(terms, factor[:, None], fold)
    squared = (factor[:, None] - predicted) ** 2
    weights = counts[:, blocks] / counts[:, blocks].sum(axis=1, keepdims=True)
    variance = weights @ factor**2 - (weights @ factor) ** 2
    null = [
        1 - ((targets - _cross_fit(terms, targets, fold)) ** 2).mean(axis=0) / factor.var()
        for targets in _chunks(permuted)
    ]
    informativeness = Estimates(
        1 - squared.mean(axis=0) / factor.var(),
        1 - weights @ squared / variance[:, None],
        np.concatenate(null)[:, None],
    )
    return Readout(
        predicted[:, 0],
        informativeness,
        Estimates(
            _importance(terms, factor[:, None])[0],
            _importance_of_drawn(terms, factor, blocks, counts),
            np.concatenate([_importance(terms, targets) for targets in _chunks(permuted)]),
        ),
    )


def _terms(means: Floats) -> Floats:
    """Return the latents and their squares, each with mean 0 and variance 1.

    What is constant is left out by being 0. Squares are of the distance from the mean.
    """
    centred = _standardised(means)
    return np.concatenate([centred, _standardised(centred**2)], axis=1)


def _standardised(columns: Floats) -> Floats:
    spread = columns.std(axis=0)
    centred = columns - columns.mean(axis=0)
    # A constant column has a spread of rounding errors only.
    varies = spread > 1e-12 * (1 + np.abs(columns).max(axis=0))
    scaled: Floats = np.divide(centred, spread, out=np.zeros_like(centred), where=varies)
    return scaled


def _cross_fit(terms: Floats, targets: Floats, fold: NDArray[np.int64]) -> Floats:
    """Return the prediction of each row by the fit to the other folds, shape (rows, targets)."""
    predicted = np.empty(targets.shape)
    for number in range(int(fold.max()) + 1):
        judged = fold == number
        fitted, known = terms[~judged], targets[~judged]
        middle, level = fitted.mean(axis=0), known.mean(axis=0)
        coefficients = _fit(fitted - middle, known - level)
        predicted[judged] = level + (terms[judged] - middle) @ coefficients
    return predicted


def _fit(terms: Floats, targets: Floats) -> Floats:
    """Return the coefficients (terms, targets) of centred targets on centred terms."""
    rows = len(terms)
    covariance, shared = terms.T @ terms / rows, terms.T @ targets / rows
    variance = (targets**2).mean(axis=0)
    return ridge(covariance, shared, choose_penalty(covariance, shared, variance, rows=rows))


def choose_penalty(covariance: Floats, shared: Floats, variance: Floats, *, rows: int) -> Floats:
    """Return the penalty with the least error by generalised cross-validation, for each target.

    Parameters
    ----------
    covariance : array of float, shape (terms, terms)
        Covariance of the terms.
    shared : array of float, shape (terms, targets)
        Covariance of terms and targets.
    variance : array of float, shape (targets,)
        Variance of the targets.
    rows : int
        Rows that they are measured on.

    Returns
    -------
    array of float, shape (targets,)
    """
    powers, along = _along_directions(covariance, shared)[1:]
    errors = []
    for penalty in PENALTIES:
        explained = (along**2 * (powers + 2 * penalty) / (powers + penalty) ** 2).sum(axis=0)
        free = 1 - (1 + (powers / (powers + penalty)).sum()) / rows
        errors.append((variance - explained) / max(free, 1 / rows) ** 2)
    chosen: Floats = np.array(PENALTIES)[np.argmin(errors, axis=0)]
    return chosen


def ridge(covariance: Floats, shared: Floats, penalty: Floats) -> Floats:
    """Return the coefficients of ridge regressions.

    Parameters
    ----------
    covariance : array of float, shape (..., terms, terms)
        Covariance of the terms.
    shared : array of float, shape (..., terms, targets)
        Covariance of terms and targets.
    penalty : array of float, shape (targets,)
        Penalty of each target.

    Returns
    -------
    array of float, shape (..., terms, targets)
    """
    directions, powers, along = _along_directions(covariance, shared)
    coefficients: Floats = directions @ (along / (powers + penalty))
    return coefficients


def _along_directions(covariance: Floats, shared: Floats) -> tuple[Floats, Floats, Floats]:
    """Return principal directions, their variances (a column) and what targets share with them."""
    powers, directions = np.linalg.eigh(covariance)
    return (
        directions,
        np.maximum(powers, 0.0)[..., None],
        np.swapaxes(directions, -1, -2) @ shared,
    )


def _importance(terms: Floats, targets: Floats) -> Floats:
    """Return the importance of each dimension for each target, shape (targets, dimensions)."""
    coefficients = _fit(terms, targets - targets.mean(axis=0))
    sizes: Floats = _part_sizes(coefficients.T, terms) / targets.std(axis=0)[:, None]
    return sizes


def _importance_of_drawn(
    terms: Floats, factor: Floats, blocks: NDArray[np.int64], counts: Counts
) -> Floats:
    """Return the importance of each dimension in drawn samples, shape (draws, dimensions)."""
    columns = np.concatenate([np.ones((len(terms), 1)), terms, factor[:, None]], axis=1)
    size = columns.shape[1]
    order = np.argsort(blocks, kind="stable")
    starts = np.searchsorted(blocks[order], np.arange(counts.shape[1]))
    pieces = np.split(columns[order], starts[1:])
    products = np.stack([piece.T @ piece for piece in pieces]).reshape(len(pieces), -1)
    drawn = (counts @ products).reshape(-1, size, size)
    drawn /= drawn[:, :1, :1].copy()
    covariance = drawn[:, 1:, 1:] - drawn[:, 1:, :1] * drawn[:, :1, 1:]
    variance = covariance[:, -1, -1:]
    # The penalty stays: rows that are drawn twice would call for one that is too small.
    whole = np.cov(columns[:, 1:], rowvar=False, bias=True)
    penalty = choose_penalty(whole[:-1, :-1], whole[:-1, -1:], whole[-1, -1:], rows=len(terms))
    coefficients = ridge(covariance[:, :-1, :-1], covariance[:, :-1, -1:], penalty)
    sizes: Floats = _part_sizes(coefficients[:, :, 0], terms) / np.sqrt(variance)
    return sizes


def _part_sizes(coefficients: Floats, terms: Floats) -> Floats:
    """Return the standard deviation of each dimension's linear and squared part together."""
    dimensions = terms.shape[1] // 2
    linear, square = coefficients[:, :dimensions], coefficients[:, dimensions:]
    shared = (terms[:, :dimensions] * terms[:, dimensions:]).mean(axis=0)
    squared = linear**2 + square**2 + 2 * linear * square * shared
    sizes: Floats = np.sqrt(np.maximum(squared, 0.0))
    return sizes


def _chunks(permuted: Floats) -> Iterator[Floats]:
    """Give some permutations at a time, shape (rows, permutations)."""
    size = max(1, _CHUNK // permuted.shape[1])
    for start in range(0, len(permuted), size):
        yield permuted[start : start + size].T
