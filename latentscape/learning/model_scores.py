"""Anomaly scores that look at images, or need a network."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch

from latentscape.arrays import KeyedArrays
from latentscape.keys import sort_by_key
from latentscape.learning.bounds import Floats, ImageLoss, importance_bound
from latentscape.learning.checkpoints import SavedModel
from latentscape.learning.flows import fit_flow
from latentscape.learning.regret import likelihood_regret
from latentscape.learning.scores import Judge, Rows, Score, score_rows, those_wanted, unfitted
from latentscape.learning.transforms import transform
from latentscape.seeds import seed_for


def image_scores(
    saved: SavedModel,
    *,
    flow: Mapping[str, Any],
    importance: Mapping[str, Any],
    regret: Mapping[str, Any],
    seed: int,
    device: torch.device,
) -> list[Score]:
    """Return the scores that look at images, or need a network.

    Parameters
    ----------
    saved, flow, importance, regret, seed, device
        As in :func:`model_scores`.
    """
    decoder = _Decoder(saved, seed=seed, device=device)
    costly: dict[str, Any] = {"needs": "images", "skips_train": True}
    return [
        Score(
            "negative_iw_elbo", unfitted(partial(decoder.importance_bound, **importance)), **costly
        ),
        Score("likelihood_regret", unfitted(partial(decoder.regret, **regret)), **costly),
        Score("flow", partial(flow_density, settings=flow, seed=seed)),
        Score("intensity", unfitted(intensity), needs="images"),
    ]


def intensity(rows: Rows) -> Floats:
    """Return the sum of each image as it is stored: what is strange without any model."""
    total: Floats = rows.pixels.sum(axis=(1, 2, 3), dtype=np.float64)
    return total


def flow_density(train: Rows, *, settings: Mapping[str, Any], seed: int) -> Judge:
    """Judge by the negative log density of a normalising flow of the latents."""
    flow = fit_flow(train.means, **settings, seed=seed)
    return lambda rows: flow.negative_log_density(rows.means)


class _Decoder:
    """The scores that run the decoder of a model many times for each image."""

    def __init__(self, saved: SavedModel, *, seed: int, device: torch.device) -> None:
        model = saved.model
        self.saved = saved
        self.seed = seed
        self.loss = ImageLoss(
            saved.network.to(device).eval(), model.beta, model.signal_threshold, model.signal_weight
        )
        self.running: dict[str, Any] = {
            "batch": model.training.batch,
            "threads": model.training.threads,
            "device": device,
        }

    def importance_bound(self, rows: Rows, *, samples: int) -> Floats:
        noise = self._noise(rows, samples, "importance")
        return importance_bound(self.loss, *self._inputs(rows), noise, **self.running)

    def regret(self, rows: Rows, *, steps: int, learning_rate: float, samples: int) -> Floats:
        return likelihood_regret(
            self.loss,
            *self._inputs(rows),
            self._noise(rows, steps + samples, "regret"),
            steps=steps,
            learning_rate=learning_rate,
            **self.running,
        )

    def _inputs(self, rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return transformed images and their posterior."""
        images = transform(self.saved.model.transform, rows.pixels, self.saved.transform)
        return images, rows.array("mean"), rows.array("log_variance")

    def _noise(self, rows: Rows, draws: int, name: str) -> np.ndarray:
        latent = self.saved.network.architecture["latent"]
        return rows.noise((draws, latent), seed_for(self.seed, name))


def model_scores(
    images: KeyedArrays,
    latents: pd.DataFrame,
    saved: SavedModel,
    *,
    key: Sequence[str],
    wanted: Sequence[str] | None,
    flow: Mapping[str, Any],
    importance: Mapping[str, Any],
    regret: Mapping[str, Any],
    seed: int,
    device: torch.device,
) -> pd.DataFrame:
    """Score the rows of one training by all that needs its images or a network.

    Parameters
    ----------
    images : KeyedArrays
        Array ``images`` (N, C, size, size), not transformed.
    latents : DataFrame
        Table ``latents`` of one training.
    saved : SavedModel
        Its model.
    key : sequence of str
        The key columns.
    wanted : sequence of str or None
        Names of scores; those of other modules are passed over. All if None.
    flow, importance, regret : mapping
        Settings of :func:`fit_flow`, the number of ``samples`` of :func:`importance_bound`, and
        the settings of :func:`likelihood_regret` with its ``samples``.
    seed : int
        Random seed of flow and noise.
    device : torch.device
        Where the decoder runs.

    Returns
    -------
    DataFrame
        Table ``model_scores``.
    """
    scores = image_scores(
        saved, flow=flow, importance=importance, regret=regret, seed=seed, device=device
    )
    ordered = sort_by_key(latents, key)
    found = score_rows(those_wanted(scores, wanted), Rows(ordered, tuple(key), images))
    return pd.concat([ordered[["seed", *key]], found], axis=1)
