"""The label of each row: which group it belongs to in a comparison."""

from collections.abc import Mapping, Sequence

import pandas as pd

from latentscape.errors import InputError


def labels_by_sample(rows: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """Return one label per key: the name of its sample.

    Parameters
    ----------
    rows : DataFrame
        Any table with the key columns, ``sample`` among them; keys may repeat.
    key : sequence of str
        The key columns.

    Returns
    -------
    DataFrame
        The key columns and ``label``, each key once.
    """
    keys = rows[list(key)].drop_duplicates(ignore_index=True)
    return keys.assign(label=keys["sample"])


def labels_by_group(
    rows: pd.DataFrame, key: Sequence[str], groups: Mapping[str, str]
) -> pd.DataFrame:
    """Return one label per key: the group that its sample belongs to, as its species.

    Parameters
    ----------
    rows, key
        As in :func:`labels_by_sample`.
    groups : mapping of str to str
        Group of each sample.

    Returns
    -------
    DataFrame
        The key columns and ``label``, each key once.

    Raises
    ------
    InputError
        If a sample has no group.
    """
    labels = labels_by_sample(rows, key)
    unknown = sorted(set(labels["label"]) - set(groups))
    if unknown:
        raise InputError(f"labels: sample {unknown[0]!r} has no group; known: {list(groups)}.")
    return labels.assign(label=labels["label"].map(dict(groups)))
