"""Several AUC on rows that they share, with the same bootstrap draws."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# Rows × draws of weights that are held at once: 16 MB.
_CHUNK = 2**21


def stratified_draws(strata: ArrayLike, *, bootstrap: int, seed: int) -> Iterator[Floats]:
    """Give how often each row stands in bootstrap samples that keep the size of each stratum.

    Parameters
    ----------
    strata : array, shape (rows,)
        Stratum of each row; give the rows in the order of their key.
    bootstrap : int
        Number of draws in all.
    seed : int
        Random seed.

    Yields
    ------
    array of float, shape (rows, draws)
        Some of the draws, as many as fit into memory at once.
    """
    rng = np.random.default_rng(seed)
    _, number = np.unique(np.asarray(strata), return_inverse=True)
    members = [np.flatnonzero(number == stratum) for stratum in range(number.max() + 1)]
    for draws in _portions(len(number), bootstrap):
        counts = np.empty((len(number), draws))
        for rows in members:
            picks = rng.integers(len(rows), size=(len(rows), draws)) * draws + np.arange(draws)
            drawn = np.bincount(picks.ravel(), minlength=len(rows) * draws)
            counts[rows] = drawn.reshape(len(rows), draws)
        yield counts


def permuted_labels(
    labels: NDArray[np.intp], *, permutations: int, seed: int
) -> Iterator[NDArray[np.intp]]:
    """Give the labels in random orders, as arrays (rows, draws), some of them at once."""
    rng = np.random.default_rng(seed)
    for draws in _portions(len(labels), permutations):
        yield rng.permuted(np.tile(labels[:, None], (1, draws)), axis=0)


def auc_of_weights(scores: Floats, positive: Floats, negative: Floats) -> Floats:
    """Return the area under the ROC curve of one score for many weightings of its rows.

    Parameters
    ----------
    scores : array of float, shape (rows,)
        One score per row; tied rows count one half.
    positive, negative : array of float, shape (rows, draws)
        Weight of each row as one that should score high, and as one that should score low.

    Returns
    -------
    array of float, shape (draws,)
    """
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    winners = np.add.reduceat(positive[order], first, axis=0)
    losers = np.add.reduceat(negative[order], first, axis=0)
    # Half of the equal ones, and all that score less.
    beaten = np.cumsum(losers, axis=0) - losers / 2
    pairs = positive.sum(axis=0) * negative.sum(axis=0)
    area: Floats = np.einsum("id,id->d", winners, beaten) / pairs
    return area


def _portions(rows: int, draws: int) -> Iterator[int]:
    size = max(1, _CHUNK // rows)
    for start in range(0, draws, size):
        yield min(size, draws - start)
