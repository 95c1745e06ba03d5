"""Transforms by hand, their inverses by property, and the constants from a training part."""

from math import atanh, e, log
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.errors import InputError
from latentscape.learning.settings import Transform
from latentscape.learning.transforms import (
    fit_transform,
    invert,
    most_probable_values,
    transform,
)

NAMES = get_args(Transform)
RANGE = {"lowest": [0.0], "highest": [200.0]}
SCALE = {"scale": [483.0]}

BY_HAND = [
    ("none", {}, 7, 7),
    ("log1p", {}, e - 1, 1),
    ("sqrt", {}, 9, 3),
    ("cbrt", {}, 27, 3),
    ("minmax", RANGE, 50, 0.25),
    ("minmax", RANGE, 400, 2),
    ("minmax", {"lowest": [10.0], "highest": [20.0]}, 5, 0),
    ("log1p_minmax", {"lowest": [0.0], "highest": [log(100)]}, 9, 0.5),
    ("clamp99_minmax", RANGE, 50, 0.25),
    ("clamp99_minmax", RANGE, 300, 1),
    ("tanh100", {"scale": [100.0]}, 100 * atanh(0.5), 0.5),
    ("tanh500", {"scale": [500.0]}, 500 * atanh(0.5), 0.5),
    ("mpv_linear", SCALE, 966, 2),
    ("mpv_tanh", SCALE, 483 * atanh(0.5), 0.5),
    ("hill_mpv", SCALE, 483, 0.5),
    ("hill_mpv", SCALE, 3 * 483, 0.75),
]

# The training part below has pixels up to 1000, and scales of 100, 500, 483 and 247.
INVERTIBLE_UP_TO = dict.fromkeys(NAMES, 1e5) | {
    "clamp99_minmax": 900.0,
    "tanh100": 500.0,
    "tanh500": 2500.0,
    "mpv_tanh": 5 * 247.0,
}
SATURATED = [
    ("clamp99_minmax", RANGE, 200),
    ("tanh100", {"scale": [100.0]}, 600),
    ("tanh500", {"scale": [500.0]}, 3000),
    ("mpv_tanh", SCALE, 6 * 483),
    ("hill_mpv", SCALE, 1000 * 483),
]


def an_image(*channels):
    """One image of one row, from the pixel values of each channel."""
    return np.array(channels, dtype=np.float64)[None, :, None, :]


def a_training_part():
    pixels = np.linspace(0, 1000, 800)
    return np.stack([pixels, pixels[::-1]]).reshape(2, 10, 8, 10).swapaxes(0, 1)


def the_constants(name):
    return fit_transform(name, a_training_part(), most_probable=(483, 247))


def test_every_named_transform_is_computed_by_hand_above():
    assert {name for name, *_ in BY_HAND} == set(NAMES)


@pytest.mark.parametrize(("name", "constants", "pixel", "expected"), BY_HAND)
def test_pixel_has_the_value_computed_by_hand(name, constants, pixel, expected):
    value = transform(name, an_image([pixel]), constants)
    assert value.item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=50)
