"""All checks of the validation at one glance."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from latentscape.figures.style import DOUBLE, legend_above, say_empty, styled

VERDICTS = {"pass": ("#009E73", "o"), "explained": ("#E69F00", "D"), "fail": ("#D55E00", "X")}
FARTHEST = 2.5
"""Deviations beyond this many tolerances are drawn here."""

INCH_PER_ROW = 0.2
SPREAD = 0.34
"""Points of a group are spread over this part of its row, up and down."""


@styled
def verdicts(validation: pd.DataFrame) -> Figure:
    """Draw how far each measured value is from the expected one.

    Parameters
    ----------
    validation : DataFrame
        Table ``validation``.

    Returns
    -------
    Figure
        (measured - expected) / tolerance: one row per group with all its checks, then one row for
        each check that does not pass, with its statistical error. The band from -1 to 1 passes;
        deviations beyond ±2.5, and those without a value, are drawn at the border.
    """
    rows = validation.assign(deviation=_deviation(validation))
    groups = [group for _, group in rows.groupby("group", sort=True)]
    others = rows[rows["verdict"] != "pass"]
    number = len(groups) + len(others)
    figure = Figure(figsize=(DOUBLE, 1.0 + INCH_PER_ROW * max(number, 4)), layout="constrained")
    axes = figure.subplots()
    if rows.empty:
        say_empty(axes)
        return figure
    axes.axvspan(-1, 1, color="0.92", zorder=0)
    axes.axvline(0, color="0.6", linewidth=0.6, zorder=1)
    for row, group in enumerate(groups):
        _draw_group(axes, row, group)
    for row, (_, check) in enumerate(others.iterrows(), start=len(groups)):
        _draw_check(axes, row, check)
    names = [f"{group['group'].iloc[0]} ({_counted(group)})" for group in groups]
    axes.set_yticks(np.arange(number), [*names, *others["check"].astype(str)], fontsize="small")
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=(-FARTHEST - 0.2, FARTHEST + 0.2), ylim=(number - 0.4, -0.6))
    axes.set_xlabel("(measured - expected) / tolerance")
    legend_above(figure, [_key(verdict, rows) for verdict in VERDICTS])
    return figure


def _deviation(validation: pd.DataFrame) -> np.ndarray:
    """Return the deviation in tolerances, within the borders of the figure."""
    deviation = (validation["measured"] - validation["expected"]).to_numpy(dtype=float)
    tolerance = validation["tolerance"].to_numpy(dtype=float)
    relative = np.where(deviation == 0, 0.0, np.copysign(FARTHEST, deviation))
    np.divide(deviation, tolerance, out=relative, where=tolerance > 0)
    shown: np.ndarray = np.nan_to_num(relative, nan=FARTHEST).clip(-FARTHEST, FARTHEST)
    return shown


def _draw_group(axes: Axes, row: int, group: pd.DataFrame) -> None:
    # the golden ratio spreads any number of points evenly, and always alike
    height = row + SPREAD * (2 * (np.arange(len(group)) * 0.618034 % 1) - 1)
    for verdict, (colour, marker) in VERDICTS.items():
        chosen = (group["verdict"] == verdict).to_numpy()
        axes.plot(
            group.loc[chosen, "deviation"],
            height[chosen],
            marker,
            color=colour,
            markersize=2.2,
            markeredgewidth=0,
        )
    axes.axhline(row + 0.5, color="0.85", linewidth=0.4, zorder=1)


def _draw_check(axes: Axes, row: int, check: pd.Series) -> None:
    colour, marker = VERDICTS[check["verdict"]]
    error = check["uncertainty"] / check["tolerance"] if check["tolerance"] > 0 else np.nan
    axes.errorbar(check["deviation"], row, xerr=error, fmt=marker, color=colour, markersize=3)


def _counted(group: pd.DataFrame) -> str:
    counts = group["verdict"].value_counts()
    passed = counts.get("pass", 0)
    return str(len(group)) if passed == len(group) else f"{passed} of {len(group)} pass"


def _key(verdict: str, rows: pd.DataFrame) -> Line2D:
    colour, marker = VERDICTS[verdict]
    label = f"{verdict} ({(rows['verdict'] == verdict).sum()})"
    return Line2D([], [], linestyle="", marker=marker, color=colour, label=label)
