"""How features are distributed, label by label."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from latentscape.figures.style import (
    DOUBLE,
    Label,
    in_order,
    legend_above,
    robust_range,
    say_empty,
    styled,
    unused,
    with_unit,
)

COLUMNS = 5
BINS = 30


@styled
def feature_histograms(
    table: pd.DataFrame,
    *,
    features: Mapping[str, tuple[str, str]],
    labels: Mapping[str, Label],
    by: str = "label",
) -> Figure:
    """Draw the distribution of every feature, one line per label.

    Parameters
    ----------
    table : DataFrame
        One row per object: the column ``by`` and the features; missing values are NaN.
    features : mapping of str to (str, str)
        Text and unit of each feature, in the order of the panels.
    labels : mapping of str to Label
        All labels of the project, in order.
    by : str
        Column that holds the label.

    Returns
    -------
    Figure
        Each histogram is normalised to the label's rows that have the feature. The range
        leaves out half a per cent at each end; panels say how many values are missing.
    """
    shown = in_order(labels, table[by].unique())
    groups = {name: table[table[by] == name] for name in shown}
    rows = math.ceil(len(features) / COLUMNS)
    figure = Figure(figsize=(DOUBLE, 0.35 + 1.45 * max(rows, 1)))
    panels = figure.subplots(max(rows, 1), COLUMNS, squeeze=False).ravel()
    for axes, (feature, (text, unit)) in zip(panels, features.items(), strict=False):
        values = {name: _finite(group[feature]) for name, group in groups.items()}
        _histograms(axes, values, shown)
        axes.set_xlabel(with_unit(text, unit), fontsize=7, labelpad=1)
        missing = sum(len(groups[name]) - len(values[name]) for name in shown)
        if missing:
            axes.set_title(f"{missing:,} missing", fontsize=7, loc="right", pad=2, color="0.35")
    unused(panels[len(features) :])
    lines = [
        Line2D([], [], color=label.colour, label=f"{label.text} ({len(groups[name]):,})")
        for name, label in shown.items()
    ]
    legend_above(figure, lines)
    figure.supylabel("share per bin", fontsize=8)
    return figure


def _finite(column: pd.Series) -> np.ndarray:
    values = column.to_numpy(dtype=float, na_value=np.nan)
    return np.asarray(values[np.isfinite(values)])


def _histograms(axes: Axes, values: Mapping[str, np.ndarray], shown: Mapping[str, Label]) -> None:
    together = np.concatenate([np.empty(0), *values.values()])
    axes.set_yticks([])
    axes.tick_params(labelsize=7, pad=2)
    axes.locator_params(axis="x", nbins=4)
    if not together.size:
        say_empty(axes, "all missing")
        axes.set_xticks([])
        return
    edges = _edges(together)
    for name, label in shown.items():
        if not len(values[name]):
            continue
        counts, _ = np.histogram(np.clip(values[name], edges[0], edges[-1]), edges)
        axes.stairs(counts / len(values[name]), edges, color=label.colour, lw=1)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)


def _edges(values: np.ndarray) -> np.ndarray:
    """Return bin edges, one bin per number where the values are few integers."""
    low, high = robust_range(values)
    if high - low <= BINS and np.array_equal(values, np.round(values)):
        return np.arange(math.floor(low), math.ceil(high) + 2) - 0.5
    return np.linspace(low, high, BINS + 1)
