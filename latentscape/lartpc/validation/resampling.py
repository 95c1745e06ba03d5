"""Weighted quantiles of bootstrap samples in which whole tracks are drawn."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def draw_weights(tracks: int, *, bootstrap: int, seed: int) -> Floats:
    """Return how often each track counts in each bootstrap sample.

    Parameters
    ----------
    tracks : int
        Number of tracks.
    bootstrap : int
        Number of samples.
    seed : int
        Random seed.

    Returns
    -------
    array of float, shape (1 + bootstrap, tracks)
        The first row is the data themselves: each track once.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(tracks, np.full(tracks, 1 / tracks), size=bootstrap)
    return np.concatenate([np.ones((1, tracks)), drawn])


def weighted_quantiles(values: Floats, weights: Floats, levels: tuple[float, ...]) -> Floats:
    """Return quantiles of the same values in each sample.

    Parameters
    ----------
    values : array of float, shape (n,)
        At least one.
    weights : array of float, shape (samples, n)
        How often each value counts.
    levels : tuple of float
        Levels between 0 and 1.

    Returns
    -------
    array of float, shape (levels, samples)
        The lowest values at which the cumulated weight reaches the level.
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[:, order], axis=1)
    places = [(reached < level * reached[:, -1:]).sum(axis=1) for level in levels]
    return np.asarray(values[order][np.stack(places)])


def weighted_median(values: Floats, weights: Floats) -> Floats:
    """Return the median in each sample, shape (samples,)."""
    return np.asarray(weighted_quantiles(values, weights, (0.5,))[0])


def half_width(values: Floats, weights: Floats) -> Floats:
    """Return half of the width of the central 68 % in each sample, shape (samples,)."""
    low, high = weighted_quantiles(values, weights, (0.16, 0.84))
    return np.asarray((high - low) / 2)
