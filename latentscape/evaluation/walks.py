"""Rows from which the latent space is walked through, and numbers of what is met on the way."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.arrays import KeyedArrays
from latentscape.errors import InputError
from latentscape.evaluation.examples import typical_rows
from latentscape.evaluation.latents import dimension_names
from latentscape.evaluation.tables.maps import INTERPOLATIONS, WALKS
from latentscape.keys import sort_by_key

Floats = NDArray[np.floating]
Keys = Sequence[Mapping[str, str | int]]

MEAN = "mean"
ENDS = ("first", "last")


def choose_starts(
    latents: pd.DataFrame, key: Sequence[str], *, starts: Keys | None
) -> pd.DataFrame:
    """Return the keys of the rows from which to walk.

    Parameters
    ----------
    latents : DataFrame
        Table ``latents`` of one training.
    key : sequence of str
        The key columns, ``sample`` among them.
    starts : sequence of mapping, or None
        Keys; the row of each sample with the median reconstruction error if None.

    Returns
    -------
    DataFrame
        Key columns, sorted.

    Raises
    ------
    InputError
        If a key is not complete, or no row has it.
    """
    if starts is None:
        return sort_by_key(typical_rows(latents, key, quantiles=(0.5,)), key)
    return sort_by_key(_known(latents, key, starts, "starts").drop_duplicates(), key)


def choose_pairs(
    latents: pd.DataFrame,
    key: Sequence[str],
    *,
    pairs: Sequence[Keys] | None,
    first: str,
) -> pd.DataFrame:
    """Return the keys of the pairs of rows between which to interpolate.

    Parameters
    ----------
    latents : DataFrame
        Table ``latents`` of one training.
    key : sequence of str
        The key columns, ``sample`` among them.
    pairs : sequence of two keys, or None
        If None, from the row of one sample with the median reconstruction error to that of
        each other sample.
    first : str
        The sample from which that goes.

    Returns
    -------
    DataFrame
        Columns ``first_<column>`` and ``last_<column>`` for each column of the key, sorted.

    Raises
    ------
    InputError
        If a key is not complete, no row has it, or the first sample has no row that trained
        nothing.
    """
    if pairs is None:
        typical = choose_starts(latents, key, starts=None)
        own = typical["sample"] == first
        if not own.any():
            raise InputError(f"walks: sample {first!r} has no row outside the training part.")
        lasts = typical[~own].reset_index(drop=True)
        firsts = typical[own].loc[typical[own].index.repeat(len(lasts))].reset_index(drop=True)
    else:
        firsts, lasts = (
            _known(latents, key, [pair[end] for pair in pairs], "pairs") for end in (0, 1)
        )
    chosen = pd.concat([firsts.add_prefix("first_"), lasts.add_prefix("last_")], axis=1)
    return sort_by_key(chosen.drop_duplicates(), list(chosen.columns))


def pair_key(key: Sequence[str]) -> list[str]:
    """Return the columns that name a pair of rows."""
    return [f"{end}_{column}" for end in ENDS for column in key]


def measure_walks(
    mean: Floats, walks: KeyedArrays, *, sigmas: float, channels: Sequence[str]
) -> pd.DataFrame:
    """Return what is in the images along each latent dimension.

    Parameters
    ----------
    mean : array, shape (latent, steps, C, n, m)
        Decoded images of the walk through the mean of the latents.
    walks : KeyedArrays
        Array ``images`` (E, latent, steps, C, n, m): those through some rows.
    sigmas : float
        How far a walk goes to both sides, in standard deviations of the dimension.
    channels : sequence of str
        Names of the C channels.

    Returns
    -------
    DataFrame
        Table ``walks``.
    """
    tables = []
    for start, images in zip([MEAN, *_texts(walks.keys)], [mean, *walks["images"]], strict=True):
        offsets = np.linspace(-sigmas, sigmas, images.shape[1])
        axes = [dimension_names(len(images)), range(len(offsets)), channels]
        places = pd.MultiIndex.from_product(axes, names=["dimension", "step", "channel"])
        table = places.to_frame(index=False).assign(start=start, **_measures(images))
        tables.append(table.assign(offset=offsets[table["step"].to_numpy()]))
    return WALKS.check(pd.concat(tables, ignore_index=True))


def measure_interpolations(interpolations: KeyedArrays, *, channels: Sequence[str]) -> pd.DataFrame:
    """Return what is in the images on the way from one row to another.

    Parameters
    ----------
    interpolations : KeyedArrays
        Arrays ``inputs`` (N, 2, C, n, m), the images of both rows, and ``images``
        (N, steps, C, n, m); keys as of :func:`choose_pairs`.
    channels : sequence of str
        Names of the C channels.

    Returns
    -------
    DataFrame
        Table ``interpolations``.
    """
    keys = interpolations.keys
    names = {end: _texts(keys.filter(regex=f"^{end}_")) for end in ENDS}
    tables = []
    for kind, array in (("input", "inputs"), ("decoded", "images")):
        images = interpolations[array]
        axes = [range(len(keys)), np.linspace(0, 1, images.shape[1]), channels]
        places = pd.MultiIndex.from_product(axes, names=["pair", "fraction", "channel"])
        table = places.to_frame(index=False).assign(kind=kind, **_measures(images))
        for end, texts in names.items():
            table[end] = [texts[pair] for pair in table["pair"]]
        tables.append(table.drop(columns="pair"))
    return INTERPOLATIONS.check(pd.concat(tables, ignore_index=True))


def _texts(keys: pd.DataFrame) -> list[str]:
    """Return one text per key: its values with spaces between them."""
    return [" ".join(str(value) for value in row) for row in keys.itertuples(index=False)]


def _measures(images: Floats) -> dict[str, Floats]:
    """Return sum and centre of every image (…, n, m), flattened."""
    pixels = images.astype(np.float64)
    total = pixels.sum(axis=(-2, -1))
    centres = []
    for axis in (-2, -1):
        profile = pixels.sum(axis=-3 - axis)
        moment = profile @ np.arange(pixels.shape[axis])
        centre = np.full(total.shape, np.nan)
        np.divide(moment, total, out=centre, where=total > 0)
        centres.append(centre.ravel())
    return {"sum": total.ravel(), "centre_x": centres[0], "centre_y": centres[1]}


def _known(latents: pd.DataFrame, key: Sequence[str], chosen: Keys, setting: str) -> pd.DataFrame:
    """Return chosen keys as a table; each must be there."""
    for one in chosen:
        if set(one) != set(key):
            raise InputError(f"walks.{setting}: {dict(one)} is no key; it needs {', '.join(key)}.")
    keys = pd.DataFrame([dict(one) for one in chosen])[list(key)]
    marked = keys.merge(latents[list(key)].drop_duplicates(), how="left", indicator="found")
    lost = marked["found"] == "left_only"
    if lost.any():
        first = keys[lost.to_numpy()].iloc[0].to_dict()
        raise InputError(f"walks.{setting}: no row has the key {first}.")
    return keys
