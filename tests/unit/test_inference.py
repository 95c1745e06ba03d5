"""Inference: by hand, and whatever the company of an image."""

from typing import Any

import numpy as np
import pytest
import torch

from latentscape.errors import InputError
from latentscape.learning.inference import infer
from latentscape.learning.networks import ConvVAE


def a_network() -> ConvVAE:
    torch.manual_seed(3)
    network = ConvVAE(
        size=16, in_channels=2, latent=5, channels=(8, 16), activation="relu", dropout=0.5
    )
    # A step in training mode, so that the normalisation has seen something.
    network(torch.rand(20, 2, 16, 16))
    return network


def images_of(count: int) -> np.ndarray:
    values = np.random.default_rng(0).normal(-1, 1, (count, 2, 16, 16))
    return np.maximum(values, 0).astype(np.float32)


def inferred(images: np.ndarray, **changes: Any) -> dict[str, np.ndarray]:
    settings = {
        "beta": 0.5,
        "signal_threshold": 0.01,
        "signal_weight": 10.0,
        "batch": 8,
        "threads": 1,
        "device": torch.device("cpu"),
    }
    return infer(a_network(), images, **{**settings, **changes})


def test_errors_are_those_of_the_reconstruction_of_the_posterior_mean() -> None:
    images = images_of(11)
    result = inferred(images)
    network = a_network().eval()
    with torch.no_grad():
        decoded = network.decode(torch.tensor(result["mean"])).numpy()
    np.testing.assert_allclose(result["reconstruction"], decoded, atol=1e-6)
    errors = (result["reconstruction"].astype(float) - images) ** 2
    weights = np.where(images > 0.01, 10, 1)
    axes = (1, 2, 3)
    np.testing.assert_allclose(result["reconstruction_error"], errors.sum(axes), rtol=1e-5)
    np.testing.assert_allclose(result["weighted_error"], (weights * errors).sum(axes), rtol=1e-5)
    mean, log_variance = result["mean"].astype(float), result["log_variance"].astype(float)
    kl = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(1)
    np.testing.assert_allclose(result["kl"], kl, rtol=1e-4)


def test_the_bound_is_minus_weighted_error_minus_beta_times_divergence() -> None:
    result = inferred(images_of(3), beta=4.0)
    expected = -result["weighted_error"] - 4.0 * result["kl"]
    np.testing.assert_array_equal(result["elbo"], expected)


def test_shapes_and_types_are_those_declared() -> None:
    result = inferred(images_of(11))
    assert {name: (array.shape, array.dtype.name) for name, array in result.items()} == {
        "reconstruction": ((11, 2, 16, 16), "float32"),
        "mean": ((11, 5), "float32"),
        "log_variance": ((11, 5), "float32"),
        "reconstruction_error": ((11,), "float64"),
        "weighted_error": ((11,), "float64"),
        "kl": ((11,), "float64"),
        "elbo": ((11,), "float64"),
    }


def test_shuffled_images_give_the_same_bits() -> None:
    images = images_of(19)
    order = np.random.default_rng(1).permutation(19)
    straight, shuffled = inferred(images), inferred(images[order])
    for name, values in straight.items():
        np.testing.assert_array_equal(shuffled[name], values[order], err_msg=name)


@pytest.mark.parametrize("count", [1, 7, 8, 9])
def test_an_image_has_the_same_bits_in_any_company(count: int) -> None:
    images = images_of(19)
    all_of_them, some = inferred(images), inferred(images[:count])
    for name, values in some.items():
        np.testing.assert_array_equal(values, all_of_them[name][:count], err_msg=name)


def test_the_size_of_the_batches_changes_only_the_last_digits() -> None:
    images = images_of(19)
    small, large = inferred(images, batch=3), inferred(images, batch=64)
    for name, values in small.items():
        np.testing.assert_allclose(values, large[name], rtol=1e-4, atol=1e-5, err_msg=name)


def test_no_images_give_empty_arrays() -> None:
    assert inferred(images_of(0))["mean"].shape == (0, 5)


def test_images_of_another_shape_are_refused() -> None:
    with pytest.raises(InputError, match=r"shape \(2, 16, 16\), found \(1, 16, 16\)"):
        inferred(images_of(3)[:, :1])
