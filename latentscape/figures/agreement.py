"""How far probes agree with each other and with other methods."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from latentscape.figures.forest import NULL, Band, Series, draw_forest, forest_legend
from latentscape.figures.probes import PROBES, said
from latentscape.figures.style import DOUBLE, Label, legend_above, method_colours, say_empty, styled

STATISTICS = {"kappa": "Cohen's κ of the calls", "spearman": "Spearman's ρ of the scores"}
TRAININGS, KINDS, METHODS = "trainings", "kinds", "methods"
TEXTS = {
    KINDS: ("two probes, one training", "o"),
    TRAININGS: ("one probe, two trainings", "s"),
    METHODS: ("probe and method", "D"),
}
COLOURS = method_colours(TEXTS)
SERIES = {name: Series(text, COLOURS[name], mark) for name, (text, mark) in TEXTS.items()}
BANDS = (
    Band("within_low", "within_high", "#EFD9A7", "independent errors (95 %)"),
    Band("null_low", "null_high", NULL, "rows permuted (95 %)"),
)


@styled
def probe_agreement(
    agreement: pd.DataFrame,
    *,
    labels: Mapping[str, Label],
    methods: Mapping[str, str],
) -> Figure:
    """Draw how far opinions on the same rows agree.

    Parameters
    ----------
    agreement : DataFrame
        Table ``agreement``.
    labels : mapping of str to Label
        Labels whose text stands in the titles.
    methods : mapping of str to str
        What methods that are no probes are called.

    Returns
    -------
    Figure
        One row of panels per task: Cohen's κ on the left, Spearman's ρ on the right, one mark with
        its interval per training or pair of trainings.
    """
    tasks = sorted(agreement["task"].unique())
    named = agreement.assign(
        place=_places(agreement, methods), series=_series(agreement), drawn=agreement["seed"]
    )
    heights = [named.loc[named["task"] == task, "place"].nunique() + 1 for task in tasks] or [4]
    figure = Figure(figsize=(DOUBLE, 0.7 + 0.24 * sum(heights)))
    panels = figure.subplots(
        len(heights), len(STATISTICS), squeeze=False, height_ratios=heights, sharex="col"
    )
    for axes in panels[len(tasks) :].ravel():
        say_empty(axes)
    for line, task in zip(panels, tasks, strict=False):
        own = named[named["task"] == task]
        places = list(dict.fromkeys(own.sort_values("series", kind="stable")["place"]))
        for axes, statistic in zip(line, STATISTICS, strict=True):
            rows = own[own["statistic"] == statistic]
            draw_forest(axes, rows, places=places, series=SERIES, bands=BANDS)
            axes.axvline(0, color="0.5", lw=0.7, ls=":", zorder=0.5)
        line[0].set_title(said(task, labels), loc="left")
        line[1].set_yticklabels([])
    for axes, text in zip(panels[-1], STATISTICS.values(), strict=True):
        axes.set_xlabel(text)
        axes.set_xlim(right=1.02)
    shown = {name: each for name, each in SERIES.items() if (named["series"] == name).any()}
    legend_above(figure, forest_legend(shown, BANDS))
    return figure


def _places(agreement: pd.DataFrame, methods: Mapping[str, str]) -> pd.Series:
    texts = {name: text for name, (text, _) in PROBES.items()} | dict(methods)
    probe, other = (agreement[name].map(lambda x: texts.get(x, x)) for name in ("probe", "other"))
    return (probe + " – " + other).where(probe != other, probe + ", trainings")


def _series(agreement: pd.DataFrame) -> pd.Series:
    is_probe = agreement["other"].isin(PROBES)
    series = pd.Series(METHODS, index=agreement.index).where(~is_probe, KINDS)
    return series.where(agreement["probe"] != agreement["other"], TRAININGS)
