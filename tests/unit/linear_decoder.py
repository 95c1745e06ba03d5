"""A linear decoder with orthogonal columns, whose posterior and likelihood are closed forms."""

import numpy as np
import torch
from torch import Tensor

from latentscape.learning.bounds import ImageLoss

CPU = torch.device("cpu")
SIDE = 3
# Two orthogonal columns of different length.
WEIGHTS = np.linalg.qr(np.random.default_rng(1).normal(size=(SIDE**2, 2)))[0] * [3.0, 0.5]


class LinearDecoder(torch.nn.Module):
    """x = W z, in the shape of an image with one channel."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = torch.nn.Parameter(torch.tensor(WEIGHTS, dtype=torch.float32))

    def decode(self, latents: Tensor) -> Tensor:
        return (latents @ self.weights.T).reshape(-1, 1, SIDE, SIDE)


def linear_loss(beta: float) -> ImageLoss:
    """Return |x - Wz|² + β·KL: no pixel is signal, so that all weigh 1."""
    return ImageLoss(LinearDecoder(), beta, np.inf, 10.0)  # type: ignore[arg-type]


def images_of(rows: int) -> np.ndarray:
    """Return images (rows, 1, SIDE, SIDE) of standard normal latents, with some noise."""
    rng = np.random.default_rng(2)
    pixels = rng.normal(size=(rows, 2)) @ WEIGHTS.T + 0.5 * rng.normal(size=(rows, SIDE**2))
    return pixels.reshape(rows, 1, SIDE, SIDE).astype(np.float32)


def optimal_posterior(images: np.ndarray, beta: float) -> tuple[np.ndarray, np.ndarray]:
    """Return μ and log σ² of p(z|x) for log p(x|z) = -|x - Wz|²/β + constant.

    With orthogonal columns 1/σⱼ² = 1 + 2|Wⱼ|²/β and μⱼ = σⱼ²·2(Wⱼ·x)/β.
    """
    precision = 1 + 2 * (WEIGHTS**2).sum(0) / beta
    mean = images.reshape(len(images), -1) @ WEIGHTS * 2 / beta / precision
    log_variance = np.broadcast_to(-np.log(precision), mean.shape)
    return mean.astype(np.float32), log_variance.astype(np.float32)
