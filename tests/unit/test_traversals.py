"""Walks along the latent dimensions."""

import numpy as np
import pytest
import torch
from torch import nn

from latentscape.errors import InputError
from latentscape.learning.networks import ConvVAE
from latentscape.learning.traversals import traverse


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
