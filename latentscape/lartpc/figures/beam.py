"""What the beam line says of the events."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from latentscape.figures.style import (
    DOUBLE,
    Label,
    in_order,
    legend_above,
    robust_range,
    say_empty,
    styled,
)
from latentscape.lartpc.energy_loss import MASSES
from latentscape.lartpc.figures.labels import SPECIES_COLOURS, SPECIES_LABELS

MOST_BINS = 90


@styled
def beam_spectrum(beamline: pd.DataFrame, *, labels: Mapping[str, Label]) -> Figure:
    """Draw the momentum and the mass that the spectrometer measured.

    Parameters
    ----------
    beamline : DataFrame
        Table ``beamline`` of one or several samples.
    labels : mapping of str to Label
        All samples of the project, in order.

    Returns
    -------
    Figure
        Thin lines hold all events, thick ones those with one clean spectrometer track.
        Vertical lines mark the masses of the species.
    """
    shown = in_order(labels, beamline["sample"].unique())
    figure = Figure(figsize=(DOUBLE, 2.8))
    momentum, mass = figure.subplots(1, 2)
    _spectrum(momentum, beamline, "momentum", shown, finer=0.7)
    momentum.set_xlabel("momentum [MeV/c]")
    _spectrum(mass, beamline, "mass", shown, finer=2.5)
    mass.set_xlabel("spectrometer mass [MeV/c²]")
    if shown:
        _mark_masses(mass)
        handles, _ = momentum.get_legend_handles_labels()
        handles += [
            Line2D([], [], color="0.3", label="picky"),
            Line2D([], [], color="0.3", lw=0.6, label="all"),
        ]
        legend_above(figure, handles)
    for axes in (momentum, mass):
        axes.set_ylabel("events per bin")
    return figure


def _spectrum(
    axes: Axes, beamline: pd.DataFrame, quantity: str, shown: Mapping[str, Label], *, finer: float
) -> None:
    low, high = robust_range(beamline[quantity].to_numpy())
    margin = 0.05 * (high - low)
    bins = int(np.clip(finer * np.sqrt(len(beamline)), 10, MOST_BINS))
    edges = np.linspace(low - margin, high + margin, bins + 1)
    for sample, label in shown.items():
        rows = beamline[(beamline["sample"] == sample) & beamline[quantity].notna()]
        picky = rows[rows["is_picky"].astype(bool)]
        every, _ = np.histogram(rows[quantity], edges)
        clean, _ = np.histogram(picky[quantity], edges)
        axes.stairs(every, edges, color=label.colour, lw=0.6)
        text = f"{label.text} ({len(rows):,}, picky {len(picky):,})"
        axes.stairs(clean, edges, color=label.colour, lw=1.3, label=text)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    if not shown:
        say_empty(axes)


def _mark_masses(axes: Axes) -> None:
    low, high = axes.get_xlim()
    inside = {name: mass for name, mass in MASSES.items() if low < mass < high}
    for name, mass in inside.items():
        axes.axvline(mass, color=SPECIES_COLOURS[name], lw=0.8, ls=(0, (3, 2)), zorder=0)
        side = "right" if name == "muon" else "left" if name == "pion" else "center"
        axes.annotate(
            SPECIES_LABELS[name],
            (mass, 1),
            xytext=(0, 2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha=side,
            va="bottom",
            color=SPECIES_COLOURS[name],
        )
