"""Two-channel images of the end of a track, drawn from its pixels without a dense canvas.

The canvas of one plane has ``wires + 1`` rows and ``canvas_ticks`` columns. Its rows are the
last ``wires`` wires of the cluster: the last wire, where the particle stops, is always row
``wires - 1``, and a shorter track leaves the rows before its entry empty. The row below the stop
is always empty; it belongs to the published canvas of 51 × 1502. The tick of the highest pixel
on the first kept wire (the earliest of equals) is column ``canvas_ticks // 2``, for each plane on
its own, so the image knows the shape of a track and not its place in the drift.

The resize is linear and separable: pixel (row, column) adds ``adc × A[i, row] × B[j, column]`` to
image pixel (i, j). Only pixels of the cluster are visited, in the order of wire and tick.
"""

import logging
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numba import njit

from latentscape.arrays import KeyedArrays
from latentscape.keys import TRACK_KEY, sort_by_key
from latentscape.lartpc.pixels import flatten, place
from latentscape.lartpc.tables.reconstruction import CLUSTERS

CHANNELS = ("collection", "induction")

logger = logging.getLogger("latentscape")


class Pixels(NamedTuple):
    """Pixels of all tracks, one track behind the other, by (row, column) within each.

    Track ``t`` has the pixels ``offsets[t]`` to ``offsets[t + 1]``, the last one excluded.
    """

    offsets: np.ndarray
    row: np.ndarray
    column: np.ndarray
    adc: np.ndarray


class Resize(NamedTuple):
    """Weights (size, length) along one axis, and the outputs that each input has weights in.

    Input ``k`` has weights in the outputs ``first[k]`` to ``stop[k]``, the last one excluded.
    """

    weights: np.ndarray
    first: np.ndarray
    stop: np.ndarray


