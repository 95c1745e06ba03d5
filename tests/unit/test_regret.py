"""The likelihood regret on a linear decoder, whose best posterior is known."""

from typing import Any

import numpy as np
import pytest

from latentscape.learning.regret import likelihood_regret
from tests.unit.linear_decoder import CPU, WEIGHTS, images_of, linear_loss, optimal_posterior

BETA = 0.5
ROWS = 50


def regret(images: np.ndarray, posterior: Any, **changes: Any) -> np.ndarray:
    settings = {"steps": 100, "learning_rate": 0.05, **changes}
    draws = settings["steps"] + 8
    noise = np.random.default_rng(4).standard_normal((len(images), draws, 2)).astype(np.float32)
    running = {"batch": 50, "threads": 1, "device": CPU}
    return np.asarray(
        likelihood_regret(linear_loss(BETA), images, *posterior, noise, **running, **settings)
    )


def loss_of(images: np.ndarray, mean: np.ndarray, log_variance: np.ndarray) -> np.ndarray:
    """Return the expectation of |x - Wz|² + β·KL over the posterior."""
    variance = np.exp(log_variance)
    error = ((images.reshape(len(images), -1) - mean @ WEIGHTS.T) ** 2).sum(1)
    error += (variance * (WEIGHTS**2).sum(0)).sum(1)
    return error + BETA * (mean**2 + variance - log_variance - 1).sum(1) / 2


def test_there_is_no_regret_where_the_posterior_is_the_best() -> None:
    images = images_of(ROWS)
    best = optimal_posterior(images, BETA)
    found = regret(images, best, learning_rate=0.005)
    # Noisy steps can only lead away, by little where they are small.
    assert found.max() < 0.02
    assert found.min() > -0.1


def test_the_regret_is_the_whole_gain_from_a_bad_posterior() -> None:
    images = images_of(ROWS)
    best = optimal_posterior(images, BETA)
    bad = tuple(part + 1.0 for part in best)
    expected = loss_of(images, *bad) - loss_of(images, *best)
    found = regret(images, bad)
    assert (found > 0).all()
    np.testing.assert_allclose(found, expected, rtol=0.1)


def test_more_steps_gain_more() -> None:
    images = images_of(ROWS)
    bad = tuple(part + 1.0 for part in optimal_posterior(images, BETA))
    few, many = (regret(images, bad, steps=steps) for steps in (5, 40))
    assert (many > few).all()


def test_a_worse_posterior_has_more_to_regret() -> None:
    images = images_of(ROWS)
    mean, log_variance = optimal_posterior(images, BETA)
    near, far = (regret(images, (mean + shift, log_variance)) for shift in (0.3, 1.0))
    assert (far > near).all()


def test_the_weights_of_the_decoder_stay_as_they_are() -> None:
    images = images_of(4)
    loss = linear_loss(BETA)
    before = loss.network.weights.clone()
    noise = np.zeros((4, 3, 2), np.float32)
    running: dict[str, Any] = {"batch": 4, "threads": 1, "device": CPU}
    likelihood_regret(
        loss,
        images,
        *optimal_posterior(images, BETA),
        noise,
        steps=2,
        learning_rate=0.1,
        **running,
    )
    assert (loss.network.weights == before).all()
    assert loss.network.weights.grad is None


def test_steps_on_a_flat_loss_with_no_noise_lead_nowhere() -> None:
    # At the prior with an empty decoder every gradient is zero: μ = 0 and log σ² = 0 are the best.
    images = np.zeros((3, 1, 3, 3), np.float32)
    loss = linear_loss(BETA)
    loss.network.weights.data.zero_()
    zeros = np.zeros((3, 2), np.float32)
    running: dict[str, Any] = {"batch": 4, "threads": 1, "device": CPU}
    noise = np.ones((3, 5, 2), np.float32)
    found = likelihood_regret(
        loss, images, zeros, zeros, noise, steps=4, learning_rate=0.1, **running
    )
    assert found.tolist() == pytest.approx([0, 0, 0], abs=1e-7)
