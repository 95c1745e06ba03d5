"""A two-dimensional map of the latents, coloured by what was not used to make it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from latentscape.figures.style import (
    DOUBLE,
    MISSING,
    Label,
    beside,
    in_order,
    legend_above,
    robust_range,
    say_empty,
    styled,
    unused,
    with_unit,
)

PANELS = 5
"""Panels in a row of maps by feature."""


@styled
def latent_map(
    table: pd.DataFrame,
    *,
    labels: Mapping[str, Label],
    features: Mapping[str, tuple[str, str]],
    by: str = "label",
    seed: int = 0,
) -> Figure:
    """Draw one map by label, and again by up to four features.

    Parameters
    ----------
    table : DataFrame
        One row per object and seed: ``seed``, ``x``, ``y``, the column ``by`` and the features.
    labels : mapping of str to Label
        All labels of the project, in order.
    features : mapping of str to (str, str)
        Text and unit of each feature; the first four are drawn.
    by : str
        Column that holds the label.
    seed : int
        Training that is shown.

    Returns
    -------
    Figure
        Points lie above each other in an order that no label or row order decides.
        Colours saturate at the 2nd and 98th percentile; points without the feature are grey.
    """
    one = _scattered(table[table["seed"] == seed])
    figure = Figure(figsize=(DOUBLE, 3.6))
    left, right = beside(figure, 2, widths=(1, 1.15))
    axes = left.subplots()
    legend_above(figure, _by_label(axes, one, labels, by))
    panels = right.subplots(2, 2, sharex=True, sharey=True).ravel()
    for panel, (feature, (text, unit)) in zip(panels, list(features.items())[:4], strict=False):
        _by_feature(panel, one, feature, size=_size(len(one)))
        panel.set_title(with_unit(text, unit), pad=3)
    unused(panels[len(features) :])
    right.supxlabel("UMAP 1", fontsize=8)
    return figure


@styled
def feature_maps(
    table: pd.DataFrame, *, features: Mapping[str, tuple[str, str]], seed: int = 0
) -> Figure:
    """Draw one map again and again, coloured by one feature each time.

    Parameters
    ----------
    table : DataFrame
        One row per object and seed: ``seed``, ``x``, ``y`` and the features.
    features : mapping of str to (str, str)
        Text and unit of each feature, in reading order.
    seed : int
        Training that is shown.

    Returns
    -------
    Figure
        Five panels in a row. Colours saturate at the 2nd and 98th percentile; points without
        the feature are grey.
    """
    one = _scattered(table[table["seed"] == seed])
    rows = -(-max(len(features), 1) // PANELS)
    figure = Figure(figsize=(DOUBLE, 0.3 + 1.35 * rows))
    panels = figure.subplots(rows, PANELS, sharex=True, sharey=True, squeeze=False).ravel()
    for panel, (feature, (text, unit)) in zip(panels, features.items(), strict=False):
        _by_feature(panel, one, feature, size=_size(len(one)) / 2)
        panel.set_title(with_unit(text, unit), pad=3, fontsize=6)
        panel.set_xticks([])
        panel.set_yticks([])
    unused(panels[len(features) :])
    figure.supxlabel("UMAP 1", fontsize=8)
    figure.supylabel("UMAP 2", fontsize=8)
    return figure


def _scattered(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in an order that depends on the points alone, and looks random."""
    ordered = table.sort_values(["x", "y"], kind="stable")
    return ordered.iloc[np.random.default_rng(0).permutation(len(ordered))]


def _size(n: int) -> float:
    return float(np.clip(4000 / max(n, 1), 0.8, 8))


def _by_label(
    axes: Axes, table: pd.DataFrame, labels: Mapping[str, Label], by: str
) -> list[Line2D]:
    """Draw the points by label, and return what the legend needs."""
    shown = in_order(labels, table[by].unique())
    axes.set_xlabel("UMAP 1")
    axes.set_ylabel("UMAP 2")
    if table.empty:
        say_empty(axes)
        return []
    known = table[table[by].notna()]
    colours = [shown[str(name)].colour for name in known[by]]
    axes.scatter(known["x"], known["y"], s=_size(len(table)), c=colours, lw=0, rasterized=True)
    counts = {name: int((known[by] == name).sum()) for name in shown}
    return [
        Line2D(
            [], [], color=mark.colour, marker="o", ls="", label=f"{mark.text} ({counts[name]:,})"
        )
        for name, mark in shown.items()
    ]


def _by_feature(axes: Axes, table: pd.DataFrame, feature: str, *, size: float) -> None:
    values = table[feature].to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(values)
    axes.scatter(table["x"][~known], table["y"][~known], s=size, c=MISSING, lw=0, rasterized=True)
    if not known.any():
        say_empty(axes, "no values")
        return
    low, high = robust_range(values, low=2, high=98)
    drawn = axes.scatter(
        table["x"][known],
        table["y"][known],
        s=size,
        c=values[known],
        vmin=low,
        vmax=high,
        lw=0,
        rasterized=True,
    )
    bar = axes.figure.colorbar(drawn, ax=axes, aspect=15, pad=0.02)
    bar.ax.yaxis.set_major_locator(MaxNLocator(4))
    bar.ax.tick_params(labelsize=7)
