"""How well tasks that share rows are solved, and how much their AUC differ."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from latentscape.figures.forest import NULL, Band, Series, draw_forest, forest_legend
from latentscape.figures.probes import COLOURS, PROBES, said
from latentscape.figures.style import DOUBLE, Label, legend_above, say_empty, styled

SERIES = {name: Series(text, COLOURS[name], mark) for name, (text, mark) in PROBES.items()}
BANDS = (Band("null_low", "null_high", NULL, "labels permuted (95 %)"),)
CHANCE = (Band("null_low", "null_high", "#EFD9A7", "as many rows at random (95 %)"),)


@styled
def task_differences(
    probes: pd.DataFrame,
    differences: pd.DataFrame,
    *,
    labels: Mapping[str, Label],
    tasks: Sequence[str],
) -> Figure:
    """Draw the AUC of each task, and its difference to the task that it is compared with.

    Parameters
    ----------
    probes : DataFrame
        Table ``probes``; only the probes of all dimensions are drawn.
    differences : DataFrame
        Table ``differences``.
    labels : mapping of str to Label
        Labels whose text is shown.
    tasks : sequence of str
        Tasks from the top; those without a row are left out.

    Returns
    -------
    Figure
        The AUC left and the difference right, one mark with its 95 % interval per training. The
        yellow band covers what random subsets of the same size give in all trainings.
        A task without difference is one that others are compared with.
    """
    whole = probes[(probes["inputs"] == "all") & probes["probe"].isin(PROBES)]
    found = set(whole["task"])
    shown = [task for task in tasks if task in found]
    figure = Figure(figsize=(DOUBLE, 1.0 + 0.32 * max(len(shown), 3)))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1, 1))
    if not shown:
        say_empty(left)
        say_empty(right)
        return figure
    texts = {task: said(task, labels) for task in shown}
    areas = whole.assign(
        place=whole["task"].map(texts), series=whole["probe"], value=whole["auc"]
    ).sort_values("seed", kind="stable")
    draw_forest(left, areas, places=list(texts.values()), series=SERIES, bands=BANDS)
    changes = differences.assign(
        place=differences["task"].map(texts),
        series=differences["probe"],
        value=differences["difference"],
    ).sort_values("seed", kind="stable")
    draw_forest(right, changes, places=list(texts.values()), series=SERIES, bands=CHANCE)
    bases = [place for place, task in enumerate(shown) if task not in set(differences["task"])]
    for place in bases:
        note = right.text(0, place, "reference", ha="center", va="center", color="0.5", fontsize=7)
        note.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})
    for axes in (left, right):
        for place in bases[1:]:
            axes.axhline(place - 0.5, color="0.8", lw=0.6)
    right.axvline(0, color="0.5", lw=0.7, ls=":", zorder=0.5)
    left.axvline(0.5, color="0.5", lw=0.7, ls=":", zorder=0.5)
    left.set_xlabel("AUC, out of fold")
    right.set_xlabel("AUC − that of the reference above")
    legend_above(figure, forest_legend(SERIES, (*BANDS, *CHANCE)))
    return figure
