"""Pixels: list columns as flat columns, and a number for each place in the detector."""

import numpy as np
import pandas as pd

from latentscape.lartpc.pixels import WIRE_STEP, flatten, place
from latentscape.lartpc.tables.reconstruction import HITS

MAXIMUM = np.iinfo(np.int16).max


def test_flat_pixels_know_their_row():
    frame = pd.DataFrame(
        {"wire": [[1, 2], [], [3]], "tick": [[4, 5], [], [6]], "adc": [[7, 8], [], [9]]}
    )
    flat = flatten(frame, HITS)
    assert flat["row"].tolist() == [0, 0, 2]
    assert flat["wire"].tolist() == [1, 2, 3]
    assert flat["tick"].tolist() == [4, 5, 6]
    assert flat["adc"].tolist() == [7, 8, 9]


def test_flat_pixels_have_the_declared_types_with_and_without_rows():
    frame = pd.DataFrame({name: [[1]] for name in ("wire", "tick", "adc")})
    for rows in (frame, frame.iloc[:0]):
        assert flatten(rows, HITS)[["wire", "tick", "adc"]].dtypes.unique().tolist() == [np.int16]


def test_places_sort_by_row_then_wire_then_tick():
    pixels = pd.DataFrame(
        [(0, 0, MAXIMUM), (0, 1, 0), (0, MAXIMUM, MAXIMUM), (1, 0, 0)],
        columns=["row", "wire", "tick"],
    )
    assert (np.diff(place(pixels)) > 1).all()


def test_the_next_tick_is_one_away_and_the_next_wire_one_step():
    pixels = pd.DataFrame({"row": 3, "wire": [7, 7, 8], "tick": [9, 10, 9]})
    first, next_tick, next_wire = place(pixels)
    assert next_tick - first == 1
    assert next_wire - first == WIRE_STEP
