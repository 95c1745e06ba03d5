"""Trends of ranks along ordered and unordered groups, within blocks, by permutation."""

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from latentscape.evaluation.intervals import finite_ends

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

# Permutations × trainings that are worked on at once.
_CHUNK = 2**20
# Equal ranks give equal sums but for rounding.
_ROUNDING = 1e-9


def blocked_ranks(values: Floats, blocks: Integers) -> Floats:
    """Return the rank of each value in its block, less the block's mean rank.

    Parameters
    ----------
    values : array, shape (n,) or (draws, n)
        Values; equal ones share their mean rank.
    blocks : array of int, shape (n,)
        Block of each value.
    """
    ranks = np.empty(values.shape)
    for block in np.unique(blocks):
        own = blocks == block
        ranks[..., own] = rankdata(values[..., own], axis=-1) - (own.sum() + 1) / 2
    return ranks


def spearman(x: Floats, y: Floats, blocks: Integers) -> Floats:
    """Return Spearman's rank correlation, ranks taken within blocks.

    Parameters
    ----------
    x, y : array, shape (n,) or (draws, n)
        Paired values.
    blocks : array of int, shape (n,)
        Pairs are compared within their block only; with one block this is Spearman's ρ.

    Returns
    -------
    array, shape () or (draws,)
        NaN where one of the two does not vary.
    """
    ranks_x, ranks_y = blocked_ranks(x, blocks), blocked_ranks(y, blocks)
    together = (ranks_x * ranks_y).sum(axis=-1)
    norm = np.sqrt((ranks_x**2).sum(axis=-1) * (ranks_y**2).sum(axis=-1))
    correlation: Floats = np.full(np.shape(norm), np.nan)
    np.divide(together, norm, out=correlation, where=norm > 0)
    return correlation


def spearman_interval(
    x: Floats, y: Floats, blocks: Integers, *, bootstrap: int, seed: int
) -> tuple[float, float]:
    """Return the bootstrap interval of Spearman's ρ over trainings, drawn within blocks.

    A draw without variation is left out; NaN if all are.
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(blocks, kind="stable")
    x, y, blocks = x[order], y[order], blocks[order]
    _, first, counts = np.unique(blocks, return_index=True, return_counts=True)
    picks = np.concatenate(
        [
            start + rng.integers(count, size=(bootstrap, count))
            for start, count in zip(first, counts, strict=True)
        ],
        axis=1,
    )
    draws = spearman(x[picks], y[picks], blocks)
    low, high = finite_ends(draws).tolist()
    return low, high


def kruskal_wallis(codes: Integers, ranks: Floats) -> Floats:
    """Return the H statistic of Kruskal and Wallis, of ranks that may be those within blocks.

    Parameters
    ----------
    codes : array of int, shape (n,) or (permutations, n)
        Group of each rank.
    ranks : array, shape (n,)
        What :func:`blocked_ranks` returned.

    Returns
    -------
    array, shape () or (permutations,)
        With one block, H with the correction for ties; 0 where the ranks do not vary.

    Notes
    -----
    W. H. Kruskal and W. A. Wallis, J. Am. Stat. Assoc. 47 (1952) 583.
    """
    total = float(np.square(ranks).sum())
    between: Floats = np.zeros(codes.shape[:-1])
    for group in np.unique(codes):
        own = codes == group
        between += (own * ranks).sum(axis=-1) ** 2 / own.sum(axis=-1)
    return between * (len(ranks) - 1) / total if total > 0 else between * 0.0


def permuted_p_value(
    statistic: Callable[[NDArray[Any]], Floats],
    values: NDArray[Any],
    blocks: Integers,
    *,
    permutations: int,
    seed: int,
) -> float:
    """Return how often values that are rearranged within their blocks reach a statistic's size.

    Parameters
    ----------
    statistic : callable
        Takes arrangements (some, n) and returns the statistic of each, whose sign does not count.
    values : array, shape (n,)
        What is rearranged.
    blocks : array of int, shape (n,)
        Block of each value.
    permutations : int
        The p-value is exact if there are no more distinct arrangements than this; otherwise so
        many are drawn, and the observed one counts as one more (Phipson and Smyth 2010).
    seed : int
        Random seed of the drawn ones.
    """
    observed = abs(float(statistic(values[None])[0]))
    some = arrangements(values, blocks, permutations, seed)
    null = np.concatenate([np.abs(statistic(each)) for each in some])
    # Among all arrangements the observed one is already counted.
    itself = int(count_arrangements(values, blocks) > permutations)
    reached = int(np.count_nonzero(null >= observed - _ROUNDING))
    return (reached + itself) / (null.size + itself)


def count_arrangements(values: NDArray[Any], blocks: Integers) -> int:
    """Return in how many distinct ways values can be arranged within their blocks."""
    total = 1
    for block in np.unique(blocks):
        repeats = Counter(values[blocks == block].tolist()).values()
        ways = math.factorial(sum(repeats))
        total *= ways // math.prod(math.factorial(count) for count in repeats)
    return total


def arrangements(
    values: NDArray[Any], blocks: Integers, permutations: int, seed: int
) -> Iterator[NDArray[Any]]:
    """Give arrangements of values within their blocks, shape (some, n): all, or so many drawn.

    Parameters
    ----------
    values : array, shape (n,)
        What is moved.
    blocks : array of int, shape (n,)
        Values stay in their block.
    permutations : int
        If there are no more distinct arrangements than this, each is given once.
    seed : int
        Random seed of the drawn ones.
    """
    own = [np.flatnonzero(blocks == block) for block in np.unique(blocks)]
    size = max(1, _CHUNK // len(values))
    if count_arrangements(values, blocks) <= permutations:
        each = itertools.product(*(_orders(values[places].tolist()) for places in own))
        for some in _batches(each, size):
            arranged = np.empty((len(some), len(values)), values.dtype)
            arranged[:, np.concatenate(own)] = [list(itertools.chain(*one)) for one in some]
            yield arranged
        return
    rng = np.random.default_rng(seed)
    for start in range(0, permutations, size):
        arranged = np.tile(values, (min(size, permutations - start), 1))
        for places in own:
            arranged[:, places] = rng.permuted(arranged[:, places], axis=1)
        yield arranged


def _orders(values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """Give each distinct order of values once."""
    counts = Counter(values)

    def fill(left: int) -> Iterator[tuple[Any, ...]]:
        if not left:
            yield ()
        for value in counts if left else ():
            if counts[value]:
                counts[value] -= 1
                yield from ((value, *rest) for rest in fill(left - 1))
                counts[value] += 1

    return fill(len(values))


def _batches(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while some := list(itertools.islice(items, size)):
        yield some
