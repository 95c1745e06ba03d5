"""How well unseen labels are told by being strange."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from latentscape.figures.style import (
    DOUBLE,
    METHOD_PALETTE,
    SINGLE,
    Label,
    in_order,
    legend_above,
    method_colours,
    robust_range,
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
MOST_CURVES = len(METHOD_PALETTE)
"""Scores with a ROC curve at most, so that each has a colour of its own."""
BINS = 30
WIDE = 30.0
"""Ratio of the ends of a range above which it is drawn logarithmically."""
NULL = "#D0D0D0"


@styled
def anomaly_roc(
    roc: pd.DataFrame,
    anomaly: pd.DataFrame,
    *,
    labels: Mapping[str, Label],
    scores: Mapping[str, str],
) -> Figure:
    """Draw ROC curves of the best anomaly scores, one panel per unseen label.

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
        Mean over the seeds, and a band from the lowest to the highest of them, of the
        ``MOST_CURVES`` scores with the largest AUC, the mean over all panels, the best first in
        the legend. The axis of false positives is logarithmic and begins at one inlier; the grey
        line is chance.
    """
    shown = in_order(labels, roc["outlier"].unique())
    columns = min(max(len(shown), 1), 2)
    rows = -(-max(len(shown), 1) // columns)
    figure = Figure(figsize=(DOUBLE if columns > 1 else SINGLE, 0.5 + 2.4 * rows))
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    best = _best(anomaly, list(scores))[:MOST_CURVES]
    colours = method_colours(best)
    lines = {score: LINES[place % len(LINES)] for place, score in enumerate(best)}
    unused(panels[max(len(shown), 1) :])
    if not shown:
        say_empty(panels[0])
    for axes, (name, label) in zip(panels, shown.items(), strict=False):
        for score in best:
            curves = roc[(roc["outlier"] == name) & (roc["score"] == score)]
            if not curves.empty:
                _curve(axes, curves, color=colours[score], ls=lines[score])
        _frame(axes, label.text, anomaly[anomaly["outlier"] == name])
    legend_above(
        figure,
        [Line2D([], [], color=colours[s], ls=lines[s], lw=1.1, label=scores[s]) for s in best],
    )
    return figure


@styled
def score_leaderboard(
    leaderboard: pd.DataFrame, *, labels: Mapping[str, Label], scores: Mapping[str, str]
) -> Figure:
    """Draw the AUC of every score in every direction, one row of panels per model.

    Parameters
    ----------
    leaderboard : DataFrame
        Table ``leaderboard``.
    labels : mapping of str to Label
        All labels of the project, in order.
    scores : mapping of str to str
        Text of each score, in order from the top. Scores that it does not name are left out.

    Returns
    -------
    Figure
        Points are means over the trainings, bars their intervals. The grey band is where the
        AUC of permuted labels lies; the dotted line is 1/2.
    """
    models = sorted(leaderboard["model"].unique())
    outliers = {
        model: list(in_order(labels, leaderboard.loc[leaderboard["model"] == model, "outlier"]))
        for model in models
    }
    named = [score for score in scores if score in set(leaderboard["score"])]
    columns = max((len(names) for names in outliers.values()), default=1)
    height = 0.8 + 0.145 * len(named)
    figure = Figure(figsize=(DOUBLE, height * max(len(models), 1)))
    panels = figure.subplots(max(len(models), 1), columns, squeeze=False)
    if not models:
        say_empty(panels[0, 0])
    for line, model in zip(panels, models, strict=False):
        of_model = leaderboard[leaderboard["model"] == model]
        unused(line[len(outliers[model]) :])
        for axes, outlier in zip(line, outliers[model], strict=False):
            _board(axes, of_model[of_model["outlier"] == outlier], named, labels[outlier].colour)
            trained = _said(str(of_model["trained_on"].iloc[0]), labels)
            axes.set_title(f"{trained} → {labels[outlier].text}")
            axes.set_yticks(range(len(named)), [])
        line[0].set_yticks(range(len(named)), [scores[name] for name in named])
        line[0].set_xlabel("AUC")
    return figure


@styled
def score_histograms(
    scores: pd.DataFrame,
    *,
    labels: Mapping[str, Label],
    shown: Mapping[str, str],
    by: str = "label",
) -> Figure:
    """Draw how some anomaly scores are distributed, label by label.

    Parameters
    ----------
    scores : DataFrame
        One row per object of one training: ``part``, the column ``by`` and the scores. Rows
        in ``train`` are left out.
    labels : mapping of str to Label
        All labels of the project, in order.
    shown : mapping of str to str
        Text of each score that is drawn, in order.
    by : str
        Column that holds the label.

    Returns
    -------
    Figure
        Histograms are normalised to the rows of a label; labels that were trained on are
        filled. The range leaves out half a per cent at each end, whose rows are counted in the
        outermost bins; it is logarithmic where it is wide and positive.
    """
    kept = scores[scores["part"] != "train"]
    trained = set(scores.loc[scores["part"] == "train", by])
    groups = {name: kept[kept[by] == name] for name in in_order(labels, kept[by].unique())}
    columns = 3
    rows = -(-max(len(shown), 1) // columns)
    figure = Figure(figsize=(DOUBLE, 0.4 + 1.75 * rows))
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, (score, text) in zip(panels, shown.items(), strict=False):
        edges, scale = _edges(kept[score].to_numpy(dtype=float))
        for name, group in groups.items():
            inside = np.clip(group[score].to_numpy(dtype=float), edges[0], edges[-1])
            counts, _ = np.histogram(inside, edges)
            share = counts / max(len(group), 1)
            colour = labels[name].colour
            axes.stairs(share, edges, color=colour, lw=1)
            if name in trained:
                axes.stairs(share, edges, color=colour, alpha=0.25, fill=True, lw=0)
        axes.set(xscale=scale, xlim=(edges[0], edges[-1]), xlabel=text, yticks=[])
        axes.set_ylim(bottom=0)
    unused(panels[len(shown) :])
    lines = [
        Line2D([], [], color=labels[name].colour, label=f"{labels[name].text} ({len(group):,})")
        for name, group in groups.items()
    ]
    legend_above(figure, lines)
    figure.supylabel("share per bin", fontsize=8)
    return figure


def _best(anomaly: pd.DataFrame, scores: Sequence[str]) -> list[str]:
    """Return the scores of the largest mean AUC, the best first."""
    means = anomaly.groupby("score")["auc"].mean()
    found = [score for score in scores if score in means.index]
    return sorted(found, key=lambda score: -means[score])


def _curve(axes: Axes, curves: pd.DataFrame, *, color: str, ls: Any) -> None:
    by_seed = curves.pivot_table(
        index="false_positive_rate", columns="seed", values="true_positive_rate"
    )
    x = by_seed.index.to_numpy(dtype=float)
    axes.plot(x, by_seed.mean(axis=1), color=color, ls=ls, lw=1.1)
    if by_seed.shape[1] > 1:
        low, high = by_seed.min(axis=1), by_seed.max(axis=1)
        axes.fill_between(x, low, high, color=color, alpha=0.15, lw=0)


def _frame(axes: Axes, text: str, anomaly: pd.DataFrame) -> None:
    first, inliers = anomaly.iloc[0], int(anomaly["n_inlier"].max())
    # A single inlier would leave the axis without a length.
    rates = np.geomspace(1 / max(inliers, 2), 1, 100)
    axes.plot(rates, rates, color="0.6", lw=0.8, zorder=0)
    axes.set(xscale="log", xlim=(rates[0], 1), ylim=(0, 1.02))
    axes.set_xlabel("false-positive rate")
    axes.set_ylabel("true-positive rate")
    axes.set_title(f"{text} never trained on ({int(first['n_outlier']):,} against {inliers:,})")


def _board(axes: Axes, rows: pd.DataFrame, scores: Sequence[str], colour: str) -> None:
    axes.axvspan(rows["null_low"].min(), rows["null_high"].max(), color=NULL, lw=0, zorder=0)
    axes.axvline(0.5, color="0.5", lw=0.7, ls=":", zorder=0.5)
    ordered = rows.set_index("score").reindex(list(scores))
    places = np.arange(len(scores))
    axes.hlines(places, ordered["low"], ordered["high"], color=colour, lw=1)
    axes.plot(ordered["auc"], places, "o", color=colour, ms=3)
    axes.set(xlim=(-0.02, 1.02), ylim=(len(scores) - 0.4, -0.6))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="0.93", lw=0.5, zorder=0)


def _said(trained_on: str, labels: Mapping[str, Label]) -> str:
    names = trained_on.split("+")
    return "+".join(labels[name].text if name in labels else name for name in names)


def _edges(values: np.ndarray) -> tuple[np.ndarray, str]:
    low, high = robust_range(values)
    if low > 0 and high / low > WIDE:
        return np.geomspace(low, high, BINS + 1), "log"
    return np.linspace(low, high, BINS + 1), "linear"
