"""Bounds of the likelihood of single images, from a trained decoder.

The loss of a β-VAE, weighted error + β·KL, is -β × (a lower bound of the log-likelihood) if the
density of an image, given its latents and the weights of its pixels, is log p(x|z) =
-weighted error / β + constant. Everything here is multiplied by -β: in units of the loss, so
that it can be compared with it, smaller for a more likely image and an upper bound. The constant
is left out. It depends on the weights, so between images with more and with fewer signal pixels
the numbers compare losses, not densities.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentscape.learning.devices import reproducible
from latentscape.learning.losses import kl_divergence, weighted_squared_error
from latentscape.learning.networks import ConvVAE
from latentscape.progress import progress

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ImageLoss:
    """The loss of single images under a decoder.

    Parameters
    ----------
    network : ConvVAE
        Trained network, in evaluation mode; only its decoder is used.
    beta, signal_threshold, signal_weight : float
        Of the loss that it was trained with.
    """

    network: ConvVAE
    beta: float
    signal_threshold: float
    signal_weight: float

    def error(self, images: Tensor, latents: Tensor) -> Tensor:
        """Return the weighted error of images (N, C, size, size) at latents (N, latent)."""
        return weighted_squared_error(
            images,
            self.network.decode(latents),
            signal_threshold=self.signal_threshold,
            signal_weight=self.signal_weight,
        )

    def sampled(self, images: Tensor, mean: Tensor, log_variance: Tensor, noise: Tensor) -> Tensor:
        """Return weighted error + β·KL (N,), the error at one sample of the posterior."""
        errors = self.error(images, sample(mean, log_variance, noise))
        return errors + self.beta * kl_divergence(mean, log_variance)


def sample(mean: Tensor, log_variance: Tensor, noise: Tensor) -> Tensor:
    """Return μ + σ·ε (Kingma and Welling, arXiv:1312.6114, section 2.4)."""
    return mean + torch.exp(log_variance / 2) * noise


@torch.no_grad()
def importance_bound(
    loss: ImageLoss,
    images: np.ndarray,
    mean: np.ndarray,
    log_variance: np.ndarray,
    noise: np.ndarray,
    *,
    batch: int,
    threads: int,
    device: torch.device,
) -> Floats:
    """Return -β × the importance-weighted bound of each image's log-likelihood.

    With latents z₁ … z_k from the posterior q(z|x),

        -β · log (1/k) Σᵢ exp(-error(x, zᵢ) / β) · p(zᵢ) / q(zᵢ|x).

    For k = 1 its expectation is weighted error + β·KL, the error being averaged over the
    posterior and not taken at its mean; the expectation falls as k grows, towards -β · log p(x)
    from above.

    Parameters
    ----------
    loss : ImageLoss
        Decoder and loss.
    images : array (N, C, size, size)
        Transformed images.
    mean, log_variance : array (N, latent)
        Posterior of each image.
    noise : array (N, k, latent)
        Standard normal numbers.
    batch : int
        Images at a time. Every batch has the same size, the last filled up with zeros, so that
        the result of an image does not depend on its company.
    threads : int
        Threads of the CPU.
    device : torch.device
        Where it runs.

    Returns
    -------
    array of float64, shape (N,)
        For β = 0 the limit, the smallest error of the samples.

    Notes
    -----
    Burda, Grosse and Salakhutdinov, arXiv:1509.00519, eq. 8.
    """

    def bound(images: Tensor, mean: Tensor, log_variance: Tensor, noise: Tensor) -> Tensor:
        # Each sample by itself: then the batches of the decoder keep their size.
        each = [_weighted(loss, images, mean, log_variance, one) for one in noise.unbind(1)]
        losses = torch.stack(each).double()
        if loss.beta == 0:
            return losses.min(0).values
        logs = torch.logsumexp(-losses / loss.beta, 0) - math.log(len(losses))
        return -loss.beta * logs

    arrays = (images, mean, log_variance, noise)
    return in_batches(bound, *arrays, batch=batch, threads=threads, device=device)


def in_batches(
    function: Callable[..., Tensor],
    *arrays: np.ndarray,
    batch: int,
    threads: int,
    device: torch.device,
) -> Floats:
    """Apply a function of tensors to rows of arrays, in batches of one size.

    Parameters
    ----------
    function : callable
        Takes one tensor (batch, …) per array and returns one (batch,).
    *arrays : array (N, …)
        Arrays with the same rows.
    batch, threads, device
        As in :func:`importance_bound`.

    Returns
    -------
    array of float64, shape (N,)
    """
    rows = len(arrays[0])
    batches = math.ceil(rows / batch)
    with reproducible(threads=threads):
        parts = [
            function(*tensors).double().cpu().numpy()
            for tensors in progress(_filled(arrays, batch, device), batches, unit="batches")
        ]
    return np.concatenate([np.empty(0), *parts])[:rows]


def _filled(
    arrays: tuple[np.ndarray, ...], batch: int, device: torch.device
) -> Iterator[list[Tensor]]:
    for start in range(0, len(arrays[0]), batch):
        tensors = []
        for array in arrays:
            part = array[start : start + batch]
            whole = np.zeros((batch, *array.shape[1:]), np.float32)
            whole[: len(part)] = part
            tensors.append(torch.from_numpy(whole).to(device))
        yield tensors


def _weighted(
    loss: ImageLoss, images: Tensor, mean: Tensor, log_variance: Tensor, noise: Tensor
) -> Tensor:
    """Return error + β · log(q(z|x) / p(z)) at one sample."""
    latents = sample(mean, log_variance, noise)
    log_ratio = (latents.square() - noise.square() - log_variance).sum(1) / 2
    return loss.error(images, latents) + loss.beta * log_ratio
