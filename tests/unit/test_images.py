"""Images equal their plain definition: a canvas, and a resize of it."""

import logging

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.keys import TRACK_KEY
from latentscape.lartpc.images import area_weights, bilinear_weights, make_images

PUBLISHED = {"size": 48, "wires": 50, "canvas_ticks": 1502, "max_width": 4000}
# Image and canvas have the same size, so every pixel of an image is one of the canvas.
UNRESIZED = {"size": 5, "wires": 4, "canvas_ticks": 5, "max_width": 4000}
ONE_PIXEL = {(20, 1000): 30}

clusters = st.dictionaries(
    st.tuples(st.integers(0, 80), st.integers(0, 1700)),
    st.integers(1, 4095),
    min_size=1,
    max_size=40,
)
canvases = st.sampled_from(
    [
        {"size": 48, "wires": 50, "canvas_ticks": 1502},
        {"size": 64, "wires": 50, "canvas_ticks": 700},
        {"size": 16, "wires": 7, "canvas_ticks": 33},
        {"size": 30, "wires": 9, "canvas_ticks": 20},
    ]
)


def a_track(collection, induction=ONE_PIXEL, *, track=0):
    row = {"sample": "proton", "run": 1, "subrun": 2, "event": 3, "track": track}
    for plane, cluster in (("collection", collection), ("induction", induction)):
        wire, tick = np.array(list(cluster), dtype=np.int16).T
        row[f"{plane}_wire"], row[f"{plane}_tick"] = wire, tick
        row[f"{plane}_adc"] = np.array(list(cluster.values()), dtype=np.int16)
        row[f"{plane}_width"] = int(np.ptp(tick)) + 1
    return row


def image_of(collection, **settings):
    return make_images(pd.DataFrame([a_track(collection)]), **settings)["images"][0, 0]


def canvas_of(cluster, *, wires, canvas_ticks, size):
    """Draw the canvas by its plain definition, from the wires and ticks of the plane."""
    last = max(wire for wire, _ in cluster)
    kept = {pixel: adc for pixel, adc in cluster.items() if pixel[0] > last - wires}
    first = min(wire for wire, _ in kept)
    peak = max((adc, -tick) for (wire, tick), adc in kept.items() if wire == first)
    canvas = np.zeros((wires + 1, canvas_ticks))
    for (wire, tick), adc in kept.items():
        column = tick + peak[1] + canvas_ticks // 2
        if 0 <= column < canvas_ticks:
            canvas[wires - 1 - (last - wire), column] = adc
    return canvas


@settings(deadline=None, max_examples=60)
@given(clusters, canvases)
def test_bilinear_image_equals_canvas_and_resize(cluster, canvas):
    plain = torch.nn.functional.interpolate(
        torch.from_numpy(canvas_of(cluster, **canvas))[None, None],
        size=(canvas["size"], canvas["size"]),
        mode="bilinear",
        align_corners=False,
        antialias=False,
    )[0, 0].numpy()
    image = image_of(cluster, resize="bilinear", max_width=4000, **canvas)
    np.testing.assert_allclose(image, plain, rtol=1e-6, atol=1e-6)


@settings(deadline=None, max_examples=60)
@given(clusters, canvases)
def test_area_image_holds_the_charge_of_the_canvas(cluster, canvas):
    image = image_of(cluster, resize="area", max_width=4000, **canvas)
    charge = canvas_of(cluster, **canvas).sum()
    np.testing.assert_allclose(image.sum(dtype=np.float64), charge, rtol=1e-6)


@settings(deadline=None, max_examples=30)
@given(clusters)
def test_area_image_equals_cutting_every_pixel_into_equal_pieces(cluster):
    canvas = {"size": 16, "wires": 7, "canvas_ticks": 33}
    pieces = np.kron(canvas_of(cluster, **canvas), np.full((16, 16), 1 / 16**2))
    plain = pieces.reshape(16, 8, 16, 33).sum(axis=(1, 3))
    image = image_of(cluster, resize="area", max_width=4000, **canvas)
    np.testing.assert_allclose(image, plain, rtol=1e-6, atol=1e-6)


def test_area_weights_divide_a_cell_by_its_overlap():
    np.testing.assert_allclose(area_weights(3, 2), [[1, 0.5, 0], [0, 0.5, 1]])


def test_bilinear_weights_interpolate_at_the_centres():
    np.testing.assert_allclose(bilinear_weights(4, 2), [[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]])
    np.testing.assert_allclose(bilinear_weights(2, 4), [[1, 0], [0.75, 0.25], [0.25, 0.75], [0, 1]])


