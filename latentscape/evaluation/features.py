"""Latents, features and labels of the same rows, as matrices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.evaluation.latents import by_training
from latentscape.keys import join, sort_by_key

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DescribedRows:
    """The rows of one training that have features and a label, in the order of their key.

    Parameters
    ----------
    number : int
        Number of the training.
    means : array of float, shape (rows, dimensions)
        Posterior means.
    features : array of float, shape (rows, features)
        Features; NaN is missing.
    labels : array of str, shape (rows,)
        Labels.
    """

    number: int
    means: Floats
    features: Floats
    labels: NDArray[np.str_]


def described_rows(
    latents: pd.DataFrame,
    features: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    names: Sequence[str],
) -> Iterator[DescribedRows]:
    """Give, for each training, the rows that stand in all three tables.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``mean``.
    features : DataFrame
        The key and the named features; NaN is missing.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    names : sequence of str
        The features.

    Yields
    ------
    DescribedRows

    Raises
    ------
    InputError
        If a feature is unknown, or no row stands in all tables.
    """
    unknown = [name for name in names if name not in features.columns]
    if unknown:
        raise InputError(f"features: no column {unknown[0]!r}; found {list(features.columns)}.")
    described = join(
        features[[*key, *names]], labels[[*key, "label"]], key, what="features with labels"
    )
    for number, rows, means in by_training(latents[["seed", *key, "mean"]], key):
        places = rows[list(key)].assign(_place=np.arange(len(rows)))
        found = sort_by_key(join(described, places, key, what="features with latents"), key)
        if found.empty:
            raise InputError(
                f"latents: no row of training {number} stands in the features and the labels."
            )
        yield DescribedRows(
            number,
            means[found["_place"].to_numpy()],
            found[list(names)].to_numpy(np.float64),
            found["label"].to_numpy(str),
        )


def same_rows(features: Floats) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.intp]]]:
    """Give the sets of rows in which some features are present, and those features.

    Features that are missing in the same rows can be fitted together.

    Parameters
    ----------
    features : array of float, shape (rows, features)
        NaN is missing.

    Yields
    ------
    rows : array of bool, shape (rows,)
    columns : array of int
    """
    patterns, which = np.unique(~np.isnan(features), axis=1, return_inverse=True)
    for pattern in range(patterns.shape[1]):
        yield patterns[:, pattern], np.flatnonzero(which.ravel() == pattern)
