"""The classifiers of the probes, fitted and judged fold by fold."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from latentscape.evaluation.latents import dimension_names

Floats = NDArray[np.float64]
Calls = NDArray[np.bool_]

KINDS = ("logistic", "mlp")
FLAT_LOSS = r"lbfgs failed to converge after \d+ iteration\(s\) \(status=2\)"
WHOLE = "all"
"""How the inputs are called that are all dimensions."""


@dataclass(frozen=True)
class Probe:
    """One kind of classifier on some latent dimensions."""

    kind: str
    inputs: str
    dimensions: tuple[int, ...]


def list_probes(dimensions: int, *, max_pair_dimensions: int) -> list[Probe]:
    """Return the probes of a model with so many latent dimensions."""
    names = dimension_names(dimensions)
    singles = [(name, (i,)) for i, name in enumerate(names)]
    both = [*singles, (WHOLE, tuple(range(dimensions)))]
    pairs = list(combinations(range(dimensions), 2)) if dimensions <= max_pair_dimensions else []
    return [
        *(Probe("logistic", *inputs) for inputs in both),
        *(Probe("logistic", f"{names[i]}+{names[j]}", (i, j)) for i, j in pairs),
        *(Probe("mlp", *inputs) for inputs in both),
    ]


def whole_probes(dimensions: int) -> list[Probe]:
    """Return the probes of all dimensions, one of each kind."""
    return [Probe(kind, WHOLE, tuple(range(dimensions))) for kind in KINDS]


def out_of_fold(
    means: Floats,
    is_positive: Calls,
    probes: Sequence[Probe],
    *,
    folds: int,
    hidden: Sequence[int],
    penalty: float,
    seed: int,
) -> Floats:
    """Return each probe's probability that a row is positive, fitted without that row's fold.

    Parameters
    ----------
    is_positive : array of bool, shape (rows,)
        Which of two labels each row has.
    means, probes, folds, hidden, penalty, seed
        As in :func:`probabilities_out_of_fold`.

    Returns
    -------
    array of float, shape (rows, probes)
    """
    found = probabilities_out_of_fold(
        means, is_positive, probes, folds=folds, hidden=hidden, penalty=penalty, seed=seed
    )
    positive: Floats = found[..., 1]
    return positive


def probabilities_out_of_fold(
    means: Floats,
    labels: NDArray[Any],
    probes: Sequence[Probe],
    *,
    folds: int,
    hidden: Sequence[int],
    penalty: float,
    seed: int,
) -> Floats:
    """Return each probe's probability of each label, fitted without the judged row's fold.

    Parameters
    ----------
    means : array of float, shape (rows, dimensions)
        Latents. Give the rows in the order of their key: the folds depend on it.
    labels : array, shape (rows,)
        Label of each row.
    probes : sequence of Probe
        What is fitted.
    folds : int
        Folds, stratified by label.
    hidden, penalty
        Hidden layers of the MLP, and the L2 penalty of its weights.
    seed : int
        Random seed of the folds and of the MLP's first weights.

    Returns
    -------
    array of float, shape (rows, probes, labels)
        The labels in the order of numpy.unique.
    """
    splits = StratifiedKFold(folds, shuffle=True, random_state=seed).split(means, labels)
    probabilities = np.empty((len(means), len(probes), len(np.unique(labels))))
    # One thread: the fits are small, and the number of threads may not change a digit.
    with threadpool_limits(limits=1):
        for fitted, judged in splits:
            # Scaling is per dimension, so that all probes of a fold can share it.
            scaled = StandardScaler().fit(means[fitted]).transform(means)
            for column, each in enumerate(probes):
                inputs = scaled[:, each.dimensions]
                classifier = unfitted(each.kind, hidden=hidden, penalty=penalty, seed=seed)
                fit(classifier, inputs[fitted], labels[fitted])
                probabilities[judged, column] = classifier.predict_proba(inputs[judged])
    return probabilities


def unfitted(
    kind: str, *, hidden: Sequence[int], penalty: float, seed: int
) -> LogisticRegression | MLPClassifier:
    """Return a classifier of one of the ``KINDS``, with room to converge, of any labels."""
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


def fit(
    classifier: LogisticRegression | MLPClassifier, inputs: Floats, labels: NDArray[Any]
) -> None:
    """Fit a classifier to rows, also where there is nothing to find."""
    with warnings.catch_warnings():
        # Where the loss is flat to rounding, as after a fit that found nothing, the line search
        # cannot go on and says so. A fit that runs out of iterations still warns.
        warnings.filterwarnings("ignore", message=FLAT_LOSS, category=ConvergenceWarning)
        classifier.fit(inputs, labels)


def called_positive(scores: Floats, is_positive: Calls) -> Calls:
    """Return which rows the scores call positive: above the share of positives.

    Both labels then have equal weight, however many rows they have.
    """
    calls: Calls = scores > is_positive.mean()
    return calls


def balanced_accuracy(scores: Floats, is_positive: Calls) -> Floats:
    """Return the mean of both labels' shares of right calls, shape (probes,)."""
    called = called_positive(scores, is_positive)
    accuracy: Floats = (called[is_positive].mean(axis=0) + (~called[~is_positive]).mean(axis=0)) / 2
    return accuracy
