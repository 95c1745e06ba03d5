"""Anomaly scores from the latents alone, and all scores of a model in one table."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from latentscape.errors import InputError
from latentscape.evaluation.latents import by_training
from latentscape.keys import join, sort_by_key
from latentscape.learning.scores import (
    SCORES,
    Judge,
    Rows,
    Score,
    score_rows,
    those_wanted,
    unfitted,
)

Floats = NDArray[np.float64]


def latent_scores(*, neighbours: int, components: int, trees: int, seed: int) -> list[Score]:
    """Return the scores that need the table of latents alone.

    Parameters
    ----------
    neighbours, components, trees, seed
        As in :func:`anomaly_scores`.
    """
    return [
        Score("reconstruction_error", unfitted(partial(recorded, column="reconstruction_error"))),
        Score("weighted_error", unfitted(partial(recorded, column="weighted_error"))),
        Score("kl", unfitted(partial(recorded, column="kl"))),
        Score("negative_elbo", unfitted(lambda rows: -recorded(rows, column="elbo"))),
        Score("mahalanobis", mahalanobis),
        Score("knn", partial(neighbour_distance, neighbours=neighbours)),
        Score("gmm", partial(mixture_density, components=components, seed=seed)),
        Score("isolation_forest", partial(isolation, trees=trees, seed=seed)),
        Score("random", unfitted(partial(random_number, seed=seed))),
    ]


def recorded(rows: Rows, *, column: str) -> Floats:
    """Return a number that inference has left in the table."""
    values: Floats = rows.table[column].to_numpy(np.float64)
    return values


def mahalanobis(train: Rows) -> Judge:
    """Judge by the distance from the mean of the training rows, in units of their covariance.

    A dimension, or direction, in which the training rows do not differ at all
    has no unit and is left out.
    """
    centre = train.means.mean(axis=0)
    inverse = np.linalg.pinv(np.atleast_2d(np.cov(train.means, rowvar=False)), hermitian=True)

    def distance(rows: Rows) -> Floats:
        away = rows.means - centre
        squared = np.einsum("ni,ij,nj->n", away, inverse, away)
        distances: Floats = np.sqrt(np.maximum(squared, 0.0))
        return distances

    return distance


def neighbour_distance(train: Rows, *, neighbours: int) -> Judge:
    """Judge by the mean distance of the nearest training rows other than the row itself."""
    index = NearestNeighbors(n_neighbors=neighbours + 1).fit(train.means)

    def distance(rows: Rows) -> Floats:
        distances = index.kneighbors(rows.means)[0]
        # The nearest training row of a training row is the row itself.
        others = np.where(rows.is_train[:, None], distances[:, 1:], distances[:, :-1])
        mean: Floats = others.mean(axis=1)
        return mean

    return distance


def mixture_density(train: Rows, *, components: int, seed: int) -> Judge:
    """Judge by the negative log density of a Gaussian mixture with full covariances."""
    mixture = GaussianMixture(
        components,
        # The default first guess, k-means, adds up in the order in which its threads finish.
        init_params="k-means++",
        n_init=3,
        max_iter=2000,
        random_state=seed,
    )
    mixture.fit(train.means)
    return lambda rows: -mixture.score_samples(rows.means)


def isolation(train: Rows, *, trees: int, seed: int) -> Judge:
    """Judge by how few random cuts set a row apart (Liu, Ting and Zhou, ICDM 2008, eq. 2)."""
    forest = IsolationForest(n_estimators=trees, random_state=seed, n_jobs=1).fit(train.means)
    return lambda rows: -forest.score_samples(rows.means)


def random_number(rows: Rows, *, seed: int) -> Floats:
    """Return a random number of each key, the same in every training: it knows nothing."""
    return np.array([rng.random() for rng in rows.generators(seed)])


def anomaly_scores(
    latents: pd.DataFrame,
    others: pd.DataFrame,
    *,
    key: Sequence[str],
    wanted: Sequence[str] | None,
    neighbours: int,
    components: int,
    trees: int,
    seed: int,
) -> pd.DataFrame:
    """Score every row by how little it resembles the training rows.

    Parameters
    ----------
    latents : DataFrame
        Table ``latents``: ``seed``, the key, ``part``, ``mean``, the errors, ``kl``, ``elbo``.
    others : DataFrame
        Table ``model_scores``, or any other scores: ``seed``, the key and one column per score.
        Rows that it lacks have no such score.
    key : sequence of str
        The key columns.
    wanted : sequence of str or None
        Names of the scores to compute from the latents; all if None.
    neighbours : int
        Neighbours of ``knn``.
    components : int
        Components of ``gmm``, with full covariances.
    trees : int
        Trees of ``isolation_forest``.
    seed : int
        Random seed of the mixture's first guess, the forest and the random score.

    Returns
    -------
    DataFrame
        ``seed``, the key, ``part`` and one column per score, larger is stranger: the known
        scores in the order of ``SCORES``, then the unknown ones.

    Raises
    ------
    InputError
        If a training has too few training rows to fit the scores.
    """
    scores = those_wanted(
        latent_scores(neighbours=neighbours, components=components, trees=trees, seed=seed), wanted
    )
    tables = []
    for number, rows, means in by_training(latents, key):
        count = int((rows["part"] == "train").sum())
        needed = max(means.shape[1], neighbours, components) + 1
        if count < needed:
            raise InputError(
                f"anomaly: training {number} has {count} rows in 'train'; "
                f"{means.shape[1]} latent dimensions, {neighbours} neighbours and "
                f"{components} components need at least {needed}."
            )
        # One thread: the number of threads may not change a digit.
        with threadpool_limits(limits=1):
            found = score_rows(scores, Rows(rows, tuple(key)))
        tables.append(pd.concat([rows[["seed", *key, "part"]], found], axis=1))
    own = pd.concat(tables, ignore_index=True)
    table = join(own, others, ["seed", *key], what="scores of latents and of models", how="left")
    first = ["seed", *key, "part"]
    names = [name for name in SCORES if name in table]
    names += [str(name) for name in table if name not in {*first, *names}]
    return sort_by_key(table[[*first, *names]], ("seed", *key))
