"""Mass and range of the tracks, held against the beam line."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentscape.figures.style import (
    DOUBLE,
    Label,
    in_order,
    legend_above,
    method_colours,
    say_empty,
    styled,
)
from latentscape.lartpc.figures.labels import SPECIES_COLOURS, SPECIES_LABELS

_EVENTS = {"all": "all events", "track": "with a track", "picky": "picky, with a track"}
EVENTS = {name: Label(text, method_colours(_EVENTS)[name]) for name, text in _EVENTS.items()}
HYPOTHESES = {n: Label(text, SPECIES_COLOURS[n]) for n, text in SPECIES_LABELS.items()}
SPAN = 0.6
"""Part of the height of a row that its points share."""


@styled
def beam_checks(
    masses: pd.DataFrame, ranges: pd.DataFrame, *, labels: Mapping[str, Label]
) -> Figure:
    """Draw mass over known mass, and length over expected range, of each sample.

    Parameters
    ----------
    masses, ranges : DataFrame
        Tables ``mass_checks`` and ``range_checks``.
    labels : mapping of str to Label
        All samples of the project, in order.

    Returns
    -------
    Figure
        Points are medians with their 95 % intervals, thin lines the central 68 %. The number of
        events, or of contained tracks, stands with each sample.
    """
    figure = Figure(figsize=(DOUBLE, 3.4))
    left, right = figure.subplots(1, 2)
    over_known = masses.copy()
    for name in ("median", "median_low", "median_high", "width"):
        over_known[name] = masses[name] / masses["known"]
    _draw(left, over_known, "events", EVENTS, labels)
    left.set_xlabel("spectrometer mass / known mass")
    contained = ranges[ranges["tracks"] == "contained"]
    _draw(right, contained, "hypothesis", HYPOTHESES, labels)
    right.set_xlabel("track length / expected range")
    if len(contained):
        right.set_xscale("log")
        right.set_xlim(0.02, 40)
        right.set_xticks([0.05, 0.2, 1, 5], ["0.05", "0.2", "1", "5"])
        right.set_xticks([], minor=True)
    handles = [*left.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]]
    legend_above(figure, handles)
    return figure


def _draw(
    axes: Axes,
    rows: pd.DataFrame,
    column: str,
    kinds: Mapping[str, Label],
    labels: Mapping[str, Label],
) -> None:
    shown = in_order(labels, rows["sample"].unique())
    if not shown:
        say_empty(axes)
        return
    order = list(shown)
    axes.axvline(1, color="0.6", lw=0.8, zorder=0)
    for place, (name, kind) in enumerate(kinds.items()):
        own = rows[rows[column] == name]
        height = own["sample"].map(order.index) + SPAN * ((place + 0.5) / len(kinds) - 0.5)
        middle = own["median"].to_numpy()
        errors = np.abs(own[["median_low", "median_high"]].to_numpy().T - middle)
        # A logarithmic axis has no place for what lies at or below zero.
        low = np.maximum(middle - own["width"], 1e-3)
        axes.hlines(height, low, middle + own["width"], color=kind.colour, lw=0.6)
        axes.errorbar(
            middle,
            height,
            xerr=errors,
            fmt="o",
            ms=3,
            elinewidth=1.4,
            color=kind.colour,
            label=kind.text,
        )
    counts = rows.groupby("sample")["n"].max()
    axes.set_yticks(
        range(len(order)), [f"{shown[name].text}\n({counts[name]:,})" for name in order]
    )
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
