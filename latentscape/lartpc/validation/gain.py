"""The pulse heights of proton tracks against the working point of the detector."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from latentscape.lartpc.geometry import PLANES, Plane
from latentscape.lartpc.validation.checks import Check
from latentscape.lartpc.validation.tables import PULSE_HEIGHTS
from latentscape.seeds import seed_for

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

GAIN_TOLERANCE = 0.1
"""Relative: the thresholds and the images' scale were made for a gain of about this accuracy."""

BIN_ADC = 10
"""Bins of the histogram that is drawn; the mode is found in bins of 1 ADC."""


def measure_pulse_heights(
    tracks: pd.DataFrame, *, working_point: Mapping[Plane, float], bootstrap: int, seed: int
) -> pd.DataFrame:
    """Measure the most probable highest sample of a wire on a track.

    Parameters
    ----------
    tracks : DataFrame
        Columns ``{plane}_wire`` and ``{plane}_adc`` of the table ``tracks``, of protons.
    working_point : mapping of str to float
        Most probable pulse height [ADC] of each plane at which the gain aims.
    bootstrap : int
        Number of bootstrap draws, of whole tracks.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        Table ``pulse_heights``; empty without a track.

    Notes
    -----
    The mode is that of a Gaussian kernel density with Silverman's bandwidth (Density Estimation,
    1986, eq. 3.31).
    """
    if tracks.empty:
        return PULSE_HEIGHTS.empty()
    rows = []
    for plane in PLANES:
        heights = [
            highest_samples(wire, adc)
            for wire, adc in zip(tracks[f"{plane}_wire"], tracks[f"{plane}_adc"], strict=True)
        ]
        largest = max(int(one.max()) for one in heights)
        counts = np.stack([np.bincount(one, minlength=largest + 1) for one in heights])
        together = np.concatenate(heights)
        bandwidth = silverman(together)
        rng = np.random.default_rng(seed_for(seed, "pulse heights", plane))
        draws = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), bootstrap)
        edges = np.arange(0, largest + BIN_ADC + 1, BIN_ADC)
        rows.append(
            {
                "plane": plane,
                "wires": len(together),
                "most_probable": mode(counts.sum(axis=0), bandwidth),
                "uncertainty": np.std([mode(draw @ counts, bandwidth) for draw in draws], ddof=1),
                "bandwidth": bandwidth,
                "expected": working_point[plane],
                "tolerance": GAIN_TOLERANCE * working_point[plane],
                "edges": edges.astype(np.float64),
                "counts": np.histogram(together, edges)[0].astype(np.int32),
            }
        )
    return PULSE_HEIGHTS.check(pd.DataFrame(rows))


def check_gain(pulse_heights: pd.DataFrame) -> list[Check]:
    """Compare the most probable pulse heights with the working point.

    Parameters
    ----------
    pulse_heights : DataFrame
        Table ``pulse_heights`` of protons.
    """
    return [
        Check(
            check=f"most probable pulse height of protons, {row['plane']}",
            group="gain",
            source="working point of the detector",
            expected=row["expected"],
            measured=row["most_probable"],
            uncertainty=row["uncertainty"],
            tolerance=row["tolerance"],
            unit="ADC",
        )
        for row in pulse_heights.to_dict("records")
    ]


def highest_samples(wire: NDArray[np.int16], adc: NDArray[np.int16]) -> Counts:
    """Return the highest of the samples [ADC] on each wire that occurs."""
    _, index = np.unique(wire, return_inverse=True)
    highest = np.zeros(index.max() + 1, dtype=np.int64)
    np.maximum.at(highest, index, np.asarray(adc, dtype=np.int64))
    return highest


def silverman(values: Counts) -> float:
    """Return Silverman's bandwidth of a Gaussian kernel, at least one ADC."""
    low, high = np.percentile(values, (25, 75))
    spread = min(values.std(), (high - low) / 1.34)
    return float(max(0.9 * spread * len(values) ** -0.2, 1.0))


def mode(counts: Counts, bandwidth: float) -> float:
    """Return where the kernel density of counts in bins of 1 ADC is largest."""
    return float(gaussian_filter1d(counts.astype(np.float64), bandwidth, mode="constant").argmax())
