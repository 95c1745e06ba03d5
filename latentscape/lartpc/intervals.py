"""Shares of counts and means of events, with the 68 % intervals that physicists draw."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import betaincinv

# Central coverage of the intervals: one standard deviation of a normal distribution.
COVERAGE = 0.6827
TAILS = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
RESAMPLES = 1000
# Values that are drawn at once: eight megabytes.
DRAWN = 2**20


class Measured(NamedTuple):
    """A value with its interval, and on how many rows it was measured; nan on none."""

    value: float
    low: float
    high: float
    n: int


UNDEFINED = Measured(np.nan, np.nan, np.nan, 0)


def clopper_pearson_share(passed: pd.Series) -> Measured:
    """Return a share of counts with its Clopper-Pearson interval.

    Clopper and Pearson, Biometrika 26 (1934) 404.
    """
    k, n = int(passed.sum()), len(passed)
    if not n:
        return UNDEFINED
    low = betaincinv(k, n - k + 1, TAILS[0]) if k > 0 else 0.0
    high = betaincinv(k + 1, n - k, TAILS[1]) if k < n else 1.0
    return Measured(k / n, float(low), float(high), n)


def measure_mean(values: pd.Series, *, seed: int) -> Measured:
    """Return the mean of the defined values with its percentile bootstrap interval.

    Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
    """
    defined = values.dropna().to_numpy(dtype=np.float64)
    n = len(defined)
    if not n:
        return UNDEFINED
    rng = np.random.default_rng(seed)
    at_once = max(DRAWN // n, 1)
    means = [
        defined[rng.integers(n, size=(min(at_once, RESAMPLES - start), n))].mean(axis=1)
        for start in range(0, RESAMPLES, at_once)
    ]
    low, high = np.quantile(np.concatenate(means), TAILS)
    return Measured(float(defined.mean()), float(low), float(high), n)
