"""What becomes of the image of a track that is moved by a part of an image pixel.

The columns of the canvas are divided among far fewer image columns, so where a pulse lies within
an image column is a matter of chance. An image without aliasing follows: its charge stays, and
its shape moves along. ``area`` keeps the charge by construction; ``bilinear`` looks at two ticks
of every image column, and a pulse narrower than that comes and goes.
"""

import math
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array, kron

from latentscape.keys import TRACK_KEY, sort_by_key
from latentscape.lartpc.images import CHANNELS, area_weights, bilinear_weights
from latentscape.lartpc.pixels import flatten
from latentscape.lartpc.tables.images import ALIASING
from latentscape.lartpc.tables.reconstruction import CLUSTERS

Floats = NDArray[np.float64]

WEIGHTS = {"area": area_weights, "bilinear": bilinear_weights}


def shift_tracks(
    tracks: pd.DataFrame,
    *,
    shifted_tracks: int,
    size: int,
    wires: int,
    canvas_ticks: int,
    max_width: int,
) -> pd.DataFrame:
    """Move tracks along the drift, tick by tick over one image column, and compare their images.

    Parameters
    ----------
    tracks : DataFrame
        A table ``TRACKS``, in any order.
    shifted_tracks : int
        How many tracks are moved: the first by their key.
    size, wires, canvas_ticks, max_width : int
        As for :func:`~latentscape.lartpc.images.make_images`; wider tracks are left out.

    Returns
    -------
    DataFrame
        A table ``ALIASING``, from shift 0 (the image as it is made) on. The weights of the shifts
        add up to the width of an image column, which need not be a whole number of ticks.

    Notes
    -----
    The distance is ‖I(s) - M(s) I(0)‖ over the root mean square of ‖I‖ over the shifts, where
    I(s) is the image of the track moved by s ticks and M(s) moves an image by the same way, by
    linear interpolation between its columns. It is 0 if the image follows the track, about 1 if
    the two have nothing in common. A step within a column cannot show in any image: for a pulse
    much narrower than an image column, ``area`` has a distance too.
    """
    narrow = (tracks["collection_width"] < max_width) & (tracks["induction_width"] < max_width)
    moved = sort_by_key(tracks[narrow], TRACK_KEY).iloc[:shifted_tracks]
    frames = []
    for plane in CHANNELS:
        pixels = canvas_pixels(moved, plane, wires=wires, canvas_ticks=canvas_ticks)
        charge = np.bincount(pixels["track"], pixels["adc"], minlength=len(moved))
        for resize, weights in WEIGHTS.items():
            rows, columns = weights(wires + 1, size), weights(canvas_ticks, size)
            images = _shifted_images(pixels, len(moved), rows, columns)
            # A sampled canvas gives its charge back times the area that a sample stands for.
            scale = 1.0 if resize == "area" else (wires + 1) * canvas_ticks / size**2
            compared = _compare(images, charge / scale, canvas_ticks / size)
            keys = moved[list(TRACK_KEY)].loc[compared.pop("track")].reset_index(drop=True)
            frames.append(pd.concat([keys, compared], axis=1).assign(plane=plane, resize=resize))
    return ALIASING.check(ALIASING.concatenate(frames))


def over_shifts(aliasing: pd.DataFrame) -> pd.DataFrame:
    """Return what moving does to the image of each track, over all its shifts.

    Parameters
    ----------
    aliasing : DataFrame
        A table ``ALIASING``.

    Returns
    -------
    DataFrame
        Key of the track, ``plane``, ``resize``, and ``spread over shifts``, the standard
        deviation of the charge over its mean, and ``distance over shifts``, the root mean
        square of the distance; missing where all images are empty.
    """
    weight = aliasing["weight"]
    moments = aliasing[[*TRACK_KEY, "plane", "resize", "weight"]].assign(
        kept=weight * aliasing["kept"],
        kept_squared=weight * aliasing["kept"] ** 2,
        distance_squared=weight * aliasing["distance"] ** 2,
    )
    sums = moments.groupby([*TRACK_KEY, "plane", "resize"]).sum(min_count=1)
    means = sums.div(sums["weight"], axis=0)
    variance = (means["kept_squared"] - means["kept"] ** 2).clip(lower=0)
    return pd.DataFrame(
        {
            "spread over shifts": np.sqrt(variance) / means["kept"],
            "distance over shifts": np.sqrt(means["distance_squared"]),
        }
    ).reset_index()


