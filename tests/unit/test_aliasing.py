"""Tracks that are moved by a part of an image column, on images made by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.lartpc.aliasing import canvas_pixels, over_shifts, shift_tracks
from latentscape.lartpc.resizing import compare_resizes

# Two rows, of which the last wire is the first, and eight columns: four make an image column.
# The first peak is column 4. Bilinear looks at columns 1, 2, 5 and 6 with weight 1/2.
HALVED = {"size": 2, "wires": 1, "canvas_ticks": 8, "max_width": 4000}
# Neither size divides the canvas.
UNEVEN = {"size": 12, "wires": 20, "canvas_ticks": 50, "max_width": 4000}
ONE_PIXEL = {(20, 1000): 30}


def a_track(collection, induction=ONE_PIXEL, *, track=0):
    row = {"sample": "proton", "run": 1, "subrun": 2, "event": 3, "track": track}
    for plane, cluster in (("collection", collection), ("induction", induction)):
        wire, tick = np.array(list(cluster), dtype=np.int16).T
        row[f"{plane}_wire"], row[f"{plane}_tick"] = wire, tick
        row[f"{plane}_adc"] = np.array(list(cluster.values()), dtype=np.int16)
        row[f"{plane}_width"] = int(np.ptp(tick)) + 1
    return row


def moved(*tracks, resize, plane="collection", shifted_tracks=9, **canvas):
    table = shift_tracks(pd.DataFrame(tracks), shifted_tracks=shifted_tracks, **canvas)
    return table[(table["resize"] == resize) & (table["plane"] == plane)]


def test_a_pulse_of_one_tick_comes_and_goes_in_a_bilinear_image():
    rows = moved(a_track(ONE_PIXEL), resize="bilinear", **HALVED)
    # Columns 4, 5, 6 and 7; a sample of weight 1/2 stands for 4 columns and, of two rows, one.
    assert rows["shift"].tolist() == [0, 1, 2, 3]
    assert rows["kept"].tolist() == [0, 2, 2, 0]


def test_area_keeps_the_charge_of_a_moved_track():
    assert moved(a_track(ONE_PIXEL), resize="area", **HALVED)["kept"].tolist() == [1, 1, 1, 1]


def test_distance_is_that_from_the_image_moved_between_its_columns():
    rows = moved(a_track({(20, 999): 10, (20, 1000): 30}), resize="area", **HALVED)
    # Columns 3 and 4: the image is (10, 30), and after any shift (0, 40). The unmoved image moved
    # by a part p is (10 (1 - p), 30 (1 - p) + 10 p). The mean square of an image is 1450.
    parts = np.array([0, 1, 2, 3]) / 4
    drawn = np.array([[10, 30], [0, 40], [0, 40], [0, 40]])
    expected = np.stack([10 * (1 - parts), 30 * (1 - parts) + 10 * parts], axis=1)
    distance = np.sqrt(((drawn - expected) ** 2).sum(axis=1) / 1450)
    np.testing.assert_allclose(rows["distance"], distance)


def test_charge_that_moves_off_the_canvas_is_lost():
    rows = moved(a_track({(20, 1000): 30, (20, 1003): 10}), resize="area", **HALVED)
    assert rows["kept"].tolist() == [1, 0.75, 0.75, 0.75]


def test_charge_before_the_canvas_can_move_onto_it():
    rows = moved(a_track({(20, 994): 10, (20, 1000): 30}), resize="area", **HALVED)
    assert rows["kept"].tolist() == [0.75, 0.75, 1, 1]


def test_weights_add_up_to_the_width_of_an_image_column():
    rows = moved(a_track(ONE_PIXEL), resize="area", **HALVED | {"canvas_ticks": 9})
    assert rows["weight"].tolist() == [1, 1, 1, 1, 0.5]


clusters = st.dictionaries(
    st.tuples(st.integers(0, 30), st.integers(0, 60)),
    st.integers(1, 4095),
    min_size=1,
    max_size=40,
)


@settings(deadline=None, max_examples=10)
@given(clusters, clusters)
def test_an_unmoved_track_keeps_what_the_pipelines_image_keeps(collection, induction):
    tracks = pd.DataFrame([a_track(collection, induction)])
    unmoved = shift_tracks(tracks, shifted_tracks=1, **UNEVEN).query("shift == 0")
    images = compare_resizes(tracks, **UNEVEN)
    # Both tables are sorted by plane and resize.
    np.testing.assert_allclose(unmoved["kept"], images["kept"], rtol=1e-6, atol=1e-9)
    assert (unmoved["distance"].dropna() == 0).all()


def test_spread_weighs_each_shift():
    rows = moved(a_track(ONE_PIXEL), resize="bilinear", **HALVED)
    # 0, 2, 2, 0 have mean 1 and standard deviation 1.
    assert over_shifts(rows)["spread over shifts"].tolist() == [1]
    heavy = rows.assign(weight=[1.0, 0.5, 0.5, 0.0])
    # 0 and 2 with weights 1 and 1.
    assert over_shifts(heavy)["spread over shifts"].tolist() == [1]
    assert over_shifts(rows.assign(weight=[0.0, 1.0, 1.0, 0.0]))["spread over shifts"].item() == 0


def test_a_track_that_no_image_shows_has_no_distance():
    # Of six rows bilinear sees the third and the fourth; the last wire is the fifth.
    canvas = {"size": 1, "wires": 5, "canvas_ticks": 3, "max_width": 4000}
    rows = moved(a_track({(20, 1000): 30}), resize="bilinear", **canvas)
    assert (rows["kept"] == 0).all()
    assert rows["distance"].isna().all()
    assert over_shifts(rows)["distance over shifts"].isna().all()


def test_only_the_first_narrow_tracks_are_moved_whatever_the_order():
    wide = {(20, 1000): 1, (20, 1099): 1}
    tracks = [a_track(wide, track=0), *(a_track(ONE_PIXEL, track=n) for n in range(1, 5))]
    settings = {"shifted_tracks": 2, **HALVED | {"max_width": 100}}
    table = shift_tracks(pd.DataFrame(tracks), **settings)
    assert set(table["track"]) == {1, 2}
    pd.testing.assert_frame_equal(shift_tracks(pd.DataFrame(tracks[::-1]), **settings), table)


def test_no_track_gives_an_empty_table():
    assert shift_tracks(pd.DataFrame([a_track(ONE_PIXEL)])[:0], shifted_tracks=2, **HALVED).empty


@pytest.mark.parametrize("plane", ["collection", "induction"])
def test_canvas_starts_at_the_highest_pixel_of_the_first_kept_wire(plane):
    cluster = {(30, 900): 99, (31, 1000): 5, (31, 1002): 7, (31, 1003): 7, (32, 1010): 9}
    tracks = pd.DataFrame([a_track(**{"collection": ONE_PIXEL, plane: cluster})])
    pixels = canvas_pixels(tracks, plane, wires=2, canvas_ticks=8)
    found = pixels.sort_values(["row", "column"])[["row", "column", "adc"]].to_numpy().tolist()
    # Wire 30 is not kept; the earlier of the equal peaks lies in column 4.
    assert found == [[0, 2, 5], [0, 4, 7], [0, 5, 7], [1, 12, 9]]
