"""How well one track per event is chosen, by each method."""

import pandas as pd
from matplotlib.figure import Figure

from latentscape.figures.style import DOUBLE, method_colours, say_empty, styled

METHOD_LABELS = {
    "forest": "forest",
    "forest_sure": "forest, p ≥ 0.5",
    "selection": "cuts and matching",
    "tallest": "tallest pair",
    "random": "random pair",
}
QUANTITY_LABELS = {
    "efficiency": "efficiency, all events",
    "efficiency_found": "efficiency, where found",
    "purity": "purity",
}


@styled
def track_choice(table: pd.DataFrame) -> Figure:
    """Draw efficiency and purity of each way to choose one track per event.

    Parameters
    ----------
    table : DataFrame
        Table ``track_choice`` of one sample.

    Returns
    -------
    Figure
        Points with 95 % intervals, one panel per quantity.
    """
    colours = method_colours(METHOD_LABELS)
    methods = [name for name in METHOD_LABELS if (table["method"] == name).any()]
    figure = Figure(figsize=(DOUBLE, 1.9))
    panels = figure.subplots(1, len(QUANTITY_LABELS), sharey=True, sharex=True)
    if not methods:
        say_empty(panels[0])
        return figure
    for axes, (quantity, text) in zip(panels, QUANTITY_LABELS.items(), strict=True):
        own = table[table["quantity"] == quantity].set_index("method")
        for place, name in enumerate(methods):
            value, low, high = (float(own[end][name]) for end in ("value", "low", "high"))
            axes.errorbar(
                value,
                place,
                xerr=[[value - low], [high - value]],
                fmt="o",
                ms=4,
                color=colours[name],
            )
            side = 5 if value < 0.7 else -5
            axes.annotate(
                f"{100 * value:.1f} %",
                (high if side > 0 else low, place),
                xytext=(side, 0),
                textcoords="offset points",
                ha="left" if side > 0 else "right",
                va="center",
                fontsize=7,
            )
        axes.set_xlabel(text)
        axes.tick_params(axis="y", length=0)
    panels[0].set_xlim(0, 1.03)
    panels[0].set_yticks(range(len(methods)), [METHOD_LABELS[name] for name in methods])
    panels[0].set_ylim(len(methods) - 0.5, -0.5)
    return figure
