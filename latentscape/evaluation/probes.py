"""Classifiers that try to read a label from the latents, judged out of fold."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from latentscape.errors import InputError
from latentscape.evaluation.intervals import summarise_auc
from latentscape.evaluation.latents import by_training, dimension_names
from latentscape.evaluation.tables import PROBES
from latentscape.keys import join
from latentscape.progress import progress

Floats = NDArray[np.float64]
Task = tuple[str, str]


@dataclass(frozen=True)
class Probe:
    """One kind of classifier on some latent dimensions."""

    kind: str
    inputs: str
    dimensions: tuple[int, ...]


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
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return how well a logistic and an MLP probe tell two labels apart.

    Single dimensions and all dimensions are probed by both, pairs of
    dimensions by the logistic probe alone. Inputs are standardised on each
    fold's training rows. Every row is judged once, by the classifier of the
    fold in which it was left out, and the scores of all folds are pooled.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``part``, ``mean``.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    tasks : sequence of (positive, negative), or None
        Labels to tell apart; every pair of labels, in alphabetical order, if None.
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
    bootstrap, permutations : int
        Draws of the AUC's interval and null. The null permutes the labels
        against fixed out-of-fold scores: what a score without relation to the
        label would reach. It does not fit again, so it knows nothing of picking
        the best of many probes, nor that cross-validation puts uninformative
        inputs slightly below 0.5 (a chance excess in the fitted folds is
        missing from the judged one). An AUC below the null is no information.
    seed : int
        Random seed of folds, MLP weights, draws and permutations.

    Returns
    -------
    DataFrame
        Table ``probes``. The balanced accuracy counts a row as positive above
        the positives' share of all rows, which gives both labels equal weight.

    Raises
    ------
    InputError
        If a label of a task has fewer rows than folds.
    """
    labelled = join(
        latents[["seed", *key, "part", "mean"]],
        labels[[*key, "label"]],
        key,
        what="latents with labels",
        relation="many_to_one",
    )
    labelled = labelled[labelled["part"].isin(parts)]
    pairs = _tasks(tasks, labelled["label"])
    runs = [
        (number, task, *_rows_of(task, rows["label"], means, folds))
        for number, rows, means in by_training(labelled, key)
        for task in pairs
    ]
    tables = []
    for number, task, means, is_positive in progress(runs, len(runs), unit="tasks"):
        probes = list_probes(means.shape[1], max_pair_dimensions=max_pair_dimensions)
        scores = out_of_fold(
            means, is_positive, probes, folds=folds, hidden=hidden, penalty=penalty, seed=seed
        )
        table = summarise_auc(
            scores, is_positive, bootstrap=bootstrap, permutations=permutations, seed=seed
        )
        tables.append(
            table.assign(
                seed=number,
                task=" vs ".join(task),
                probe=[each.kind for each in probes],
                inputs=[each.inputs for each in probes],
                n_inputs=[len(each.dimensions) for each in probes],
                accuracy=_balanced_accuracy(scores, is_positive),
                n_positive=int(is_positive.sum()),
                n_negative=int((~is_positive).sum()),
            )
        )
    return PROBES.check(PROBES.concatenate(tables))


def list_probes(dimensions: int, *, max_pair_dimensions: int) -> list[Probe]:
    """Return the probes of a model with so many latent dimensions."""
    names = dimension_names(dimensions)
    singles = [(name, (i,)) for i, name in enumerate(names)]
    both = [*singles, ("all", tuple(range(dimensions)))]
    pairs = list(combinations(range(dimensions), 2)) if dimensions <= max_pair_dimensions else []
    return [
        *(Probe("logistic", *inputs) for inputs in both),
        *(Probe("logistic", f"{names[i]}+{names[j]}", (i, j)) for i, j in pairs),
        *(Probe("mlp", *inputs) for inputs in both),
    ]


def out_of_fold(
    means: Floats,
    is_positive: NDArray[np.bool_],
    probes: Sequence[Probe],
    *,
    folds: int,
    hidden: Sequence[int],
    penalty: float,
    seed: int,
) -> Floats:
    """Return each probe's probability of each row, fitted without that row's fold.

    Parameters
    ----------
    means : array of float, shape (rows, dimensions)
        Latents. Give the rows in the order of their key: the folds depend on it.
    is_positive : array of bool, shape (rows,)
        The label.
    probes : sequence of Probe
        What is fitted.
    folds, hidden, penalty, seed
        As in :func:`probe`.

    Returns
    -------
    array of float, shape (rows, probes)
    """
    splits = StratifiedKFold(folds, shuffle=True, random_state=seed).split(means, is_positive)
    scores = np.empty((len(means), len(probes)))
    # One thread: the fits are small, and the number of threads may not change a digit.
    with threadpool_limits(limits=1):
        for fitted, judged in splits:
            # Scaling is per dimension, so that all probes of a fold can share it.
            scaled = StandardScaler().fit(means[fitted]).transform(means)
            for column, each in enumerate(probes):
                inputs = scaled[:, each.dimensions]
                classifier = _classifier(each.kind, hidden=hidden, penalty=penalty, seed=seed)
                classifier.fit(inputs[fitted], is_positive[fitted])
                scores[judged, column] = classifier.predict_proba(inputs[judged])[:, 1]
    return scores


def _classifier(
    kind: str, *, hidden: Sequence[int], penalty: float, seed: int
) -> LogisticRegression | MLPClassifier:
    """Return an unfitted classifier with room to converge."""
    if kind == "logistic":
        return LogisticRegression(max_iter=1000)
    # L-BFGS converges on small tables in a fraction of Adam's time, and needs no batches.
    return MLPClassifier(
        tuple(hidden),
        solver="lbfgs",
        alpha=penalty,
        tol=1e-3,
        max_iter=20_000,
        max_fun=100_000,
        random_state=seed,
    )


def _tasks(tasks: Sequence[Sequence[str]] | None, labels: pd.Series) -> list[Task]:
    if tasks is None:
        return list(combinations(sorted(labels.unique()), 2))
    return [(positive, negative) for positive, negative in tasks]


def _rows_of(
    task: Task, labels: pd.Series, means: Floats, folds: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the latents of both labels, and which are positive."""
    for label in task:
        found = int((labels == label).sum())
        if found < folds:
            raise InputError(
                f"probes: label {label!r} has {found} rows, too few for {folds} folds; "
                f"labels with rows: {sorted(labels.unique())}."
            )
    chosen = labels.isin(task).to_numpy()
    return means[chosen], (labels[chosen] == task[0]).to_numpy()


def _balanced_accuracy(scores: Floats, is_positive: NDArray[np.bool_]) -> Floats:
    called = scores > is_positive.mean()
    accuracy: Floats = (called[is_positive].mean(axis=0) + (~called[~is_positive]).mean(axis=0)) / 2
    return accuracy
