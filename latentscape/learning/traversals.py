"""Walks through the latent space."""

from typing import Literal

import numpy as np
import torch

from latentscape.errors import InputError
from latentscape.learning.devices import reproducible
from latentscape.learning.networks import ConvVAE

Path = Literal["linear", "spherical"]


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
    centre, spread = _centre_and_spread(network, means)
    return decode(network, _along_dimensions(centre, spread, sigmas=sigmas, steps=steps))


def traverse_from(
    network: ConvVAE, starts: np.ndarray, means: np.ndarray, *, sigmas: float, steps: int
) -> np.ndarray:
    """Decode points along each latent dimension, through some rows.

    Parameters
    ----------
    network : ConvVAE
        Trained network; left in evaluation mode on its device.
    starts : array (E, latent)
        Posterior means of the rows.
    means : array (N, latent)
        Posterior means of many rows, in any order, whose standard deviations are the steps' unit.
    sigmas, steps
        As in :func:`traverse`; with an odd number of steps the middle one is the row itself.

    Returns
    -------
    array of float32 (E, latent, steps, C, H, W)

    Raises
    ------
    InputError
        If there are no latents, or of another number of dimensions than the network's.
    """
    _, spread = _centre_and_spread(network, means)
    _check_dimensions(network, starts)
    walks = [_along_dimensions(start, spread, sigmas=sigmas, steps=steps) for start in starts]
    return np.stack([decode(network, points) for points in walks])


def interpolate(first: np.ndarray, last: np.ndarray, *, steps: int, path: Path) -> np.ndarray:
    """Return points on the way from some latents to others.

    Parameters
    ----------
    first, last : array (N, latent)
        Ends of the ways.
    steps : int
        Points per way, the ends included.
    path : {"linear", "spherical"}
        Straight, or along the great circle through both directions while the length changes
        evenly. Latents of many dimensions lie near a sphere, whose inside a straight way
        crosses. Ends in the same or in opposite directions are joined straight.

    Returns
    -------
    array of float64 (N, steps, latent)

    Notes
    -----
    K. Shoemake, SIGGRAPH 1985, p. 245: sin((1 - t)Ω)/sin Ω · u + sin(tΩ)/sin Ω · v for the
    directions u and v at the angle Ω.
    """
    ends = [np.asarray(end, dtype=np.float64) for end in (first, last)]
    t = np.linspace(0, 1, steps)[:, None]
    straight = (1 - t) * ends[0][:, None] + t * ends[1][:, None]
    if path == "linear":
        return straight
    lengths = [np.linalg.norm(end, axis=1)[:, None, None] for end in ends]
    u, v = (
        end[:, None] / np.where(length > 0, length, 1)
        for end, length in zip(ends, lengths, strict=True)
    )
    cosine = (u * v).sum(axis=2, keepdims=True)
    angle = np.arccos(np.clip(cosine, -1, 1))
    sine = np.sin(angle)
    bent = (sine > 1e-6) & (lengths[0] > 0) & (lengths[1] > 0)
    direction = (np.sin((1 - t) * angle) * u + np.sin(t * angle) * v) / np.where(bent, sine, 1)
    length = (1 - t) * lengths[0] + t * lengths[1]
    return np.where(bent, length * direction, straight)


@torch.no_grad()
def decode(network: ConvVAE, points: np.ndarray) -> np.ndarray:
    """Decode points of the latent space.

    Parameters
    ----------
    network : ConvVAE
        Trained network; left in evaluation mode on its device.
    points : array (…, latent)
        Points, as many as fit into memory with their images.

    Returns
    -------
    array of float32 (…, C, H, W)
    """
    device = next(network.parameters()).device
    flat = points.reshape(-1, points.shape[-1])
    inputs = torch.tensor(flat, dtype=torch.float32, device=device)
    with reproducible(threads=1):
        images = network.eval().decode(inputs).cpu().numpy()
    return images.reshape(*points.shape[:-1], *images.shape[1:])


def _centre_and_spread(network: ConvVAE, means: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    _check_dimensions(network, means)
    # Sorted, because a sum of floating-point numbers depends on their order.
    ordered = np.sort(means.astype(np.float64), axis=0)
    return ordered.mean(axis=0), ordered.std(axis=0)


def _check_dimensions(network: ConvVAE, means: np.ndarray) -> None:
    latent = network.architecture["latent"]
    if means.ndim != 2 or means.shape[1] != latent or not len(means):
        raise InputError(f"latents have the shape {means.shape}; the network needs (N, {latent}).")


def _along_dimensions(
    centre: np.ndarray, spread: np.ndarray, *, sigmas: float, steps: int
) -> np.ndarray:
    """Return the points (latent, steps, latent) that leave the centre in one dimension each."""
    offsets = np.linspace(-sigmas, sigmas, steps)[:, None] * spread[:, None, None]
    points: np.ndarray = centre + offsets * np.eye(len(centre))[:, None, :]
    return points