@pytest.mark.parametrize("resize", ["area", "bilinear"])
def test_last_wires_are_kept_and_the_stop_is_above_the_empty_row(resize):
    cluster = {(wire, 100): 10 * (wire - 29) for wire in range(30, 36)}
    expected = np.zeros((5, 5))
    expected[:4, 2] = [30, 40, 50, 60]
    np.testing.assert_array_equal(image_of(cluster, resize=resize, **UNRESIZED), expected)


@pytest.mark.parametrize("resize", ["area", "bilinear"])
def test_short_track_leaves_the_rows_before_its_entry_empty(resize):
    cluster = {(30, 100): 7, (31, 101): 9}
    expected = np.zeros((5, 5))
    expected[2, 2], expected[3, 3] = 7, 9
    np.testing.assert_array_equal(image_of(cluster, resize=resize, **UNRESIZED), expected)


def test_centre_is_the_peak_of_the_first_kept_wire_and_the_earlier_of_equals():
    cluster = {(33, 100): 50, (30, 102): 9, (30, 101): 9, (30, 100): 8, (29, 98): 99}
    image = image_of(cluster, resize="area", **UNRESIZED)
    np.testing.assert_array_equal(image[0], [0, 8, 9, 9, 0])
    np.testing.assert_array_equal(image[3], [0, 50, 0, 0, 0])


def test_pixels_off_the_canvas_are_dropped_and_their_charge_is_logged(caplog):
    caplog.set_level(logging.INFO, "latentscape")
    cluster = {(30, 97): 10, (30, 98): 20, (30, 100): 60, (30, 102): 30, (30, 103): 30}
    image = image_of(cluster, resize="area", **UNRESIZED)
    np.testing.assert_array_equal(image[3], [20, 0, 60, 0, 30])
    # 40 of 150 ADC lie at columns -1 and 5.
    assert "collection: 27 % of the charge lies off the canvas" in caplog.text
    assert "induction" not in caplog.text


@pytest.mark.parametrize("plane", ["collection", "induction"])
def test_track_as_wide_as_the_limit_is_left_out_and_counted(plane, caplog):
    caplog.set_level(logging.INFO, "latentscape")
    narrow, wide = {(30, 100): 1, (30, 198): 1}, {(30, 100): 1, (30, 199): 1}
    tracks = pd.DataFrame(
        [
            a_track(**{"collection": ONE_PIXEL, plane: narrow}, track=0),
            a_track(**{"collection": ONE_PIXEL, plane: wide}, track=1),
        ]
    )
    images = make_images(tracks, **PUBLISHED | {"max_width": 100}, resize="area")
    assert images.keys["track"].tolist() == [0]
    assert "1 of 2 tracks are left out: 100 ticks wide or wider" in caplog.text


def test_collection_is_the_first_channel():
    tracks = pd.DataFrame([a_track({(20, 100): 3}, {(40, 900): 5})])
    images = make_images(tracks, **PUBLISHED, resize="area")["images"]
    assert images.shape == (1, 2, 48, 48)
    assert images.dtype == np.float32
    np.testing.assert_allclose(images.sum(axis=(2, 3)), [[3, 5]], rtol=1e-6)


@pytest.mark.parametrize("resize", ["area", "bilinear"])
def test_shuffled_tracks_and_pixels_give_the_same_images(resize):
    rng = np.random.default_rng(5)
    rows, shuffled = [], []
    for track in range(8):
        pixels = rng.permutation(60 * 90)[:400]
        cluster = {(int(p // 90), int(p % 90)): int(rng.integers(8, 900)) for p in pixels}
        items = list(cluster.items())
        mixed = dict(items[i] for i in rng.permutation(len(items)))
        rows.append(a_track(cluster, cluster, track=track))
        shuffled.append(a_track(mixed, mixed, track=track))
    images = make_images(pd.DataFrame(rows), **PUBLISHED, resize=resize)
    again = make_images(pd.DataFrame(shuffled).iloc[::-1], **PUBLISHED, resize=resize)
    pd.testing.assert_frame_equal(images.keys, again.keys)
    assert images["images"].tobytes() == again["images"].tobytes()


def test_no_track_gives_no_image():
    tracks = pd.DataFrame([a_track(ONE_PIXEL)]).iloc[:0]
    images = make_images(tracks, **PUBLISHED, resize="area")
    assert images["images"].shape == (0, 2, 48, 48)
    assert list(images.keys.columns) == list(TRACK_KEY)
