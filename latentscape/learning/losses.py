"""What a network is trained to make small."""

from typing import NamedTuple

import torch
from torch import Tensor

from latentscape.learning.networks import Output


class Losses(NamedTuple):
    """Loss of a batch and its two parts, each the mean per image."""

    loss: Tensor
    reconstruction: Tensor
    kl: Tensor


def squared_error(images: Tensor, reconstruction: Tensor) -> Tensor:
    """Return the squared error of each image (N, C, H, W), summed over its pixels."""
    return (reconstruction - images).square().flatten(1).sum(1)


def weighted_squared_error(
    images: Tensor, reconstruction: Tensor, *, signal_threshold: float, signal_weight: float
) -> Tensor:
    """Return the squared error of each image, with some of its pixels counting more.

    Most pixels of a sparse image are empty; without a weight they would outvote the signal.

    Parameters
    ----------
    images, reconstruction : Tensor (N, C, H, W)
        Images and what the network makes of them.
    signal_threshold : float
        Pixels whose value in the image is above this are signal.
    signal_weight : float
        Weight of a signal pixel; the others weigh 1.

    Returns
    -------
    Tensor (N,)
        Weighted squared errors, summed over the pixels.
    """
    errors = (reconstruction - images).square()
    weighted = torch.where(images > signal_threshold, signal_weight * errors, errors)
    return weighted.flatten(1).sum(1)


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return the KL divergence of each posterior N(μ, σ²) from the prior N(0, 1), in nat.

    Parameters
    ----------
    mean, log_variance : Tensor (N, latent)
        μ and log σ².

    Returns
    -------
    Tensor (N,)
        Divergences, summed over the dimensions.

    Notes
    -----
    Kingma and Welling, arXiv:1312.6114, appendix B.
    """
    return (mean.square() + log_variance.expm1() - log_variance).sum(1) / 2


def beta_vae_loss(
    images: Tensor,
    output: Output,
    *,
    beta: float,
    signal_threshold: float,
    signal_weight: float,
) -> Losses:
    """Return the loss of a β-VAE: weighted squared error + β · KL divergence.

    Parameters
    ----------
    images : Tensor (N, C, H, W)
        Images.
    output : Output
        What the network makes of them.
    beta : float
        Weight of the KL divergence.
    signal_threshold, signal_weight : float
        As in :func:`weighted_squared_error`.

    Notes
    -----
    I. Higgins et al., "beta-VAE", ICLR 2017, eq. 4, with the sign turned.
    """
    errors = weighted_squared_error(
        images,
        output.reconstruction,
        signal_threshold=signal_threshold,
        signal_weight=signal_weight,
    )
    reconstruction = errors.mean()
    kl = kl_divergence(output.mean, output.log_variance).mean()
    return Losses(reconstruction + beta * kl, reconstruction, kl)
