"""Numbers as text that a browser decodes with its own means.

An array is cut into the bytes of each significance, deflated (RFC 1951 in the frame of
RFC 1950) and written in base64, so that it can stand in a script.
"""

import base64
import zlib
from typing import Any

import numpy as np
import pandas as pd

from latentscape.errors import InputError

TYPES = ("uint8", "int16", "int32", "float32", "float64")
HIGHEST_CODE = 255
"""Highest code of an image value."""
EFFORT = 6
"""How hard is packed: the highest, 9, takes five times as long for 2 %."""
KEPT_BITS = 12
"""Bits of the mantissa that are kept of a number that only places or colours a point."""
MAX_LEVELS = 32767


def encode(array: np.ndarray, *, delta: bool = False) -> dict[str, Any]:
    """Return an array as a JSON object.

    Parameters
    ----------
    array : array
        Of one of :data:`TYPES`.
    delta : bool
        Whether to store differences along the last axis, for integers that vary slowly.

    Returns
    -------
    dict
        ``type``, ``shape``, ``delta`` and the base64 text ``data``.

    Raises
    ------
    InputError
        For another type.
    """
    name = array.dtype.name
    if name not in TYPES:
        raise InputError(f"cannot encode an array of {name}; allowed: {', '.join(TYPES)}.")
    stored = np.diff(array, axis=-1, prepend=array.dtype.type(0)) if delta else array
    little = np.asarray(stored, dtype=stored.dtype.newbyteorder("<"), order="C")
    by_significance = little.reshape(-1).view(np.uint8).reshape(-1, array.itemsize).T
    packed = zlib.compress(by_significance.tobytes(), EFFORT)
    return {
        "type": name,
        "shape": list(array.shape),
        "delta": delta,
        "data": base64.b64encode(packed).decode("ascii"),
    }


def rounded(numbers: np.ndarray) -> np.ndarray:
    """Return float32 numbers of :data:`KEPT_BITS` bits, which deflate well; error below 2⁻¹³."""
    bits = np.asarray(numbers, dtype=np.float32).view(np.uint32)
    step = np.uint32(1 << (23 - KEPT_BITS))
    finite = np.isfinite(numbers)
    nearest = np.where(finite, bits + step // np.uint32(2), bits) & ~(step - np.uint32(1))
    return np.where(finite, nearest.view(np.float32), np.float32(np.nan))


def image_codes(images: np.ndarray, *, softening: float, largest: float) -> np.ndarray:
    """Return image values as codes of 8 bits on a scale that all images share.

    Parameters
    ----------
    images : array of float
        Values ≥ 0; negative ones count as 0.
    softening : float
        Up to about this value the scale is linear, above it is logarithmic.
    largest : float
        Value of the highest code; larger values are clipped.

    Returns
    -------
    array of uint8
        ``255 · asinh(value / softening) / asinh(largest / softening)``, rounded.
    """
    place = np.arcsinh(np.clip(images, 0, largest) / softening) / np.arcsinh(largest / softening)
    codes: np.ndarray = np.rint(HIGHEST_CODE * place).astype(np.uint8)
    return codes


def pixel_codes(values: np.ndarray) -> np.ndarray:
    """Return integer values as int16 codes ``2 √value`` with its sign, rounded.

    The step between two codes is the square root of the value, so the error is at most half of
    that; codes of neighbours differ little and deflate well.
    """
    codes: np.ndarray = np.sign(values) * np.rint(2 * np.sqrt(np.abs(values)))
    return codes.astype(np.int16)


def encode_column(column: pd.Series, levels: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a column of a table as a JSON object.

    Parameters
    ----------
    column : Series
        Numbers, texts or truth values; any may be missing.
    levels : tuple of str
        Texts in the order in which they are listed; others follow in alphabetical order.

    Returns
    -------
    dict
        ``numbers``, encoded; or ``levels`` and their encoded ``codes``, -1 where missing.

    Raises
    ------
    InputError
        If a text column has more than :data:`MAX_LEVELS` different texts.
    """
    if not is_text(column):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return {"numbers": encode(rounded(numbers.astype(np.float32)))}
    texts = column.map(str, na_action="ignore")
    present = set(texts.dropna())
    ordered = [level for level in levels if level in present]
    ordered += sorted(present - set(ordered))
    if len(ordered) > MAX_LEVELS:
        raise InputError(f"column {column.name}: {len(ordered)} different texts are too many.")
    codes = pd.Categorical(texts, categories=ordered).codes
    return {"levels": ordered, "codes": encode(np.asarray(codes, dtype=np.int16))}


def is_text(column: pd.Series) -> bool:
    """Return whether a column is shown as text: anything but numbers."""
    return pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column)
