"""Networks that learn images."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple, get_args

import torch
from torch import Tensor, nn

from latentscape.errors import InputError
from latentscape.learning.settings import Activation, check_architecture

_ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}
# Kernel 5 with stride 2 and padding 2 halves a side; the transpose with one more row doubles it.
_Halving = partial(nn.Conv2d, kernel_size=5, stride=2, padding=2)
_Doubling = partial(nn.ConvTranspose2d, kernel_size=5, stride=2, padding=2, output_padding=1)


class Output(NamedTuple):
    """What a VAE makes of a batch of images."""

    reconstruction: Tensor
    mean: Tensor
    log_variance: Tensor


class ConvVAE(nn.Module):
    """Convolutional variational autoencoder of square images.

    The encoder has one block per width, each halving the image: convolution, batch
    normalisation, activation, dropout of whole channels. Two linear maps give μ and log σ² of
    the posterior. The decoder mirrors the encoder.

    The output is non-negative, as the transformed images are, through a ReLU: sparse images are
    mostly empty, and it can return exactly zero. A softplus only approaches zero, and learns such
    images more slowly. The normalisation before the last layer keeps some of its pixels above
    zero, where they have a gradient.

    Parameters
    ----------
    size : int
        Width and height of the images in pixels, a multiple of 2 to the number of blocks.
    in_channels : int
        Channels of the images.
    latent : int
        Latent dimensions.
    channels : sequence of int
        Width of each block.
    activation : str
        One of the names of ``Activation``.
    dropout : float
        Share of the channels that is dropped after each block, in training.

    Raises
    ------
    InputError
        For a size that the blocks cannot halve, or an unknown activation.

    Notes
    -----
    D. P. Kingma and M. Welling, "Auto-Encoding Variational Bayes", arXiv:1312.6114.
    """

    def __init__(
        self,
        *,
        size: int,
        in_channels: int,
        latent: int,
        channels: Sequence[int],
        activation: str,
        dropout: float,
    ) -> None:
        super().__init__()
        check_architecture(size, channels)
        if activation not in _ACTIVATIONS:
            allowed = ", ".join(get_args(Activation))
            raise InputError(f"unknown activation {activation!r}; allowed are {allowed}.")
        self.architecture: dict[str, Any] = {
            "size": size,
            "in_channels": in_channels,
            "latent": latent,
            "channels": list(channels),
            "activation": activation,
            "dropout": dropout,
        }
        widths = [in_channels, *channels]
        side = size // 2 ** len(channels)
        inner = (widths[-1], side, side)
        features = widths[-1] * side**2

        def finish(width: int) -> list[nn.Module]:
            return [nn.BatchNorm2d(width), _ACTIVATIONS[activation](), nn.Dropout2d(dropout)]

        # A bias before the normalisation would be subtracted again with the mean.
        self.encoder = nn.Sequential()
        for before, after in pairwise(widths):
            self.encoder.append(_Halving(before, after, bias=False))
            self.encoder.extend(finish(after))
        self.encoder.append(nn.Flatten())
        self.mean = nn.Linear(features, latent)
        self.log_variance = nn.Linear(features, latent)

        self.decoder = nn.Sequential(nn.Linear(latent, features), nn.Unflatten(1, inner))
        for before, after in pairwise(widths[:0:-1]):
            self.decoder.append(_Doubling(before, after, bias=False))
            self.decoder.extend(finish(after))
        self.decoder.append(_Doubling(widths[1], in_channels))
        self.decoder.append(nn.ReLU())

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return μ and log σ² of the posterior, each (N, latent)."""
        features = self.encoder(images)
        return self.mean(features), self.log_variance(features)

    def decode(self, latents: Tensor) -> Tensor:
        """Return the images (N, in_channels, size, size) of latent points (N, latent)."""
        images: Tensor = self.decoder(latents)
        return images

    def forward(self, images: Tensor) -> Output:
        """Reconstruct images, in training from a sample of the posterior, otherwise from μ."""
        mean, log_variance = self.encode(images)
        latents = mean
        if self.training:
            latents = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        return Output(self.decode(latents), mean, log_variance)
