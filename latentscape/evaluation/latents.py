"""The latents of one training after the other, as matrices."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.keys import sort_by_key


def by_training(
    latents: pd.DataFrame, key: Sequence[str]
) -> Iterator[tuple[int, pd.DataFrame, NDArray[np.float64]]]:
    """Give the latents of each training, in the order of the training's number.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``mean`` (one array per row) and any others.
    key : sequence of str
        The key columns.

    Yields
    ------
    number : int
        Number of the training.
    rows : DataFrame
        Its rows, sorted by key.
    means : array of float, shape (rows, dimensions)
        Their posterior means.

    Raises
    ------
    InputError
        If there is no row, or a mean is not finite.
    """
    if latents.empty:
        raise InputError("latents: the table has no row to analyse.")
    for number, rows in latents.groupby("seed", sort=True):
        ordered = sort_by_key(rows, key)
        means = np.stack(ordered["mean"].to_list()).astype(np.float64)
        broken = int((~np.isfinite(means)).any(axis=1).sum())
        if broken:
            raise InputError(
                f"latents: training {number} has {broken} rows whose mean is not finite. "
                "Did the training diverge?"
            )
        yield int(str(number)), ordered, means


def dimension_names(count: int) -> list[str]:
    """Return the names of so many latent dimensions, which count from z0."""
    return [f"z{dimension}" for dimension in range(count)]
