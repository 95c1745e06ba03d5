"""Whether single latent dimensions stand for single true factors: MIG, SAP and DCI."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import xlogy

from latentscape.errors import InputError
from latentscape.evaluation.intervals import TAILS, finite_ends, over_trainings
from latentscape.evaluation.knowledge import Known, know_factors
from latentscape.evaluation.latents import by_training, dimension_names
from latentscape.evaluation.readout import Estimates
from latentscape.evaluation.tables.structure import (
    DISENTANGLEMENT,
    DISENTANGLEMENT_SUMMARY,
    FACTORS,
)
from latentscape.keys import join
from latentscape.progress import progress

Floats = NDArray[np.float64]
logger = logging.getLogger("latentscape")

EVERY_FACTOR = "all"


def disentangle(
    latents: pd.DataFrame,
    factors: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    names: Sequence[str],
    groups: Sequence[str],
    bins: int,
    folds: int,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how far single dimensions stand for single factors, and what each knows of each.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``mean``.
    factors : DataFrame
        The key and the named factors: continuous ones, or 0 and 1. A factor with more classes
        stands as one column of 0 and 1 per class. NaN is missing.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    names : sequence of str
        The factors.
    groups : sequence of str
        Labels whose rows are looked at, each for itself: factors are distributed otherwise in
        each, and the label must not be a factor that all others go with.
    bins : int
        Equally full bins of dimensions and factors, for MIG.
    folds : int
        Folds of the regression, for DCI.
    bootstrap : int
        Draws of the intervals, in which rows are drawn anew (of large tables: blocks of rows).
    permutations : int
        Permutations of the null: the rows of all factors are permuted together.
    seed : int
        Random seed.

    Returns
    -------
    scores, known : DataFrame
        Tables ``disentanglement`` and ``factors``. A factor that has too few rows, or hardly
        varies, in a group is not in its rows.

    Raises
    ------
    InputError
        If a factor is unknown, or a group has no row with factors.

    Notes
    -----
    MIG: R. T. Q. Chen et al., arXiv:1802.04942, eq. 6, with the posterior means in bins and the
    information that chance adds taken off. SAP: A. Kumar et al., arXiv:1711.00848, sect. 3, with
    the squared correlation for factors of 0 and 1 too, where the source counts classification
    errors. DCI: C. Eastwood and C. K. I. Williams, ICLR 2018, sect. 2, weighted by importance
    over the dimensions and over the factors, with the importances of
    :func:`latentscape.evaluation.readout.read_factor`; informativeness is the R² out of fold.
    """
    unknown = [name for name in names if name not in factors.columns]
    if unknown:
        raise InputError(f"factors: no column {unknown[0]!r}; found {list(factors.columns)}.")
    rows = join(
        latents[["seed", *key, "mean"]],
        factors[[*key, *names]],
        key,
        what="latents with factors",
        relation="many_to_one",
    )
    rows = join(rows, labels[[*key, "label"]], key, what="rows with labels", relation="many_to_one")
    for group in groups:
        if not (rows["label"] == group).any():
            raise InputError(f"factors: no row with label {group!r} has true factors.")
    scores, known = [], []
    tasks = [
        (number, group, own[own["label"] == group], means[(own["label"] == group).to_numpy()])
        for number, own, means in (by_training(rows, key) if groups else ())
        for group in groups
    ]
    for number, group, own, means in progress(tasks, len(tasks), unit="groups"):
        found = know_factors(
            means,
            own[list(names)],
            bins=bins,
            folds=folds,
            bootstrap=bootstrap,
            permutations=permutations,
            seed=seed,
        )
        if not found:
            logger.warning("factors: none varies enough in the rows of label %s", group)
            continue
        scores.append(_tabulate_scores(found).assign(seed=number, group=group))
        known.append(_tabulate_known(found).assign(seed=number, group=group))
    return (
        DISENTANGLEMENT.check(DISENTANGLEMENT.concatenate(scores)),
        FACTORS.check(FACTORS.concatenate(known)),
    )


