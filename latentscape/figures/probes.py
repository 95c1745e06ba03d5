"""How well the labels can be read from the latents."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from latentscape.figures.forest import NULL
from latentscape.figures.style import (
    DOUBLE,
    SINGLE,
    Label,
    legend_above,
    method_colours,
    say_empty,
    styled,
)
from latentscape.task_names import VERSUS

PROBES = {"logistic": ("logistic", "o"), "mlp": ("MLP", "s")}
COLOURS = method_colours(PROBES)
MOST_DIMENSIONS = 10
"""Single dimensions that are shown at most, so that their names do not touch."""
CONTROL = "control_"
"""Stands before the name of a probe that was fitted to shuffled labels."""
SHUFFLED = "all,\nshuffled"
"""Where the probes of shuffled labels stand."""


@styled
def probe_auc(
    probes: pd.DataFrame,
    *,
    labels: Mapping[str, Label] | None = None,
    tasks: Sequence[str] | None = None,
) -> Figure:
    """Draw the AUC of the probes: single dimensions, the best sets, and all dimensions.

    Parameters
    ----------
    probes : DataFrame
        Table ``probes``. Of several sets with equally many dimensions the one with the
        largest AUC is drawn, for each seed and probe.
    labels : mapping of str to Label, optional
        Labels whose text stands in the titles instead of their name.
    tasks : sequence of str, optional
        Tasks in order; by default all in alphabetical order.

    Returns
    -------
    Figure
        One panel per task, one small mark with its interval per seed; the grey band is
        where the AUC of permuted labels lies. Probes that were fitted to shuffled labels
        stand at the right. Of more than ``MOST_DIMENSIONS`` single
        dimensions those with the largest mean AUC are shown.
    """
    names = sorted(probes["task"].unique()) if tasks is None else list(tasks)
    columns = min(max(len(names), 1), 2)
    rows = -(-max(len(names), 1) // columns)
    figure = Figure(figsize=(DOUBLE if columns > 1 else SINGLE * 1.3, 0.4 + 2.2 * rows))
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    if not names:
        say_empty(panels[0])
    for axes, task in zip(panels, names, strict=False):
        _task(axes, _best_sets(_move_controls(probes[probes["task"] == task])))
        axes.set_title(said(task, labels or {}))
    for axes in panels[: len(names)][::columns]:
        axes.set_ylabel("AUC, out of fold")
    marks: list[Artist] = [
        Line2D([], [], color=COLOURS[probe], marker=mark, ls="", label=text)
        for probe, (text, mark) in PROBES.items()
        if probe in set(probes["probe"])
    ]
    marks.append(Patch(color=NULL, label="labels permuted (95 %)"))
    legend_above(figure, marks)
    return figure


def said(task: str, labels: Mapping[str, Label]) -> str:
    """Return a task with its labels called as on a slide."""
    names = task.split(VERSUS)
    return VERSUS.join(labels[name].text if name in labels else name for name in names)


def _move_controls(probes: pd.DataFrame) -> pd.DataFrame:
    """Give the probes of shuffled labels a place of their own."""
    is_control = probes["probe"].str.startswith(CONTROL)
    return probes.assign(
        probe=probes["probe"].str.removeprefix(CONTROL),
        inputs=probes["inputs"].where(~is_control, SHUFFLED),
    )


def _best_sets(probes: pd.DataFrame) -> pd.DataFrame:
    single = probes["inputs"].str.fullmatch(r"z\d+")
    whole = probes["inputs"].isin(["all", SHUFFLED])
    sets = probes[~single & ~whole].sort_values(["auc", "inputs"], ascending=[False, True])
    best = sets.drop_duplicates(["seed", "probe", "n_inputs"])
    best = best.assign(inputs="best\n" + best["n_inputs"].astype(str))
    return pd.concat([_strongest(probes[single]), best, probes[whole]])


def _strongest(single: pd.DataFrame) -> pd.DataFrame:
    mean = single.groupby("inputs")["auc"].mean().sort_values(ascending=False, kind="stable")
    return single[single["inputs"].isin(mean.index[:MOST_DIMENSIONS])]


def _place(inputs: str) -> tuple[int, int]:
    number = int((re.findall(r"\d+", inputs) or ["0"])[0])
    last = {"all": 2, SHUFFLED: 3}
    return (last.get(inputs, int(inputs.startswith("best"))), number)


def _task(axes: Axes, probes: pd.DataFrame) -> None:
    inputs = sorted(probes["inputs"].unique(), key=_place)
    places = {name: i for i, name in enumerate(inputs)}
    series = [
        (probe, int(seed))
        for probe in PROBES
        for seed in sorted(probes.loc[probes["probe"] == probe, "seed"].unique())
    ]
    for name, rows in probes.groupby("inputs"):
        at = places[str(name)]
        low, high = rows["null_low"].min(), rows["null_high"].max()
        axes.fill_between([at - 0.45, at + 0.45], low, high, color=NULL, lw=0, zorder=0)
        here = [one for one in series if _has(rows, *one)]
        offsets = np.linspace(-0.3, 0.3, len(here) + 2)[1:-1]
        for (probe, seed), offset in zip(here, offsets, strict=True):
            row = rows[(rows["probe"] == probe) & (rows["seed"] == seed)].iloc[0]
            _mark(axes, at + float(offset), row, probe)
    axes.axhline(0.5, color="0.5", lw=0.7, ls=":", zorder=0.5)
    texts = [re.sub(r"^z(\d+)$", r"$z_{\1}$", name) for name in inputs]
    axes.set_xticks(range(len(texts)), texts)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, len(inputs) - 0.4)
    axes.set_xlabel("latent dimensions read")
    axes.set_ylim(top=1.01)


def _has(rows: pd.DataFrame, probe: str, seed: int) -> bool:
    return bool(((rows["probe"] == probe) & (rows["seed"] == seed)).any())


def _mark(axes: Axes, at: float, row: pd.Series, probe: str) -> None:
    axes.plot([at, at], [row["low"], row["high"]], color=COLOURS[probe], lw=0.8)
    axes.plot(at, row["auc"], PROBES[probe][1], color=COLOURS[probe], ms=2.5)