def canvas_pixels(
    tracks: pd.DataFrame, plane: str, *, wires: int, canvas_ticks: int
) -> pd.DataFrame:
    """Return where the pixels of a plane lie on the canvas of :mod:`latentscape.lartpc.images`.

    Parameters
    ----------
    tracks : DataFrame
        A table ``TRACKS``.
    plane : str
        Wire plane.
    wires, canvas_ticks : int
        As for :func:`~latentscape.lartpc.images.make_images`.

    Returns
    -------
    DataFrame
        Columns ``track`` (position in ``tracks``), ``row``, ``column`` and ``adc``, of the
        wires that are kept. Columns beyond the canvas are not left out.
    """
    names = {f"{plane}_{name}": name for name in ("wire", "tick", "adc")}
    pixels = flatten(tracks[list(names)].rename(columns=names), CLUSTERS).astype(np.int64)
    pixels = pixels.rename(columns={"row": "track"})
    stop = pixels.groupby("track")["wire"].transform("max")
    pixels["row"] = pixels["wire"] - stop + wires - 1
    kept = pixels[pixels["row"] >= 0].sort_values(
        ["track", "row", "adc", "tick"], ascending=[True, True, False, True]
    )
    entry = kept.groupby("track")["tick"].transform("first")
    kept["column"] = kept["tick"] - entry + canvas_ticks // 2
    return kept[["track", "row", "column", "adc"]].reset_index(drop=True)


def _shifted_images(
    pixels: pd.DataFrame, tracks: int, rows: Floats, columns: Floats
) -> Iterator[Floats]:
    """Give the images (tracks, size, size) of the tracks moved by 0, 1, … ticks to the right."""
    (size, height), width = rows.shape, columns.shape[1]
    shifts = math.ceil(width / size)
    place = pixels["column"].to_numpy() + shifts
    inside = (place >= 0) & (place < width + shifts)
    line = pixels["track"].to_numpy() * height + pixels["row"].to_numpy()
    canvas = csr_array(
        (pixels["adc"].to_numpy(np.float64)[inside], (line[inside], place[inside])),
        shape=(tracks * height, width + shifts),
    )
    by_row = (kron(eye_array(tracks), rows) @ canvas).tocsc()
    for shift in range(shifts):
        first = shifts - shift
        yield (by_row[:, first : first + width] @ columns.T).reshape(tracks, size, size)


def _compare(images: Iterable[Floats], charge: Floats, column_ticks: float) -> pd.DataFrame:
    """Compare the images of each shift with the first ones, moved as far."""
    frames = []
    for shift, moved in enumerate(images):
        if shift == 0:
            unmoved = moved
            before = np.zeros_like(unmoved)
            before[..., 1:] = unmoved[..., :-1]
        part = shift / column_ticks
        expected = (1 - part) * unmoved + part * before
        compared = {
            "track": np.arange(len(moved)),
            "shift": shift,
            "weight": min(column_ticks - shift, 1.0),
            "kept": moved.sum(axis=(1, 2)) / charge,
            "squares": (moved**2).sum(axis=(1, 2)),
            "distance": np.sqrt(((moved - expected) ** 2).sum(axis=(1, 2))),
        }
        frames.append(pd.DataFrame(compared))
    table = pd.concat(frames, ignore_index=True)
    weighted = (table.pop("squares") * table["weight"]).groupby(table["track"]).transform("sum")
    size = np.sqrt(weighted / column_ticks)
    return table.assign(distance=table["distance"] / size.where(size > 0))
