"""What changes along the axes of a sweep, over all of its trainings."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.evaluation.gains import GAIN, gain_point
from latentscape.evaluation.intervals import over_trainings
from latentscape.evaluation.rank_tests import (
    blocked_ranks,
    kruskal_wallis,
    permuted_p_value,
    spearman_interval,
)
from latentscape.evaluation.tables.sweeps import SWEEP, SWEEP_POINTS, SWEEP_TRENDS
from latentscape.evaluation.two_sample import holm
from latentscape.learning.sweeps import ORDERED_AXES, Value, say
from latentscape.progress import progress

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

FAMILY = "auc_"
BETTER_IF_SMALL = ("reconstruction_error", "weighted_error")
"""Metrics that are best where they are smallest."""
TRANSFORMED = BETTER_IF_SMALL
"""Metrics in the units of the transformed pixels, which two transforms do not share."""
FOLLOWED = (
    *BETTER_IF_SMALL,
    *("explained_share", "kl", "active_units", "participation_share", "ari"),
)
"""Metrics, besides those of the families, whose trends are tested."""
GROUPS = ("validation", "trained", "all")
_UNKNOWN = dict.fromkeys(("low", "high", "p_holm", *GAIN), math.nan)


def collect_sweep(
    capacities: Mapping[str, pd.DataFrame], settings: Mapping[str, Mapping[str, Value]]
) -> pd.DataFrame:
    """Put the numbers of all models of a sweep into one table, with their settings.

    Parameters
    ----------
    capacities : mapping of str to DataFrame
        Table ``capacity`` of each model.
    settings : mapping of str to mapping
        Value of each axis, also those that are not swept, for each model.

    Returns
    -------
    DataFrame
        Table ``sweep``; numbers of single dimensions are left out.
    """
    parts = []
    for model, capacity in capacities.items():
        whole = capacity[capacity["dimension"] == "all"].drop(columns="dimension")
        own = {**settings[model], "channels": say(settings[model]["channels"])}
        parts.append(whole.assign(model=model, **own))
    return SWEEP.check(pd.concat(parts, ignore_index=True))


def follow_sweep(
    sweep: pd.DataFrame,
    axes: Mapping[str, Sequence[str]],
    *,
    gain: float,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the means along each axis of a sweep, and what can be said of their trends.

    Parameters
    ----------
    sweep : DataFrame
        Table ``sweep``.
    axes : mapping of str to sequence of str
        Values of each swept axis, as text and in their order.
    gain : float
        Share of the whole gain that is looked for, see :func:`gain_point`.
    bootstrap, permutations : int
        Draws of each interval and p-value.
    seed : int
        Random seed.

    Returns
    -------
    points, trends : DataFrame
        Tables ``sweep_points`` and ``sweep_trends``. With several axes, trainings are only ever
        ranked, drawn and permuted among those that differ in this axis alone for ρ and p-value;
        means, ranking and gain point average all that have a value. Numbers in the units
        of the transformed pixels are left out of sweeps over transforms, which do not share them.

    Raises
    ------
    InputError
        If an axis is no column of the sweep.
    """
    unknown = [axis for axis in axes if axis not in sweep.columns]
    if unknown:
        raise InputError(f"sweep: there is no axis {unknown[0]!r}.")
    told = _followed(sweep, axes)
    for axis in axes:
        told[axis] = [say(value) for value in told[axis].tolist()]
    points = SWEEP_POINTS.concatenate(_points(told, axes))
    curves = [
        (axis, metric, group, own)
        for axis in axes
        for (metric, group), own in told.groupby(["metric", "group"])
    ]
    trends = []
    for axis, metric, group, own in progress(curves, len(curves), unit="trends"):
        blocks = _codes(own, [other for other in axes if other != axis])
        better = -1.0 if metric in BETTER_IF_SMALL else 1.0
        trend = {
            **_tested(own, axis, axes[axis], blocks, permutations=permutations, seed=seed),
            **_ranked(own, axis, better),
        }
        if axis in ORDERED_AXES:
            trend |= _shaped(own, axis, better, blocks, gain=gain, bootstrap=bootstrap, seed=seed)
        else:
            trend |= {"gain_note": "names have no order"}
        trends.append({**_UNKNOWN, **trend, "metric": metric, "group": group, "axis": axis})
    table = pd.DataFrame(trends)
    tested = table["p_value"].notna()
    table.loc[tested, "p_holm"] = table[tested].groupby("axis")["p_value"].transform(holm)
    return SWEEP_POINTS.check(points), SWEEP_TRENDS.check(table)


