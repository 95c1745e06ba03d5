"""Several labels told apart at once: confusion and one-against-rest AUC."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentscape.figures.forest import NULL, Band, Series, draw_forest, forest_legend
from latentscape.figures.probes import COLOURS, PROBES
from latentscape.figures.style import DOUBLE, Label, in_order, legend_above, say_empty, styled

SERIES = {name: Series(text, COLOURS[name], mark) for name, (text, mark) in PROBES.items()}
BANDS = (Band("null_low", "null_high", NULL, "labels permuted (95 %)"),)
ALL, REST = "all", " vs rest"
LIGHT_TEXT_FROM = 0.55


@styled
def several_labels(
    performance: pd.DataFrame, confusion: pd.DataFrame, *, labels: Mapping[str, Label]
) -> Figure:
    """Draw how often each label is taken for each other, and how well each is told from the rest.

    Parameters
    ----------
    performance, confusion : DataFrame
        Tables ``multiclass`` and ``multiclass_confusion``.
    labels : mapping of str to Label
        All labels in order.

    Returns
    -------
    Figure
        The confusion matrix of each probe, as the mean share of the trainings with the outermost
        ends of their intervals; beside them the AUC with its interval, one mark per training.
    """
    shown = in_order(labels, confusion["label"].unique())
    figure = Figure(figsize=(DOUBLE, 1.35 + 0.42 * max(len(shown), 3)))
    panels = figure.subplots(1, len(PROBES) + 1, width_ratios=(1, 1, 1.1))
    if not shown:
        for axes in panels:
            say_empty(axes)
        return figure
    for axes, (probe, (text, _)) in zip(panels, PROBES.items(), strict=False):
        _draw_confusion(axes, confusion[confusion["probe"] == probe], shown)
        axes.set_title(text)
    panels[0].set_ylabel("true")
    panels[1].set_yticklabels([])
    areas = performance[performance["score"] == "auc"]
    texts = {ALL: "mean", **{name + REST: label.text for name, label in shown.items()}}
    rows = areas.assign(place=areas["task"].map(texts), series=areas["probe"])
    last = panels[-1]
    draw_forest(
        last,
        rows.sort_values("seed", kind="stable"),
        places=list(texts.values()),
        series=SERIES,
        bands=BANDS,
    )
    last.axvline(0.5, color="0.5", lw=0.7, ls=":", zorder=0.5)
    last.set_xlabel("AUC against the rest")
    last.yaxis.tick_right()
    last.tick_params(axis="y", length=0)
    legend_above(figure, forest_legend(SERIES, BANDS))
    return figure


def _draw_confusion(axes: Axes, confusion: pd.DataFrame, labels: Mapping[str, Label]) -> None:
    names = list(labels)
    share, low, high = (
        confusion.pivot_table(index="label", columns="assigned", values=value, aggfunc=over)
        .reindex(index=names, columns=names)
        .to_numpy(dtype=float)
        for value, over in (("share", np.mean), ("low", np.min), ("high", np.max))
    )
    axes.imshow(share, vmin=0, vmax=1, cmap="Greys", aspect="auto", origin="upper")
    for row, column in np.ndindex(*share.shape):
        colour = "white" if share[row, column] > LIGHT_TEXT_FROM else "black"
        value, ends = f"{share[row, column]:.2f}", f"{low[row, column]:.2f}–{high[row, column]:.2f}"
        axes.text(column, row, value, ha="center", va="bottom", color=colour, fontsize=7)
        axes.text(column, row + 0.08, ends, ha="center", va="top", color=colour, fontsize=5)
    texts = [label.text for label in labels.values()]
    axes.set_xticks(range(len(names)), texts)
    axes.set_yticks(range(len(names)), texts)
    axes.tick_params(length=0)
    axes.set_xlabel("taken for")
