"""The label of each row: which group it belongs to in a comparison."""

from collections.abc import Sequence

import pandas as pd


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
