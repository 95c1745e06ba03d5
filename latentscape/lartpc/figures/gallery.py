"""What the images of each sample look like."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from latentscape.arrays import KeyedArrays
from latentscape.figures.mosaics import colour_bar, draw_mosaic, signal_norm
from latentscape.figures.style import DOUBLE, Label, in_order, say_empty, styled
from latentscape.keys import TRACK_KEY
from latentscape.lartpc.figures.labels import CHANNELS


@styled
def gallery(images: KeyedArrays, *, labels: Mapping[str, Label], tracks: int = 8) -> Figure:
    """Draw some tracks of each sample in both planes.

    Parameters
    ----------
    images : KeyedArrays
        Array ``images``, float, shape (N, 2, n, n): collection and induction [ADC].
    labels : mapping of str to Label
        All samples of the project, in order.
    tracks : int
        Tracks per sample, taken evenly from all in the order of their keys.

    Returns
    -------
    Figure
        One row per sample and one column per track, the planes beside each other on
        their own colour scales. The entry is left, the stop right, drift upwards.
    """
    shown = in_order(labels, images.keys["sample"].unique())
    figure = Figure(figsize=(DOUBLE, 0.9 + 3.2 * max(len(shown), 1) / tracks))
    panels = figure.subplots(1, len(CHANNELS))
    size = images["images"].shape[-1]
    for channel, (axes, plane) in enumerate(zip(panels, CHANNELS, strict=True)):
        axes.set_title(plane)
        if not shown:
            say_empty(axes)
            continue
        table = np.full((len(shown), tracks, size, size), np.nan)
        for row, sample in enumerate(shown):
            chosen = _evenly(images, sample, tracks)
            table[row, : len(chosen)] = images["images"][chosen, channel]
        rows = [label.text for label in shown.values()] if channel == 0 else []
        drawn = draw_mosaic(axes, table, norm=signal_norm(table), rows=rows)
        for text, label in zip(axes.get_yticklabels(), shown.values(), strict=False):
            text.set_color(label.colour)
        axes.set_xlabel("wire →, drift tick ↑")
        colour_bar(axes, drawn, "pixel [ADC]")
    return figure


def _evenly(images: KeyedArrays, sample: str, number: int) -> np.ndarray:
    """Return rows of one sample, evenly spread over its sorted keys."""
    ordered = images.keys.reset_index(drop=True).sort_values(list(TRACK_KEY))
    rows = ordered.index[ordered["sample"] == sample].to_numpy()
    picked = np.linspace(0, len(rows) - 1, min(number, len(rows))).round().astype(int)
    return np.asarray(rows[picked])
