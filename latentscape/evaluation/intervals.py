"""Intervals and permutation nulls of the numbers that the analyses report.

Every interval is central and holds 95 %. Bootstrap intervals are percentile
intervals (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13).
"""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from scipy.stats import rankdata
from scipy.stats import t as student

Floats = NDArray[np.float64]

LEVEL = 0.95
TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)

# Rows × draws that are worked on at once: a megabyte of float64 stays in the processor's cache.
_CHUNK = 2**17


def wilson(successes: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats]:
    """Return Wilson's score interval of a fraction.

    Parameters
    ----------
    successes, trials : array of int
        Counts, 0 ≤ successes ≤ trials.

    Returns
    -------
    low, high : array of float
        Ends of the interval; 0 and 1 where there is no trial.

    Raises
    ------
    ValueError
        If there are more successes than trials, or fewer than none.

    Notes
    -----
    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209.
    """
    k, n = np.broadcast_arrays(np.asarray(successes, float), np.asarray(trials, float))
    if np.any((k < 0) | (k > n)):
        raise ValueError("wilson: need 0 ≤ successes ≤ trials")
    some = np.maximum(n, 1)
    fraction = k / some
    z2 = ndtri(TAILS[1]) ** 2
    centre = (fraction + z2 / (2 * some)) / (1 + z2 / some)
    spread = np.sqrt(fraction * (1 - fraction) * z2 / some + (z2 / (2 * some)) ** 2)
    half = spread / (1 + z2 / some)
    # Rounding must not leave the exact ends of an empty or full count just outside [0, 1].
    low = np.where(k > 0, centre - half, 0.0)
    high = np.where(k < n, centre + half, 1.0)
    return low, high


def mean_interval(values: ArrayLike, *, bootstrap: int, seed: int) -> tuple[float, float]:
    """Return the bootstrap interval of a mean.

    Parameters
    ----------
    values : array of float, shape (rows,)
        Values of independent rows.
    bootstrap : int
        Number of draws.
    seed : int
        Random seed.

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        If there is no value or one is not finite.
    """
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or sample.size == 0 or not np.isfinite(sample).all():
        raise ValueError("mean_interval: need finite values in one dimension, at least one")
    rng = np.random.default_rng(seed)
    means = [
        sample[rng.integers(sample.size, size=(draws, sample.size))].mean(axis=1)
        for draws in _chunks(sample.size, bootstrap)
    ]
    low, high = np.quantile(np.concatenate(means), TAILS)
    return float(low), float(high)


def student_interval(values: ArrayLike) -> tuple[float, float, float]:
    """Return the mean of a few values with Student's interval.

    Parameters
    ----------
    values : array of float, shape (n,)
        One value per training, or one difference per pair of trainings.

    Returns
    -------
    mean, low, high : float
        Ends that are not a number for a single value, which knows nothing of its spread.

    Raises
    ------
    ValueError
        If there is no value.

    Notes
    -----
    Student, Biometrika 6 (1908) 1: normal values of unknown variance.
    """
    sample = np.asarray(values, dtype=float)
    if not sample.size:
        raise ValueError("student_interval: need at least one value")
    mean = float(sample.mean())
    if sample.size == 1:
        return mean, math.nan, math.nan
    error = sample.std(ddof=1) / math.sqrt(sample.size)
    half = float(student.ppf(TAILS[1], sample.size - 1) * error)
    return mean, mean - half, mean + half


