"""Bootstrap sums of many columns with the same draws."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Rows × draws of weights that are held at once: 32 MB.
_CHUNK = 2**22


def resampled_sums(values: Floats, *, bootstrap: int, seed: int) -> Floats:
    """Return the sum of every column over rows drawn with replacement.

    Parameters
    ----------
    values : array of float, shape (rows, columns)
        Give the rows in the order of their key: the drawn rows depend on their order.
    bootstrap : int
        Number of draws. All columns share them, so that differences are paired.
    seed : int
        Random seed; the same draws for the same number of rows.

    Returns
    -------
    array of float, shape (bootstrap, columns)
    """
    rng = np.random.default_rng(seed)
    rows = len(values)
    size = max(1, _CHUNK // rows)
    sums = []
    for start in range(0, bootstrap, size):
        draws = min(size, bootstrap - start)
        picks = rng.integers(rows, size=(draws, rows)) + rows * np.arange(draws)[:, None]
        counts = np.bincount(picks.ravel(), minlength=draws * rows)
        sums.append(counts.reshape(draws, rows).astype(np.float64) @ values)
    return np.concatenate(sums)
