"""How much of the images a model gives back, and what another way to make them would change.

Every number is free of the images' scale, so that models of differently made images can be
compared.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentscape.evaluation.intervals import TAILS

Floats = NDArray[np.float64]

# Rows × draws that are worked on at once.
_CHUNK = 2**20


def explained_share(
    images: NDArray[np.floating], errors: ArrayLike, *, bootstrap: int, seed: int
) -> tuple[float, float, float]:
    """Return the share of the images' variance that their reconstructions explain.

    It is 1 - Σ(x - x̂)² / Σ(x - x̄)², where x̄ is the mean of the images, pixel by pixel. It is 1
    for perfect reconstructions and 0 for a model that always returns the mean image; a model that
    has never seen such images can fall below 0.

    Parameters
    ----------
    images : array of float, shape (rows, …)
        Images as the model sees them, in the order of their key.
    errors : array of float, shape (rows,)
        Squared error of each reconstruction, summed over the image.
    bootstrap : int
        Draws of the rows; x̄ is not drawn again.
    seed : int
        Random seed.

    Returns
    -------
    share, low, high : float
        The share and its interval.
    """
    mean = images.mean(axis=0, dtype=np.float64)
    # Row by row, because a copy of all images in double precision may not fit into memory.
    spread = [float(np.square(image - mean).sum()) for image in images]
    unexplained, low, high = ratio_of_sums(errors, spread, bootstrap=bootstrap, seed=seed)
    return 1 - unexplained, 1 - high, 1 - low


def ratio_of_sums(
    above: ArrayLike, below: ArrayLike, *, bootstrap: int, seed: int
) -> tuple[float, float, float]:
    """Return Σ above / Σ below over paired rows, with its bootstrap interval.

    Parameters
    ----------
    above, below : array of float, shape (rows,)
        Values of independent rows; those of one row are drawn together.
    bootstrap : int
        Number of draws.
    seed : int
        Random seed.

    Returns
    -------
    ratio, low, high : float

    Raises
    ------
    ValueError
        If there is no row, a value is not finite, or the lower sum is not positive.
    """
    pairs = np.stack([np.asarray(above, dtype=float), np.asarray(below, dtype=float)], axis=1)
    if not len(pairs) or not np.isfinite(pairs).all() or not pairs[:, 1].sum() > 0:
        raise ValueError("ratio_of_sums: need finite rows, and a positive sum below")
    rng = np.random.default_rng(seed)
    rows, step = len(pairs), max(1, _CHUNK // len(pairs))
    sums = [
        pairs[rng.integers(rows, size=(min(step, bootstrap - start), rows))].sum(axis=1)
        for start in range(0, bootstrap, step)
    ]
    drawn = np.concatenate(sums)
    # A draw whose lower sum is 0 has no ratio; it counts as the largest.
    some = drawn[:, 1] > 0
    ratios = np.divide(drawn[:, 0], drawn[:, 1], out=np.full(len(drawn), np.inf), where=some)
    total = pairs.sum(axis=0)
    low, high = np.quantile(ratios, TAILS)
    return float(total[0] / total[1]), float(low), float(high)
