"""Walks along the latent dimensions."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch import nn

from latentscape.errors import InputError
from latentscape.learning.networks import ConvVAE
from latentscape.learning.traversals import interpolate, traverse, traverse_from


def a_network() -> ConvVAE:
    torch.manual_seed(0)
    return ConvVAE(size=4, in_channels=2, latent=3, channels=(4,), activation="relu", dropout=0.5)


def a_network_that_shows_its_latents() -> ConvVAE:
    network = a_network()
    network.decoder = nn.Sequential(nn.Unflatten(1, (3, 1, 1)))
    return network


# Means 0, 10, 20 and standard deviations 1, 2, 3 of the three dimensions.
MEANS = np.array([[-1, 8, 17], [1, 12, 23]], np.float32)


def test_points_walk_one_dimension_at_a_time_between_two_sigmas() -> None:
    points = traverse(a_network_that_shows_its_latents(), MEANS, sigmas=2, steps=3)
    assert points.shape == (3, 3, 3, 1, 1)
    assert points[..., 0, 0].tolist() == [
        [[-2, 10, 20], [0, 10, 20], [2, 10, 20]],
        [[0, 6, 20], [0, 10, 20], [0, 14, 20]],
        [[0, 10, 14], [0, 10, 20], [0, 10, 26]],
    ]


def test_nine_steps_decode_nine_images_of_every_channel() -> None:
    images = traverse(a_network(), MEANS, sigmas=2, steps=9)
    assert images.shape == (3, 9, 2, 4, 4)
    assert images.dtype == np.float32


def test_all_walks_meet_in_the_middle() -> None:
    images = traverse(a_network(), MEANS, sigmas=2, steps=9)
    np.testing.assert_allclose(images[0, 4], images[1, 4], atol=1e-6)
    assert np.abs(images[:, 0] - images[:, 8]).max() > 1e-3


def test_shuffled_latents_give_the_same_images_to_the_last_bit() -> None:
    means = np.random.default_rng(0).normal(0, 1, (101, 3)).astype(np.float32)
    order = np.random.default_rng(1).permutation(101)
    straight = traverse(a_network(), means, sigmas=2, steps=5)
    np.testing.assert_array_equal(traverse(a_network(), means[order], sigmas=2, steps=5), straight)


@pytest.mark.parametrize("means", [MEANS[:, :2], MEANS[:0], MEANS[0]])
def test_latents_of_another_shape_are_refused(means: np.ndarray) -> None:
    with pytest.raises(InputError, match=r"the network needs \(N, 3\)"):
        traverse(a_network(), means, sigmas=2, steps=3)


def test_walks_from_rows_pass_through_the_rows() -> None:
    starts = np.array([[5, 5, 5], [0, 1, 2]], np.float32)
    points = traverse_from(a_network_that_shows_its_latents(), starts, MEANS, sigmas=2, steps=3)[
        ..., 0, 0
    ]
    assert points.shape == (2, 3, 3, 3)
    assert points[:, :, 1].tolist() == [[[5, 5, 5]] * 3, [[0, 1, 2]] * 3]
    # The step is that of the many rows: standard deviations 1, 2, 3.
    assert points[0, 1].tolist() == [[5, 1, 5], [5, 5, 5], [5, 9, 5]]


def test_a_start_of_another_number_of_dimensions_is_refused() -> None:
    with pytest.raises(InputError, match=r"the network needs \(N, 3\)"):
        traverse_from(a_network(), MEANS[:, :2], MEANS, sigmas=2, steps=3)


def test_a_linear_way_is_straight_and_evenly_divided() -> None:
    points = interpolate(np.array([[0, 4]]), np.array([[2, 0]]), steps=5, path="linear")
    assert points.tolist() == [[[0, 4], [0.5, 3], [1, 2], [1.5, 1], [2, 0]]]


def test_a_spherical_way_turns_evenly_while_its_length_changes_evenly() -> None:
    points = interpolate(np.array([[1, 0]]), np.array([[0, 3]]), steps=4, path="spherical")[0]
    angle = np.arctan2(points[:, 1], points[:, 0])
    np.testing.assert_allclose(angle, np.linspace(0, np.pi / 2, 4), atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), [1, 5 / 3, 7 / 3, 3])


@pytest.mark.parametrize(("first", "last"), [([1, 1], [3, 3]), ([1, 0], [-2, 0]), ([0, 0], [1, 2])])
def test_a_spherical_way_without_an_arc_is_straight(first: list[int], last: list[int]) -> None:
    ends = np.array([first]), np.array([last])
    np.testing.assert_allclose(
        interpolate(*ends, steps=3, path="spherical"), interpolate(*ends, steps=3, path="linear")
    )


@settings(max_examples=20, deadline=None)
@given(
    arrays(np.float64, (2, 4), elements=st.floats(-10, 10)),
    arrays(np.float64, (2, 4), elements=st.floats(-10, 10)),
)
def test_a_spherical_way_starts_and_ends_at_its_ends(first: np.ndarray, last: np.ndarray) -> None:
    points = interpolate(first, last, steps=3, path="spherical")
    np.testing.assert_allclose(points[:, 0], first, atol=1e-6)
    np.testing.assert_allclose(points[:, -1], last, atol=1e-6)
