"""Classifiers that try to read a label from the latents, judged out of fold."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.evaluation.classifiers import (
    WHOLE,
    Probe,
    balanced_accuracy,
    list_probes,
    out_of_fold,
    whole_probes,
)
from latentscape.evaluation.intervals import over_trainings, summarise_auc
from latentscape.evaluation.refits import fit_shuffled
from latentscape.evaluation.tables.probes import PROBES, PROBES_SUMMARY
from latentscape.evaluation.tasks import TaskRun, run_tasks

Floats = NDArray[np.float64]

CONTROL = "control_"
"""Stands before the kind of a probe that is fitted to shuffled labels."""


def probe(
    latents: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    tasks: Sequence[Sequence[str]] | None,
    parts: Sequence[str],
    folds: int,
    max_pair_dimensions: int,
    hidden: Sequence[int],
    penalty: float,
    shuffles: int,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how well a logistic and an MLP probe tell two labels apart.

    Single dimensions and all dimensions are probed by both, pairs of
    dimensions by the logistic probe alone. Inputs are standardised on each
    fold's training rows. Every row is judged once, by the classifier of the
    fold in which it was left out, and the scores of all folds are pooled.

    Parameters
    ----------
    latents, labels, key, tasks
        As in :func:`latentscape.evaluation.tasks.run_tasks`.
    parts : sequence of str
        Parts of the split whose rows are used. The latents were learnt
        without labels, so that no part leaks a label; but a model may describe
        its training images better than others, which a probe can notice.
    folds : int
        Folds, stratified by label; the same for all probes of a task.
    max_pair_dimensions : int
        Pairs are left out in models of more dimensions.
    hidden, penalty
        Hidden layers of the MLP, and the L2 penalty of its weights.
    shuffles : int
        Fits to shuffled labels, as in
        :func:`latentscape.evaluation.refits.fit_shuffled`.
    bootstrap, permutations : int
        Draws of the AUC's interval and null. The interval covers which rows are
        judged, not which were fitted. The null permutes the labels
        against fixed out-of-fold scores: what a score without relation to the
        label would reach. It does not fit again, so it knows nothing of picking
        the best of many probes, nor that scores which were fitted to chance
        scatter more; the control fits again.
    seed : int
        Random seed of folds, MLP weights, draws and permutations.

    Returns
    -------
    probes : DataFrame
        Table ``probes``. The balanced accuracy counts a row as positive above
        the positives' share of all rows, which gives both labels equal weight.
    scores : DataFrame
        The scores of the probes of all dimensions, as declared by
        :func:`latentscape.evaluation.tables.probe_scores_table`.

    Raises
    ------
    InputError
        If a label of a task has fewer rows than folds, or a row both labels.
    """
    tables, kept = [], []
    for run in run_tasks(latents, labels, key=key, tasks=tasks, parts=parts, folds=folds):
        probes = list_probes(run.means.shape[1], max_pair_dimensions=max_pair_dimensions)
        scores = out_of_fold(
            run.means,
            run.is_positive,
            probes,
            folds=folds,
            hidden=hidden,
            penalty=penalty,
            seed=seed,
        )
        found = _judge(
            run, probes, scores, bootstrap=bootstrap, permutations=permutations, seed=seed
        )
        shuffled = fit_shuffled(
            run,
            shuffles=shuffles,
            folds=folds,
            hidden=hidden,
            penalty=penalty,
            permutations=permutations,
            seed=seed,
        )
        whole = whole_probes(run.means.shape[1])
        chance = _describe(run, shuffled, whole)
        tables += [found, chance.assign(probe=CONTROL + chance["probe"])]
        kept.append(_keep(run, probes, scores))
    return PROBES.check(PROBES.concatenate(tables)), _in_order(kept, key)


def probe_all_dimensions(
    latents: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    tasks: Sequence[Sequence[str]],
    parts: Sequence[str],
    folds: int,
    hidden: Sequence[int],
    penalty: float,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what :func:`probe` returns, of the probes of all dimensions alone.

    With the same seed, a task has the same scores in both.
    """
    tables, kept = [], []
    for run in run_tasks(latents, labels, key=key, tasks=tasks, parts=parts, folds=folds):
        probes = whole_probes(run.means.shape[1])
        scores = out_of_fold(
            run.means,
            run.is_positive,
            probes,
            folds=folds,
            hidden=hidden,
            penalty=penalty,
            seed=seed,
        )
        tables.append(
            _judge(run, probes, scores, bootstrap=bootstrap, permutations=permutations, seed=seed)
        )
        kept.append(_keep(run, probes, scores))
    return PROBES.check(PROBES.concatenate(tables)), _in_order(kept, key)


def summarise_probes(probes: pd.DataFrame) -> pd.DataFrame:
    """Return the AUC of each probe over the trainings, as table ``probes_summary``."""
    return PROBES_SUMMARY.check(over_trainings(probes, "auc", by=["task", "probe", "inputs"]))


def _judge(
    run: TaskRun,
    probes: Sequence[Probe],
    scores: Floats,
    *,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    table = summarise_auc(
        scores, run.is_positive, bootstrap=bootstrap, permutations=permutations, seed=seed
    )
    accuracy = balanced_accuracy(scores, run.is_positive)
    return _describe(run, table.assign(accuracy=accuracy), probes)


def _describe(run: TaskRun, table: pd.DataFrame, probes: Sequence[Probe]) -> pd.DataFrame:
    return run.name(table).assign(
        probe=[each.kind for each in probes],
        inputs=[each.inputs for each in probes],
        n_inputs=[len(each.dimensions) for each in probes],
        n_positive=int(run.is_positive.sum()),
        n_negative=int((~run.is_positive).sum()),
    )


def _keep(run: TaskRun, probes: Sequence[Probe], scores: Floats) -> pd.DataFrame:
    rows = run.name(run.keys).assign(is_positive=run.is_positive)
    return pd.concat(
        rows.assign(probe=each.kind, score=scores[:, column])
        for column, each in enumerate(probes)
        if each.inputs == WHOLE
    )


def _in_order(scores: Iterable[pd.DataFrame], key: Sequence[str]) -> pd.DataFrame:
    order = ["seed", "task", "probe", *key]
    columns = [*order, "is_positive", "score"]
    frames = list(scores)
    if not frames:
        return pd.DataFrame(columns=columns)
    whole = pd.concat(frames, ignore_index=True)
    return whole[columns].sort_values(order, kind="stable", ignore_index=True)
