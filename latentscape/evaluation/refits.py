"""What only fitting anew can show: labels without meaning, and rows taken at random."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from latentscape.evaluation.classifiers import balanced_accuracy, out_of_fold, whole_probes
from latentscape.evaluation.intervals import TAILS, auc, auc_null
from latentscape.evaluation.tasks import TaskRun
from latentscape.seeds import seed_for

Floats = NDArray[np.float64]


def fit_shuffled(
    run: TaskRun,
    *,
    shuffles: int,
    folds: int,
    hidden: Sequence[int],
    penalty: float,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return what the probes of all dimensions make of labels without meaning.

    The labels are shuffled before all else: folds, standardisation and fits follow, and the
    scores are held against the shuffled labels. Without a leak the AUC scatters about 0.5.

    Parameters
    ----------
    run : TaskRun
        The task.
    shuffles : int
        How often its labels are shuffled, at least twice; differently in each training.
    folds, hidden, penalty
        As in :func:`latentscape.evaluation.classifiers.out_of_fold`.
    permutations : int
        Permutations of the null that keeps the scores fixed, to compare with.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        ``auc`` (mean of the shuffles), ``low``, ``high`` (where the AUC of one more shuffle lies
        with 95 %), ``null_low``, ``null_high``, ``accuracy``; one row per kind of probe. The
        interval is wider than the bootstrap interval of a single shuffle, which does not cover
        the fit and so misses 0.5 more often than once in twenty.
    """
    own_seed = seed_for(seed, "shuffles", run.task, run.number)
    rng = np.random.default_rng(own_seed)
    probes = whole_probes(run.means.shape[1])
    areas, accuracies = [], []
    for _ in range(shuffles):
        dealt = rng.permutation(run.is_positive)
        scores = out_of_fold(
            run.means, dealt, probes, folds=folds, hidden=hidden, penalty=penalty, seed=seed
        )
        areas.append(auc(scores, dealt))
        accuracies.append(balanced_accuracy(scores, dealt))
    mean, low, high = where_next(areas)
    null = auc_null(scores, dealt, permutations=permutations, seed=own_seed)
    null_low, null_high = np.quantile(null, TAILS, axis=0)
    ends = {"low": low, "high": high, "null_low": null_low, "null_high": null_high}
    return pd.DataFrame({"auc": mean, **ends, "accuracy": np.mean(accuracies, axis=0)})


def fit_subsets(
    run: TaskRun,
    *,
    n_positive: int,
    n_negative: int,
    subsets: int,
    folds: int,
    hidden: Sequence[int],
    penalty: float,
    seed: int,
) -> tuple[Floats, Floats]:
    """Return where the AUC lies that the probes reach on fewer rows, taken at random.

    Parameters
    ----------
    run : TaskRun
        The task.
    n_positive, n_negative : int
        Rows of both labels in a subset; all of a label if it has no more.
    subsets : int
        Number of subsets, at least two.
    folds, hidden, penalty
        As in :func:`latentscape.evaluation.classifiers.out_of_fold`.
    seed : int
        Random seed of the fits; the subsets differ from training to training.

    Returns
    -------
    low, high : array of float, shape (probes,)
        Ends of the interval that holds the AUC of one more subset with 95 %.
    """
    rng = np.random.default_rng(seed_for(seed, run.task, run.number, n_positive, n_negative))
    probes = whole_probes(run.means.shape[1])
    areas = []
    for _ in range(subsets):
        drawn = [
            rng.choice(rows, size=min(count, len(rows)), replace=False)
            for rows, count in (
                (np.flatnonzero(run.is_positive), n_positive),
                (np.flatnonzero(~run.is_positive), n_negative),
            )
        ]
        rows = np.sort(np.concatenate(drawn))
        is_positive = run.is_positive[rows]
        scores = out_of_fold(
            run.means[rows],
            is_positive,
            probes,
            folds=folds,
            hidden=hidden,
            penalty=penalty,
            seed=seed,
        )
        areas.append(auc(scores, is_positive))
    _, low, high = where_next(areas)
    return low, high


def where_next(values: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return the mean of some draws, and the interval that holds one more with 95 %.

    Parameters
    ----------
    values : array of float, shape (draws, columns)
        At least two draws.

    Returns
    -------
    mean, low, high : array of float, shape (columns,)

    Notes
    -----
    Student's prediction interval for normal draws: mean ± t·s·√(1 + 1/n), n - 1 degrees of freedom.
    """
    drawn = np.asarray(values, dtype=np.float64)
    count = len(drawn)
    mean = drawn.mean(axis=0)
    half = student.ppf(TAILS[1], count - 1) * drawn.std(axis=0, ddof=1) * np.sqrt(1 + 1 / count)
    return mean, mean - half, mean + half
