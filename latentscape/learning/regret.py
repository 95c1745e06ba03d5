"""What an image would gain from a posterior of its own."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentscape.learning.bounds import ImageLoss, in_batches

Posterior = tuple[Tensor, Tensor]


def likelihood_regret(
    loss: ImageLoss,
    images: np.ndarray,
    mean: np.ndarray,
    log_variance: np.ndarray,
    noise: np.ndarray,
    *,
    steps: int,
    learning_rate: float,
    batch: int,
    threads: int,
    device: torch.device,
) -> NDArray[np.float64]:
    """Return how much the loss of each image falls when its own posterior is optimised.

    From the encoder's μ and log σ², Adam takes some steps down the image's weighted error +
    β·KL, with the decoder fixed and new noise in each step. Images do not share anything, so
    many are optimised at once. The losses before and after are averaged over the same noise and
    its mirror image, so that most of its effect cancels in their difference.

    Parameters
    ----------
    loss : ImageLoss
        Decoder and loss; its weights get no gradient.
    images : array (N, C, size, size)
        Transformed images.
    mean, log_variance : array (N, latent)
        Posterior that the encoder gives.
    noise : array (N, steps + samples, latent)
        Standard normal numbers: one set for each step, the others for the comparison.
    steps : int
        Steps of Adam.
    learning_rate : float
        Its learning rate, in units of the latents.
    batch, threads, device
        As in :func:`latentscape.learning.bounds.importance_bound`.

    Returns
    -------
    array of float64, shape (N,)
        In units of the loss; the likelihood regret times β. Not cut at zero: a value below
        says that the steps led nowhere.

    Notes
    -----
    Xiao, Yan and Amit, arXiv:2003.02977, eq. 6.
    """

    def regret(images: Tensor, mean: Tensor, log_variance: Tensor, noise: Tensor) -> Tensor:
        compared = noise[:, steps:].unbind(1)
        start = (mean, log_variance)
        end = _optimise(loss, images, start, noise[:, :steps], learning_rate)
        before, after = (_mean_loss(loss, images, one, compared) for one in (start, end))
        return before - after

    arrays = (images, mean, log_variance, noise)
    return in_batches(regret, *arrays, batch=batch, threads=threads, device=device)


def _optimise(
    loss: ImageLoss,
    images: Tensor,
    start: Posterior,
    noise: Tensor,
    learning_rate: float,
) -> Posterior:
    posterior = [part.clone().requires_grad_() for part in start]
    optimizer = torch.optim.Adam(posterior, lr=learning_rate)
    for drawn in noise.unbind(1):
        total = loss.sampled(images, posterior[0], posterior[1], drawn).sum()
        # Only of the posterior: gradients of the weights would cost a third more.
        gradients = torch.autograd.grad(total, posterior)
        for parameter, gradient in zip(posterior, gradients, strict=True):
            parameter.grad = gradient
        optimizer.step()
    return posterior[0].detach(), posterior[1].detach()


@torch.no_grad()
def _mean_loss(
    loss: ImageLoss, images: Tensor, posterior: Posterior, noise: tuple[Tensor, ...]
) -> Tensor:
    both = [drawn for one in noise for drawn in (one, -one)]
    losses = [loss.sampled(images, *posterior, drawn) for drawn in both]
    return torch.stack(losses).double().mean(0)
