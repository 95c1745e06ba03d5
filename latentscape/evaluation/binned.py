"""Mutual information of latent dimensions and a factor, in bins."""

import numpy as np
from numpy.typing import NDArray

from latentscape.evaluation.contingency import entropy

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


def bin_equally(values: Floats, bins: int) -> Codes:
    """Return in which of so many equally full bins each value lies.

    Parameters
    ----------
    values : array of float, shape (rows,)
        Finite values; equal ones share a bin. At most ``bins`` distinct values keep one bin each.
    bins : int
        Number of bins.

    Returns
    -------
    array of int, shape (rows,)
        Numbers of the bins from 0 on, without gaps.
    """
    distinct, codes = np.unique(values, return_inverse=True)
    if len(distinct) > bins:
        edges = np.quantile(values, np.arange(1, bins) / bins)
        codes = np.unique(np.searchsorted(edges, values, side="right"), return_inverse=True)[1]
    return codes.astype(np.int64)


def binned_information(dimensions: Codes, factor: Codes, counts: NDArray[np.int32]) -> Floats:
    """Return the mutual information of each dimension and the factor.

    Parameters
    ----------
    dimensions : array of int, shape (rows, dimensions)
        Bin of each row in each dimension, from 0 on.
    factor : array of int, shape (rows,)
        Bin of each row in the factor, from 0 on.
    counts : array of int, shape (rows,)
        How often each row counts; 1 for the rows as they are.

    Returns
    -------
    array of float, shape (dimensions,)
        Information of the counted shares [nat]. Chance alone makes it larger than 0, see
        :func:`chance_information`.
    """
    bins, classes = int(dimensions.max()) + 1, int(factor.max()) + 1
    number = dimensions.shape[1]
    cells = (np.arange(number) * bins + dimensions) * classes + factor[:, None]
    filled = np.bincount(cells.ravel(), np.repeat(counts, number), number * bins * classes)
    joint = filled.reshape(number, bins, classes).astype(np.float64)
    apart = entropy(joint.sum(axis=2)) + entropy(joint.sum(axis=1))
    shared: Floats = apart - entropy(joint.reshape(number, -1))
    return shared


def chance_information(dimensions: Codes, factor: Codes) -> Floats:
    """Return the mean information [nat] that independent dimensions seem to have, to first order.

    Notes
    -----
    (K - 1)(L - 1)/2n for K and L bins: G. A. Miller, in Information Theory in Psychology (1955).
    """
    bins = np.array([len(np.unique(column)) for column in dimensions.T])
    excess: Floats = (bins - 1) * (len(np.unique(factor)) - 1) / (2 * len(factor))
    return excess


def binned_entropy(factor: Codes) -> float:
    """Return the entropy [nat] of the bins of a factor."""
    return float(entropy(np.bincount(factor).astype(np.float64)))
