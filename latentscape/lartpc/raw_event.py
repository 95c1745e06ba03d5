"""One raw event: the ADC of both planes, with its run, subrun and event number."""

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from latentscape.errors import InputError
from latentscape.lartpc.geometry import PLANES, Detector

LOWEST_ADC, HIGHEST_ADC = np.iinfo(np.int16).min, np.iinfo(np.int16).max
HIGHEST_NUMBER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class RawEvent:
    """What one trigger read out.

    Parameters
    ----------
    run, subrun, event : int
        Its numbers.
    planes : dict of str to array of int16, shape (wires, ticks)
        ADC of each plane. Wires without data are zero.
    absent : dict of str to array of bool, shape (wires,)
        Which wires have no data in this event.
    """

    run: int
    subrun: int
    event: int
    planes: dict[str, np.ndarray]
    absent: dict[str, np.ndarray]


def require_numbers(numbers: Iterable[Any], *, where: str) -> tuple[int, int, int]:
    """Return run, subrun and event as integers, or refuse them.

    Parameters
    ----------
    numbers : iterable
        The three numbers as a file holds them.
    where : str
        Sample, file and place, for the message.

    Raises
    ------
    InputError
        If one is no integer, negative, or larger than a column of a table holds.
    """
    run, subrun, event = numbers
    for number in (run, subrun, event):
        if not isinstance(number, Integral) or not 0 <= int(number) <= HIGHEST_NUMBER:
            raise InputError(
                f"{where}: (run, subrun, event) = ({run}, {subrun}, {event}); allowed are integers "
                f"from 0 to {HIGHEST_NUMBER}."
            )
    return int(run), int(subrun), int(event)


def split_channels(
    rows: np.ndarray, channels: np.ndarray, *, detector: Detector
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Put the rows of a block of channels on the wires of their planes.

    Parameters
    ----------
    rows : array of int16, shape (channels, ticks)
        One row per channel.
    channels : array of int, shape (channels,)
        Channel number of each row. Rows of channels outside both planes are left out.
    detector : Detector
        Gives each plane's ``first_channel`` and ``wires``.

    Returns
    -------
    planes, absent : dict
        As in :class:`RawEvent`.
    """
    planes: dict[str, np.ndarray] = {}
    absent: dict[str, np.ndarray] = {}
    for name in PLANES:
        plane = detector.plane(name)
        wires = channels.astype(np.int64) - plane.first_channel
        inside = (wires >= 0) & (wires < plane.wires)
        planes[name] = np.zeros((plane.wires, detector.ticks), dtype=np.int16)
        planes[name][wires[inside]] = rows[inside]
        absent[name] = np.ones(plane.wires, dtype=bool)
        absent[name][wires[inside]] = False
    return planes, absent


def to_int16(values: np.ndarray, *, where: str) -> np.ndarray:
    """Return the values as 16-bit integers, rounded to the nearest, or refuse them.

    Parameters
    ----------
    values : array of number
        ADC or counts.
    where : str
        Sample, file and place, for the message.

    Raises
    ------
    InputError
        If a value is not a number or does not fit.
    """
    if values.dtype == np.int16 or values.size == 0:
        return values.astype(np.int16, copy=False)
    if values.dtype.kind not in "iuf":
        raise InputError(f"{where} holds values of type {values.dtype}; ADC must be numbers.")
    if values.dtype.kind == "f":
        values = np.rint(values)
    low, high = values.min(), values.max()
    if not (low >= LOWEST_ADC and high <= HIGHEST_ADC):
        raise InputError(
            f"{where} holds values from {low:g} to {high:g}; "
            f"allowed are {LOWEST_ADC} to {HIGHEST_ADC} (signed 16 bit)."
        )
    return values.astype(np.int16)


def all_channels(detector: Detector) -> np.ndarray:
    """Return the channel of every wire: the induction plane's, then the collection plane's."""
    planes = [detector.plane(name) for name in PLANES]
    return np.concatenate([np.arange(p.wires, dtype=np.int32) + p.first_channel for p in planes])


def channel_ranges(detector: Detector) -> str:
    """Return the planes' channel ranges in words, for messages."""
    ranges = []
    for name in PLANES:
        plane = detector.plane(name)
        last = plane.first_channel + plane.wires - 1
        ranges.append(f"{name} {plane.first_channel} to {last}")
    return ", ".join(ranges)