@given(shares=st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_inverse_returns_the_pixels(name, shares):
    pixels = np.array(shares) * INVERTIBLE_UP_TO[name]
    images = an_image(pixels, pixels[::-1])
    constants = the_constants(name)
    again = invert(name, transform(name, images, constants), constants)
    np.testing.assert_allclose(again, images, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_single_precision_stays_single_and_is_inverted_to_a_thousandth(name):
    constants = the_constants(name)
    pixels = np.linspace(0, 0.8 * INVERTIBLE_UP_TO[name], 50)
    images = an_image(pixels, pixels).astype(np.float32)
    values = transform(name, images, constants)
    again = invert(name, values, constants)
    assert values.dtype == again.dtype == np.float32
    np.testing.assert_allclose(again, images, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=50)
@given(pixels=st.lists(st.floats(-50, 5000), min_size=4, max_size=4))
def test_values_are_never_negative_and_rise_with_the_pixel(name, pixels):
    images = an_image(sorted(pixels), sorted(pixels))
    values = transform(name, images, the_constants(name))
    assert values.min() >= 0
    assert (np.diff(values, axis=-1) >= 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_empty_and_negative_pixels_are_zero_both_ways(name):
    images = an_image([-3, 0], [-3, 0])
    constants = the_constants(name)
    np.testing.assert_array_equal(transform(name, images, constants), np.zeros((1, 2, 1, 2)))
    np.testing.assert_array_equal(invert(name, images, constants), np.zeros((1, 2, 1, 2)))


@pytest.mark.parametrize(("name", "constants", "ceiling"), SATURATED)
@pytest.mark.parametrize("value", [1.0, 7.5])
def test_inverse_saturates_where_documented(name, constants, ceiling, value):
    pixel = invert(name, an_image([value]), constants)
    assert pixel.item() == pytest.approx(ceiling, rel=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["log1p", "log1p_minmax"])
def test_inverse_of_the_logarithm_does_not_overflow(name, dtype):
    pixels = invert(name, an_image([1e4], [1e4]).astype(dtype), the_constants(name))
    assert np.isfinite(pixels).all()
    assert pixels.min() > 1e37


def test_constants_have_one_value_per_channel():
    images = an_image([0, 4, 8], [2, 2, 6])
    assert fit_transform("minmax", images, most_probable=None) == {
        "lowest": [0, 2],
        "highest": [8, 6],
    }
    values = transform("minmax", images, {"lowest": [0, 2], "highest": [8, 6]})
    np.testing.assert_array_equal(values, an_image([0, 0.5, 1], [0, 0, 1]))


def test_range_of_the_logarithm_is_fitted_after_the_logarithm():
    constants = fit_transform("log1p_minmax", an_image([0, 9, 99]), most_probable=None)
    assert constants["lowest"] == [0]
    assert constants["highest"] == [pytest.approx(log(100))]


def test_clamp_is_at_the_99th_percentile_of_signal_pixels():
    images = an_image([0] * 500 + list(range(1, 102)))
    constants = fit_transform("clamp99_minmax", images, most_probable=None)
    assert constants == {"lowest": [0], "highest": [pytest.approx(100)]}


def test_negative_training_pixels_count_as_zero():
    constants = fit_transform("minmax", an_image([-20, 10]), most_probable=None)
    assert constants == {"lowest": [0], "highest": [10]}


@pytest.mark.parametrize("name", ["none", "log1p", "sqrt", "cbrt"])
def test_plain_curves_have_no_constants(name):
    assert the_constants(name) == {}


def test_fixed_scales_are_repeated_for_each_channel():
    assert the_constants("tanh100") == {"scale": [100, 100]}
    assert the_constants("tanh500") == {"scale": [500, 500]}


def test_most_probable_value_is_the_centre_of_the_fullest_bin_of_the_highest_pixels():
    # Sixteen images with signal: four bins from 2 to 10 hold 3, 8, 3 and 2 of them.
    highest = [2] * 3 + [4] * 8 + [6] * 3 + [10] * 2 + [0] * 50
    images = np.array([[[[1 if top else 0, top]]] for top in highest], dtype=np.float32)
    assert most_probable_values(images) == [5]
    assert fit_transform("mpv_linear", images, most_probable=None) == {"scale": [5]}


def test_given_most_probable_values_are_taken_as_they_are():
    assert the_constants("hill_mpv") == {"scale": [483, 247]}


@pytest.mark.parametrize("given_values", [(483,), (483, 0), (483, 247, 1), (-1, 5)])
def test_most_probable_values_must_be_positive_and_one_per_channel(given_values):
    with pytest.raises(InputError, match=r"one number above 0 for each of 2 channels"):
        fit_transform("mpv_tanh", a_training_part(), most_probable=given_values)


@pytest.mark.parametrize("name", ["clamp99_minmax", "mpv_linear", "mpv_tanh", "hill_mpv"])
def test_empty_channel_gives_no_constants(name):
    with pytest.raises(InputError, match="channel 1 is empty in every training image"):
        fit_transform(name, an_image([0, 5, 9], [0, 0, 0]), most_probable=None)


@pytest.mark.parametrize("name", ["minmax", "log1p_minmax", "clamp99_minmax"])
def test_constant_channel_has_no_range(name):
    with pytest.raises(InputError, match=r"channel 0 has the same value .* in every"):
        fit_transform(name, an_image([3, 3], [0, 1]), most_probable=None)


def test_unknown_transform_is_refused_with_all_that_are_allowed():
    message = f"unknown transform 'log2'; allowed are {', '.join(NAMES)}."
    for call in (
        lambda: fit_transform("log2", a_training_part(), most_probable=None),
        lambda: transform("log2", a_training_part(), {}),
        lambda: invert("log2", a_training_part(), {}),
    ):
        with pytest.raises(InputError) as raised:
            call()
        assert str(raised.value) == message


@pytest.mark.parametrize("direction", [transform, invert])
def test_constants_of_another_number_of_channels_are_refused(direction):
    with pytest.raises(InputError, match="scale has 1 values, the images 2 channels"):
        direction("mpv_linear", a_training_part(), SCALE)
