"""One multivariate normal distribution of the latents per label, and which fits a row best."""

import logging
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from latentscape.errors import InputError
from latentscape.evaluation.contingency import deal_tables, draw_tables
from latentscape.evaluation.intervals import (
    TAILS,
    finite_ends,
    over_trainings,
    summarise_auc,
    wilson,
)
from latentscape.evaluation.latents import by_training
from latentscape.evaluation.tables.structure import (
    CALIBRATION,
    NORMAL_PID,
    NORMAL_PID_CONFUSION,
    NORMAL_PID_SUMMARY,
)
from latentscape.keys import join, sort_by_key

Floats = NDArray[np.float64]
logger = logging.getLogger("latentscape")
Prior = Literal["flat", "shares"]

EVERY_LABEL = "all"
DENSITY = "log_density_"
CALIBRATION_BINS = 10


def normal_densities(
    latents: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    parts: Sequence[str],
    folds: int,
    seed: int,
) -> pd.DataFrame:
    """Return the log density of each row under the normal distribution of each label.

    Each label has its own mean and full covariance. A row is judged by the distributions of the
    fold in which it was left out.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``part``, ``mean``.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    parts : sequence of str
        Parts of the split whose rows are used.
    folds : int
        Folds, stratified by label.
    seed : int
        Random seed of the folds.

    Returns
    -------
    DataFrame
        ``seed``, the key, ``label`` and a column ``log_density_<label>`` for each label. Labels
        that have too few rows for a covariance are left out with a warning; no row is left where
        fewer than two remain.
    """
    rows = join(
        latents[["seed", *key, "part", "mean"]],
        labels[[*key, "label"]],
        key,
        what="latents with labels",
        relation="many_to_one",
    )
    rows = _with_enough_rows(rows[rows["part"].isin(parts)], folds)
    tables = [rows[["seed", *key, "label"]].iloc[:0]]
    for _, own, means in by_training(rows, key) if len(rows) else ():
        densities = _out_of_fold(means, own["label"], folds=folds, seed=seed)
        tables.append(pd.concat([own[["seed", *key, "label"]], densities], axis=1))
    return sort_by_key(pd.concat(tables, ignore_index=True), ("seed", *key))