def _followed(sweep: pd.DataFrame, axes: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return the rows whose trends are of interest, in the order of their key."""
    metric = sweep["metric"]
    wanted = metric.isin(FOLLOWED) & sweep["group"].isin(GROUPS) | metric.str.startswith(FAMILY)
    if "transform" in axes:
        wanted &= ~metric.isin(TRANSFORMED)
    known = sweep[wanted & sweep["value"].notna()]
    return known.sort_values(["metric", "group", "model", "seed"], ignore_index=True)


def _points(told: pd.DataFrame, axes: Mapping[str, Sequence[str]]) -> Iterator[pd.DataFrame]:
    for axis, second in [*((axis, "") for axis in axes), *itertools.combinations(axes, 2)]:
        places = told.assign(
            axis=axis,
            at=told[axis],
            second_axis=second,
            second_at=told[second] if second else "",
        )
        by = ["metric", "group", "axis", "at", "second_axis", "second_at"]
        yield over_trainings(places, "value", by=by).rename(columns={"n_seeds": "n_trainings"})


def _ranked(own: pd.DataFrame, axis: str, better: float) -> dict[str, str]:
    means = (better * own["value"]).groupby(own[axis], sort=True).mean()
    names = means.sort_values(ascending=False, kind="stable").index
    return {"best": str(names[0]), "ranking": " > ".join(map(str, names))}


def _shaped(
    own: pd.DataFrame,
    axis: str,
    better: float,
    blocks: Integers,
    *,
    gain: float,
    bootstrap: int,
    seed: int,
) -> dict[str, Any]:
    """Return the interval of ρ and the point of saturation of one curve along numbers."""
    numbers, values = (own[name].to_numpy(dtype=float) for name in (axis, "value"))
    low, high = spearman_interval(numbers, values, blocks, bootstrap=bootstrap, seed=seed)
    models = _codes(own, ["model"])
    point = gain_point(numbers, better * values, models, share=gain, bootstrap=bootstrap, seed=seed)
    return {"low": low, "high": high, **point}


def _tested(
    own: pd.DataFrame,
    axis: str,
    values: Sequence[str],
    blocks: Integers,
    *,
    permutations: int,
    seed: int,
) -> dict[str, Any]:
    """Return the statistic of one curve with its permutation p-value, exact for few trainings."""
    ordered = axis in ORDERED_AXES
    ranks = blocked_ranks(own["value"].to_numpy(dtype=float), blocks)
    # A permutation moves the values of the axis: its ranks if they are numbers, else its names.
    moved: NDArray[Any] = np.array([values.index(value) for value in own[axis]])
    if ordered:
        moved = blocked_ranks(own[axis].to_numpy(dtype=float), blocks)
    # 0 where either does not vary, and so has no trend.
    spread = float(np.square(moved - moved.mean()).sum() * np.square(ranks).sum())

    def statistic(arranged: NDArray[Any]) -> Floats:
        if not ordered:
            return kruskal_wallis(arranged, ranks)
        correlation: Floats = (arranged * ranks).sum(axis=-1) / math.sqrt(spread)
        return correlation

    tested = {
        "statistic": "spearman" if ordered else "kruskal_wallis",
        "n_trainings": len(own),
        "n_values": int(own[axis].nunique()),
        "value": math.nan,
        "p_value": math.nan,
    }
    if spread > 0:
        tested["value"] = float(statistic(moved[None])[0])
        tested["p_value"] = permuted_p_value(
            statistic, moved, blocks, permutations=permutations, seed=seed
        )
    return tested


def _codes(own: pd.DataFrame, columns: Sequence[str]) -> Integers:
    """Return one number per combination of columns; 0 for no column."""
    if not columns:
        return np.zeros(len(own), dtype=np.intp)
    return own.groupby(list(columns), sort=True).ngroup().to_numpy().astype(np.intp)
