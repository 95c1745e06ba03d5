"""From where on more of something gains little."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from latentscape.evaluation.intervals import LEVEL, TAILS
from latentscape.learning.sweeps import say

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

GAIN = ("gain_point", "gain_low", "gain_high")


def gain_point(
    numbers: Floats,
    values: Floats,
    models: Integers,
    *,
    share: float,
    bootstrap: int,
    seed: int,
) -> dict[str, Any]:
    """Return the smallest value of an axis that reaches a share of the whole gain.

    The gain is that of the mean, from the smallest value of the axis to the best one. There is no
    such point if the gain could be chance, or if the mean falls somewhere by more than chance:
    then "saturation" says nothing. Both are judged by Student's test with the spread of the
    trainings of a model, pooled over the models, at 5 % in all for either question (Bonferroni).

    Parameters
    ----------
    numbers : array, shape (n,)
        Value of the axis of each training.
    values : array, shape (n,)
        What is gained, larger is better.
    models : array of int, shape (n,)
        Model of each training.
    share : float
        Share of the gain, 0.95 for the 95 % point.
    bootstrap : int
        Draws of the interval: model means and residuals of all models drawn together, scaled up
        for the means' degrees of freedom, since few trainings per model have too few of their own.
    seed : int
        Random seed.

    Returns
    -------
    dict
        ``gain_point``, ``gain_low``, ``gain_high`` (NaN if missing) and ``gain_note``.

    Notes
    -----
    Residual bootstrap: Efron and Tibshirani, An Introduction to the Bootstrap (1993), ch. 9.
    """
    at, place = np.unique(numbers, return_inverse=True)
    counts = np.bincount(place)
    means = np.bincount(place, values) / counts
    nothing = dict.fromkeys(GAIN, math.nan)
    if len(at) < 2:
        return {**nothing, "gain_note": "one value only"}
    of_model = np.bincount(models, values) / np.maximum(np.bincount(models), 1)
    residuals = values - of_model[models]
    freedom = len(values) - len(np.unique(models))
    best = int(np.argmax(means))
    if best == 0:
        return {**nothing, "gain_note": "no gain: the smallest value is the best"}
    if freedom:
        error = math.sqrt(float(np.square(residuals).sum()) / freedom) * np.sqrt(
            1 / counts[:, None] + 1 / counts[None, :]
        )
        if means[best] - means[0] <= _critical(len(at) - 1, freedom) * error[0, best]:
            return {**nothing, "gain_note": "flat within the spread of the trainings"}
        falls = means[:, None] - means[None, :] > _critical(math.comb(len(at), 2), freedom) * error
        falls &= np.arange(len(at))[:, None] < np.arange(len(at))[None, :]
        if falls.any():
            before, after = (say(float(at[end])) for end in np.argwhere(falls)[0])
            return {**nothing, "gain_note": f"not monotone: worse at {after} than at {before}"}
    point = float(at[_reaching(means[None], share)[0]])
    if not freedom:
        note = "no interval: one training per model"
        return {**nothing, "gain_point": point, "gain_note": note}
    rng = np.random.default_rng(seed)
    scaled = residuals * math.sqrt(len(values) / freedom)
    drawn = np.stack(
        [
            np.bincount(place, scaled[rng.integers(len(scaled), size=len(scaled))]) / counts
            for _ in range(bootstrap)
        ]
    )
    low, high = np.quantile(at[_reaching(means + drawn, share)], TAILS, method="inverted_cdf")
    return {"gain_point": point, "gain_low": low, "gain_high": high, "gain_note": ""}


def _reaching(means: Floats, share: float) -> Integers:
    """Return the first place of each row of means that reaches the share of the gain."""
    first = means[:, :1]
    wanted = first + share * (means.max(axis=1, keepdims=True) - first)
    # The best place itself must reach it, whatever the rounding.
    reached = (means >= wanted) | (means == means.max(axis=1, keepdims=True))
    return np.asarray(np.argmax(reached, axis=1))


def _critical(comparisons: int, freedom: int) -> float:
    return float(student.ppf(1 - (1 - LEVEL) / (2 * comparisons), freedom))
