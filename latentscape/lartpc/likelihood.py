"""How likely a track's energy losses are under a hypothesis, wherever and whichever way it ends."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from latentscape.lartpc.landau_gauss import response_table
from latentscape.lartpc.points import Points

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

OFFSETS = 21
"""Residual-range offsets that are tried before the best one is refined by a parabola."""

SAMPLING_CM = 0.025
"""Step in which an expected curve is sampled, linear between its points."""


@dataclass(frozen=True)
class Fit:
    """The best offset and orientation of each track under one hypothesis.

    Parameters
    ----------
    log_likelihood : array of float, shape (tracks,)
        Mean of ln(density · MeV/cm) over the points, NaN for a track without points.
    offset : array of float, shape (tracks,)
        What is added to the residual ranges, in cm; NaN for a track without points.
    is_reversed : array of bool, shape (tracks,)
        Whether the track fits better with its ends exchanged.
    """

    log_likelihood: Floats
    offset: Floats
    is_reversed: Bools


def fit_hypothesis(
    points: Points, curve: pd.DataFrame, *, likelihood_resolution: float, max_offset_cm: float
) -> Fit:
    """Find the offset of the residual range and the orientation that fit each track best.

    Parameters
    ----------
    points : Points
        The points of the tracks.
    curve : DataFrame
        The rows of ``EXPECTED_DEDX`` of one species.
    likelihood_resolution : float
        Standard deviation of the measured dE/dx over the expected mean one.
    max_offset_cm : float
        Largest offset to both sides, in cm; 0 for no offset.

    Returns
    -------
    Fit

    Notes
    -----
    A measurement d at residual range r has the density of Landau's distribution of mode m(r) and
    width w(r), ``most_probable`` and ``landau_width`` of the curve, folded with a Gaussian of
    σ = ``likelihood_resolution`` · ``dedx``(r). The curve is read at r + offset; before its first
    point and behind its last it is what it is there. In the reversed orientation r becomes
    r_min + r_max - r, with the smallest and the largest residual range of the track.

    All offsets within the bound are taken to be equally likely, the bound stands for what is
    known of the end point. Of equal fits the one with the smallest offset, not reversed, is
    taken. Points count as independent.
    """
    found = _fit_tracks(
        points.starts(),
        points.residual_range,
        points.dedx,
        np.linspace(-max_offset_cm, max_offset_cm, OFFSETS),
        _response(curve, likelihood_resolution),
    )
    return Fit(*found)


class _Response(NamedTuple):
    """What the compiled loops read: an expected curve, and the table of the response.

    The rows of the curve are mode, ln of the scale √(w² + σ²), its inverse, and ln(σ/w), in
    steps of ``SAMPLING_CM`` from zero.
    """

    curve: Floats
    log_density: Floats
    origin: tuple[float, float]
    spacing: tuple[float, float]


def _response(curve: pd.DataFrame, likelihood_resolution: float) -> _Response:
    ordered = curve.sort_values("residual_range")
    known = ordered["residual_range"].to_numpy()
    at = SAMPLING_CM * np.arange(max(math.ceil(known[-1] / SAMPLING_CM) + 1, 2))
    mean, mode, width = (
        np.interp(at, known, ordered[name].to_numpy())
        for name in ("dedx", "most_probable", "landau_width")
    )
    sigma = likelihood_resolution * mean
    scale = np.hypot(width, sigma)
    rows = np.stack([mode, np.log(scale), 1 / scale, np.log(sigma / width)])
    return _Response(rows, *response_table())


@njit(cache=True)
def _fit_tracks(
    starts: Integers, residual_range: Floats, dedx: Floats, offsets: Floats, response: _Response
) -> tuple[Floats, Floats, Bools]:
    tracks = len(starts) - 1
    log_likelihood = np.full(tracks, np.nan)
    offset = np.full(tracks, np.nan)
    is_reversed = np.zeros(tracks, dtype=np.bool_)
    for i in range(tracks):
        if starts[i] == starts[i + 1]:
            continue
        r, d = residual_range[starts[i] : starts[i + 1]], dedx[starts[i] : starts[i + 1]]
        forward = _best_offset(r, d, offsets, response)
        backward = _best_offset(r[0] + r[-1] - r, d, offsets, response)
        is_reversed[i] = backward[0] > forward[0]
        log_likelihood[i], offset[i] = backward if is_reversed[i] else forward
    return log_likelihood, offset, is_reversed


@njit(cache=True)
def _best_offset(r: Floats, d: Floats, offsets: Floats, response: _Response) -> tuple[float, float]:
    """Return the largest mean log-likelihood, and the offset where it is."""
    values = np.empty(len(offsets))
    for i in range(len(offsets)):
        values[i] = _mean(r + offsets[i], d, response)
    best = len(offsets) // 2
    for i in range(len(offsets)):
        is_smaller = abs(offsets[i]) < abs(offsets[best])
        if values[i] > values[best] or (values[i] == values[best] and is_smaller):
            best = i
    if 0 < best < len(offsets) - 1:
        below, at, above = values[best - 1], values[best], values[best + 1]
        curvature = below - 2 * at + above
        if curvature < 0:
            vertex = (below - above) / (2 * curvature)
            refined = offsets[best] + vertex * (offsets[1] - offsets[0])
            value = _mean(r + refined, d, response)
            if value > at:
                return value, refined
    return values[best], offsets[best]


@njit(cache=True)
def _mean(r: Floats, d: Floats, response: _Response) -> float:
    """Return the mean log-likelihood of one track."""
    curve = response.curve
    total = 0.0
    for i in range(len(r)):
        place = min(max(r[i] / SAMPLING_CM, 0.0), curve.shape[1] - 1.000001)
        j = int(place)
        part = place - j
        mode = curve[0, j] * (1 - part) + curve[0, j + 1] * part
        log_scale = curve[1, j] * (1 - part) + curve[1, j + 1] * part
        inverse = curve[2, j] * (1 - part) + curve[2, j + 1] * part
        log_ratio = curve[3, j] * (1 - part) + curve[3, j + 1] * part
        total += _read(response, log_ratio, (d[i] - mode) * inverse) - log_scale
    return total / len(r)


@njit(cache=True)
def _read(response: _Response, log_ratio: float, deviation: float) -> float:
    """Return the ln of a density off its table, linear between the points."""
    table = response.log_density
    row = (log_ratio - response.origin[0]) / response.spacing[0]
    column = (np.arcsinh(deviation) - response.origin[1]) / response.spacing[1]
    row = min(max(row, 0.0), table.shape[0] - 1.000001)
    column = min(max(column, 0.0), table.shape[1] - 1.000001)
    i, j = int(row), int(column)
    a, b = row - i, column - j
    below = table[i, j] * (1 - b) + table[i, j + 1] * b
    above = table[i + 1, j] * (1 - b) + table[i + 1, j + 1] * b
    return float(below * (1 - a) + above * a)
