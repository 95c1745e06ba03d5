"""What the two resizes keep of a track."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentscape.figures.style import (
    DOUBLE,
    Label,
    in_order,
    method_colours,
    robust_range,
    say_empty,
    styled,
)
from latentscape.lartpc.figures.labels import CHANNELS

COLOURS = method_colours(("area", "bilinear"))
BIN = 0.05
NARROWEST = 1.5
"""Upper end of the axis at least, so that 1 is seen to have two sides."""


@styled
def resize_fidelity(table: pd.DataFrame, *, labels: Mapping[str, Label]) -> Figure:
    """Draw the share of a track's charge that its image holds, for both resizes.

    Parameters
    ----------
    table : DataFrame
        Table ``resizing`` of one or several samples.
    labels : mapping of str to Label
        All samples of the project, in order.

    Returns
    -------
    Figure
        One panel per plane. The legend has the median, the range of the 16th to the 84th
        percentile, and how often the Bragg peak moves by more than a wire. Values beyond
        the last bin are counted in it.
    """
    shown = in_order(labels, table["sample"].unique())
    samples = ", ".join(label.text for label in shown.values())
    figure = Figure(figsize=(DOUBLE, 2.7))
    panels = figure.subplots(1, len(CHANNELS), sharex=True, sharey=True)
    edges = _edges(table["kept"].to_numpy(dtype=float))
    for axes, plane in zip(panels, CHANNELS, strict=True):
        own = table[table["plane"] == plane]
        axes.set_xlabel("charge of the image / charge of the track")
        if own.empty:
            axes.set_title(plane)
            say_empty(axes)
            continue
        tracks = int((own["resize"] == "area").sum())
        title = f"{plane} ({samples}, {tracks:,} tracks)"
        axes.axvline(1, color="0.7", lw=0.8, zorder=0)
        for resize, colour in COLOURS.items():
            _histogram(axes, own[own["resize"] == resize], edges, resize, colour)
        axes.set(xlim=(edges[0], edges[-1]), yscale="log", ylim=(0.5 / tracks, 1.5))
        axes.legend(title=title, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, alignment="left")
    panels[0].set_ylabel("share of tracks per bin")
    return figure


def _edges(kept: np.ndarray) -> np.ndarray:
    """Return bin edges between which 0 and 1 are the centres of bins."""
    high = max(robust_range(kept)[1], NARROWEST)
    return (np.arange(np.ceil(high / BIN) + 2) - 0.5) * BIN


def _histogram(axes: Axes, rows: pd.DataFrame, edges: np.ndarray, name: str, colour: str) -> None:
    kept = rows["kept"].to_numpy(dtype=float)
    counts, _ = np.histogram(np.clip(kept, edges[0], edges[-1]), edges)
    low, median, high = np.percentile(kept, (16, 50, 84))
    moved = 100 * ((rows["image_peak_row"] - rows["peak_row"]).abs() > 1).mean()
    text = f"{name}\n{median:.2f} ({low:.2f} to {high:.2f})\npeak moves: {moved:.0f} %"
    axes.stairs(counts / len(kept), edges, color=colour, lw=1.1, label=text)
