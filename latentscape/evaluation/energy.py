"""Distances of two sides of the same rows, for many divisions of the rows at once.

A draw says how often each row stands on each side, as in
:mod:`latentscape.evaluation.logistic`.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

Floats = NDArray[np.float64]
Counts = NDArray[np.integer]

# Distances that are held at once: 16 MB, however many rows there are.
BLOCK = 2**21


def energy_distances(inputs: Floats, first: Counts, second: Counts) -> Floats:
    """Return the energy distance of the two sides of each draw.

    Parameters
    ----------
    inputs : array of float, shape (rows, dimensions)
        Values on one scale, such as standardised ones.
    first, second : array of int, shape (rows, draws)
        How often each row stands on each side.

    Returns
    -------
    array of float, shape (draws,)
        2·E|X − Y| − E|X − X'| − E|Y − Y'| ≥ 0, where X and X' may be the same row.

    Notes
    -----
    G. J. Székely and M. L. Rizzo, J. Stat. Plan. Inference 143 (2013) 1249, eq. 6.1, without
    the factor nm/(n + m), which no permutation changes. With the contrast z of the shares of
    both sides it is −zᵀDz: one product of the distance matrix D serves all draws.
    """
    contrast = contrasts(first, second)
    total = np.zeros(contrast.shape[1])
    for rows in _blocks(len(inputs)):
        products = cdist(inputs[rows], inputs) @ contrast
        total -= np.einsum("rd,rd->d", contrast[rows], products)
    return total


def ks_distances(values: Floats, first: Counts, second: Counts) -> Floats:
    """Return the Kolmogorov-Smirnov distance of the two sides of each draw, in one dimension.

    Parameters
    ----------
    values : array of float, shape (rows,)
        Values; tied ones step together.
    first, second : array of int, shape (rows, draws)
        How often each row stands on each side.

    Returns
    -------
    array of float, shape (draws,)
        Largest distance of the two cumulative distributions, from 0 to 1.
    """
    order = np.argsort(values, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(values[order])), len(values) - 1)
    gaps = np.cumsum(contrasts(first, second)[order], axis=0)[ends]
    largest: Floats = np.abs(gaps).max(axis=0)
    return largest


def contrasts(first: Counts, second: Counts) -> Floats:
    """Return the share of each row on the first side less that on the second, per draw."""
    difference: Floats = first / first.sum(axis=0) - second / second.sum(axis=0)
    return difference


def _blocks(rows: int) -> Iterator[slice]:
    size = max(1, BLOCK // rows)
    for start in range(0, rows, size):
        yield slice(start, start + size)
