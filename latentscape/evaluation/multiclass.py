"""Probes that tell several labels apart at once, judged out of fold."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.evaluation.classifiers import probabilities_out_of_fold, whole_probes
from latentscape.evaluation.intervals import TAILS, over_trainings
from latentscape.evaluation.latents import by_training
from latentscape.evaluation.normal_pid import count_assignments, judge_assignments
from latentscape.evaluation.paired_auc import auc_of_weights, permuted_labels, stratified_draws
from latentscape.evaluation.tables.probes import (
    MULTICLASS,
    MULTICLASS_CONFUSION,
    MULTICLASS_SUMMARY,
)
from latentscape.keys import join
from latentscape.progress import progress

Floats = NDArray[np.float64]
Words = NDArray[np.str_]

FEWEST_LABELS = 3
EVERY_LABEL = "all"


def probe_several(
    latents: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    wanted: Sequence[str] | None,
    parts: Sequence[str],
    folds: int,
    hidden: Sequence[int],
    penalty: float,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how well multinomial logistic regression and an MLP tell several labels apart.

    Both read all latent dimensions, standardised on each fold's training rows. A row is taken
    for the label with the largest probability were all labels as frequent: the probability over
    the label's share of the rows.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``part``, ``mean``.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    wanted : sequence of str, or None
        Labels to tell apart, at least three; every label with enough rows if None.
    parts : sequence of str
        Parts of the split whose rows are used.
    folds : int
        Folds, stratified by label.
    hidden, penalty
        Hidden layers of the MLP, and the L2 penalty of its weights.
    bootstrap, permutations : int
        Draws of the intervals, stratified by label for the AUC and free for the accuracies, and
        permutations of the labels for the null, against fixed scores. Neither fits again: the
        interval covers which rows are judged, not which were fitted, and the null is a little
        narrower than that of probes which are fitted to chance.
    seed : int
        Random seed of folds, MLP weights, draws and permutations.

    Returns
    -------
    performance, confusion : DataFrame
        Tables ``multiclass`` and ``multiclass_confusion``; without rows if fewer than three labels
        have enough rows. The AUC of all labels is the mean of those of each label against the
        rest, each with the same weight.

    Raises
    ------
    InputError
        If a wanted label has fewer rows than folds.

    Notes
    -----
    Macro average of one-versus-rest AUC: T. Fawcett, Pattern Recognit. Lett. 27 (2006) 861,
    sec. 9.2, with equal weights.
    """
    rows = join(
        latents[["seed", *key, "part", "mean"]],
        labels[[*key, "label"]],
        key,
        what="latents with labels",
        relation="many_to_one",
    )
    rows = rows[rows["part"].isin(parts)]
    names = _labels(rows.drop_duplicates(list(key))["label"], wanted, folds)
    rows = rows[rows["label"].isin(names)]
    runs = list(by_training(rows, key)) if len(names) >= FEWEST_LABELS else []
    draws = {"bootstrap": bootstrap, "permutations": permutations, "seed": seed}
    performance, confusion = [], []
    for number, own, means in progress(runs, len(runs), unit="trainings"):
        label = own["label"].to_numpy(dtype=str)
        probes = whole_probes(means.shape[1])
        probabilities = probabilities_out_of_fold(
            means, label, probes, folds=folds, hidden=hidden, penalty=penalty, seed=seed
        )
        shares = np.array([(label == name).mean() for name in names])
        for column, each in enumerate(probes):
            probability = probabilities[:, column]
            assigned = np.array(names)[(probability / shares).argmax(axis=1)]
            for table in (
                macro_auc(probability, label, names, **draws),
                judge_assignments(label, assigned, **draws),
            ):
                performance.append(table.assign(seed=number, probe=each.kind))
            counted = count_assignments(label, assigned, names, names)
            confusion.append(counted.assign(seed=number, probe=each.kind))
    return (
        MULTICLASS.check(MULTICLASS.concatenate(performance)),
        MULTICLASS_CONFUSION.check(MULTICLASS_CONFUSION.concatenate(confusion)),
    )


def macro_auc(
    probability: Floats,
    label: Words,
    names: Sequence[str],
    *,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return the AUC of each label against the rest, and their mean.

    Parameters
    ----------
    probability : array of float, shape (rows, labels)
        Score of each label.
    label : array of str, shape (rows,)
        Label of each row.
    names : sequence of str
        The labels in the order of the columns.
    bootstrap, permutations, seed
        As in :func:`probe_several`.

    Returns
    -------
    DataFrame
        ``score`` (auc), ``task`` (all, or 'label vs rest'), ``value``, ``low``, ``high``,
        ``null_low``, ``null_high``, ``n``.
    """
    number = pd.Index(names).get_indexer(pd.Index(label))
    once = np.ones((len(label), 1))
    drawn = [
        _areas(probability, number[:, None], counts)
        for counts in stratified_draws(number, bootstrap=bootstrap, seed=seed)
    ]
    null = [
        _areas(probability, dealt, once)
        for dealt in permuted_labels(number, permutations=permutations, seed=seed)
    ]
    low, high = np.quantile(np.concatenate(drawn, axis=1), TAILS, axis=1)
    null_low, null_high = np.quantile(np.concatenate(null, axis=1), TAILS, axis=1)
    return pd.DataFrame(
        {
            "score": "auc",
            "task": [EVERY_LABEL, *(f"{name} vs rest" for name in names)],
            "value": _areas(probability, number[:, None], once)[:, 0],
            "low": low,
            "high": high,
            "null_low": null_low,
            "null_high": null_high,
            "n": len(label),
        }
    )


def summarise_several(performance: pd.DataFrame) -> pd.DataFrame:
    """Return the scores over the trainings, as table ``multiclass_summary``."""
    summary = over_trainings(performance, "value", by=["probe", "score", "task"])
    return MULTICLASS_SUMMARY.check(summary)


def _labels(labels: pd.Series, wanted: Sequence[str] | None, folds: int) -> list[str]:
    counts = labels.value_counts()
    enough = sorted(str(name) for name in counts.index[counts >= folds])
    lacking = sorted(set(wanted or ()) - set(enough))
    if lacking:
        raise InputError(
            f"several labels: label {lacking[0]!r} has {counts.get(lacking[0], 0)} rows, too few "
            f"for {folds} folds; labels with enough rows: {', '.join(enough)}."
        )
    return enough if wanted is None else sorted(wanted)


def _areas(probability: Floats, number: NDArray[np.intp], counts: Floats) -> Floats:
    """Return the mean AUC and that of each label against the rest, shape (1 + labels, draws)."""
    areas = [
        auc_of_weights(score, counts * (number == own), counts * (number != own))
        for own, score in enumerate(probability.T)
    ]
    return np.stack([np.mean(areas, axis=0), *areas])
