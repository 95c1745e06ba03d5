"""Tables of counts: rows by two groupings, drawn anew or with one grouping permuted; entropy.

A statistic of such a table alone needs no rows to be drawn, however many there are.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy
from scipy.stats import random_table

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def draw_tables(table: Counts, *, bootstrap: int, rng: np.random.Generator) -> Counts:
    """Return the tables of bootstrap samples of the rows.

    Parameters
    ----------
    table : array of int, shape (r, c)
        Counts of the rows by both groupings.
    bootstrap : int
        Number of draws.
    rng : Generator
        Source of chance.

    Returns
    -------
    array of int, shape (bootstrap, r, c)
    """
    n = int(table.sum())
    drawn: Counts = rng.multinomial(n, table.ravel() / n, size=bootstrap)
    return drawn.reshape(bootstrap, *table.shape)


def deal_tables(table: Counts, *, permutations: int, rng: np.random.Generator) -> Counts:
    """Return the tables that remain if one grouping is permuted: both margins stay.

    Parameters
    ----------
    table : array of int, shape (r, c)
        Counts of the rows by both groupings.
    permutations : int
        Number of permutations.
    rng : Generator
        Source of chance.

    Returns
    -------
    array of int, shape (permutations, r, c)
    """
    if 1 in table.shape:
        # There is only one such table, and scipy.stats.random_table does not find it.
        return np.repeat(table[None], permutations, axis=0)
    margins = table.sum(axis=1), table.sum(axis=0)
    dealt: Counts = random_table(*margins, seed=rng).rvs(permutations).astype(np.int64)
    return dealt.reshape(permutations, *table.shape)


def entropy(counts: Floats) -> Floats:
    """Return the entropy [nat] of the shares that counts make of their sum along the last axis."""
    shares = counts / counts.sum(axis=-1, keepdims=True)
    found: Floats = -xlogy(shares, shares).sum(axis=-1)
    return found
