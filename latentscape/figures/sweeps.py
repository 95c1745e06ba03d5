"""What changes along the axes of a sweep."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

from latentscape.figures.style import (
    DOUBLE,
    METHOD_PALETTE,
    Label,
    in_order,
    legend_above,
    say_empty,
    styled,
    unused,
)

METRICS = {
    "explained_share": "explained share",
    "weighted_error": "weighted error",
    "kl": "KL divergence [nat]",
    "active_units": "active units",
    "participation_share": "participation share",
    "ari": "adjusted Rand index",
}
"""Metrics that are drawn, besides those of the families, in order."""
AXES = {
    "latent": "latent dimensions",
    "channels": "channels of the blocks",
    "beta": "β",
    "activation": "activation",
    "transform": "transform",
    "fraction": "share of the training pool",
}
FAMILY = "auc_"
COLUMNS = 4
MOST_TICKS = 6
"""Numbers along an axis at most, so that they do not touch."""
LOGARITHMIC_FROM = 8.0
"""Ratio of the largest to the smallest value from which an axis is logarithmic."""
TRAINING: dict[str, Any] = {"marker": "_", "ls": "", "ms": 6, "mew": 0.7}
"""How one training is marked."""
MARK = METHOD_PALETTE[0]
POINT = METHOD_PALETTE[2]


@styled
def sweep_curves(
    sweep: pd.DataFrame,
    points: pd.DataFrame,
    trends: pd.DataFrame,
    *,
    axis: str,
    values: Sequence[str],
    labels: Mapping[str, Label],
) -> Figure:
    """Draw the numbers of a sweep along one of its axes, one panel per metric.

    Parameters
    ----------
    sweep : DataFrame
        Table ``sweep``.
    points : DataFrame
        Table ``sweep_points``.
    trends : DataFrame
        Table ``sweep_trends``.
    axis : str
        The swept setting along x.
    values : sequence of str
        Its values, in order.
    labels : mapping of str to Label
        All labels of the project, in order.

    Returns
    -------
    Figure
        A short line per training, a dot at the mean of the trainings with Student's 95 %
        interval, and over each panel what the trend's test says (p after Holm). A vertical line
        and its band show where 95 % of the gain is reached, with its interval, where there is such
        a point. The AUC of a family has one curve per label. Panels span the trainings; an
        interval may leave them.
    """
    own = trends[trends["axis"] == axis]
    means = points[(points["axis"] == axis) & (points["second_axis"] == "")]
    families = sorted(set(own.loc[own["metric"].str.startswith(FAMILY), "metric"]))
    metrics = [name for name in METRICS if name in set(own["metric"])] + families
    rows = max(1, math.ceil(len(metrics) / COLUMNS))
    figure = Figure(figsize=(DOUBLE, 0.45 + 1.75 * rows + (0.3 if _are_names(values) else 0)))
    panels = figure.subplots(rows, COLUMNS, squeeze=False, sharex=True).ravel()
    unused(panels[len(metrics) :])
    places = _places(values)
    for axes, metric in zip(panels, metrics, strict=False):
        shown = [part[part["metric"] == metric] for part in (sweep, means, own)]
        if metric in families:
            axes.axhline(0.5, color="0.5", lw=0.7, ls=":", zorder=0.5)
            curves = {
                name: label.colour for name, label in in_order(labels, shown[2]["group"]).items()
            }
            axes.set_title(f"{metric.removeprefix(FAMILY)}, AUC")
        else:
            curves = {str(shown[2]["group"].iloc[0]): MARK}
            axes.set_title(f"{METRICS[metric]}\n{_said(shown[2].iloc[0])}", linespacing=1.15)
            _gain(axes, shown[2].iloc[0])
        for group, colour in curves.items():
            told, averaged, _ = (part[part["group"] == group] for part in shown)
            axes.plot(_at(told[axis], places), told["value"], color=colour, **TRAINING)
            _means(axes, averaged, places, colour)
        # What limits a panel is what was measured: few trainings give intervals of any length.
        limits = axes.get_ylim()
        for group, colour in curves.items():
            averaged = shown[1][shown[1]["group"] == group]
            ends = averaged["low"], averaged["high"]
            axes.vlines(_at(averaged["at"], places), *ends, color=colour, lw=0.8)
        axes.set_ylim(limits)
        _name_values(axes, values, places)
    for axes in panels[max(0, len(metrics) - COLUMNS) : len(metrics)]:
        axes.set_xlabel(AXES[axis])
        axes.tick_params(labelbottom=True)
    if not metrics:
        say_empty(panels[0])
    known = [name for name in labels if name in set(own["group"])]
    legend_above(figure, [*_marks(own[~own["metric"].isin(families)]), *_of_labels(labels, known)])
    return figure


@styled
def sweep_map(points: pd.DataFrame, *, axes: Mapping[str, Sequence[str]]) -> Figure:
    """Draw how the numbers of a sweep depend on its first two axes together.

    Parameters
    ----------
    points : DataFrame
        Table ``sweep_points``.
    axes : mapping of str to sequence of str
        Values of each swept axis, in order.

    Returns
    -------
    Figure
        One panel per metric; cells are means over the trainings, and over the values of further
        axes. Numbers stand in the cells where there is room.
    """
    first, second = list(axes)[:2]
    own = points[(points["axis"] == first) & (points["second_axis"] == second)]
    metrics = [name for name in METRICS if name in set(own["metric"])]
    rows = max(1, math.ceil(len(metrics) / 3))
    figure = Figure(figsize=(DOUBLE, 0.3 + 1.9 * rows))
    panels = figure.subplots(rows, 3, squeeze=False, sharex=True, sharey=True)
    unused(panels.ravel()[len(metrics) :])
    for panel, metric in zip(panels.ravel(), metrics, strict=False):
        cells = own[own["metric"] == metric].pivot_table(
            index="second_at", columns="at", values="mean"
        )
        cells = cells.reindex(index=list(axes[second]), columns=list(axes[first]))
        drawn = panel.imshow(cells.to_numpy(), aspect="auto", origin="lower")
        panel.set_title(METRICS[metric])
        figure.colorbar(drawn, ax=panel, pad=0.02, aspect=15)
        _name_cells(panel, axes[first], axes[second])
        _write(panel, cells.to_numpy())
    for panel in panels.ravel()[max(0, len(metrics) - 3) : len(metrics)]:
        panel.set_xlabel(AXES[first])
        panel.tick_params(labelbottom=True)
    for panel in panels[:, 0]:
        panel.set_ylabel(AXES[second])
    if not metrics:
        say_empty(panels[0, 0])
    return figure


def _are_names(values: Sequence[str]) -> bool:
    return any(not _is_number(value) for value in values)


def _is_number(value: str) -> bool:
    return value.replace(".", "", 1).replace("e-", "", 1).isdigit()


def _places(values: Sequence[str]) -> dict[str, float]:
    """Return where each value lies: numbers where they are, names one after the other."""
    if _are_names(values):
        return {value: float(place) for place, value in enumerate(values)}
    return {value: float(value) for value in values}


def _said(trend: pd.Series) -> str:
    """Return what the test of a trend says."""
    if np.isnan(trend["p_holm"]):
        return "all equal"
    p = f"p = {trend['p_holm']:.2g}" if trend["p_holm"] >= 1e-4 else "p < 0.0001"
    if trend["statistic"] == "spearman":
        return f"ρ = {trend['value']:.2f}, {p}".replace("-", "−")
    return p


def _gain(axes: Axes, trend: pd.Series) -> None:
    if np.isnan(trend["gain_point"]):
        return
    if not np.isnan(trend["gain_low"]):
        axes.axvspan(trend["gain_low"], trend["gain_high"], color=POINT, alpha=0.12, lw=0)
    axes.axvline(trend["gain_point"], color=POINT, lw=0.9, ls="--")


def _at(values: pd.Series, places: Mapping[str, float]) -> pd.Series:
    return values.map(lambda value: places[value if isinstance(value, str) else f"{value:g}"])


def _means(axes: Axes, averaged: pd.DataFrame, places: Mapping[str, float], colour: str) -> None:
    ordered = averaged.assign(place=_at(averaged["at"], places)).sort_values("place")
    line = "" if _are_names(list(places)) else "-"
    axes.plot(ordered["place"], ordered["mean"], "o", ls=line, color=colour, ms=3, lw=0.9)


def _name_values(axes: Axes, values: Sequence[str], places: Mapping[str, float]) -> None:
    if _are_names(values):
        axes.set_xticks(list(places.values()), list(places), rotation=90)
        axes.set_xlim(-0.6, len(values) - 0.4)
        return
    numbers = sorted(places.values())
    if numbers[0] > 0 and numbers[-1] / numbers[0] >= LOGARITHMIC_FROM:
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
    shown = list(_apart(numbers, logarithmic=axes.get_xscale() == "log"))
    axes.set_xticks(shown, [f"{number:g}" for number in shown])


def _apart(numbers: Sequence[float], *, logarithmic: bool) -> Iterator[float]:
    """Give the numbers that are written along an axis: from the largest, as there is room."""
    at = np.log(numbers) if logarithmic else np.array(numbers)
    room = (at[-1] - at[0]) / MOST_TICKS
    last = math.inf
    for number, place in zip(reversed(numbers), reversed(at), strict=True):
        if last - place >= room:
            last = float(place)
            yield number


def _marks(trends: pd.DataFrame) -> list[Artist]:
    marks: list[Artist] = [
        Line2D([], [], color="0.3", label="training", **TRAINING),
        Line2D([], [], color="0.3", marker="o", ms=3, ls="-", lw=0.8, label="mean (95 %)"),
    ]
    if trends["gain_point"].notna().any():
        marks.append(Line2D([], [], color=POINT, ls="--", lw=0.9, label="95 % of the gain"))
        marks.append(Patch(color=POINT, alpha=0.12, lw=0, label="its interval"))
    return marks


def _of_labels(labels: Mapping[str, Label], names: Sequence[str]) -> list[Artist]:
    return [
        Line2D([], [], color=labels[name].colour, marker="o", ms=3, label=labels[name].text)
        for name in names
    ]


def _name_cells(panel: Axes, columns: Sequence[str], rows: Sequence[str]) -> None:
    for axis, names in ((panel.xaxis, columns), (panel.yaxis, rows)):
        every = max(1, math.ceil(len(names) / 12))
        axis.set_ticks(range(0, len(names), every), list(names)[::every])
    if _are_names(columns):
        panel.tick_params(axis="x", rotation=90)
    panel.tick_params(length=0)


def _write(panel: Axes, values: np.ndarray) -> None:
    if values.shape[0] > 8 or values.shape[1] > 6:
        return
    lowest, highest = np.nanmin(values), np.nanmax(values)
    middle = (lowest + highest) / 2
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            colour = "white" if value < middle else "black"
            text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
            panel.text(column, row, text, ha="center", va="center", fontsize=6, color=colour)
