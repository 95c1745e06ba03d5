"""Row keys, and the only ways in which this project joins two tables.

Every row carries its key. Nothing is ever aligned by its position in a table.
"""

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from latentscape.errors import InputError

EVENT_KEY = ("sample", "run", "subrun", "event")
TRACK_KEY = (*EVENT_KEY, "track")


def check_unique(frame: pd.DataFrame, key: Sequence[str], *, what: str) -> None:
    """Refuse a table in which two rows have the same key.

    Parameters
    ----------
    frame : DataFrame
        The table.
    key : sequence of str
        Its key columns.
    what : str
        Name of the table, for the message.

    Raises
    ------
    InputError
        If a key occurs more than once; the message names the first such key.
    """
    columns = list(key)
    repeated = frame.duplicated(columns, keep=False)
    if repeated.any():
        first = frame.loc[repeated, columns].iloc[0]
        named = ", ".join(f"{column}={first[column]}" for column in columns)
        raise InputError(
            f"{what}: {int(repeated.sum())} rows share their key with another row, "
            f"the first is ({named}). A key must be unique."
        )


def sort_by_key(frame: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """Return the rows in the order of their key, with a fresh index."""
    return frame.sort_values(list(key), kind="stable", ignore_index=True)


def join(
    left: pd.DataFrame,
    right: pd.DataFrame,
    key: Sequence[str],
    *,
    what: str,
    how: Literal["inner", "left"] = "inner",
    relation: Literal["one_to_one", "many_to_one"] = "one_to_one",
) -> pd.DataFrame:
    """Join two tables on their key and validate that the key allows it.

    Parameters
    ----------
    left, right : DataFrame
        Tables that both hold the key columns. ``right`` may have no other
        column in common with ``left``.
    key : sequence of str
        The key columns.
    what : str
        What is joined, for the messages ("tracks with calorimetry").
    how : {"inner", "left"}
        Keep the rows found in both, or every row of ``left``.
    relation : {"one_to_one", "many_to_one"}
        Whether the key must be unique in both tables or only in ``right``.

    Returns
    -------
    DataFrame
        Rows in the order of ``left``.

    Raises
    ------
    InputError
        If a key column is missing, a key is repeated where it must not be, or
        a column besides the key stands in both tables.
    """
    for side, frame in (("left", left), ("right", right)):
        missing = [column for column in key if column not in frame.columns]
        if missing:
            raise InputError(f"{what}: the {side} table has no key column {missing[0]!r}.")
    shared = (set(left.columns) & set(right.columns)) - set(key)
    if shared:
        raise InputError(f"{what}: both tables have a column {min(shared)!r}.")
    check_unique(right, key, what=what)
    if relation == "one_to_one":
        check_unique(left, key, what=what)
    return left.merge(right, on=list(key), how=how, validate=relation, sort=False)
