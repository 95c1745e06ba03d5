"""How much of a track each resize keeps: its charge, and the place of its Bragg peak.

An image pixel covers an area of about one wire and 31 ticks. ``area`` adds up what lies in it;
``bilinear`` looks at the two ticks at its centre, so a pulse narrower than a pixel is seen in full
or not at all, depending on where it lies. That is aliasing. An image that samples the canvas
without it gives the charge back when its sum is multiplied by the area of a pixel.
"""

import numpy as np
import pandas as pd

from latentscape.keys import TRACK_KEY, join
from latentscape.lartpc.images import CHANNELS, make_images
from latentscape.lartpc.pixels import flatten
from latentscape.lartpc.tables.images import RESIZING
from latentscape.lartpc.tables.reconstruction import CLUSTERS


def compare_resizes(
    tracks: pd.DataFrame, *, size: int, wires: int, canvas_ticks: int, max_width: int
) -> pd.DataFrame:
    """Measure what both resizes keep of every track.

    Parameters
    ----------
    tracks : DataFrame
        A table ``TRACKS``, in any order.
    size, wires, canvas_ticks, max_width : int
        As for :func:`~latentscape.lartpc.images.make_images`; wider tracks are left out.

    Returns
    -------
    DataFrame
        A table ``RESIZING``.
    """
    pixel_area = (wires + 1) * canvas_ticks / size**2
    drawing = {"size": size, "wires": wires, "canvas_ticks": canvas_ticks, "max_width": max_width}
    area = make_images(tracks, resize="area", **drawing)
    bilinear = make_images(tracks, resize="bilinear", **drawing)
    kept = join(area.keys, tracks, TRACK_KEY, what="tracks with images")
    frames = []
    for channel, plane in enumerate(CHANNELS):
        window = _charge_by_row(kept, plane, wires)
        for resize, images, scale in (("area", area, 1.0), ("bilinear", bilinear, pixel_area)):
            rows = images["images"][:, channel].sum(axis=2, dtype=np.float64) * scale
            comparison = _compare(window, rows)
            frames.append(
                pd.concat([area.keys, comparison], axis=1).assign(plane=plane, resize=resize)
            )
    return RESIZING.check(RESIZING.concatenate(frames))


def peak_shift(resizing: pd.DataFrame) -> pd.Series:
    """Return how many wires the Bragg peak of each image lies from that of its track."""
    return (resizing["image_peak_row"] - resizing["peak_row"]).abs()


def _charge_by_row(tracks: pd.DataFrame, plane: str, wires: int) -> np.ndarray:
    """Return the charge on each of the ``wires + 1`` rows of the canvas, of any width."""
    names = {f"{plane}_{name}": name for name in ("wire", "tick", "adc")}
    pixels = flatten(tracks[list(names)].rename(columns=names), CLUSTERS)
    last = pixels.groupby("row")["wire"].transform("max")
    pixels = pixels.assign(wire=pixels["wire"].astype(int) - last + wires - 1)
    pixels = pixels[pixels["wire"] >= 0]
    charge = np.zeros((len(tracks), wires + 1), dtype=np.int64)
    np.add.at(charge, (pixels["row"], pixels["wire"]), pixels["adc"])
    return charge


def _compare(window: np.ndarray, image: np.ndarray) -> pd.DataFrame:
    """Compare rows (tracks, wires + 1) of the window with rows (tracks, size) of the image."""
    rows_per_pixel = window.shape[1] / image.shape[1]
    charge, image_charge = window.sum(axis=1), image.sum(axis=1)
    return pd.DataFrame(
        {
            "charge": charge,
            "image_charge": image_charge,
            "kept": image_charge / charge,
            "peak_row": window.argmax(axis=1).astype(float),
            "image_peak_row": (image.argmax(axis=1) + 0.5) * rows_per_pixel - 0.5,
        }
    )
