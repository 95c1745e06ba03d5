"""The training loop."""

import hashlib
import logging
import math
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from latentscape import __version__
from latentscape.errors import InputError
from latentscape.learning.checkpoints import load_checkpoint, save_checkpoint
from latentscape.learning.devices import reproducible
from latentscape.learning.losses import Losses, beta_vae_loss
from latentscape.learning.networks import ConvVAE, Output
from latentscape.learning.settings import Model
from latentscape.learning.tables import HISTORY
from latentscape.progress import progress
from latentscape.seeds import seed_for

# Share of the time that writing checkpoints may take, which leaves one out after a short epoch.
# They change no result, so no setting says when they are made.
CHECKPOINT_SHARE = 0.05

logger = logging.getLogger("latentscape")


def train(
    images: np.ndarray,
    validation: np.ndarray,
    *,
    model: Model,
    seed: int,
    device: torch.device,
    checkpoint: str | Path | None,
    code: str = "",
) -> tuple[ConvVAE, pd.DataFrame]:
    """Train a β-VAE until the validation loss makes no more progress.

    Order of the images, noise and dropout of an epoch are drawn from a seed of their own, so a
    training that was cut off goes on from its checkpoint as if nothing had happened: the result
    is the same to the last bit on the same kind of processor. Progress is a validation loss more
    than ``min_delta``, as a share, below that of the kept weights; it is measured at μ, without
    the noise of a sample. The weights of the last progress are kept.

    Parameters
    ----------
    images, validation : array (N, C, size, size)
        Transformed images of both parts. They are held on the device as a whole.
    model : Model
        Architecture, loss and training settings.
    seed : int
        Random seed of this training.
    device : torch.device
        Where it runs.
    checkpoint : path or None
        File that the state of the training is written to after an epoch, and read from at the
        start if it is that of the same training. It stays, for whoever gets the result to
        remove it with :func:`remove_checkpoint` once that is safely written.
    code : str
        Digest of the code that trains; a checkpoint of other code is not resumed.

    Returns
    -------
    network : ConvVAE
        On the device, with the best weights.
    history : DataFrame
        Table ``history``: one row per epoch.

    Raises
    ------
    InputError
        For fewer than two training images or no validation image, an architecture that does not
        fit them, or a loss that is not finite.
    """
    if len(images) < 2 or not len(validation):
        raise InputError(
            f"{len(images)} training and {len(validation)} validation images; "
            "a training needs at least 2 and 1."
        )
    settings = model.training
    with reproducible(threads=settings.threads):
        torch.manual_seed(seed)
        network = build_network(model, images).to(device)
        optimizer = torch.optim.Adam(
            network.parameters(),
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            fused=True,
        )
        loss_of = partial(
            beta_vae_loss,
            beta=model.beta,
            signal_threshold=model.signal_threshold,
            signal_weight=model.signal_weight,
        )
        best = _copy_of(network)
        history: list[dict[str, Any]] = []
        identity = _identity(images, validation, model, seed, code) if checkpoint else ""
        if checkpoint and (
            saved := load_checkpoint(checkpoint, network, optimizer, identity=identity)
        ):
            best, history = saved
            logger.info("resuming after epoch %d", len(history))
        pixels = torch.tensor(images, dtype=torch.float32, device=device)
        pixels_validation = torch.tensor(validation, dtype=torch.float32, device=device)
        start, spent = time.monotonic(), 0.0

        epochs = range(len(history) + 1, settings.epochs + 1)
        for epoch in progress(epochs, len(epochs), unit="epochs"):
            if _epochs_without_progress(history) >= settings.patience:
                break
            torch.manual_seed(seed_for(seed, "epoch", epoch))
            network.train()
            losses = []
            for batch in _batches(torch.randperm(len(images)).to(device), settings.batch):
                inputs = pixels[batch]
                result = loss_of(inputs, network(inputs))
                optimizer.zero_grad()
                torch.autograd.backward(result.loss)
                optimizer.step()
                losses.append(_sums(result, len(inputs)))
            row = {
                "epoch": epoch,
                **_means("train", losses),
                **evaluate(network, pixels_validation, loss_of, batch=settings.batch),
            }
            row["is_best"] = _is_progress(row, history, settings.min_delta)
            history.append(row)
            if row["is_best"]:
                best = _copy_of(network)
            _report(row)
            now = time.monotonic()
            if checkpoint and spent <= CHECKPOINT_SHARE * (now - start):
                save_checkpoint(
                    checkpoint, network, optimizer, identity=identity, best=best, history=history
                )
                spent += time.monotonic() - now

        network.load_state_dict(best)
    return network.eval(), HISTORY.check(pd.DataFrame(history))


