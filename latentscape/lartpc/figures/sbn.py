"""LArSoft's χ², as stored and as recomputed."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from latentscape.figures.style import SINGLE, legend_above, say_empty, styled
from latentscape.lartpc.figures.labels import SPECIES_COLOURS, SPECIES_LABELS

HALF_BIT = 2.0**-24
"""Largest relative error of a number that is stored in 32 bits."""
IN_BILLIONTHS = 1e9


@styled
def stored_chi2(comparison: pd.DataFrame) -> Figure:
    """Draw the recomputed χ² against the one that an SBN file stores.

    Parameters
    ----------
    comparison : DataFrame
        Table ``sbn_chi2``.

    Returns
    -------
    Figure
        Above, both values on the diagonal, one point per track, plane and hypothesis. Below,
        the relative difference, and as a band the rounding of the stored numbers to 32 bits.
    """
    shown = comparison[comparison["stored"].notna() & comparison["recomputed"].notna()]
    figure = Figure(figsize=(SINGLE, SINGLE * 1.35))
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    above.set_ylabel("χ² per point, recomputed")
    below.set(xlabel="χ² per point, stored by LArSoft", ylabel="relative difference [10⁻⁹]")
    if shown.empty:
        say_empty(above)
        return figure
    limits = shown["stored"].min() / 1.5, shown["stored"].max() * 1.5
    above.plot(limits, limits, color="0.6", lw=0.8, zorder=0)
    above.set(xscale="log", yscale="log", xlim=limits, ylim=limits)
    rounding = HALF_BIT * IN_BILLIONTHS
    below.axhspan(-rounding, rounding, color="0.9", lw=0, label="rounding to 32 bits")
    for species, colour in SPECIES_COLOURS.items():
        rows = shown[shown["species"] == species]
        if rows.empty:
            continue
        stored = rows["stored"].to_numpy()
        difference = rows["recomputed"].to_numpy() / stored - 1
        label = f"{SPECIES_LABELS[species]} ({len(rows)} tracks)"
        above.scatter(stored, rows["recomputed"], s=12, color=colour, lw=0, label=label)
        below.scatter(stored, difference * IN_BILLIONTHS, s=12, color=colour, lw=0)
    largest = np.abs(shown["recomputed"] / shown["stored"] - 1).max() * IN_BILLIONTHS
    reach = 1.25 * max(float(largest), rounding)
    below.set_ylim(-reach, reach)
    handles = [*above.get_legend_handles_labels()[0], *below.get_legend_handles_labels()[0]]
    legend_above(figure, handles)
    return figure
