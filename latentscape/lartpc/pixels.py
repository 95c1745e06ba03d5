"""Pixels as flat tables: the list columns of many rows, side by side."""

import numpy as np
import pandas as pd

from latentscape.tables import Table

# Wires and ticks are 16-bit and not negative, so between the last tick of a wire and the first
# of the next there is always a gap.
WIRE_STEP = 2**16
ROW_STEP = 2**32


def flatten(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return one row per pixel.

    Parameters
    ----------
    frame : DataFrame
        Rows of ``table``.
    table : Table
        Its columns of type ``list<…>`` are flattened; they are equally long within a row.

    Returns
    -------
    DataFrame
        The list columns, and ``row``, the position in ``frame`` of the row the pixel belongs to.
    """
    lists = [column for column in table.columns if column.type.startswith("list<")]
    lengths = [len(values) for values in frame[lists[0].name]]
    flat = {"row": np.repeat(np.arange(len(frame)), lengths)}
    for column in lists:
        dtype = column.type.removeprefix("list<").removesuffix(">")
        arrays = [np.asarray(values, dtype=dtype) for values in frame[column.name]]
        flat[column.name] = np.concatenate([np.empty(0, dtype=dtype), *arrays])
    return pd.DataFrame(flat)


def place(pixels: pd.DataFrame) -> np.ndarray:
    """Return a number per pixel that sorts by (row, wire, tick).

    The next tick is 1 away and the next wire :data:`WIRE_STEP`, and nothing else is.

    Parameters
    ----------
    pixels : DataFrame
        Columns row, wire and tick, none negative.

    Returns
    -------
    array of int64
    """
    places: np.ndarray = pixels["row"].to_numpy() * np.int64(ROW_STEP)
    places += np.multiply(pixels["wire"].to_numpy(), WIRE_STEP, dtype=np.int64)
    places += pixels["tick"].to_numpy()
    return places
