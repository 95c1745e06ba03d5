"""Zero-suppressed pixels: what rises above the threshold on each wire."""

from collections.abc import Iterable

import numba
import numpy as np
import pandas as pd

from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.raw_event import HIGHEST_ADC, LOWEST_ADC, RawEvent
from latentscape.lartpc.tables.reconstruction import HITS
from latentscape.progress import progress

# Standard deviation of a normal distribution per median absolute deviation, 1 / Φ⁻¹(3/4).
SIGMA_PER_MAD = 1.4826


def extract_hits(
    events: Iterable[RawEvent],
    *,
    sample: str,
    detector: Detector,
    subtract_pedestal: bool,
    total: int,
) -> pd.DataFrame:
    """Find the pixels above threshold in every event and plane.

    Parameters
    ----------
    events : iterable of RawEvent
        Only one is held at a time.
    sample : str
        Name of the sample, for the key.
    detector : Detector
        Gives each plane's threshold: a pixel's ADC is larger, not equal.
    subtract_pedestal : bool
        Whether each wire's median over the ticks is subtracted first.
    total : int
        How many events there are, for the progress display.

    Returns
    -------
    DataFrame
        Table HITS, two rows per event, pixels in the order of (wire, tick).
        ``pedestal`` and ``noise`` are medians over the wires that are not absent,
        0 if all are. ADC that leave 16 bit by the subtraction stay at its limit.

    Raises
    ------
    InputError
        If two events have the same run, subrun and event.
    """
    rows = []
    for event in progress(events, total, unit="events"):
        key = {"sample": sample, "run": event.run, "subrun": event.subrun, "event": event.event}
        for plane in PLANES:
            found = extract_plane(
                event.planes[plane],
                event.absent[plane],
                threshold=detector.plane(plane).threshold,
                subtract_pedestal=subtract_pedestal,
            )
            rows.append({**key, "plane": plane, **found})
    return HITS.check(pd.DataFrame(rows)) if rows else HITS.empty()


def extract_plane(
    adc: np.ndarray, absent: np.ndarray, *, threshold: int, subtract_pedestal: bool
) -> dict[str, float | int | np.ndarray]:
    """Find the pixels above threshold in one plane of one event.

    Parameters
    ----------
    adc : array of int16, shape (wires, ticks)
        ADC.
    absent : array of bool, shape (wires,)
        Wires without data; they have no pixel.
    threshold : int
        A pixel's ADC is larger.
    subtract_pedestal : bool
        Whether each wire's median is subtracted first.

    Returns
    -------
    dict
        The columns ``pedestal``, ``noise``, ``absent_wires``, ``wire``, ``tick``
        and ``adc`` of table HITS.
    """
    medians, deviations = medians_and_deviations(adc)
    present = ~absent
    baseline = medians if subtract_pedestal else np.zeros_like(medians)
    wire, tick, height = _pixels_above(adc, baseline, present, threshold)
    return {
        "pedestal": float(np.median(medians[present])) if present.any() else 0.0,
        "noise": SIGMA_PER_MAD * float(np.median(deviations[present])) if present.any() else 0.0,
        "absent_wires": int(absent.sum()),
        "wire": wire,
        "tick": tick,
        "adc": height,
    }


@numba.njit(cache=True)
def medians_and_deviations(adc: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each wire's median and its median absolute deviation, both integers.

    Of an even number of samples the median is the lower of the two in the middle,
    so that it is always an ADC value that occurs and needs no rounding.

    Parameters
    ----------
    adc : array of int16, shape (wires, ticks)
        ADC.

    Returns
    -------
    medians, deviations : array of int32, shape (wires,)
    """
    wires, ticks = adc.shape
    rank = (ticks + 1) // 2
    medians = np.zeros(wires, dtype=np.int32)
    deviations = np.zeros(wires, dtype=np.int32)
    counts = np.zeros(HIGHEST_ADC - LOWEST_ADC + 1, dtype=np.int32)
    for wire in range(wires):
        low = high = np.int64(adc[wire, 0])
        for tick in range(ticks):
            value = np.int64(adc[wire, tick])
            counts[value - LOWEST_ADC] += 1
            low, high = min(low, value), max(high, value)
        median, below = low, np.int64(counts[low - LOWEST_ADC])
        while below < rank:
            median += 1
            below += counts[median - LOWEST_ADC]
        distance, within = 0, np.int64(counts[median - LOWEST_ADC])
        while within < rank:
            distance += 1
            if median - distance >= low:
                within += counts[median - distance - LOWEST_ADC]
            if median + distance <= high:
                within += counts[median + distance - LOWEST_ADC]
        medians[wire], deviations[wire] = median, distance
        counts[low - LOWEST_ADC : high - LOWEST_ADC + 1] = 0
    return medians, deviations


@numba.njit(cache=True)
def _pixels_above(
    adc: np.ndarray, baseline: np.ndarray, present: np.ndarray, threshold: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return wire, tick and ADC above the baseline of the pixels above threshold."""
    wires, ticks = adc.shape
    found = 0
    for wire in range(wires):
        if present[wire]:
            limit = baseline[wire] + threshold
            for tick in range(ticks):
                found += adc[wire, tick] > limit
    pixels = (np.empty(found, np.int16), np.empty(found, np.int16), np.empty(found, np.int16))
    last = 0
    for wire in range(wires):
        if present[wire]:
            limit = baseline[wire] + threshold
            for tick in range(ticks):
                if adc[wire, tick] > limit:
                    height = np.int64(adc[wire, tick]) - baseline[wire]
                    pixels[0][last], pixels[1][last] = wire, tick
                    pixels[2][last] = min(height, HIGHEST_ADC)
                    last += 1
    return pixels