def build_network(model: Model, images: np.ndarray) -> ConvVAE:
    """Return an untrained network of a model, for images (N, C, size, size) like these.

    Raises
    ------
    InputError
        If the images are not square, or the architecture does not fit them.
    """
    if images.ndim != 4 or images.shape[2] != images.shape[3]:
        raise InputError(f"images have the shape {images.shape}; allowed is (N, C, size, size).")
    return ConvVAE(
        size=images.shape[3],
        in_channels=images.shape[1],
        latent=model.latent,
        channels=model.channels,
        activation=model.activation,
        dropout=model.dropout,
    )


@torch.no_grad()
def evaluate(
    network: ConvVAE, images: Tensor, loss_of: Callable[[Tensor, Output], Losses], *, batch: int
) -> dict[str, float]:
    """Return the validation losses per image, at μ instead of a sample.

    Parameters
    ----------
    network : ConvVAE
        Network; left in evaluation mode.
    images : Tensor (N, C, size, size)
        Images, on the device of the network.
    loss_of : callable
        Loss of images and output.
    batch : int
        Images at a time.
    """
    network.eval()
    losses = [_sums(loss_of(part, network(part)), len(part)) for part in _batches(images, batch)]
    return _means("validation", losses)


def _batches(rows: Tensor, size: int) -> tuple[Tensor, ...]:
    """Cut rows into as few equal batches as there can be.

    Were only the last one smaller, it could be a single image, which has no spread to normalise.
    """
    return rows.tensor_split(math.ceil(len(rows) / size))


def _sums(losses: Losses, count: int) -> Tensor:
    """Return count and sums of the losses; they stay on the device, which need not be awaited."""
    parts = torch.stack(losses).detach()
    return torch.cat([torch.ones_like(parts[:1]), parts]) * count


def _means(part: str, sums: list[Tensor]) -> dict[str, float]:
    count, *totals = torch.stack(sums).detach().cpu().double().sum(0).tolist()
    return {
        f"{part}_{name}": total / count for name, total in zip(Losses._fields, totals, strict=True)
    }


def _is_progress(row: Mapping[str, Any], history: list[dict[str, Any]], min_delta: float) -> bool:
    loss, best = row["validation_loss"], _best(history)
    if not (math.isfinite(loss) and math.isfinite(row["train_loss"])):
        raise InputError(
            f"the training diverged in epoch {row['epoch']} (training loss {row['train_loss']}, "
            f"validation loss {loss}); set a smaller training.learning_rate."
        )
    return best is None or bool(loss < best["validation_loss"] * (1 - min_delta))


def _epochs_without_progress(history: list[dict[str, Any]]) -> int:
    best = _best(history)
    return len(history) - best["epoch"] if best else 0


def _best(history: list[dict[str, Any]]) -> dict[str, Any] | None:
    return next((row for row in reversed(history) if row["is_best"]), None)


def _copy_of(network: ConvVAE) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}


def _report(row: Mapping[str, Any]) -> None:
    logger.info(
        "epoch %d: loss %.5g in training, %.5g in validation%s",
        row["epoch"],
        row["train_loss"],
        row["validation_loss"],
        ", the best so far" if row["is_best"] else "",
    )


def _identity(
    images: np.ndarray, validation: np.ndarray, model: Model, seed: int, code: str
) -> str:
    """Return a digest of all that makes a training what it is."""
    text = f"{__version__} {code} {seed} {images.shape} {model.model_dump_json()}"
    digest = hashlib.sha256(text.encode())
    for part in (images, validation):
        digest.update(np.ascontiguousarray(part, dtype=np.float32).data)
    return digest.hexdigest()
