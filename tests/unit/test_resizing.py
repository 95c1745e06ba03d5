"""What a resize keeps, on tracks whose images are made by hand."""

import numpy as np
import pandas as pd
import pytest

from latentscape.lartpc.resizing import compare_resizes

# Two rows, of which the last wire is the first, and eight columns. The first peak is column 4.
# Bilinear looks at columns 1, 2, 5 and 6 with weight 1/2; an image pixel covers 4 of the canvas.
HALVED = {"size": 2, "wires": 1, "canvas_ticks": 8, "max_width": 4000}
# Eight rows, of which two make one row of the image, and one column per image column.
COARSE_ROWS = {"size": 4, "wires": 7, "canvas_ticks": 4, "max_width": 4000}
ONE_PIXEL = {(20, 1000): 30}


def a_track(collection, induction=ONE_PIXEL, *, track=0):
    row = {"sample": "proton", "run": 1, "subrun": 2, "event": 3, "track": track}
    for plane, cluster in (("collection", collection), ("induction", induction)):
        wire, tick = np.array(list(cluster), dtype=np.int16).T
        row[f"{plane}_wire"], row[f"{plane}_tick"] = wire, tick
        row[f"{plane}_adc"] = np.array(list(cluster.values()), dtype=np.int16)
        row[f"{plane}_width"] = int(np.ptp(tick)) + 1
    return row


def collection_of(cluster, resize, **canvas):
    table = compare_resizes(pd.DataFrame([a_track(cluster)]), **canvas)
    return table[(table["plane"] == "collection") & (table["resize"] == resize)].iloc[0]


def test_bilinear_sees_half_of_the_ticks_twice_and_the_others_not_at_all():
    row = collection_of({(21, 100): 30, (21, 101): 20}, "bilinear", **HALVED)
    # Half of the 20 ADC at column 5, times 4; nothing of the 30 ADC at column 4.
    assert row["image_charge"] == 40
    assert row["charge"] == 50
    assert row["kept"] == 0.8


def test_bilinear_loses_a_track_between_its_samples():
    assert collection_of({(21, 100): 30}, "bilinear", **HALVED)["kept"] == 0


def test_area_keeps_the_charge_on_the_canvas():
    assert collection_of({(21, 100): 30, (21, 101): 20}, "area", **HALVED)["kept"] == 1


def test_charge_off_the_canvas_counts_as_lost():
    # Four ticks after the peak is column 8, the first one off the canvas.
    assert collection_of({(21, 100): 30, (21, 104): 20}, "area", **HALVED)["kept"] == 0.6


@pytest.mark.parametrize("resize", ["area", "bilinear"])
def test_charge_before_the_last_wires_does_not_count(resize):
    row = collection_of({(20, 100): 99, (21, 100): 30, (21, 101): 20}, resize, **HALVED)
    assert row["charge"] == 50


@pytest.mark.parametrize("resize", ["area", "bilinear"])
def test_resize_to_the_same_size_keeps_everything(resize):
    canvas = {"size": 5, "wires": 4, "canvas_ticks": 5, "max_width": 4000}
    cluster = {(30, 100): 7, (31, 101): 9, (32, 101): 40, (33, 102): 20}
    row = collection_of(cluster, resize, **canvas)
    assert row["kept"] == 1
    assert row["peak_row"] == row["image_peak_row"] == 2


def test_peak_of_the_image_lies_within_its_coarse_row():
    row = collection_of({(30, 100): 7, (31, 100): 9, (32, 100): 50}, "area", **COARSE_ROWS)
    # The last wire is row 6 of 8; rows 6 and 7 are the last of the image, with centre 6.5.
    assert row["peak_row"] == 6
    assert row["image_peak_row"] == 6.5


def test_peak_is_the_wire_with_most_charge_not_the_highest_pixel():
    cluster = {(31, 100): 40, (31, 101): 40, (32, 100): 50}
    assert collection_of(cluster, "area", **COARSE_ROWS)["peak_row"] == 5


def test_each_track_has_a_row_per_plane_and_resize_whatever_the_order():
    tracks = pd.DataFrame(
        [a_track({(21, 100): 10 * n}, {(9, 50): n}, track=n) for n in range(1, 5)]
    )
    table = compare_resizes(tracks, **HALVED)
    assert len(table) == 4 * 2 * 2
    induction = table[(table["plane"] == "induction") & (table["resize"] == "area")]
    assert induction["image_charge"].tolist() == [1, 2, 3, 4]
    pd.testing.assert_frame_equal(compare_resizes(tracks[::-1], **HALVED), table)


def test_wide_tracks_have_no_row():
    wide = {(21, 100): 1, (21, 199): 1}
    tracks = pd.DataFrame([a_track(ONE_PIXEL, track=0), a_track(wide, track=1)])
    table = compare_resizes(tracks, **HALVED | {"max_width": 100})
    assert set(table["track"]) == {0}
