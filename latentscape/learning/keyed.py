"""Training and inference on images that carry their keys."""

import logging
from collections.abc import Mapping

import numpy as np
import pandas as pd
import torch

from latentscape.arrays import KeyedArrays
from latentscape.errors import InputError
from latentscape.files import digest_of_keys
from latentscape.keys import join, sort_by_key
from latentscape.learning.checkpoints import SavedModel
from latentscape.learning.inference import infer
from latentscape.learning.settings import Model
from latentscape.learning.training import train
from latentscape.learning.transforms import fit_transform, invert, transform
from latentscape.learning.traversals import Path, decode, interpolate, traverse, traverse_from

logger = logging.getLogger("latentscape")

IMAGES = "images"


def train_model(
    images: KeyedArrays,
    split: pd.DataFrame,
    *,
    model: Model,
    seed: int,
    device: torch.device,
    checkpoint: str | None,
    inputs: Mapping[str, str],
    code: str = "",
) -> tuple[SavedModel, pd.DataFrame]:
    """Train a model on the training part of keyed images.

    Parameters
    ----------
    images : KeyedArrays
        Array ``images`` (N, C, size, size), not transformed.
    split : DataFrame
        Key columns and ``part``.
    model : Model
        Architecture, loss, transform and training.
    seed : int
        Random seed.
    device : torch.device
        Where to train.
    checkpoint : str or None
        Where the training resumes from when it was cut off.
    inputs : mapping of str to str
        SHA-256 of each input file, to be kept with the model.
    code : str
        Digest of the code that trains; a checkpoint of other code is not resumed.

    Returns
    -------
    SavedModel
        The trained network with all that is needed to use it.
    DataFrame
        Table ``history``.
    """
    parts = {name: _part(images, split, name) for name in ("train", "validation")}
    sizes = ", ".join(f"{len(part)} {name}" for name, part in parts.items())
    logger.info("images: %s; device: %s", sizes, device)
    constants = fit_transform(
        model.transform, parts["train"][IMAGES], most_probable=model.most_probable
    )
    network, history = train(
        *(transform(model.transform, part[IMAGES], constants) for part in parts.values()),
        model=model,
        seed=seed,
        device=device,
        checkpoint=checkpoint,
        code=code,
    )
    saved = SavedModel(
        network=network,
        model=model,
        transform=constants,
        seed=seed,
        training_keys=digest_of_keys(parts["train"].keys),
        inputs=inputs,
    )
    return saved, history


def infer_latents(
    images: KeyedArrays,
    split: pd.DataFrame,
    saved: SavedModel,
    *,
    number: int,
    device: torch.device,
) -> tuple[pd.DataFrame, KeyedArrays]:
    """Return latents, errors and reconstructions of keyed images.

    Parameters
    ----------
    images : KeyedArrays
        Array ``images`` (N, C, size, size), not transformed.
    split : DataFrame
        Key columns and ``part``; images that it does not name are held out.
    saved : SavedModel
        The model.
    number : int
        Number of the training, the column ``seed`` of the table.
    device : torch.device
        Where to infer.

    Returns
    -------
    DataFrame
        Table ``latents``.
    KeyedArrays
        Array ``images``: the reconstructions, on the scale of the images that were given.
    """
    model = saved.model
    found = infer(
        saved.network,
        transform(model.transform, images[IMAGES], saved.transform),
        beta=model.beta,
        signal_threshold=model.signal_threshold,
        signal_weight=model.signal_weight,
        batch=model.training.batch,
        threads=model.training.threads,
        device=device,
    )
    reconstructions = invert(model.transform, found.pop("reconstruction"), saved.transform)
    columns = {name: list(values) for name, values in found.items()}
    table = images.keys.assign(seed=number, **columns)
    keys = list(images.keys.columns)
    latents = join(table, split, keys, what="latents with the split", how="left")
    latents["part"] = latents["part"].fillna("held_out")
    return latents, KeyedArrays(images.keys, {IMAGES: reconstructions.astype(np.float32)})


def traverse_latents(
    latents: pd.DataFrame, saved: SavedModel, *, sigmas: float, steps: int, device: torch.device
) -> np.ndarray:
    """Decode a walk along each latent dimension, on the scale of the untransformed images.

    Centre and step come from the training part, so they do not depend on what else was inferred.

    Parameters
    ----------
    latents : DataFrame
        Table ``latents`` of one training.
    saved : SavedModel
        Its model.
    sigmas : float
        How far the walk goes to both sides, in standard deviations of the dimension.
    steps : int
        Points per dimension.
    device : torch.device
        Where to decode.

    Returns
    -------
    array of float32, shape (latent, steps, C, size, size)
    """
    means = _means(latents[latents["part"] == "train"])
    images = traverse(saved.network.to(device), means, sigmas=sigmas, steps=steps)
    return invert(saved.model.transform, images, saved.transform).astype(np.float32)