def summarise_disentanglement(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the scores over the trainings of a model, as table ``disentanglement_summary``."""
    summary = over_trainings(scores, "value", by=["group", "score", "factor"])
    return DISENTANGLEMENT_SUMMARY.check(DISENTANGLEMENT_SUMMARY.concatenate([summary]))


def gap(values: Floats) -> Floats:
    """Return by how much the largest number of the last axis exceeds the second largest.

    A single number exceeds 0.
    """
    if values.shape[-1] == 1:
        return values[..., 0]
    ordered = np.sort(values, axis=-1)
    difference: Floats = ordered[..., -1] - ordered[..., -2]
    return difference


def concentration(importance: Floats) -> Floats:
    """Return how far importance is concentrated on one element of the last axis.

    Parameters
    ----------
    importance : array of float, shape (..., k)
        Not negative.

    Returns
    -------
    array of float, shape (...)
        1 - entropy / ln k: 1 for a single important element, 0 if all are as important; NaN if
        none is.
    """
    total = importance.sum(axis=-1, keepdims=True)
    shares = np.divide(importance, total, out=np.full_like(importance, np.nan), where=total > 0)
    concentrated: Floats = 1 + xlogy(shares, shares).sum(axis=-1) / np.log(
        max(2, importance.shape[-1])
    )
    return concentrated


def weighted_concentration(importance: Floats) -> Floats:
    """Return the concentration along the last axis, in the mean over the axis before.

    Each counts by its importance; NaN if there is none at all. With shape
    (..., dimensions, factors) this is the disentanglement of DCI, and with the last two axes
    exchanged its completeness.
    """
    weights = importance.sum(axis=-1)
    total = weights.sum(axis=-1)
    weighted = np.nan_to_num(concentration(importance)) * weights
    mean: Floats = np.divide(
        weighted.sum(axis=-1), total, out=np.full_like(total, np.nan), where=total > 0
    )
    return mean


def _tabulate_scores(known: Mapping[str, Known]) -> pd.DataFrame:
    """Return all scores of one group, without its name."""
    rows = []
    gaps = {
        "mig": {name: _map(each.share, gap) for name, each in known.items()},
        "sap": {name: _map(each.squared_correlation, gap) for name, each in known.items()},
        "informativeness": {
            name: _map(each.readout.informativeness, np.ravel) for name, each in known.items()
        },
        "completeness": {
            name: _map(each.readout.importance, concentration) for name, each in known.items()
        },
    }
    for score, of_factors in gaps.items():
        rows += [_row(score, name, each, known[name].n) for name, each in of_factors.items()]
        if score != "completeness":
            rows.append(_row(score, EVERY_FACTOR, _mean(of_factors.values()), _most(known)))
    matrix = Estimates(
        *(
            np.stack([getattr(each.readout.importance, part) for each in known.values()], axis=-1)
            for part in ("value", "drawn", "null")
        )
    )
    by_factor = _map(matrix, lambda values: np.swapaxes(values, -1, -2))
    for score, each in (("disentanglement", matrix), ("completeness", by_factor)):
        rows.append(_row(score, EVERY_FACTOR, _map(each, weighted_concentration), _most(known)))
    areas = [
        each.auc.rename(columns={"auc": "value"}).assign(score="auc", factor=name, n=each.n)
        for name, each in known.items()
        if each.auc is not None
    ]
    return pd.concat([pd.DataFrame(rows), *areas], ignore_index=True)


def _map(estimates: Estimates, function: Callable[[Floats], Floats]) -> Estimates:
    return Estimates(function(estimates.value), function(estimates.drawn), function(estimates.null))


def _mean(estimates: Iterable[Estimates]) -> Estimates:
    parts = [(each.value, each.drawn, each.null) for each in estimates]
    return Estimates(*(np.mean(np.stack(part), axis=0) for part in zip(*parts, strict=True)))


def _most(known: Mapping[str, Known]) -> int:
    return max(each.n for each in known.values())


def _row(score: str, factor: str, estimates: Estimates, n: int) -> dict[str, Any]:
    low, high = finite_ends(estimates.drawn).tolist()
    null_low, null_high = finite_ends(estimates.null).tolist()
    ends = {"low": low, "high": high, "null_low": null_low, "null_high": null_high}
    value = float(np.ravel(estimates.value)[0])
    return {"score": score, "factor": factor, "value": value, **ends, "n": n}


def _tabulate_known(known: Mapping[str, Known]) -> pd.DataFrame:
    """Return what each dimension knows of each factor of one group, without its name."""
    tables = [
        pd.DataFrame(
            {
                "dimension": dimension_names(len(each.share.value)),
                "factor": name,
                "information": each.share.value * each.entropy,
                "share": each.share.value,
                "null_high": np.quantile(each.share.null, TAILS[1], axis=0),
                "squared_correlation": each.squared_correlation.value,
                "importance": each.readout.importance.value,
                "n": each.n,
            }
        )
        for name, each in known.items()
    ]
    return pd.concat(tables, ignore_index=True)
