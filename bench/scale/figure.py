"""The figure of the bench, drawn from its tables."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.scale.runs import EVERY_RULE
from latentscape.figures.style import DOUBLE, method_colours, styled


@styled
def draw_scale(runs: pd.DataFrame, plans: pd.DataFrame, *, limit_mb: float) -> Figure:
    """Draw rate and memory against the events of a job, and planning against the shards.

    Parameters
    ----------
    runs, plans : DataFrame
        The tables of the commands ``run`` and ``plan``.
    limit_mb : float
        Limit of each job, a line in the middle panel [MB].
    """
    figure = Figure(figsize=(DOUBLE, 2.6), layout="constrained")
    rate, memory, planning = figure.subplots(1, 3)
    shards = runs[runs["stage"] == "shard"]
    _draw_rate(rate, shards[shards["rule"] == EVERY_RULE])
    _draw_memory(memory, shards[shards["rule"] != EVERY_RULE], limit_mb)
    _draw_planning(planning, plans)
    return figure


def _draw_rate(axes: Axes, runs: pd.DataFrame) -> None:
    names = runs["cores"].map("{} cores, ".format) + runs["events"].map("{:,} events".format)
    runs = _with_events_per_job(runs.assign(name=names))
    colours = method_colours(runs["name"])
    for name, points in runs.groupby("name"):
        rates = points["per_job"], points["events_per_s"]
        axes.plot(*rates, "o-", ms=3, color=colours[str(name)], label=name)
    axes.set(xlabel="events per job", ylabel="events/s", ylim=(0, None))
    axes.legend(fontsize=5)


def _draw_memory(axes: Axes, rules: pd.DataFrame, limit_mb: float) -> None:
    rules = _with_events_per_job(rules)
    colours = method_colours(rules["rule"])
    for name, points in rules.groupby("rule", sort=False):
        axes.plot(
            points["per_job"], points["peak_mb"], "o-", ms=3, color=colours[str(name)], label=name
        )
    axes.axhline(limit_mb, color="0.3", ls="--")
    axes.set(xlabel="events per job", ylabel="peak memory of a job [MB]", ylim=(0, None))
    axes.legend(fontsize=5, loc="upper left", bbox_to_anchor=(0.0, 0.93))


def _with_events_per_job(runs: pd.DataFrame) -> pd.DataFrame:
    return runs.assign(per_job=runs["events"] / runs["shards"]).sort_values("per_job")


def _draw_planning(axes: Axes, plans: pd.DataFrame) -> None:
    plans = plans.sort_values("shards")
    axes.plot(plans["shards"], plans["seconds"], "o-", color="0.2")
    axes.set(xscale="log", yscale="log", xlabel="shards", ylabel="planning time [s]")
