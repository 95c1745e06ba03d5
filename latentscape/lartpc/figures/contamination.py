"""Fits of templates: what each species brings to the bins, the shares, and their closure."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentscape.figures.style import DOUBLE, legend_above, say_empty, styled
from latentscape.lartpc.figures.labels import SPECIES_COLOURS, SPECIES_LABELS
from latentscape.lartpc.tables.identification import SPECIES

TRUE_COLOUR = "black"


@styled
def contamination_fits(
    shares: pd.DataFrame,
    bins: pd.DataFrame,
    closure: pd.DataFrame,
    *,
    hypotheses: tuple[str, str],
) -> Figure:
    """Draw the fits of one sample, the shares of the other species and the closure.

    Parameters
    ----------
    shares, bins, closure : DataFrame
        Tables ``contamination``, ``contamination_bins`` and ``contamination_closure`` of the
        sample; the closure may be empty.
    hypotheses : (str, str)
        The sample's species, and the one whose χ² is subtracted.

    Returns
    -------
    Figure
        One line of panels per variable.
    """
    own, other = hypotheses
    texts = {
        "chi2_difference": f"χ²({SPECIES_LABELS[own]}) - χ²({SPECIES_LABELS[other]})",
        "mass": "spectrometer mass [MeV/c²]",
    }
    variables = [name for name in texts if (shares["variable"] == name).any()]
    figure = Figure(figsize=(DOUBLE, 2.1 * max(len(variables), 1) + 0.4))
    panels = figure.subplots(max(len(variables), 1), 3, squeeze=False, width_ratios=(5, 3, 3))
    for line, name in zip(panels, variables, strict=False):
        _draw_bins(line[0], bins[bins["variable"] == name])
        line[0].set_xlabel(texts[name])
        _draw_shares(line[1], shares[(shares["variable"] == name) & (shares["species"] != own)])
        _draw_closure(line[2], closure[closure["variable"] == name])
    if variables:
        legend_above(figure, panels[0, 0].get_legend_handles_labels()[0])
    else:
        say_empty(panels[0, 0])
    return figure


def _draw_bins(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw the bins side by side: their true widths differ by orders of magnitude."""
    wide = rows.pivot_table(index="bin", columns="species", values="fitted")
    below = np.zeros(len(wide))
    for species in in_species_order(rows):
        height = wide[species].to_numpy()
        axes.bar(
            wide.index,
            height,
            bottom=below,
            width=1.0,
            color=SPECIES_COLOURS[species],
            alpha=0.75,
            label=SPECIES_LABELS[species],
        )
        below = below + height
    data = rows.drop_duplicates("bin").sort_values("bin")
    tracks = data["tracks"].to_numpy()
    axes.errorbar(
        data["bin"], tracks, yerr=np.sqrt(tracks), fmt="o", ms=2.5, color="black", label="tracks"
    )
    edges = data["bin_high"].dropna().to_numpy()
    shown = np.arange(len(edges))[:: max(1, len(edges) // 4)]
    axes.set_xticks(shown + 0.5, [_short(edges[i]) for i in shown])
    axes.set_ylabel("tracks per bin")


def _draw_shares(axes: Axes, rows: pd.DataFrame) -> None:
    order = in_species_order(rows)
    own = rows.set_index("species").loc[order]
    share = own["share"].to_numpy()
    errors = np.maximum([share - own["low"], own["high"] - share], 0)
    for place, name in enumerate(order):
        axes.errorbar(
            share[place],
            place,
            xerr=errors[:, place : place + 1],
            fmt="o",
            ms=3.5,
            color=SPECIES_COLOURS[name],
        )
    axes.plot(own["true_share"], range(len(order)), "|", ms=9, color=TRUE_COLOUR)
    axes.set_yticks(range(len(order)), [SPECIES_LABELS[name] for name in order])
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.set_xlim(-0.003, max(0.03, 1.15 * float(own["high"].max())))
    axes.set_xlabel("share (bar: true)" if own["true_share"].notna().any() else "share")
    axes.tick_params(axis="y", length=0)


def _draw_closure(axes: Axes, rows: pd.DataFrame) -> None:
    axes.set_xlabel("known share")
    axes.set_ylabel("mean fitted share")
    if rows.empty:
        say_empty(axes, "no truth")
        return
    highest = float(rows["known_share"].max())
    axes.axline((0, 0), slope=1, color="0.6", lw=0.8, zorder=0)
    order = in_species_order(rows)
    for place, name in enumerate(order):
        own = rows[rows["species"] == name].sort_values("known_share")
        mean = own["mean"].to_numpy()
        axes.errorbar(
            own["known_share"] + 0.012 * highest * (place - (len(order) - 1) / 2) * 2,
            mean,
            yerr=[mean - own["mean_low"], own["mean_high"] - mean],
            fmt="o",
            ms=3,
            color=SPECIES_COLOURS[name],
        )
    axes.set_xlim(-0.08 * highest, 1.1 * highest or 1)
    axes.set_xticks(rows["known_share"].unique())


def _short(edge: float) -> str:
    text = f"{edge:.0f}" if abs(edge) >= 100 else f"{edge:.3g}"
    return text.replace("-", "−")


def in_species_order(rows: pd.DataFrame) -> list[str]:
    """Return the species that occur, in the order of the project."""
    present = set(rows["species"])
    return [name for name in SPECIES if name in present]
