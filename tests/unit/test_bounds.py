"""Bounds of the likelihood against a linear decoder with normal noise, where all is known."""

from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from latentscape.learning.bounds import ImageLoss, importance_bound
from latentscape.learning.networks import ConvVAE
from latentscape.learning.regret import likelihood_regret
from tests.unit.linear_decoder import CPU, WEIGHTS, images_of, linear_loss, optimal_posterior

BETA = 0.5
ROWS = 40


def noise_of(rows: int, draws: int, seed: int = 5) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal((rows, draws, WEIGHTS.shape[1]))
    return noise.astype(np.float32)


def bound(images: np.ndarray, posterior: Any, draws: int, beta: float = BETA) -> np.ndarray:
    noise = noise_of(len(images), draws)
    running: dict[str, Any] = {"batch": 16, "threads": 1, "device": CPU}
    return importance_bound(linear_loss(beta), images, *posterior, noise, **running)


def exact(images: np.ndarray, beta: float = BETA) -> np.ndarray:
    """-β·log p(x) without the constant of log p(x|z) = -|x - Wz|²/β + constant."""
    pixels = images.reshape(len(images), -1)
    size = pixels.shape[1]
    variance = WEIGHTS @ WEIGHTS.T + np.eye(size) * beta / 2
    constant = -size / 2 * np.log(np.pi * beta)
    return -beta * (multivariate_normal(np.zeros(size), variance).logpdf(pixels) - constant)


def test_under_the_exact_posterior_the_bound_is_the_likelihood_for_each_sample() -> None:
    images = images_of(ROWS)
    for draws in (1, 4):
        found = bound(images, optimal_posterior(images, BETA), draws)
        np.testing.assert_allclose(found, exact(images), rtol=1e-4, atol=1e-4)


def test_one_sample_has_the_loss_of_the_model_as_its_expectation() -> None:
    # One image many times, so that the mean is over the noise.
    images = np.repeat(images_of(1), 4000, axis=0)
    mean, log_variance = (part + 0.3 for part in optimal_posterior(images, BETA))
    found = bound(images, (mean, log_variance), 1)
    pixels, variance = images[0].ravel(), np.exp(log_variance[0])
    # E|x - W(μ + σε)|² = |x - Wμ|² + Σⱼ σⱼ²·|Wⱼ|²
    error = ((pixels - WEIGHTS @ mean[0]) ** 2).sum() + (variance * (WEIGHTS**2).sum(0)).sum()
    kl = (mean[0] ** 2 + variance - log_variance[0] - 1).sum() / 2
    standard_error = found.std() / np.sqrt(len(found))
    assert found.mean() == pytest.approx(error + BETA * kl, abs=4 * standard_error)
    assert standard_error < 0.01 * found.mean()


def test_the_bound_tightens_with_the_number_of_samples_and_stays_above_the_truth() -> None:
    images = np.repeat(images_of(1), 1000, axis=0)
    posterior = tuple(part + 0.5 for part in optimal_posterior(images, BETA))
    means = [bound(images, posterior, draws).mean() for draws in (1, 4, 32)]
    truth = exact(images[:2])[0]
    assert means[0] > means[1] > means[2] > truth
    assert means[2] - truth < 0.2 * (means[0] - truth)


def test_without_kl_the_bound_is_the_smallest_error() -> None:
    images = images_of(3)
    mean, log_variance = optimal_posterior(images, BETA)
    found = bound(images, (mean, log_variance), 2, beta=0.0)
    latents = mean[:, None] + np.exp(log_variance / 2)[:, None] * noise_of(3, 2)
    errors = ((images.reshape(3, 1, -1) - latents @ WEIGHTS.T) ** 2).sum(-1)
    np.testing.assert_allclose(found, errors.min(1), rtol=1e-4)


@pytest.mark.parametrize("function", [importance_bound, likelihood_regret])
def test_the_result_of_an_image_does_not_depend_on_its_company(function: Any) -> None:
    torch.manual_seed(3)
    network = ConvVAE(
        size=16, in_channels=1, latent=3, channels=(4, 8), activation="relu", dropout=0.0
    ).eval()
    loss = ImageLoss(network, 0.5, 0.01, 10.0)
    rng = np.random.default_rng(0)
    images = rng.random((21, 1, 16, 16), np.float32)
    arrays = (images, *(rng.normal(size=(21, 3)).astype(np.float32) for _ in "μσ"))
    noise = rng.normal(size=(21, 5, 3)).astype(np.float32)
    steps = {"steps": 3, "learning_rate": 0.1} if function is likelihood_regret else {}

    def run(rows: Any) -> np.ndarray:
        parts = (array[rows] for array in (*arrays, noise))
        return np.asarray(function(loss, *parts, batch=8, threads=1, device=CPU, **steps))

    some = [19, 3, 8]
    assert np.array_equal(run(some), run(slice(None))[some])
    assert run([]).shape == (0,)
