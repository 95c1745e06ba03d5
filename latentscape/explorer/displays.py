"""The pixels of whole displays (an event, say), packed into files that load at a click."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from latentscape.explorer.encoding import encode, pixel_codes

NO_GROUP = -1


@dataclass(frozen=True)
class Panel:
    """One panel of a display.

    Parameters
    ----------
    name : str
        Its title.
    columns, rows : int
        Its size in pixels.
    """

    name: str
    columns: int
    rows: int


@dataclass(frozen=True)
class Pixels:
    """The pixels of several displays.

    Parameters
    ----------
    keys : DataFrame
        Key of each display, one row each.
    table : DataFrame
        One row per pixel: ``row`` (of ``keys``), ``panel`` (its number), ``x``, ``y``, ``value``
        and ``group`` (:data:`NO_GROUP` without one), all integers.
    """

    keys: pd.DataFrame
    table: pd.DataFrame


def pack(
    parts: Iterable[Pixels], *, key: Sequence[str], file_kb: int
) -> Iterator[tuple[list[str], pd.DataFrame]]:
    """Yield files of displays, each of about ``file_kb`` kB.

    Parameters
    ----------
    parts : iterable of Pixels
        Displays part by part, so that only one part lies in memory.
    key : sequence of str
        Key columns of a display.
    file_kb : int
        A file is closed before it grows beyond this size, unless one display alone does.

    Yields
    ------
    list of str
        The displays of one file as JSON.
    DataFrame
        Their keys, in the same order.
    """
    waiting: list[str] = []
    rows: list[Any] = []
    size = 0
    for part in parts:
        for number, text in enumerate(_encoded(part)):
            if waiting and size + len(text) > 1000 * file_kb:
                yield waiting, pd.DataFrame(rows, columns=list(key))
                waiting, rows, size = [], [], 0
            waiting.append(text)
            rows.append(tuple(part.keys.iloc[number][list(key)]))
            size += len(text)
    if waiting:
        yield waiting, pd.DataFrame(rows, columns=list(key))


def _encoded(part: Pixels) -> Iterator[str]:
    """Yield each display as JSON: panel, x, y, code and group of its pixels."""
    table = part.table.sort_values(["row", "panel", "x", "y"], kind="stable")
    numbers = np.stack(
        [
            table["panel"],
            table["x"],
            table["y"],
            pixel_codes(table["value"].to_numpy(np.int64)),
            table["group"],
        ]
    ).astype(np.int16)
    ends = np.searchsorted(table["row"], np.arange(len(part.keys) + 1))
    for start, stop in pairwise(ends):
        yield json.dumps(encode(numbers[:, start:stop], delta=True))