def make_images(
    tracks: pd.DataFrame,
    *,
    size: int,
    wires: int,
    canvas_ticks: int,
    max_width: int,
    resize: Literal["area", "bilinear"],
) -> KeyedArrays:
    """Draw every track as an image of both planes.

    Parameters
    ----------
    tracks : DataFrame
        A table ``TRACKS``, in any order.
    size : int
        Height and width of an image, in pixels.
    wires : int
        How many wires are kept, counted back from the last one of each cluster.
    canvas_ticks : int
        Width of the canvas. Pixels beyond it are dropped; their share of the charge is logged.
    max_width : int
        Tracks that span this many ticks or more in a plane are left out; their number is logged.
    resize : {"area", "bilinear"}
        ``area`` divides each pixel's charge among the image pixels that it overlaps, so that the
        sum of an image is the charge on the canvas. ``bilinear`` interpolates between the canvas
        pixels nearest to the centre of an image pixel, without antialiasing.

    Returns
    -------
    KeyedArrays
        Array ``images``, float32 (tracks, 2, size, size) in ADC, channel 0 collection and 1
        induction; rows are wires, columns ticks. Sorted by key.
    """
    kept = sort_by_key(_narrow(tracks, max_width), TRACK_KEY)
    weights = {"area": area_weights, "bilinear": bilinear_weights}[resize]
    rows, columns = (_resize(weights(length, size)) for length in (wires + 1, canvas_ticks))
    images = np.zeros((len(kept), len(CHANNELS), size, size), dtype=np.float32)
    for channel, plane in enumerate(CHANNELS):
        pixels = _on_canvas(_ordered_pixels(kept, plane), wires, canvas_ticks // 2)
        _log_charge_off_canvas(plane, pixels, canvas_ticks)
        _draw(pixels, rows, columns, images[:, channel])
    return KeyedArrays(kept[list(TRACK_KEY)], {"images": images})


def area_weights(length: int, size: int) -> np.ndarray:
    """Return how much of each of ``length`` cells lies in each of ``size`` equal parts.

    Returns
    -------
    array of float64 (size, length)
        Every column adds up to 1.
    """
    edges = np.arange(size + 1)[:, None] * length / size
    cells = np.arange(length)
    overlap: np.ndarray = np.minimum(edges[1:], cells + 1) - np.maximum(edges[:-1], cells)
    return overlap.clip(0.0, 1.0)


def bilinear_weights(length: int, size: int) -> np.ndarray:
    """Return the weights of linear interpolation at the centres of ``size`` equal parts.

    Cells have their value at their centre and the outermost values continue to the border
    (half-pixel centres, without antialiasing).

    Returns
    -------
    array of float64 (size, length)
        Every row adds up to 1 and holds at most two weights.
    """
    centres = np.clip((np.arange(size) + 0.5) * length / size - 0.5, 0, length - 1)
    distance: np.ndarray = np.abs(centres[:, None] - np.arange(length))
    return (1.0 - distance).clip(0.0, 1.0)


def _narrow(tracks: pd.DataFrame, max_width: int) -> pd.DataFrame:
    wide = (tracks["collection_width"] >= max_width) | (tracks["induction_width"] >= max_width)
    if wide.any():
        logger.info(
            "%d of %d tracks are left out: %d ticks wide or wider",
            *(int(wide.sum()), len(tracks), max_width),
        )
    return tracks.loc[~wide]


def _ordered_pixels(tracks: pd.DataFrame, plane: str) -> Pixels:
    """Return the pixels of one plane; rows are wires and columns ticks.

    They are put in order because a sum of floats depends on it.
    """
    names = {f"{plane}_{name}": name for name in ("wire", "tick", "adc")}
    pixels = flatten(tracks[list(names)].rename(columns=names), CLUSTERS)
    pixels = pixels.iloc[np.argsort(place(pixels), kind="stable")]
    offsets = np.searchsorted(pixels["row"], np.arange(len(tracks) + 1))
    return Pixels(offsets, *(pixels[name].to_numpy(np.int32) for name in names.values()))


def _log_charge_off_canvas(plane: str, pixels: Pixels, canvas_ticks: int) -> None:
    kept = pixels.row >= 0
    off = kept & ((pixels.column < 0) | (pixels.column >= canvas_ticks))
    if off.any():
        share = pixels.adc[off].sum() / pixels.adc[kept].sum()
        logger.info("%s: %.2g %% of the charge lies off the canvas", plane, 100 * share)


def _resize(weights: np.ndarray) -> Resize:
    has_weight = weights > 0
    first = has_weight.argmax(axis=0)
    return Resize(weights, first, first + has_weight.sum(axis=0))


@njit(cache=True)
def _on_canvas(pixels: Pixels, wires: int, centre: int) -> Pixels:
    """Move the pixels from the plane to the canvas; rows of wires not kept are negative."""
    row = np.empty_like(pixels.row)
    column = np.empty_like(pixels.column)
    for track in range(len(pixels.offsets) - 1):
        start, stop = pixels.offsets[track], pixels.offsets[track + 1]
        peak = -1
        for i in range(start, stop):
            row[i] = pixels.row[i] - pixels.row[stop - 1] + wires - 1
            is_on_first_kept_wire = row[i] >= 0 and (peak < 0 or row[i] == row[peak])
            if is_on_first_kept_wire and (peak < 0 or pixels.adc[i] > pixels.adc[peak]):
                peak = i
        for i in range(start, stop):
            column[i] = pixels.column[i] - pixels.column[peak] + centre
    return Pixels(pixels.offsets, row, column, pixels.adc)


@njit(cache=True)
def _draw(pixels: Pixels, rows: Resize, columns: Resize, images: np.ndarray) -> None:
    """Add each pixel on the canvas to the image pixels that it has a weight in."""
    image = np.empty(images.shape[1:], dtype=np.float64)
    for track in range(len(images)):
        image[:] = 0.0
        for pixel in range(pixels.offsets[track], pixels.offsets[track + 1]):
            row, column = pixels.row[pixel], pixels.column[pixel]
            if row < 0 or column < 0 or column >= len(columns.first):
                continue
            for i in range(rows.first[row], rows.stop[row]):
                share = pixels.adc[pixel] * rows.weights[i, row]
                for j in range(columns.first[column], columns.stop[column]):
                    image[i, j] += share * columns.weights[j, column]
        images[track] = image
