"""The 25 features of a track, from its whole cluster in the collection plane.

A feature is a small function of one of three views of the cluster:

- the *crop*: integer array (wires, ticks), the ADC in the cluster's bounding box and 0 outside
  the cluster. Row 0 is the first wire, where the particle enters;
- the *pixels*: the ADC of the signal pixels (those above 0), in the order of wire and tick;
- the *profile*: the highest ADC on each wire, from entry to end; 0 on a wire without a pixel.

A share of the profile, such as its last 10 %, is rounded down to whole wires and holds one wire at
least. Where a feature has no value its function raises :class:`UndefinedError` with the reason; the
table then has no value and the reason is counted.
"""

from collections import Counter
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd
from numba import njit
from scipy import ndimage, signal

from latentscape.keys import TRACK_KEY, sort_by_key
from latentscape.lartpc.tables.features import FEATURE_GAPS, FEATURE_NAMES, FEATURES
from latentscape.progress import progress

Feature: TypeAlias = Callable[[np.ndarray], float]

ENTROPY_BINS = 50
SMOOTHING_WIRES = 3
MAXIMA_SMOOTHING_WIRES = 15
MIN_WIRES_FOR_RISE = 10
EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=bool)


class UndefinedError(ValueError):
    """A feature has no value for this track; the message says why."""