def judge_densities(
    densities: pd.DataFrame,
    *,
    prior: Prior,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return how well the largest density tells the label, training by training.

    Parameters
    ----------
    densities : DataFrame
        From :func:`normal_densities`.
    prior : {"flat", "shares"}
        Whether all labels are as likely beforehand, or as frequent as among these rows.
    bootstrap, permutations, seed
        As in :func:`judge_assignments` and
        :func:`latentscape.evaluation.intervals.summarise_auc`.

    Returns
    -------
    performance, confusion, calibration : DataFrame
        Tables ``normal_pid``, ``normal_pid_confusion`` and ``calibration``. The AUC of two labels
        is that of the difference of their log densities, for which the prior plays no role.
    """
    names = labels_of(densities)
    options = {"bootstrap": bootstrap, "permutations": permutations, "seed": seed}
    performance, confusion, calibration = [], [], []
    for number, rows in densities.groupby("seed", sort=True):
        label = rows["label"].to_numpy(dtype=str)
        weighted = weigh(rows, prior)
        assigned = np.array(names)[weighted.argmax(axis=1)]
        for table in (
            judge_assignments(label, assigned, **options),
            *(_judge_pair(rows, one, other, options) for one, other in combinations(names, 2)),
        ):
            performance.append(table.assign(seed=number))
        confusion.append(count_assignments(label, assigned, names, names).assign(seed=number))
        posterior = np.exp(weighted.max(axis=1) - logsumexp(weighted, axis=1))
        calibration.append(_calibrate(posterior, label == assigned).assign(seed=number))
    return (
        NORMAL_PID.check(NORMAL_PID.concatenate(performance)),
        NORMAL_PID_CONFUSION.check(NORMAL_PID_CONFUSION.concatenate(confusion)),
        CALIBRATION.check(CALIBRATION.concatenate(calibration)),
    )


def labels_of(densities: pd.DataFrame) -> list[str]:
    """Return the labels that densities are given for, in alphabetical order."""
    columns = [name for name in densities.columns if name.startswith(DENSITY)]
    return sorted(name.removeprefix(DENSITY) for name in columns)


def weigh(densities: pd.DataFrame, prior: Prior) -> Floats:
    """Return log density plus log prior of each row and label, shape (rows, labels)."""
    names = labels_of(densities)
    weighted: Floats = densities[[f"{DENSITY}{name}" for name in names]].to_numpy(np.float64)
    if prior == "shares":
        weighted = weighted + np.log([(densities["label"] == name).mean() for name in names])
    return weighted


def summarise_normal_pid(performance: pd.DataFrame) -> pd.DataFrame:
    """Return the scores over the trainings of a model, as table ``normal_pid_summary``."""
    summary = over_trainings(performance, "value", by=["score", "task"])
    return NORMAL_PID_SUMMARY.check(NORMAL_PID_SUMMARY.concatenate([summary]))


def judge_assignments(
    label: NDArray[np.str_],
    assigned: NDArray[np.str_],
    *,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return accuracy and balanced accuracy of some assignments.

    Parameters
    ----------
    label, assigned : array of str, shape (rows,)
        True label of each row, and the one that it is taken for.
    bootstrap : int
        Draws of the interval. Rows are drawn anew and their assignments stay: the interval does
        not cover that what assigns them could have been fitted to other rows.
    permutations : int
        Permutations of the null, in which the assignments are dealt to the rows at random.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        ``score`` (accuracy, balanced_accuracy), ``task``, ``value``, the ends of interval and
        null, ``n``.
    """
    table = pd.crosstab(label, assigned).to_numpy()
    true, taken = (np.unique(each) for each in (label, assigned))
    is_right = true[:, None] == taken
    n, rng = len(label), np.random.default_rng(seed)
    drawn = draw_tables(table, bootstrap=bootstrap, rng=rng)
    dealt = deal_tables(table, permutations=permutations, rng=rng)
    low, high = finite_ends(_accuracies(drawn, is_right).T)
    null_low, null_high = np.quantile(_accuracies(dealt, is_right), TAILS, axis=1)
    return pd.DataFrame(
        {
            "score": ["accuracy", "balanced_accuracy"],
            "task": EVERY_LABEL,
            "value": _accuracies(table[None], is_right)[:, 0],
            "low": low,
            "high": high,
            "null_low": null_low,
            "null_high": null_high,
            "n": n,
        }
    )


def count_assignments(
    label: NDArray[np.str_],
    assigned: NDArray[np.str_],
    labels: Sequence[str],
    assignable: Sequence[str],
) -> pd.DataFrame:
    """Return the confusion matrix of some assignments in long form, with Wilson intervals.

    Parameters
    ----------
    label, assigned : array of str, shape (rows,)
        True label of each row, and the one that it is taken for.
    labels, assignable : sequence of str
        Rows and columns of the matrix.

    Returns
    -------
    DataFrame
        ``label``, ``assigned``, ``rows``, ``share``, ``low``, ``high``, ``n``.
    """
    counts = pd.crosstab(label, assigned).reindex(
        index=list(labels), columns=list(assignable), fill_value=0
    )
    counts = counts.rename_axis(index="label", columns="assigned").reset_index()
    cells = counts.melt(id_vars="label", var_name="assigned", value_name="rows")
    cells["n"] = cells.groupby("label")["rows"].transform("sum")
    cells["low"], cells["high"] = wilson(cells["rows"], cells["n"])
    return cells.assign(share=cells["rows"] / cells["n"])


def _with_enough_rows(rows: pd.DataFrame, folds: int) -> pd.DataFrame:
    """Return the rows of labels that can be fitted, none if there are not two of them."""
    if rows.empty:
        return rows
    # The rows that are fitted in the smallest fold must span all dimensions.
    fewest = max(folds, (len(rows["mean"].iloc[0]) + 2) * folds / (folds - 1))
    counts = rows[rows["seed"] == rows["seed"].min()]["label"].value_counts().sort_index()
    for name in counts.index[counts < fewest]:
        logger.warning("normal PID: label %s has %d rows, too few", name, counts[name])
    kept = rows[rows["label"].isin(counts.index[counts >= fewest])]
    return kept if len(set(kept["label"])) > 1 else kept.iloc[:0]


def _out_of_fold(means: Floats, labels: pd.Series, *, folds: int, seed: int) -> pd.DataFrame:
    names = sorted(labels.unique())
    densities = np.empty((len(means), len(names)))
    own = labels.to_numpy(dtype=str)
    splits = StratifiedKFold(folds, shuffle=True, random_state=seed).split(means, own)
    # One thread: the number of threads may not change a digit.
    with threadpool_limits(limits=1):
        for fitted, judged in splits:
            for column, name in enumerate(names):
                rows = means[fitted[own[fitted] == name]]
                densities[judged, column] = _normal(rows).logpdf(means[judged])
    return pd.DataFrame(densities, columns=[f"{DENSITY}{name}" for name in names])


def _normal(rows: Floats) -> multivariate_normal:
    """Return the normal distribution of some rows."""
    try:
        return multivariate_normal(rows.mean(axis=0), np.atleast_2d(np.cov(rows, rowvar=False)))
    except np.linalg.LinAlgError as error:
        raise InputError(
            f"normal PID: the latents of a label do not differ in all dimensions ({error})."
        ) from error


def _judge_pair(
    rows: pd.DataFrame, positive: str, negative: str, options: Mapping[str, int]
) -> pd.DataFrame:
    pair = rows[rows["label"].isin([positive, negative])]
    ratio = (pair[f"{DENSITY}{positive}"] - pair[f"{DENSITY}{negative}"]).to_numpy()
    table = summarise_auc(ratio, (pair["label"] == positive).to_numpy(), **options)
    table = table.rename(columns={"auc": "value"})
    return table.assign(score="auc", task=f"{positive} vs {negative}", n=len(pair))


def _accuracies(tables: NDArray[np.int64], is_right: NDArray[np.bool_]) -> Floats:
    """Return accuracy and balanced accuracy of tables (draws, labels, assigned), shape (2, draws).

    A label that was not drawn has no accuracy of its own and is left out.
    """
    totals = tables.sum(axis=2)
    right = (tables * is_right).sum(axis=2)
    shares = np.divide(right, totals, out=np.full(totals.shape, np.nan), where=totals > 0)
    return np.stack([right.sum(axis=1) / totals.sum(axis=1), np.nanmean(shares, axis=1)])


def _calibrate(posterior: Floats, is_right: NDArray[np.bool_]) -> pd.DataFrame:
    """Return how often rows of similar posterior probability are right; empty bins are left out."""
    edges = np.linspace(0, 1, CALIBRATION_BINS + 1)
    bins = np.clip(np.digitize(posterior, edges) - 1, 0, CALIBRATION_BINS - 1)
    grouped = pd.DataFrame({"bin": bins, "posterior": posterior, "right": is_right}).groupby("bin")
    table = grouped.agg(
        posterior=("posterior", "mean"),
        right=("right", "mean"),
        hits=("right", "sum"),
        n=("right", "size"),
    ).reset_index()
    table["low"], table["high"] = wilson(table.pop("hits"), table["n"])
    number = table.pop("bin").to_numpy()
    return table.assign(bin_low=edges[number], bin_high=edges[number + 1])
