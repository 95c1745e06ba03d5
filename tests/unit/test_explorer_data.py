"""The data of the explorer's page: what is encoded is what was given, joined by key."""

import base64
import json
import zlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from latentscape.errors import InputError
from latentscape.explorer.displays import Pixels, pack
from latentscape.explorer.encoding import (
    encode,
    encode_column,
    image_codes,
    pixel_codes,
    rounded,
)
from latentscape.explorer.points import Points, Quantity, Side, join_points, quantities_of
from latentscape.tables import Column, Table

KEY = ("sample", "run")


def decode(content):
    """Undo the encoding without a browser."""
    dtype = np.dtype(content["type"]).newbyteorder("<")
    planes = np.frombuffer(zlib.decompress(base64.b64decode(content["data"])), np.uint8)
    stored = planes.reshape(dtype.itemsize, -1).T.copy().view(dtype).reshape(content["shape"])
    return np.cumsum(stored, axis=-1, dtype=dtype) if content["delta"] else stored


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "float32", "float64"])
def test_an_encoded_array_is_decoded_to_itself(dtype):
    array = (np.random.default_rng(1).normal(size=(3, 5)) * 100).astype(dtype)
    assert np.array_equal(decode(encode(array)), array)


@given(arrays(np.int16, (2, 7)))
def test_differences_add_up_to_the_array_even_where_they_overflow(array):
    assert np.array_equal(decode(encode(array, delta=True)), array)


def test_an_empty_array_is_encoded():
    assert decode(encode(np.empty((5, 0), np.int16), delta=True)).shape == (5, 0)


def test_a_type_that_no_browser_array_has_is_refused():
    with pytest.raises(InputError, match="cannot encode an array of int64"):
        encode(np.zeros(2, np.int64))


@given(st.floats(2.0**-60, 2.0**60, width=32))
def test_rounding_changes_a_number_by_less_than_its_last_kept_bit(number):
    assert abs(rounded(np.float32([number]))[0] - number) <= abs(number) * 2.0**-13


def test_rounding_keeps_missing_values_missing_and_zero_zero():
    found = rounded(np.float32([np.nan, 0.0, np.inf]))
    assert np.isnan(found[[0, 2]]).all()
    assert found[1] == 0


def test_image_codes_follow_the_inverse_hyperbolic_sine():
    codes = image_codes(np.array([0.0, 20.0, 1000.0, 5000.0, -3.0]), softening=20, largest=1000)
    assert codes.tolist() == [0, round(255 * np.arcsinh(1) / np.arcsinh(50)), 255, 255, 0]


@given(arrays(np.int64, 20, elements=st.integers(-32768, 32767)))
def test_a_pixel_is_known_to_half_the_root_of_its_value(values):
    codes = pixel_codes(values).astype(float)
    found = np.sign(codes) * (codes / 2) ** 2
    assert (np.abs(found - values) <= np.sqrt(np.abs(values)) / 2 + 1 / 16).all()


def test_texts_are_levels_in_the_wanted_order_and_then_by_alphabet():
    column = encode_column(pd.Series(["b", "z", None, "a"], name="c"), ("z",))
    assert column["levels"] == ["z", "a", "b"]
    assert decode(column["codes"]).tolist() == [2, 0, -1, 1]


def test_truth_values_are_shown_as_text():
    assert encode_column(pd.Series([True, False, True]))["levels"] == ["False", "True"]


def test_missing_whole_numbers_are_missing_numbers():
    column = pd.Series([1, None, 3], dtype="Int64")
    assert np.isnan(decode(encode_column(column)["numbers"])[1])


def some_rows():
    return pd.DataFrame({"sample": ["a", "a", "b"], "run": [1, 2, 1]})


def a_side(rows, name, key=KEY):
    return Side(rows, key, (Quantity(name, name, "", "Group"),))


def test_points_that_a_table_lacks_have_missing_values():
    side = a_side(some_rows().iloc[:2].assign(q=[1.0, 2.0]), "q")
    table = join_points(some_rows(), [side], key=KEY).table
    assert table["q"].tolist()[:2] == [1.0, 2.0]
    assert np.isnan(table["q"][2])


def test_what_is_known_of_a_group_of_points_is_given_to_each():
    of_sample = pd.DataFrame({"sample": ["b", "a"], "q": [7, 5]})
    side = a_side(of_sample, "q", ("sample",))
    assert join_points(some_rows(), [side], key=KEY).table["q"].tolist() == [5, 5, 7]


def test_shuffled_tables_give_the_same_points():
    side = some_rows().assign(q=[1.0, 2.0, 3.0])
    one = join_points(some_rows(), [a_side(side, "q")], key=KEY).table
    other = join_points(some_rows()[::-1], [a_side(side[::-1], "q")], key=KEY).table
    pd.testing.assert_frame_equal(one, other)


def test_two_quantities_of_one_name_are_refused():
    side = a_side(some_rows().assign(q=1.0), "q")
    with pytest.raises(InputError, match="two quantities are called 'q'"):
        join_points(some_rows(), [side, side], key=KEY)


def test_quantities_have_text_and_unit_of_the_declared_table():
    table = Table(
        "t",
        "a row",
        (
            Column("run", "int64", "Run"),
            Column("q", "float64", "A length", "cm"),
            Column("many", "list<int16>", "Many"),
        ),
        ("run",),
    )
    assert quantities_of(table, "G", prefix="p_") == (Quantity("p_q", "A length", "cm", "G"),)


def test_at_most_so_many_points_are_drawn_and_always_the_same():
    points = Points(pd.DataFrame({"run": range(100)}), ("run",), ())
    drawn = points.sampled(10, seed=3).table["run"]
    assert len(drawn) == 10
    assert drawn.is_monotonic_increasing
    assert drawn.equals(points.sampled(10, seed=3).table["run"])
    assert points.sampled(10, seed=3).drawn_from == 100
    assert points.sampled(100, seed=3) is points


def two_displays():
    keys = pd.DataFrame({"run": [1, 2]})
    table = pd.DataFrame(
        {
            "row": [1, 0, 0],
            "panel": [0, 1, 0],
            "x": [5, 3, 4],
            "y": [9, 2, 1],
            "value": [100, 25, 400],
            "group": [0, -1, 2],
        }
    )
    return Pixels(keys, table)


def test_pixels_of_a_display_are_sorted_and_keep_their_group():
    [(texts, keys)] = pack([two_displays()], key=("run",), file_kb=100)
    first = decode(json.loads(texts[0]))
    assert keys["run"].tolist() == [1, 2]
    assert first.tolist() == [[0, 1], [4, 3], [1, 2], [40, 10], [2, -1]]


def test_shuffled_pixels_give_the_same_file():
    shuffled = Pixels(two_displays().keys, two_displays().table[::-1])
    [(one, _)] = pack([two_displays()], key=("run",), file_kb=100)
    [(other, _)] = pack([shuffled], key=("run",), file_kb=100)
    assert one == other


def test_a_file_of_displays_is_closed_before_it_grows_too_large():
    parts = [two_displays(), two_displays()]
    files = list(pack(parts, key=("run",), file_kb=0))
    assert [len(texts) for texts, _ in files] == [1, 1, 1, 1]
    assert [keys["run"].tolist() for _, keys in files] == [[1], [2], [1], [2]]
