"""Which rows are walked from, and what is measured on the way."""

import numpy as np
import pandas as pd
import pytest

from latentscape.arrays import KeyedArrays
from latentscape.errors import InputError
from latentscape.evaluation.tables.maps import INTERPOLATIONS, WALKS
from latentscape.evaluation.walks import (
    choose_pairs,
    choose_starts,
    measure_interpolations,
    measure_walks,
    pair_key,
)

KEY = ("sample", "event")


def some_latents():
    """Of samples a, b, c the events 1, 11 and 21 have the median error outside training."""
    return pd.DataFrame(
        {
            "seed": 0,
            "sample": np.repeat(["a", "b", "c"], 4),
            "event": [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23],
            "part": ["validation", "validation", "validation", "train", *["held_out"] * 8],
            "reconstruction_error": [1.0, 2.0, 3.0, 2.0, 1, 2, 3, 0, 1, 2, 3, 0],
        }
    )


def test_by_default_the_median_row_of_each_sample_is_the_start():
    starts = choose_starts(some_latents().iloc[:3], KEY, starts=None)
    assert starts.to_numpy().tolist() == [["a", 1]]
    assert choose_starts(some_latents(), KEY, starts=None)["sample"].tolist() == ["a", "b", "c"]


def test_chosen_starts_are_taken_once_each_in_the_order_of_their_key():
    chosen = [{"sample": "c", "event": 20}, {"event": 3, "sample": "a"}] * 2
    starts = choose_starts(some_latents(), KEY, starts=chosen)
    assert starts.to_numpy().tolist() == [["a", 3], ["c", 20]]
    assert choose_starts(some_latents(), KEY, starts=chosen[::-1]).equals(starts)


def test_by_default_pairs_go_from_the_first_sample_to_each_other():
    pairs = choose_pairs(some_latents(), KEY, pairs=None, first="b")
    assert pairs.columns.tolist() == pair_key(KEY)
    assert pairs[["first_sample", "last_sample"]].to_numpy().tolist() == [["b", "a"], ["b", "c"]]


def test_chosen_pairs_keep_their_direction():
    ends = ({"sample": "c", "event": 20}, {"sample": "a", "event": 3})
    pairs = choose_pairs(some_latents(), KEY, pairs=[ends], first="b")
    assert pairs.to_numpy().tolist() == [["c", 20, "a", 3]]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"sample": "a"}, r"walks.starts: \{'sample': 'a'\} is no key; it needs sample, event"),
        ({"sample": "a", "event": 99}, r"walks.starts: no row has the key .*99"),
    ],
)
def test_a_wrong_key_is_named(chosen, message):
    with pytest.raises(InputError, match=message):
        choose_starts(some_latents(), KEY, starts=[chosen])


def test_a_first_sample_without_untrained_rows_is_named():
    with pytest.raises(InputError, match="sample 'd' has no row"):
        choose_pairs(some_latents(), KEY, pairs=None, first="d")


def a_spot(x, y, height):
    image = np.zeros((4, 6), np.float32)
    image[x, y] = height
    return image


def test_sum_and_centre_of_every_image_are_found():
    spots = [[a_spot(1, 5, 2)], [a_spot(0, 0, 0)], [a_spot(3, 2, 7) + a_spot(1, 2, 7)]]
    mean = np.stack(spots)[None]
    walks = KeyedArrays(pd.DataFrame({"sample": ["a"], "event": [7]}), {"images": 2 * mean[None]})
    table = measure_walks(mean, walks, sigmas=2, channels=["one"])
    pd.testing.assert_frame_equal(table, WALKS.check(table))
    found = table.set_index("start").loc["mean"]
    assert found["offset"].tolist() == [-2, 0, 2]
    assert found["sum"].tolist() == [2, 0, 14]
    assert found["centre_x"].tolist() == pytest.approx([1, np.nan, 2], nan_ok=True)
    assert found["centre_y"].tolist() == pytest.approx([5, np.nan, 2], nan_ok=True)
    assert table.set_index("start").loc["a 7", "sum"].tolist() == [4, 0, 28]


def test_channels_and_dimensions_keep_their_names():
    heights = np.arange(2 * 3 * 2).reshape(2, 3, 2)
    mean = heights[..., None, None] * np.ones((4, 6))
    walks = KeyedArrays(pd.DataFrame({"sample": ["a"]}), {"images": mean[None]})
    table = measure_walks(mean, walks, sigmas=1, channels=["one", "two"])
    place = table.set_index(["start", "dimension", "step", "channel"])["sum"]
    for dimension, step, channel in np.ndindex(heights.shape):
        name = ["one", "two"][channel]
        expected = 24 * heights[dimension, step, channel]
        assert place.loc[("mean", f"z{dimension}", step, name)] == expected


def test_interpolations_are_measured_beside_their_ends():
    keys = pd.DataFrame({"first_sample": ["a"], "last_sample": ["b"]})
    shown = np.stack([[a_spot(i, i, i + 1)] for i in range(3)])[None]
    arrays = KeyedArrays(keys, {"inputs": 10 * shown[:, [0, 2]], "images": shown})
    table = measure_interpolations(arrays, channels=["one"])
    pd.testing.assert_frame_equal(table, INTERPOLATIONS.check(table))
    assert set(zip(table["first"], table["last"], strict=True)) == {("a", "b")}
    sums = table.set_index(["kind", "fraction"])["sum"]
    assert sums.loc["decoded"].to_dict() == {0.0: 1, 0.5: 2, 1.0: 3}
    assert sums.loc["input"].to_dict() == {0.0: 10, 1.0: 30}
