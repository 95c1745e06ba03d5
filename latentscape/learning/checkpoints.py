"""Trained models and unfinished trainings as files, without pickles."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from latentscape import __version__
from latentscape.digests import sha256
from latentscape.errors import InputError, reading
from latentscape.files import (
    read_metadata,
    read_tensors,
    write_description,
    write_tensors,
)
from latentscape.learning.networks import ConvVAE
from latentscape.learning.settings import Model

logger = logging.getLogger("latentscape")


@dataclass(frozen=True)
class SavedModel:
    """A trained network and what is needed to use it and to tell where it comes from.

    Parameters
    ----------
    network : ConvVAE
        In evaluation mode, on the CPU.
    model : Model
        Settings that it was trained with.
    transform : mapping of str to list of float
        Constants of ``model.transform``, from the training part.
    seed : int
        Random seed of the training.
    training_keys : str
        Digest of the keys of the training part.
    inputs : mapping of str to str
        SHA-256 of each input file.
    """

    network: ConvVAE
    model: Model
    transform: Mapping[str, list[float]]
    seed: int
    training_keys: str
    inputs: Mapping[str, str]


def save_model(saved: SavedModel, weights: str | Path, description: str | Path) -> None:
    """Write a model: its weights as safetensors, all else as JSON beside them.

    The weights carry the digest of the description, so that the two cannot be mixed up.

    Parameters
    ----------
    saved : SavedModel
        The model.
    weights, description : path
        Files to write, ``weights.safetensors`` and ``model.json`` of the model's directory.
    """
    content = {
        "network": saved.network.architecture,
        "model": saved.model.model_dump(mode="json"),
        "transform": dict(saved.transform),
        "seed": saved.seed,
        "training_keys": saved.training_keys,
        "inputs": dict(saved.inputs),
        "version": __version__,
    }
    write_description(content, description)
    write_tensors(
        _arrays(saved.network.state_dict()), weights, {"description": sha256(description)}
    )


def load_model(weights: str | Path, description: str | Path) -> SavedModel:
    """Read what :func:`save_model` wrote.

    Raises
    ------
    InputError
        If a file is missing or damaged, the two do not belong together, or the weights do not
        fit the described network.
    """
    with reading(description, "not a description of a model"):
        content = json.loads(Path(description).read_text("utf-8"))
        model = Model.model_validate(content["model"])
        architecture = content["network"]
        rest = {name: content[name] for name in ("transform", "seed", "training_keys", "inputs")}
    arrays = read_tensors(weights)
    if read_metadata(weights).get("description") != sha256(description):
        raise InputError(f"{weights} does not belong to {description}; train the model again.")
    # Not before the description is known to be whole: a network may be of any size.
    with reading(description, "not a description of a model"):
        network = ConvVAE(**architecture)
        saved = SavedModel(network=network, model=model, **rest)
    _fill(network, {name: torch.tensor(array) for name, array in arrays.items()}, weights)
    network.eval()
    return saved


def save_checkpoint(
    path: str | Path,
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    *,
    identity: str,
    best: Mapping[str, Tensor],
    history: list[dict[str, Any]],
) -> None:
    """Write the state of a training after an epoch, in one file.

    Parameters
    ----------
    path : path
        Safetensors file to write.
    network : Module
        Network as it is now.
    optimizer : Optimizer
        Its optimizer, of which the moments are kept.
    identity : str
        What only this training has, to recognise its checkpoint.
    best : mapping of str to Tensor
        Best weights so far.
    history : list of dict
        Losses of all epochs so far.
    """
    moments = {
        f"{index}.{name}": value
        for index, state in optimizer.state_dict()["state"].items()
        for name, value in state.items()
    }
    groups = {"network": network.state_dict(), "best": best, "optimizer": moments}
    tensors = {
        f"{group}/{name}": value for group, held in groups.items() for name, value in held.items()
    }
    metadata = {"identity": identity, "history": json.dumps(history)}
    write_tensors(_arrays(tensors), path, metadata)


def load_checkpoint(
    path: str | Path, network: nn.Module, optimizer: torch.optim.Optimizer, *, identity: str
) -> tuple[dict[str, Tensor], list[dict[str, Any]]] | None:
    """Bring network and optimizer to the state of a checkpoint.

    Returns
    -------
    tuple or None
        Best weights and history, as given to :func:`save_checkpoint`; None if there is no file,
        it is damaged, or it is of a training with other settings, seed, images or code. The last
        two are logged: a checkpoint saves time, and its loss must cost no more than that.
    """
    if not Path(path).exists():
        return None
    try:
        arrays, metadata = read_tensors(path), read_metadata(path)
    except InputError as error:
        logger.warning("%s Starting from the first epoch.", error)
        return None
    if metadata.get("identity") != identity:
        logger.warning("%s is of another training; starting from the first epoch", path)
        return None
    groups: dict[str, dict[str, Tensor]] = {"network": {}, "best": {}, "optimizer": {}}
    device = next(network.parameters()).device
    for name, array in arrays.items():
        group, _, rest = name.partition("/")
        groups[group][rest] = torch.tensor(array, device=device)
    _fill(network, groups["network"], path)
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in groups["optimizer"].items():
        index, _, kind = name.partition(".")
        state.setdefault(int(index), {})[kind] = value
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    return groups["best"], json.loads(metadata["history"])


def remove_checkpoint(path: str | Path) -> None:
    """Remove the checkpoint of a training whose result is safely written."""
    Path(path).unlink(missing_ok=True)


def _arrays(tensors: Mapping[str, Tensor]) -> dict[str, np.ndarray]:
    return {name: tensor.detach().cpu().numpy() for name, tensor in tensors.items()}


def _fill(network: nn.Module, state: Mapping[str, Tensor], path: str | Path) -> None:
    expected = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in state.items()}
    for name in sorted({*expected, *found}):
        if expected.get(name) != found.get(name):
            raise InputError(
                f"{path}: tensor {name!r} has the shape {found.get(name)}, "
                f"the described network {expected.get(name)}."
            )
    network.load_state_dict(dict(state))