def traverse_from_rows(
    latents: pd.DataFrame,
    images: KeyedArrays,
    saved: SavedModel,
    *,
    starts: pd.DataFrame,
    sigmas: float,
    steps: int,
    device: torch.device,
) -> KeyedArrays:
    """Decode a walk along each latent dimension from chosen rows.

    Parameters
    ----------
    latents : DataFrame
        Table ``latents`` of one training; its training part gives the length of a step.
    images : KeyedArrays
        Array ``images`` (N, C, size, size), not transformed.
    saved : SavedModel
        The model of that training.
    starts : DataFrame
        Keys of the rows.
    sigmas, steps, device
        As in :func:`traverse_latents`.

    Returns
    -------
    KeyedArrays
        Arrays ``inputs`` (E, C, size, size), the rows' own images, and ``images``
        (E, latent, steps, C, size, size), float32 on the scale of the images that were given.
    """
    decoded = traverse_from(
        saved.network.to(device),
        _means(_rows(latents, starts)),
        _means(latents[latents["part"] == "train"]),
        sigmas=sigmas,
        steps=steps,
    )
    shown = invert(saved.model.transform, decoded, saved.transform).astype(np.float32)
    inputs = images.select(starts)[IMAGES].astype(np.float32)
    return KeyedArrays(starts, {"inputs": inputs, IMAGES: shown})


def interpolate_rows(
    latents: pd.DataFrame,
    images: KeyedArrays,
    saved: SavedModel,
    *,
    pairs: pd.DataFrame,
    steps: int,
    path: Path,
    device: torch.device,
) -> KeyedArrays:
    """Decode the way from one row to another in the latent space.

    Parameters
    ----------
    latents : DataFrame
        Table ``latents`` of one training.
    images : KeyedArrays
        Array ``images`` (N, C, size, size), not transformed.
    saved : SavedModel
        The model of that training.
    pairs : DataFrame
        For each column of the key, ``first_<column>`` and ``last_<column>``.
    steps : int
        Points per way, the ends included.
    path : {"linear", "spherical"}
        As in :func:`latentscape.learning.traversals.interpolate`.
    device : torch.device
        Where to decode.

    Returns
    -------
    KeyedArrays
        Keys as ``pairs``; arrays ``inputs`` (N, 2, C, size, size), the images of both rows, and
        ``images`` (N, steps, C, size, size), float32 on the scale of the images that were given;
        without pairs, as in a study of one sample, they have no rows.
    """
    key = list(images.keys.columns)
    ends = [
        pairs[[f"{end}_{column}" for column in key]].set_axis(key, axis=1)
        for end in ("first", "last")
    ]
    size = saved.model.latent
    first, last = (_means(_rows(latents, end)).reshape(-1, size) for end in ends)
    points = interpolate(first, last, steps=steps, path=path)
    decoded = decode(saved.network.to(device), points)
    shown = invert(saved.model.transform, decoded, saved.transform).astype(np.float32)
    unique = pd.concat(ends).drop_duplicates(ignore_index=True)
    own = images.select(unique)
    numbered = unique.assign(_row=np.arange(len(unique)))
    places = [join(end, numbered, key, what="ends", relation="many_to_one") for end in ends]
    inputs = np.stack([own[IMAGES][place["_row"].to_numpy()] for place in places], axis=1)
    return KeyedArrays(pairs, {"inputs": inputs.astype(np.float32), IMAGES: shown})


def _rows(latents: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the latents with these keys, in their order."""
    key = list(keys.columns)
    found = join(
        keys, latents[[*key, "mean"]], key, what="rows with latents", relation="many_to_one"
    )
    if len(found) < len(keys):
        missing = keys.merge(found[key], how="left", indicator=True)
        lost = missing.loc[missing["_merge"] == "left_only", key].iloc[0].to_dict()
        raise InputError(f"latents: no row has the key {lost}.")
    return found


def _means(latents: pd.DataFrame) -> np.ndarray:
    return np.array(latents["mean"].to_list())


def _part(images: KeyedArrays, split: pd.DataFrame, name: str) -> KeyedArrays:
    keys = list(images.keys.columns)
    return images.select(sort_by_key(split.loc[split["part"] == name, keys], keys))
