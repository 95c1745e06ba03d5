"""The density of latents by a normalising flow."""

import copy
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import zuko
from numpy.typing import NDArray
from torch import Tensor

from latentscape.errors import InputError
from latentscape.learning.devices import reproducible

Floats = NDArray[np.float64]
logger = logging.getLogger("latentscape")


@dataclass(frozen=True)
class LatentFlow:
    """A trained flow on standardised latents.

    Parameters
    ----------
    flow : zuko Flow
        Density of the standardised latents.
    used : array of bool, shape (latent,)
        Dimensions that differ between rows; the others have no density.
    centre, scale : array of float, shape (used dimensions,)
        Mean and standard deviation of the rows it was trained on.
    """

    flow: zuko.flows.Flow
    used: NDArray[np.bool_]
    centre: Floats
    scale: Floats

    @torch.no_grad()
    def negative_log_density(self, points: Floats) -> Floats:
        """Return -log p [nat] of points (rows, latent), in units of the latents."""
        with reproducible(threads=1):
            logs: Floats = self.flow().log_prob(self.standardise(points)).double().numpy()
        return float(np.log(self.scale).sum()) - logs

    def standardise(self, points: Floats) -> Tensor:
        """Return what the flow sees of points (rows, latent)."""
        return torch.tensor((points[:, self.used] - self.centre) / self.scale, dtype=torch.float32)


def fit_flow(
    points: Floats,
    *,
    transforms: int,
    hidden: Sequence[int],
    bins: int,
    epochs: int,
    batch: int,
    learning_rate: float,
    patience: int,
    validation: float,
    seed: int,
) -> LatentFlow:
    """Train an autoregressive neural spline flow on latents, always on the CPU.

    Parameters
    ----------
    points : array of float, shape (rows, latent)
        Latents of the training rows, in the order of their key.
    transforms : int
        Spline transforms on top of each other.
    hidden : sequence of int
        Units in each hidden layer of the network of a transform.
    bins : int
        Bins of each spline, which lie within ±5 standard deviations; beyond the flow is linear.
    epochs, batch, learning_rate
        Most epochs, rows per step and learning rate of Adam.
    patience : int
        Epochs without a better validation density before it stops; the best weights are kept.
    validation : float
        Share of the points that is kept from the fit for this.
    seed : int
        Random seed of the weights, the kept points and the order of the others.

    Returns
    -------
    LatentFlow

    Raises
    ------
    InputError
        If no dimension differs between the points, there are fewer than two, or the density
        never becomes finite.

    Notes
    -----
    Durkan et al., arXiv:1906.04032; implementation by F. Rozet, zuko.
    """
    used = np.ptp(points, axis=0) > 0 if len(points) > 1 else np.zeros(points.shape[1:], bool)
    if not used.any():
        raise InputError(f"flow: {len(points)} points that do not differ have no density to learn.")
    centre, scale = points[:, used].mean(axis=0), points[:, used].std(axis=0)
    with reproducible(threads=1):
        torch.manual_seed(seed)
        flow = zuko.flows.NSF(
            int(used.sum()), transforms=transforms, hidden_features=tuple(hidden), bins=bins
        )
        fitted = LatentFlow(flow, used, centre, scale)
        order = torch.randperm(len(points))
        inputs = fitted.standardise(points)[order]
        kept = int(np.clip(round(validation * len(points)), 1, len(points) - 1))
        epoch, best = _train(
            flow,
            inputs[kept:],
            inputs[:kept],
            epochs=epochs,
            batch=batch,
            learning_rate=learning_rate,
            patience=patience,
        )
    if not np.isfinite(best):
        raise InputError(
            f"flow: no epoch gave the kept points a finite density; make flow.learning_rate "
            f"smaller than {learning_rate:g}."
        )
    logger.info("flow: best after %d epochs, %.4g nat per kept point", epoch, best)
    return fitted


def _train(
    flow: zuko.flows.Flow,
    inputs: Tensor,
    check: Tensor,
    *,
    epochs: int,
    batch: int,
    learning_rate: float,
    patience: int,
) -> tuple[int, float]:
    """Leave the flow at its best epoch on the kept points, and return this epoch and its loss."""
    optimizer = torch.optim.Adam(flow.parameters(), lr=learning_rate)
    best, best_epoch, weights = np.inf, 0, copy.deepcopy(flow.state_dict())
    for epoch in range(1, epochs + 1):
        for rows in torch.split(torch.randperm(len(inputs)), batch):
            optimizer.zero_grad()
            torch.autograd.backward(-flow().log_prob(inputs[rows]).mean())
            optimizer.step()
        with torch.no_grad():
            found = -float(flow().log_prob(check).mean())
        if found < best:
            best, best_epoch, weights = found, epoch, copy.deepcopy(flow.state_dict())
        if epoch - best_epoch >= patience:
            break
    flow.load_state_dict(weights)
    return best_epoch, best
