"""All checks of the validation at one glance."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from latentscape.figures.style import DOUBLE, beside, legend_above, say_empty, styled, unused

VERDICTS = {"pass": ("#009E73", "o"), "explained": ("#E69F00", "D"), "fail": ("#D55E00", "X")}
FARTHEST = 2.5
"""Deviations beyond this many tolerances are drawn here, with an arrow's worth of room."""

INCH_PER_ROW = 0.125
SMALL = 5.5


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
        One row per check, by group, in two columns: (measured - expected) / tolerance with its
        statistical error. The band from -1 to 1 passes; deviations beyond ±2.5 are drawn there.
    """
    rows = _rows(validation)
    half = -(-len(rows) // 2)
    columns = [rows.iloc[:half], rows.iloc[half:]]
    figure = Figure(figsize=(DOUBLE, 0.9 + INCH_PER_ROW * max(half, 4)), layout="constrained")
    for part, column in zip(beside(figure, 2), columns, strict=True):
        _draw_column(part.subplots(), column)
    legend_above(figure, [_key(verdict) for verdict in VERDICTS])
    return figure


def _rows(validation: pd.DataFrame) -> pd.DataFrame:
    """Return one row per check and, before each group, one with its name."""
    parts = []
    for group, checks in validation.groupby("group", sort=True):
        head = pd.DataFrame({"text": [group], "verdict": [""]})
        body = pd.DataFrame(
            {
                "text": checks["check"],
                "verdict": checks["verdict"],
                "deviation": (checks["measured"] - checks["expected"]) / checks["tolerance"],
                "error": checks["uncertainty"] / checks["tolerance"],
            }
        )
        parts += [head, body]
    columns = ["text", "verdict", "deviation", "error"]
    return pd.concat([pd.DataFrame(columns=columns), *parts], ignore_index=True)


def _draw_column(axes: Axes, rows: pd.DataFrame) -> None:
    if rows.empty:
        say_empty(axes)
        unused([axes])
        return
    place = np.arange(len(rows))
    axes.axvspan(-1, 1, color="0.92", zorder=0)
    axes.axvline(0, color="0.6", linewidth=0.6, zorder=1)
    for verdict, (colour, marker) in VERDICTS.items():
        chosen = (rows["verdict"] == verdict).to_numpy()
        deviation = rows.loc[chosen, "deviation"].to_numpy(dtype=float)
        shown = np.clip(np.nan_to_num(deviation, nan=FARTHEST), -FARTHEST, FARTHEST)
        error = np.nan_to_num(rows.loc[chosen, "error"].to_numpy(dtype=float))
        axes.errorbar(
            shown, place[chosen], xerr=error, fmt=marker, color=colour, markersize=2.6, capsize=0
        )
    axes.set(xlim=(-FARTHEST - 0.2, FARTHEST + 0.2), ylim=(len(rows) - 0.4, -0.6))
    axes.set_yticks(place, [str(text) for text in rows["text"]], fontsize=SMALL)
    for label, verdict in zip(axes.get_yticklabels(), rows["verdict"], strict=True):
        label.set_fontweight("normal" if verdict else "bold")
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("(measured - expected) / tolerance")


def _key(verdict: str) -> Line2D:
    colour, marker = VERDICTS[verdict]
    return Line2D([], [], linestyle="", marker=marker, color=colour, label=verdict)
