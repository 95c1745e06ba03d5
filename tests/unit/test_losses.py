"""Losses against numbers computed by hand, and against another derivation."""

from math import e

import pytest
import torch
from torch.distributions import Normal
from torch.distributions import kl_divergence as kl_of

from latentscape.learning.losses import (
    beta_vae_loss,
    kl_divergence,
    squared_error,
    weighted_squared_error,
)
from latentscape.learning.networks import Output

# Two images of 1 × 2 × 2 pixels.
IMAGES = torch.tensor([[[[0.0, 2.0], [0.01, 0.0]]], [[[1.0, 0.0], [0.0, 0.0]]]])
RECONSTRUCTION = torch.tensor([[[[1.0, 4.0], [2.01, 0.0]]], [[[1.0, 3.0], [0.0, 0.0]]]])


def test_squared_errors_are_summed_over_each_image() -> None:
    # 1² + 2² + 2², and 3².
    assert squared_error(IMAGES, RECONSTRUCTION).tolist() == pytest.approx([9, 9])


def test_pixels_above_the_threshold_weigh_more_and_those_at_it_do_not() -> None:
    # 1² + 10 · 2² + 2², and 3² in an empty pixel.
    errors = weighted_squared_error(
        IMAGES, RECONSTRUCTION, signal_threshold=0.01, signal_weight=10.0
    )
    assert errors.tolist() == pytest.approx([45, 9])


def test_a_weight_of_one_gives_the_plain_squared_error() -> None:
    errors = weighted_squared_error(
        IMAGES, RECONSTRUCTION, signal_threshold=0.01, signal_weight=1.0
    )
    assert torch.equal(errors, squared_error(IMAGES, RECONSTRUCTION))


def test_the_divergence_of_the_prior_from_itself_is_zero() -> None:
    assert kl_divergence(torch.zeros(1, 4), torch.zeros(1, 4)).item() == 0


def test_the_divergence_by_hand() -> None:
    # μ = 2, σ² = 1: 4/2. μ = 0, σ² = e: (e - 1 - 1)/2. Both dimensions add up.
    found = kl_divergence(torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, 1.0]])).item()
    assert found == pytest.approx(2 + (e - 2) / 2)


def test_the_divergence_equals_that_of_torch_distributions() -> None:
    mean, log_variance = torch.randn(2, 50, 8, generator=torch.Generator().manual_seed(0))
    posterior = Normal(mean, torch.exp(log_variance / 2))
    expected = kl_of(posterior, Normal(0.0, 1.0)).sum(1)
    torch.testing.assert_close(kl_divergence(mean, log_variance), expected)


def test_the_loss_is_the_mean_over_the_images_and_beta_weighs_the_divergence() -> None:
    output = Output(RECONSTRUCTION, torch.tensor([[2.0], [0.0]]), torch.zeros(2, 1))
    losses = beta_vae_loss(IMAGES, output, beta=0.5, signal_threshold=0.01, signal_weight=10.0)
    # Errors 45 and 9, divergences 2 and 0.
    assert [part.item() for part in losses] == pytest.approx([27 + 0.5 * 1, 27, 1])