def over_trainings(table: pd.DataFrame, value: str, *, by: Sequence[str]) -> pd.DataFrame:
    """Summarise a column of a table over the trainings of a model.

    Parameters
    ----------
    table : DataFrame
        Columns ``seed``, ``by`` and the value; each training once per ``by``.
    value : str
        Column that is summarised; missing values are left out.
    by : sequence of str
        Columns that tell the rows of one training apart.

    Returns
    -------
    DataFrame
        Columns ``by``, ``n_seeds``, ``mean``, ``spread`` (standard deviation over the trainings,
        NaN for one), ``low`` and ``high`` (Student's interval of the mean), sorted by ``by``.
        Groups without any value are left out.
    """
    rows = []
    known = table[table[value].notna()]
    for names, group in known.groupby(list(by), sort=True):
        values = group.sort_values("seed")[value].to_numpy(dtype=float)
        mean, low, high = student_interval(values)
        spread = float(values.std(ddof=1)) if len(values) > 1 else math.nan
        own = dict(zip(by, names, strict=True))
        summary = {"n_seeds": len(values), "mean": mean, "spread": spread, "low": low, "high": high}
        rows.append({**own, **summary})
    columns = [*by, "n_seeds", "mean", "spread", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def bootstrap_interval(
    statistic: Callable[..., float], *arrays: np.ndarray, bootstrap: int, seed: int
) -> tuple[float, float]:
    """Return the bootstrap interval of any statistic of paired rows.

    Parameters
    ----------
    statistic : callable
        Takes the arrays, with rows drawn, and returns a number; a draw for which that is not
        finite is left out.
    *arrays : array, shape (rows, …)
        Arrays with the same rows, in the order of their key.
    bootstrap : int
        Number of draws.
    seed : int
        Random seed.

    Returns
    -------
    low, high : float
        NaN if no draw gave a number.
    """
    rng = np.random.default_rng(seed)
    rows = len(arrays[0])
    picks = (rng.integers(rows, size=rows) for _ in range(bootstrap))
    draws = [statistic(*(array[drawn] for array in arrays)) for drawn in picks]
    low, high = finite_ends(draws).tolist()
    return low, high


def permutation_null(
    statistic: Callable[..., float],
    fixed: np.ndarray,
    shuffled: np.ndarray,
    *,
    permutations: int,
    seed: int,
) -> Floats:
    """Return a statistic of two arrays whose rows no longer belong together.

    Parameters
    ----------
    statistic : callable
        Takes ``fixed`` and ``shuffled`` and returns a number.
    fixed, shuffled : array, shape (rows, …)
        Arrays in the order of their key; the rows of the second are permuted.
    permutations : int
        Number of permutations.
    seed : int
        Random seed.

    Returns
    -------
    array of float, shape (permutations,)
    """
    rng = np.random.default_rng(seed)
    return np.array([statistic(fixed, rng.permutation(shuffled)) for _ in range(permutations)])


def permutation_p_value(observed: float, null: ArrayLike) -> float:
    """Return how often chance alone reaches a statistic: (1 + #{null ≥ observed}) / (1 + n).

    Notes
    -----
    B. Phipson and G. K. Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39: never zero.
    """
    draws = np.asarray(null, dtype=float)
    return float((1 + np.count_nonzero(draws >= observed)) / (1 + draws.size))


def finite_ends(draws: ArrayLike) -> Floats:
    """Return the ends of the central interval of the draws that are finite.

    Parameters
    ----------
    draws : array of float, shape (draws, …)
        One or many values per draw.

    Returns
    -------
    array of float, shape (2, …)
        The lower and the upper end of each value; NaN where no draw is finite.
    """
    samples = np.asarray(draws, dtype=float)
    values = samples.reshape(len(samples), math.prod(samples.shape[1:]))
    is_finite = np.isfinite(values)
    some = is_finite.any(axis=0)
    every = some & is_finite.all(axis=0)
    ends = np.full((2, values.shape[1]), np.nan)
    if every.any():
        ends[:, every] = np.quantile(values[:, every], TAILS, axis=0)
    for place in np.flatnonzero(some & ~every):
        ends[:, place] = np.quantile(values[is_finite[:, place], place], TAILS)
    return ends.reshape(2, *samples.shape[1:])


def auc(scores: ArrayLike, is_positive: ArrayLike) -> Floats:
    """Return the area under the ROC curve by the Mann-Whitney statistic.

    Parameters
    ----------
    scores : array of float, shape (rows,) or (rows, k)
        One or several scores per row; tied rows count one half.
    is_positive : array of bool, shape (rows,)
        Which rows should score high.

    Returns
    -------
    array of float, shape (k,)
        One area per score; shape (1,) for a single score.

    Raises
    ------
    ValueError
        If one kind of row is missing, or a score is not finite.
    """
    matrix, positive = _checked(scores, is_positive)
    areas = _auc_of_labels(rankdata(matrix, axis=0), positive[None, :].astype(float))
    one_set: Floats = areas[0]
    return one_set


def auc_bootstrap(
    scores: ArrayLike, is_positive: ArrayLike, *, bootstrap: int, seed: int
) -> Floats:
    """Return the AUC of bootstrap samples, stratified by the kind of row.

    Parameters
    ----------
    scores, is_positive
        As in :func:`auc`. Give the rows in the order of their key: the drawn
        rows depend on their order.
    bootstrap : int
        Number of draws. All scores share them, so differences of their
        columns are paired.
    seed : int
        Random seed.

    Returns
    -------
    array of float, shape (draws, k)
    """
    matrix, positive = _checked(scores, is_positive)
    rng = np.random.default_rng(seed)
    counts = (int(positive.sum()), int((~positive).sum()))
    orders = [_ranked_against(column[positive], column[~positive]) for column in matrix.T]
    samples = []
    for draws in _chunks(positive.size, bootstrap):
        weights, opponents = (_resampled_counts(rows, draws, rng) for rows in counts)
        areas = [_auc_of_counts(weights, opponents, *order) for order in orders]
        samples.append(np.stack(areas, axis=1))
    return np.concatenate(samples)


def auc_null(scores: ArrayLike, is_positive: ArrayLike, *, permutations: int, seed: int) -> Floats:
    """Return the AUC of the same scores under permuted labels.

    Parameters
    ----------
    scores, is_positive
        As in :func:`auc_bootstrap`.
    permutations : int
        Number of permutations, shared by all scores.
    seed : int
        Random seed.

    Returns
    -------
    array of float, shape (permutations, k)
    """
    matrix, positive = _checked(scores, is_positive)
    rng = np.random.default_rng(seed)
    ranks = rankdata(matrix, axis=0)
    samples = []
    for draws in _chunks(positive.size, permutations):
        labels = rng.permuted(np.tile(positive.astype(float), (draws, 1)), axis=1)
        samples.append(_auc_of_labels(ranks, labels))
    return np.concatenate(samples)


def summarise_auc(
    scores: ArrayLike,
    is_positive: ArrayLike,
    *,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return the AUC of each score with its interval and its permutation null.

    Parameters
    ----------
    scores, is_positive, bootstrap, permutations, seed
        As in :func:`auc_bootstrap` and :func:`auc_null`.

    Returns
    -------
    DataFrame
        Columns ``auc``, ``low``, ``high``, ``null_low``, ``null_high``; one row per score.
    """
    draws = auc_bootstrap(scores, is_positive, bootstrap=bootstrap, seed=seed)
    null = auc_null(scores, is_positive, permutations=permutations, seed=seed)
    low, high = np.quantile(draws, TAILS, axis=0)
    null_low, null_high = np.quantile(null, TAILS, axis=0)
    return pd.DataFrame(
        {
            "auc": auc(scores, is_positive),
            "low": low,
            "high": high,
            "null_low": null_low,
            "null_high": null_high,
        }
    )


def _checked(scores: ArrayLike, is_positive: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    matrix = np.asarray(scores, dtype=np.float64)
    matrix = matrix[:, None] if matrix.ndim == 1 else matrix
    positive = np.asarray(is_positive, dtype=bool)
    if positive.shape != matrix.shape[:1]:
        raise ValueError(f"AUC: {matrix.shape[0]} rows of scores, but labels {positive.shape}")
    if positive.all() or not positive.any():
        raise ValueError("AUC: need rows of both kinds")
    if not np.isfinite(matrix).all():
        raise ValueError("AUC: a score is not finite")
    return matrix, positive


def _chunks(rows: int, draws: int) -> Iterator[int]:
    size = max(1, _CHUNK // rows)
    for start in range(0, draws, size):
        yield min(size, draws - start)


def _auc_of_labels(ranks: Floats, labels: Floats) -> Floats:
    """AUC of ranks (rows, k) for each set of labels (draws, rows), as (draws, k)."""
    positives = labels.sum(axis=1, keepdims=True)
    negatives = labels.shape[1] - positives
    statistic = labels @ ranks - positives * (positives + 1) / 2
    area: Floats = statistic / (positives * negatives)
    return area


def _resampled_counts(rows: int, draws: int, rng: np.random.Generator) -> Floats:
    """How often each row stands in each bootstrap sample, shape (rows, draws)."""
    picks = rng.integers(rows, size=(rows, draws)) * draws + np.arange(draws)
    counts = np.bincount(picks.ravel(), minlength=rows * draws)
    return counts.reshape(rows, draws).astype(np.float64)


def _ranked_against(
    positive: Floats, negative: Floats
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Order of the negatives, and how many lie below and not above each positive."""
    order = np.argsort(negative, kind="stable")
    ordered = negative[order]
    below = np.searchsorted(ordered, positive, side="left")
    not_above = np.searchsorted(ordered, positive, side="right")
    return order, below, not_above


def _auc_of_counts(
    positive: Floats,
    negative: Floats,
    order: NDArray[np.intp],
    below: NDArray[np.intp],
    not_above: NDArray[np.intp],
) -> Floats:
    """AUC of each bootstrap sample, from the counts of its rows (rows, draws)."""
    cumulated = np.zeros((len(order) + 1, negative.shape[1]))
    np.cumsum(negative[order], axis=0, out=cumulated[1:])
    wins = np.einsum("id,id->d", positive, cumulated[below] + cumulated[not_above])
    area: Floats = wins / (2 * len(below) * len(order))
    return area
