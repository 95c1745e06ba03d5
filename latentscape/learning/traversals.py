"""Walks along the latent dimensions."""

import numpy as np
import torch

from latentscape.errors import InputError
from latentscape.learning.devices import reproducible
from latentscape.learning.networks import ConvVAE


@torch.no_grad()
def traverse(network: ConvVAE, means: np.ndarray, *, sigmas: float, steps: int) -> np.ndarray:
    """Decode points along each latent dimension, through the mean of the latents.

    Parameters
    ----------
    network : ConvVAE
        Trained network; left in evaluation mode on its device.
    means : array (N, latent)
        Posterior means, in any order.
    sigmas : float
        How far the walk goes to both sides, in standard deviations of the dimension.
    steps : int
        Points per dimension, the ends included.

    Returns
    -------
    array of float32 (latent, steps, C, H, W)
        Decoded images, transformed as the network's inputs are.

    Raises
    ------
    InputError
        If there are no latents, or of another number of dimensions than the network's.
    """
    latent = network.architecture["latent"]
    if means.ndim != 2 or means.shape[1] != latent or not len(means):
        raise InputError(f"latents have the shape {means.shape}; the network needs (N, {latent}).")
    # Sorted, because a sum of floating-point numbers depends on their order.
    ordered = np.sort(means.astype(np.float64), axis=0)
    offsets = np.linspace(-sigmas, sigmas, steps)[:, None] * ordered.std(axis=0)[:, None, None]
    points = ordered.mean(axis=0) + offsets * np.eye(latent)[:, None, :]
    device = next(network.parameters()).device
    inputs = torch.tensor(points.reshape(-1, latent), dtype=torch.float32, device=device)
    with reproducible(threads=1):
        images = network.eval().decode(inputs).cpu().numpy()
    return images.reshape(latent, steps, *images.shape[1:])
