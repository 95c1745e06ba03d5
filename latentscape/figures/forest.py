"""Values with their intervals beside names: forest plots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

NULL = "#D0D0D0"
"""Colour of what chance alone gives."""
SPREAD = 0.36
"""How far the marks of one place lie above and below it."""


@dataclass(frozen=True)
class Series:
    """How one kind of mark is drawn.

    Parameters
    ----------
    text : str
        What the legend says.
    colour : str
        Its colour.
    marker : str
        Its marker.
    """

    text: str
    colour: str
    marker: str


@dataclass(frozen=True)
class Band:
    """Where values lie by chance: the ends' columns, the colour, and what the legend says."""

    low: str
    high: str
    colour: str
    text: str


def draw_forest(
    axes: Axes,
    rows: pd.DataFrame,
    *,
    places: Sequence[str],
    series: Mapping[str, Series],
    bands: Sequence[Band] = (),
) -> None:
    """Draw values with their intervals, one place below the other.

    Parameters
    ----------
    axes : Axes
        The panel.
    rows : DataFrame
        ``place``, ``series``, ``value``, ``low``, ``high``, and the columns of the bands; of equal
        place and series in the order in which they are drawn. Missing values are left out.
    places : sequence of str
        Places from the top, also those without any row.
    series : mapping of str to Series
        Kinds of marks, in order.
    bands : sequence of Band
        Bands, the widest first. Each covers what the rows of a place have between them.
    """
    known = rows[rows["value"].notna()]
    for place, name in enumerate(places):
        here = known[known["place"] == name]
        for order, band in enumerate(bands):
            if not here.empty:
                low, high = float(here[band.low].min()), float(here[band.high].max())
                edges = place - 0.45, place + 0.45
                axes.fill_betweenx(edges, low, high, color=band.colour, lw=0, zorder=order / 10)
        drawn = [(style, row) for key, style in series.items() for row in _of(here, key)]
        offsets = np.linspace(-SPREAD, SPREAD, len(drawn) + 2)[1:-1]
        for offset, (style, row) in zip(offsets, drawn, strict=True):
            at = place + float(offset)
            axes.plot([row["low"], row["high"]], [at, at], color=style.colour, lw=0.8)
            axes.plot(row["value"], at, style.marker, color=style.colour, ms=2.5)
    axes.set_ylim(len(places) - 0.45, -0.55)
    axes.set_yticks(range(len(places)), places)
    axes.tick_params(axis="y", length=0)


def forest_legend(series: Mapping[str, Series], bands: Sequence[Band] = ()) -> list[Artist]:
    """Return what a legend of marks and bands shows."""
    return [
        *(
            Line2D([], [], color=each.colour, marker=each.marker, ls="", label=each.text)
            for each in series.values()
        ),
        *(Patch(color=band.colour, label=band.text) for band in bands),
    ]


def _of(rows: pd.DataFrame, key: str) -> list[dict[Any, Any]]:
    return rows[rows["series"] == key].to_dict("records")