def compute_features(tracks: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compute the features of every track.

    Parameters
    ----------
    tracks : DataFrame
        A table ``TRACKS``, in any order.

    Returns
    -------
    features : DataFrame
        A table ``FEATURES``: one row per track, sorted by key; undefined features are NaN.
    gaps : DataFrame
        A table ``FEATURE_GAPS``: how many tracks lack a feature, and why.
    """
    ordered = sort_by_key(tracks, TRACK_KEY)
    pixels = zip(
        ordered["sample"],
        *(ordered[f"collection_{name}"] for name in ("wire", "tick", "adc")),
        strict=True,
    )
    rows = []
    gaps: Counter[tuple[str, str, str]] = Counter()
    for sample, wire, tick, adc in progress(pixels, len(ordered), unit="tracks"):
        values, reasons = features_of(crop_of(wire, tick, adc))
        rows.append([values[name] for name in FEATURE_NAMES])
        gaps.update((sample, name, reason) for name, reason in reasons.items())
    table = np.array(rows, dtype=np.float64).reshape(-1, len(FEATURE_NAMES))
    features = pd.DataFrame(table, columns=list(FEATURE_NAMES))
    counted = [(*gap, tracks_without) for gap, tracks_without in gaps.items()]
    return (
        FEATURES.check(pd.concat([ordered[list(TRACK_KEY)], features], axis=1)),
        FEATURE_GAPS.check(pd.DataFrame(counted, columns=[c.name for c in FEATURE_GAPS.columns])),
    )


def crop_of(wire: np.ndarray, tick: np.ndarray, adc: np.ndarray) -> np.ndarray:
    """Return the crop of a cluster: int64 (wires, ticks), zeros outside the cluster.

    Parameters
    ----------
    wire, tick, adc : array of int (n,)
        The pixels, in any order; at least one.
    """
    wire, tick = wire.astype(np.int64), tick.astype(np.int64)
    row, column = wire - wire.min(), tick - tick.min()
    crop = np.zeros((row.max() + 1, column.max() + 1), dtype=np.int64)
    crop[row, column] = adc
    return crop


def features_of(crop: np.ndarray) -> tuple[dict[str, float], dict[str, str]]:
    """Return all features of one crop, NaN where undefined, and the reasons of these."""
    pixels, profile = crop[crop > 0], np.maximum(crop.max(axis=1), 0)
    if not pixels.size:
        return dict.fromkeys(FEATURE_NAMES, np.nan), dict.fromkeys(FEATURE_NAMES, "no signal pixel")
    values, reasons = {}, {}
    for functions, view in ((OF_PIXELS, pixels), (OF_CROP, crop), (OF_PROFILE, profile)):
        for function in functions:
            name = function.__name__
            try:
                values[name] = function(view)
            except UndefinedError as undefined:
                values[name] = np.nan
                reasons[name] = str(undefined)
    return values, reasons


def total_adc(pixels: np.ndarray) -> float:
    """Natural logarithm of the sum of the ADC."""
    return float(np.log(pixels.sum()))


def median_adc(pixels: np.ndarray) -> float:
    """Median ADC of the signal pixels."""
    return float(np.median(pixels))


def std_adc(pixels: np.ndarray) -> float:
    """Root mean square deviation of the signal pixels from their mean, in ADC."""
    return float(pixels.std())


def max_adc(pixels: np.ndarray) -> float:
    """Highest ADC."""
    return float(pixels.max())


def adc_entropy(pixels: np.ndarray) -> float:
    """Shannon entropy of the signal pixels' histogram over log(number of occupied bins).

    The histogram has 50 equal bins from the lowest to the highest ADC, the last one closed.
    Between 0 and 1, where 1 says that all occupied bins are equally full.
    """
    lowest, span = pixels.min(), np.ptp(pixels)
    if span == 0:
        raise UndefinedError("all signal pixels have the same ADC")
    # Whole numbers put a pixel on a bin's edge where it belongs; float edges are rounded.
    bins = np.minimum((pixels - lowest) * ENTROPY_BINS // span, ENTROPY_BINS - 1)
    counts = np.bincount(bins)
    shares = counts[counts > 0] / len(pixels)
    return float(-(shares * np.log(shares)).sum() / np.log(len(shares)))


def n_pixels(pixels: np.ndarray) -> float:
    """Count the signal pixels."""
    return float(len(pixels))


def mean_adc(crop: np.ndarray) -> float:
    """Mean ADC over the whole bounding box, empty pixels included."""
    return float(crop.mean())


def fill_fraction(crop: np.ndarray) -> float:
    """Share of the bounding box that is signal."""
    return float(np.count_nonzero(crop > 0) / crop.size)


def solidity(crop: np.ndarray) -> float:
    """Area of the largest region over the area of its convex hull, both in pixels.

    Regions are 8-connected; the first one in the order of wire and tick counts where two are
    equally large. The hull is that of the midpoints of the pixels' edges, and its area the number
    of pixels whose centre lies inside or on its border, as in scikit-image.
    """
    regions, number = ndimage.label(crop > 0, structure=EIGHT_NEIGHBOURS)
    sizes = np.bincount(regions.ravel(), minlength=number + 1)[1:]
    largest = regions == sizes.argmax() + 1
    wires = np.flatnonzero(largest.any(axis=1))
    region = largest[wires[0] : wires[-1] + 1]
    left = region.argmax(axis=1)
    right = region.shape[1] - 1 - region[:, ::-1].argmax(axis=1)
    return float(sizes.max() / _hull_pixels(left, right))


def bragg_peak_height(profile: np.ndarray) -> float:
    """Highest value of the profile, in ADC; equal to ``max_adc`` by definition."""
    return float(profile.max())


def bragg_peak_position(profile: np.ndarray) -> float:
    """Wire of the peak (the first of equals) over the number of wires, entry = 0."""
    return float(profile.argmax() / len(profile))


def bragg_peak_ratio(profile: np.ndarray) -> float:
    """Peak over the mean of the profile."""
    return float(profile.max() / profile.mean())


def bragg_peak_to_median(profile: np.ndarray) -> float:
    """Peak over the median of the profile."""
    median = np.median(profile)
    if median == 0:
        raise UndefinedError("half of the wires have no pixel")
    return float(profile.max() / median)


def end_vs_start_ratio(profile: np.ndarray) -> float:
    """Mean of the last 10 % of the profile over the mean of its first 10 %."""
    wires = _wires(profile, percent=10)
    start = profile[:wires].mean()
    if start == 0:
        raise UndefinedError("no pixel on the first 10 % of the wires")
    return float(profile[-wires:].mean() / start)


def first_quartile_mean(profile: np.ndarray) -> float:
    """Mean of the first 25 % of the profile, in ADC."""
    return float(profile[: _wires(profile, percent=25)].mean())


def last_quartile_mean(profile: np.ndarray) -> float:
    """Mean of the last 25 % of the profile, in ADC."""
    return float(profile[-_wires(profile, percent=25) :].mean())


def bragg_rise_slope(profile: np.ndarray) -> float:
    """Slope of the straight line fitted to the whole profile by least squares, in ADC/wire."""
    if len(profile) < 2:
        raise UndefinedError("fewer than 2 wires")
    wire = np.arange(len(profile)) - (len(profile) - 1) / 2
    return float((wire * profile).sum() / np.square(wire).sum())


def peak_integral_fraction(profile: np.ndarray) -> float:
    """Share of the profile's sum in its last 15 %."""
    return float(profile[-_wires(profile, percent=15) :].sum() / profile.sum())


def bragg_peak_width(profile: np.ndarray) -> float:
    """Full width of the peak at half its height, interpolated between wires, in wires.

    The profile is taken to be 0 before its first and after its last wire, so a peak at the very
    end of the track has a width too.
    """
    padded = np.pad(profile, 1).astype(np.float64)
    # Between zeros the prominence of the highest peak is its height.
    widths = signal.peak_widths(padded, [padded.argmax()], rel_height=0.5)
    return float(widths[0][0])


def profile_cv(profile: np.ndarray) -> float:
    """Root mean square deviation of the profile from its mean, over its mean."""
    return float(profile.std() / profile.mean())


def monotonic_rise_fraction(profile: np.ndarray) -> float:
    """Share of the steps of the profile's 3-wire moving average that go up.

    Only averages of three wires count: n wires have n - 3 steps.
    """
    if len(profile) < MIN_WIRES_FOR_RISE:
        raise UndefinedError(f"fewer than {MIN_WIRES_FOR_RISE} wires")
    return float((np.diff(_moving_sum(profile, SMOOTHING_WIRES)) > 0).mean())


def relative_peak_energy(profile: np.ndarray) -> float:
    """Share of the profile's sum within 10 % of the profile's length on either side of the peak."""
    peak, reach = int(profile.argmax()), _wires(profile, percent=10)
    return float(profile[max(peak - reach, 0) : peak + reach + 1].sum() / profile.sum())


def profile_skewness(profile: np.ndarray) -> float:
    """Third standardised moment of the profile's values."""
    return _standardised_moment(profile, 3)


def profile_kurtosis(profile: np.ndarray) -> float:
    """Logarithm of the fourth standardised moment of the profile's values.

    The moment is at least 1 (3 for a normal distribution), so its logarithm exists where the
    profile varies. That of the excess (moment - 3) would not exist for a flat distribution; where
    it exists it puts tracks in the same order.
    """
    return float(np.log(_standardised_moment(profile, 4)))


def n_local_maxima(profile: np.ndarray) -> float:
    """Count the maxima of the profile's 15-wire moving average.

    The first and the last wire are repeated beyond the ends, so that the average has the length of
    the profile. A plateau counts once, a rise up to either end not at all.
    """
    padded = np.pad(profile, MAXIMA_SMOOTHING_WIRES // 2, mode="edge")
    return float(len(signal.find_peaks(_moving_sum(padded, MAXIMA_SMOOTHING_WIRES))[0]))


OF_PIXELS: tuple[Feature, ...] = (total_adc, median_adc, std_adc, max_adc, adc_entropy, n_pixels)
OF_CROP: tuple[Feature, ...] = (mean_adc, solidity, fill_fraction)
OF_PROFILE: tuple[Feature, ...] = (
    bragg_peak_height,
    bragg_peak_position,
    bragg_peak_ratio,
    bragg_peak_to_median,
    end_vs_start_ratio,
    first_quartile_mean,
    last_quartile_mean,
    bragg_rise_slope,
    peak_integral_fraction,
    bragg_peak_width,
    profile_cv,
    monotonic_rise_fraction,
    relative_peak_energy,
    profile_skewness,
    profile_kurtosis,
    n_local_maxima,
)


def _wires(profile: np.ndarray, *, percent: int) -> int:
    return max(1, len(profile) * percent // 100)


def _moving_sum(profile: np.ndarray, wires: int) -> np.ndarray:
    """Return the sums of neighbouring wires: whole numbers, so equal averages stay equal."""
    return np.convolve(profile, np.ones(wires, dtype=profile.dtype), mode="valid")


def _standardised_moment(profile: np.ndarray, order: int) -> float:
    # The range is exactly 0 for a constant profile; the standard deviation may be rounded.
    if np.ptp(profile) == 0:
        raise UndefinedError("the profile is constant")
    deviation = profile - profile.mean()
    return float((deviation**order).mean() / np.square(deviation).mean() ** (order / 2))


@njit(cache=True)
def _hull_pixels(left: np.ndarray, right: np.ndarray) -> int:
    """Count the pixels in the convex hull of a region, given its first and last tick per wire.

    The hull is that of the points half a pixel above, below, left and right of every pixel. Twice
    their coordinates are whole numbers, and so is all that follows.
    """
    upper = _hull_border(right)
    lower = _hull_border(-left)
    pixels = 0
    for wire in range(len(left)):
        pixels += upper[wire] + lower[wire] + 1
    return pixels


@njit(cache=True)
def _hull_border(ends: np.ndarray) -> np.ndarray:
    """Return the last tick inside the upper hull of the pixels' edge midpoints, on each wire."""
    wires = len(ends)
    lines = 2 * wires + 1
    height = np.empty(lines, dtype=np.int64)
    for line in range(lines):
        above, below = max(line // 2 - 1, 0), min(line // 2, wires - 1)
        height[line] = 2 * ends[line // 2] + 1 if line % 2 else 2 * max(ends[above], ends[below])
    corners = np.empty(lines, dtype=np.int64)
    n = 0
    for line in range(lines):
        while n > 1 and _is_below(height, corners[n - 2], corners[n - 1], line):
            n -= 1
        corners[n] = line
        n += 1
    border = np.empty(wires, dtype=np.int64)
    side = 0
    for wire in range(wires):
        line = 2 * wire + 1
        while corners[side + 1] < line:
            side += 1
        a, b = corners[side], corners[side + 1]
        rise = (height[b] - height[a]) * (line - a)
        border[wire] = (height[a] * (b - a) + rise) // (2 * (b - a))
    return border


@njit(cache=True)
def _is_below(height: np.ndarray, a: int, b: int, c: int) -> bool:
    """Whether point b lies on or below the line from a to c."""
    below: bool = (height[b] - height[a]) * (c - a) <= (height[c] - height[a]) * (b - a)
    return below
