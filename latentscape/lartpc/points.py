"""The calorimetry points of many tracks, laid behind each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.keys import TRACK_KEY

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Points:
    """Residual ranges and energy losses of many tracks, by track and residual range.

    Parameters
    ----------
    tracks : int
        Number of tracks, those without points included.
    track : array of int, shape (points,)
        Which track a point belongs to, ascending.
    residual_range : array of float, shape (points,)
        Distance to the track's end in cm, ascending within a track.
    dedx : array of float, shape (points,)
        Energy loss in MeV/cm.
    """

    tracks: int
    track: Integers
    residual_range: Floats
    dedx: Floats

    def ends(self) -> Bools:
        """Return which points have the smallest or the largest residual range of their track."""
        is_first = np.diff(self.track, prepend=-1) != 0
        is_last = np.diff(self.track, append=self.tracks) != 0
        return np.asarray(is_first | is_last)

    def select(self, kept: Bools) -> "Points":
        """Return the points that are kept, of as many tracks."""
        return Points(self.tracks, self.track[kept], self.residual_range[kept], self.dedx[kept])

    def counts(self) -> Integers:
        """Return the number of points of each track."""
        return np.bincount(self.track, minlength=self.tracks)

    def starts(self) -> Integers:
        """Return where each track's points begin, and behind the last one where they end."""
        return np.concatenate([[0], np.cumsum(self.counts())])

    def means(self, values: Floats) -> Floats:
        """Return each track's mean of a value per point, NaN for a track without points."""
        sums = np.bincount(self.track, weights=values, minlength=self.tracks)
        counts = self.counts()
        means = np.full(self.tracks, np.nan)
        np.divide(sums, counts, out=means, where=counts > 0)
        return means

    def medians(self, values: Floats) -> Floats:
        """Return each track's median of a value per point, NaN for a track without points."""
        ordered = values[np.lexsort((values, self.track))]
        counts, starts = self.counts(), self.starts()[:-1]
        medians = np.full(self.tracks, np.nan)
        filled = counts > 0
        lower = (starts + (counts - 1) // 2)[filled]
        upper = (starts + counts // 2)[filled]
        medians[filled] = (ordered[lower] + ordered[upper]) / 2
        return medians


def lay_flat(calorimetry: pd.DataFrame, *, key: Sequence[str] = TRACK_KEY) -> Points:
    """Take the points of a table out of its lists.

    Parameters
    ----------
    calorimetry : DataFrame
        The key, and the lists ``residual_range`` [cm] and ``dedx`` [MeV/cm], in any order.
    key : sequence of str
        Columns that name a track in messages.

    Returns
    -------
    Points
        Of the tracks in the order of the rows.

    Raises
    ------
    InputError
        If the two lists of a track differ in length or hold NaN or infinity.
    """
    ranges = [np.asarray(values, dtype=np.float64) for values in calorimetry["residual_range"]]
    losses = [np.asarray(values, dtype=np.float64) for values in calorimetry["dedx"]]
    counts = np.array([len(values) for values in ranges], dtype=np.int64)
    uneven = counts != np.array([len(values) for values in losses], dtype=np.int64)
    if uneven.any():
        raise InputError(_refusal(calorimetry, uneven, "lists of different length", key))
    track = np.repeat(np.arange(len(calorimetry)), counts)
    residual_range = np.concatenate([np.empty(0), *ranges])
    dedx = np.concatenate([np.empty(0), *losses])
    broken = ~(np.isfinite(residual_range) & np.isfinite(dedx))
    if broken.any():
        holds_broken = np.isin(np.arange(len(calorimetry)), track[broken])
        raise InputError(_refusal(calorimetry, holds_broken, "NaN or infinity", key))
    order = np.lexsort((dedx, residual_range, track))
    return Points(len(calorimetry), track, residual_range[order], dedx[order])


def _refusal(calorimetry: pd.DataFrame, bad: Bools, found: str, key: Sequence[str]) -> str:
    first = calorimetry.loc[bad, list(key)].iloc[0]
    named = ", ".join(f"{column}={first[column]}" for column in key)
    return f"calorimetry of {int(bad.sum())} tracks holds {found}, the first is ({named})."
