"""Rank correlations of latent dimensions with features, and of features with each other."""

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata
from threadpoolctl import threadpool_limits

from latentscape.errors import InputError
from latentscape.evaluation.intervals import finite_ends
from latentscape.evaluation.latents import by_training, dimension_names
from latentscape.evaluation.tables.content import CORRELATIONS
from latentscape.keys import join, sort_by_key
from latentscape.progress import progress

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

EVERY_LABEL = "all"
ESTIMATES = ("spearman", "low", "high", "null_low", "null_high")
# Two rows always correlate perfectly.
FEWEST_ROWS = 3


def correlate(
    latents: pd.DataFrame,
    features: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    names: Sequence[str],
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return Spearman's correlation of every latent dimension and feature with every feature.

    Rows that stand in all tables, and in every training, are used, whatever
    their part: the correlation is not fitted. A row in which one of the two
    values is missing is left out of that pair alone. Pairs of features do not
    depend on the training; they are repeated under each number, in both
    orders and with the diagonal, so that the rows of one training are the
    whole matrix.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``mean``.
    features : DataFrame
        The key and the named features; NaN is missing.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    names : sequence of str
        The features.
    bootstrap : int
        Draws of the interval: rows are resampled and ranked anew.
    permutations : int
        Permutations of the null: one side of every pair is shuffled.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        Table ``correlations``, for all rows (group ``all``) and for each label.
        Where a value is constant, or fewer than 3 rows have both, it is missing.

    Raises
    ------
    InputError
        If a feature is unknown, no row stands in all tables, or a label is called ``all``.
    """
    rows, columns = _combine(latents, features, labels, key, names)
    groups = [EVERY_LABEL, *sorted(rows["label"].unique())]
    if EVERY_LABEL in groups[1:]:
        raise InputError(f"labels: a label may not be called {EVERY_LABEL!r}.")
    values = rows[list(range(len(columns)))].to_numpy(np.float64)
    tables = []
    for group in progress(groups, len(groups), unit="groups"):
        chosen = values if group == EVERY_LABEL else values[(rows["label"] == group).to_numpy()]
        estimates, counts = correlation_matrix(
            chosen, bootstrap=bootstrap, permutations=permutations, seed=seed
        )
        tables.append(_tabulate(estimates, counts, columns, names).assign(group=group))
    return CORRELATIONS.check(pd.concat(tables, ignore_index=True))


def correlation_matrix(
    values: Floats, *, bootstrap: int, permutations: int, seed: int
) -> tuple[Floats, NDArray[np.int64]]:
    """Return the rank correlations of all pairs of columns.

    Parameters
    ----------
    values : array of float, shape (rows, columns)
        NaN is missing. Give the rows in the order of their key: the drawn
        rows depend on their order.
    bootstrap, permutations, seed
        As in :func:`correlate`.

    Returns
    -------
    estimates : array of float, shape (5, columns, columns)
        Correlation, ends of its interval, ends of its null; NaN where undefined.
    counts : array of int, shape (columns, columns)
        Rows in which both values are present.
    """
    present = ~np.isnan(values)
    counts = present.T.astype(np.int64) @ present.astype(np.int64)
    estimates = np.full((len(ESTIMATES), *counts.shape), np.nan)
    # One thread: the products are small, and waiting threads would cost more than they save.
    with threadpool_limits(limits=1):
        for rows, columns in _blocks(present):
            if rows.sum() >= FEWEST_ROWS:
                block = _estimate(
                    values[np.ix_(rows, columns)].T,
                    bootstrap=bootstrap,
                    permutations=permutations,
                    rng=np.random.default_rng(seed),
                )
                complete = counts[np.ix_(columns, columns)] == rows.sum()
                at = np.ix_(columns, columns)
                for estimate, found in zip(estimates, block, strict=True):
                    estimate[at] = np.where(complete, found, estimate[at])
    upper = np.triu(np.ones(counts.shape, dtype=bool))
    return np.where(upper, estimates, estimates.transpose(0, 2, 1)), counts


def _combine(
    latents: pd.DataFrame,
    features: pd.DataFrame,
    labels: pd.DataFrame,
    key: Sequence[str],
    names: Sequence[str],
) -> tuple[pd.DataFrame, list[tuple[int | None, str]]]:
    """Join all tables; value columns are numbered, and named by (training, name)."""
    unknown = [name for name in names if name not in features.columns]
    if unknown:
        raise InputError(f"features: no column {unknown[0]!r}; found {list(features.columns)}.")
    columns: list[tuple[int | None, str]] = [(None, name) for name in names]
    numbered = dict(zip(names, range(len(names)), strict=True))
    rows = features[[*key, *names]].rename(columns=numbered)
    rows = join(rows, labels[[*key, "label"]], key, what="features with labels")
    for number, frame, means in by_training(latents, key):
        first, dimensions = len(columns), means.shape[1]
        values = pd.DataFrame(means, columns=range(first, first + dimensions))
        values = pd.concat([frame[list(key)], values], axis=1)
        rows = join(rows, values, key, what=f"features with latents of training {number}")
        columns += [(number, name) for name in dimension_names(dimensions)]
    if rows.empty:
        raise InputError("correlation: no row stands in the latents, the features and the labels.")
    return sort_by_key(rows, key), columns


def _blocks(
    present: NDArray[np.bool_],
) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.intp]]]:
    """Give the sets of rows that pairs of columns have in common, and the columns of such pairs.

    Within a block, the pairs with exactly as many common rows as the block belong to it.
    """
    patterns, which = np.unique(present, axis=1, return_inverse=True)
    kinds = range(patterns.shape[1])
    for one, other in combinations_with_replacement(kinds, 2):
        columns = np.flatnonzero((which == one) | (which == other))
        yield patterns[:, one] & patterns[:, other], columns


def _estimate(
    values: Floats, *, bootstrap: int, permutations: int, rng: np.random.Generator
) -> Floats:
    """Estimate all pairs of complete columns (here: columns, rows), as (5, columns, columns)."""
    rows = values.shape[1]
    codes = _rank_codes(values)
    ranks = _centred_ranks(codes)
    variance = np.diagonal(ranks @ ranks.T)
    value = _normalised(ranks @ ranks.T, variance)
    draws, null = [], []
    for _ in range(bootstrap):
        resampled = _centred_ranks(codes[:, rng.integers(rows, size=rows)])
        products = resampled @ resampled.T
        draws.append(_normalised(products, np.diagonal(products)))
    for _ in range(permutations):
        null.append(_normalised(ranks[:, rng.permutation(rows)] @ ranks.T, variance))
    return np.stack([value, *finite_ends(np.stack(draws)), *finite_ends(np.stack(null))])


def _rank_codes(values: Floats) -> Codes:
    """Return numbers of the distinct values, upwards; column i starts at i times the rows."""
    columns, rows = values.shape
    ranks = rankdata(values, method="dense", axis=1).astype(np.intp)
    codes: Codes = ranks - 1 + rows * np.arange(columns)[:, None]
    return codes


def _centred_ranks(codes: Codes) -> Floats:
    """Return the mid-ranks of each column's values, minus their mean.

    With c equal values, the last of them at position e, the mid-rank is
    e - (c - 1)/2, and the mean of n ranks is (n + 1)/2.
    """
    columns, rows = codes.shape
    counts = np.bincount(codes.ravel(), minlength=codes.size).reshape(columns, rows)
    by_code = np.cumsum(counts, axis=1) - (counts + rows) / 2
    ranks: Floats = by_code.take(codes)
    return ranks


def _normalised(products: Floats, variance: Floats) -> Floats:
    """Return products of centred columns as correlations; NaN where a column is constant."""
    scale = np.sqrt(np.outer(variance, variance))
    correlations = np.full(scale.shape, np.nan)
    np.divide(products, scale, out=correlations, where=scale > 0)
    return correlations


def _tabulate(
    estimates: Floats,
    counts: NDArray[np.int64],
    columns: Sequence[tuple[int | None, str]],
    names: Sequence[str],
) -> pd.DataFrame:
    """One row per training and pair."""
    numbers = sorted({number for number, _ in columns if number is not None})
    tables = []
    for number in numbers:
        own = [i for i, (training, _) in enumerate(columns) if training in {number, None}]
        pairs = pd.MultiIndex.from_product(
            [[columns[i][1] for i in own], names], names=["row", "column"]
        ).to_frame(index=False)
        chosen = np.ix_(own, range(len(names)))
        values = {
            name: found[chosen].ravel() for name, found in zip(ESTIMATES, estimates, strict=True)
        }
        tables.append(pairs.assign(seed=number, n=counts[chosen].ravel(), **values))
    return pd.concat(tables, ignore_index=True)
