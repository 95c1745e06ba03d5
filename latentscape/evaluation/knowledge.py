"""What latent dimensions know of true factors: information, correlation, and a regression."""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from latentscape.evaluation.binned import (
    bin_equally,
    binned_entropy,
    binned_information,
    chance_information,
)
from latentscape.evaluation.intervals import summarise_auc
from latentscape.evaluation.readout import BLOCKS, Estimates, Readout, read_factor

Floats = NDArray[np.float64]
logger = logging.getLogger("latentscape")

# A factor with fewer rows, or with fewer rows that differ from its most frequent value, is left
# out: nothing could be said of it.
FEWEST_ROWS = 50
FEWEST_DIFFERENT = 10


@dataclass(frozen=True)
class Known:
    """What the dimensions know of one factor.

    Parameters
    ----------
    share : Estimates
        Mutual information over the factor's entropy, k dimensions.
    squared_correlation : Estimates
        Squared linear correlation, k dimensions.
    readout : Readout
        The regression on all dimensions.
    auc : DataFrame or None
        AUC of the regression for a factor of 0 and 1.
    entropy : float
        Entropy of the factor in its bins [nat].
    n : int
        Rows with this factor.
    """

    share: Estimates
    squared_correlation: Estimates
    readout: Readout
    auc: pd.DataFrame | None
    entropy: float
    n: int


def know_factors(
    means: Floats,
    factors: pd.DataFrame,
    *,
    bins: int,
    folds: int,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> dict[str, Known]:
    """Return what the dimensions know of each factor that varies among the rows.

    Parameters
    ----------
    means : array of float, shape (rows, dimensions)
        Latents, in the order of their key.
    factors : DataFrame
        One column per factor, rows as in ``means``; NaN is missing.
    bins : int
        Equally full bins of dimensions and factors.
    folds : int
        Folds of the regression.
    bootstrap, permutations : int
        Draws of intervals and nulls.
    seed : int
        Random seed.

    Returns
    -------
    dict of str to Known
        By factor. One that has too few rows, or hardly varies, is left out.
    """
    rng = np.random.default_rng(seed)
    rows = len(means)
    # All factors share the draws, so that numbers of several of them can be combined.
    blocks = rng.permutation(rows) % BLOCKS
    number = min(rows, BLOCKS)
    counts = np.stack([_draw_counts(number, rng) for _ in range(bootstrap)])
    places = np.stack([rng.permutation(rows).astype(np.int32) for _ in range(permutations)])
    auc_draws = {"bootstrap": bootstrap, "permutations": permutations, "seed": seed}
    known = {}
    for name in factors.columns:
        values = factors[name].to_numpy(dtype=np.float64)
        present = np.isfinite(values)
        own, factor, own_blocks = means[present], values[present], blocks[present]
        if not _varies(factor):
            logger.info("factors: %s varies in too few of %d rows and is left out", name, rows)
            continue
        shuffles = np.argsort(places[:, present], axis=1)
        # One thread: the products are small, and the number of threads may not change a digit.
        with threadpool_limits(limits=1):
            readout = read_factor(
                own, factor, own_blocks, counts, factor[shuffles], folds=folds, seed=seed
            )
            own_counts = counts[:, own_blocks]
            correlation = _squared_correlations(own, factor, own_counts, factor[shuffles])
        is_binary = set(np.unique(factor)) == {0.0, 1.0}
        known[name] = Known(
            _shares_of_entropy(own, factor, own_counts, shuffles, bins),
            correlation,
            readout,
            summarise_auc(readout.predicted, factor == 1, **auc_draws) if is_binary else None,
            binned_entropy(bin_equally(factor, bins)),
            len(factor),
        )
    return known


def _draw_counts(rows: int, rng: np.random.Generator) -> NDArray[np.int32]:
    return np.bincount(rng.integers(rows, size=rows), minlength=rows).astype(np.int32)


def _varies(factor: Floats) -> bool:
    if len(factor) < FEWEST_ROWS:
        return False
    most_frequent = np.unique(factor, return_counts=True)[1].max()
    return bool(len(factor) - most_frequent >= FEWEST_DIFFERENT)


def _shares_of_entropy(
    means: Floats,
    factor: Floats,
    counts: NDArray[np.int32],
    shuffles: NDArray[np.intp],
    bins: int,
) -> Estimates:
    """Return the information of each dimension and the factor, over the factor's entropy."""
    codes = bin_equally(factor, bins)
    dimensions = np.stack([bin_equally(column, bins) for column in means.T], axis=1)
    chance, whole = chance_information(dimensions, codes), binned_entropy(codes)
    once = np.ones(len(codes), dtype=np.int32)
    value = binned_information(dimensions, codes, once) - chance
    # Rows drawn twice agree with themselves: chance adds to a drawn sample once more.
    drawn = np.stack([binned_information(dimensions, codes, each) for each in counts]) - 2 * chance
    null = (
        np.stack([binned_information(dimensions, codes[each], once) for each in shuffles]) - chance
    )
    return Estimates(*(np.maximum(each, 0) / whole for each in (value, drawn, null)))


def _squared_correlations(
    means: Floats, factor: Floats, counts: NDArray[np.int32], permuted: Floats
) -> Estimates:
    """Return the squared linear correlation of each dimension and the factor."""
    centred, away = means - means.mean(axis=0), factor - factor.mean()
    weights = counts / counts.sum(axis=1, keepdims=True)
    mean, level = weights @ centred, weights @ away
    drawn = _squared(
        weights @ (centred * away[:, None]) - mean * level[:, None],
        weights @ centred**2 - mean**2,
        weights @ away**2 - level**2,
    )
    variances = (centred**2).mean(axis=0), np.full(len(permuted), (away**2).mean())
    rows = len(factor)
    value = _squared((away @ centred / rows)[None], variances[0], variances[1][:1])[0]
    null = _squared((permuted - factor.mean()) @ centred / rows, *variances)
    return Estimates(value, drawn, null)


def _squared(covariance: Floats, of_dimension: Floats, of_factor: Floats) -> Floats:
    """Return squared correlations (draws, dimensions); 0 where a dimension is constant."""
    scale = np.broadcast_to(of_dimension * of_factor[:, None], covariance.shape)
    squared: Floats = np.divide(
        covariance**2, scale, out=np.zeros_like(covariance), where=scale > 0
    )
    return squared
