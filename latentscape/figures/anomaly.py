"""How well unseen labels are told by being strange."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentscape.figures.style import (
    DOUBLE,
    SINGLE,
    Label,
    in_order,
    method_colours,
    say_empty,
    styled,
    unused,
)

LINES: tuple[str | tuple[int, tuple[float, ...]], ...] = (
    "-",
    (0, (4, 1)),
    (0, (1, 1)),
    (0, (5, 1, 1, 1)),
)


@styled
def anomaly_roc(
    roc: pd.DataFrame,
    anomaly: pd.DataFrame,
    *,
    labels: Mapping[str, Label],
    scores: Mapping[str, str],
) -> Figure:
    """Draw the ROC curve of every anomaly score, one panel per unseen label.

    Parameters
    ----------
    roc : DataFrame
        Table ``roc``.
    anomaly : DataFrame
        Table ``anomaly``.
    labels : mapping of str to Label
        All labels of the project, in order.
    scores : mapping of str to str
        Text of each score, in order.

    Returns
    -------
    Figure
        Mean over the seeds, and a band from the lowest to the highest of them. The legend
        gives the AUC: mean ± standard deviation over the seeds or, for one seed, its
        interval.
    """
    shown = in_order(labels, roc["outlier"].unique())
    columns = min(max(len(shown), 1), 2)
    rows = -(-max(len(shown), 1) // columns)
    figure = Figure(figsize=(DOUBLE if columns > 1 else SINGLE, 3.3 * rows))
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    colours = method_colours(scores)
    unused(panels[max(len(shown), 1) :])
    if not shown:
        say_empty(panels[0])
    for axes, (name, label) in zip(panels, shown.items(), strict=False):
        of_outlier = anomaly[anomaly["outlier"] == name]
        for i, (score, text) in enumerate(scores.items()):
            curves = roc[(roc["outlier"] == name) & (roc["score"] == score)]
            auc = _auc_text(of_outlier[of_outlier["score"] == score])
            if not curves.empty:
                _curve(axes, curves, colours[score], i, f"{text}  {auc}")
        _frame(axes, label.text, of_outlier)
    return figure


def _curve(axes: Axes, curves: pd.DataFrame, colour: str, place: int, text: str) -> None:
    by_seed = curves.pivot_table(
        index="false_positive_rate", columns="seed", values="true_positive_rate"
    )
    x = by_seed.index.to_numpy(dtype=float)
    line = LINES[place % len(LINES)]
    axes.plot(x, by_seed.mean(axis=1), color=colour, ls=line, lw=1.1, label=text)
    if by_seed.shape[1] > 1:
        low, high = by_seed.min(axis=1), by_seed.max(axis=1)
        axes.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)


def _auc_text(rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    if len(rows) > 1:
        return f"{rows['auc'].mean():.2f} ± {np.std(rows['auc'], ddof=1):.2f}"
    row = rows.iloc[0]
    return f"{row['auc']:.2f} ({row['low']:.2f}–{row['high']:.2f})"


def _frame(axes: Axes, text: str, anomaly: pd.DataFrame) -> None:
    axes.plot([0, 1], [0, 1], color="0.6", lw=0.8, zorder=0)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_xlabel("false-positive rate")
    axes.set_ylabel("true-positive rate")
    counts = ""
    if not anomaly.empty:
        first = anomaly.iloc[0]
        counts = f" ({int(first['n_outlier']):,} against {int(first['n_inlier']):,})"
    axes.set_title(f"{text} never trained on{counts}")
    legend = axes.legend(
        loc="lower right", title="score  AUC", alignment="left", title_fontsize=7, frameon=True
    )
    legend.get_frame().set(edgecolor="none", alpha=0.8)
