"""Anomaly scores from a model that has seen some labels, and their power on the others."""

import logging
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from latentscape.errors import InputError
from latentscape.evaluation.intervals import summarise_auc
from latentscape.evaluation.latents import by_training
from latentscape.evaluation.tables import ANOMALY, ANOMALY_SCORES, ROC
from latentscape.keys import join, sort_by_key

Floats = NDArray[np.float64]
logger = logging.getLogger("latentscape")

# The false-positive rate at which the ANOMALY table states the true-positive rate.
WORKING_POINT = 0.01


def anomaly_scores(
    latents: pd.DataFrame, *, key: Sequence[str], neighbours: int, components: int, seed: int
) -> pd.DataFrame:
    """Score every row by how little it resembles the training rows.

    ``reconstruction_error``, ``weighted_error``, ``kl`` and ``negative_elbo``
    are the model's own; ``mahalanobis`` (distance from the mean in units of
    the covariance), ``knn`` (mean Euclidean distance of the nearest rows, not
    counting the row itself) and ``gmm`` (negative log density of a Gaussian
    mixture) compare the posterior means with those of the rows in ``train``.

    Parameters
    ----------
    latents : DataFrame
        Table ``latents``: ``seed``, the key, ``part``, ``mean``, the errors, ``kl``, ``elbo``.
    key : sequence of str
        The key columns.
    neighbours : int
        Neighbours of ``knn``.
    components : int
        Components of ``gmm``, with full covariances.
    seed : int
        Random seed of the mixture's first guess.

    Returns
    -------
    DataFrame
        ``seed``, the key, ``part`` and one column per score, larger is stranger.

    Raises
    ------
    InputError
        If a training has too few training rows to fit the scores.
    """
    tables = []
    for number, rows, means in by_training(latents, key):
        is_train = (rows["part"] == "train").to_numpy()
        needed = max(means.shape[1], neighbours, components) + 1
        if is_train.sum() < needed:
            raise InputError(
                f"anomaly: training {number} has {int(is_train.sum())} rows in 'train'; "
                f"{means.shape[1]} latent dimensions, {neighbours} neighbours and "
                f"{components} components need at least {needed}."
            )
        table = rows[["seed", *key, "part", "reconstruction_error", "weighted_error", "kl"]]
        tables.append(
            table.assign(
                negative_elbo=-rows["elbo"],
                mahalanobis=_mahalanobis(means, means[is_train]),
                knn=_neighbour_distance(means, is_train, neighbours),
                gmm=_negative_log_density(means, means[is_train], components, seed),
            )
        )
    return sort_by_key(pd.concat(tables, ignore_index=True), ("seed", *key))


def anomaly_performance(
    scores: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    trained_on: Sequence[str],
    bootstrap: int,
    permutations: int,
    roc_points: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how well each score finds each label that the model was not trained on.

    Inliers are the rows of the trained labels that did not train the model
    (parts ``validation`` and ``held_out``); outliers are the rows of one other label.

    Parameters
    ----------
    scores : DataFrame
        From :func:`anomaly_scores`.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    trained_on : sequence of str
        Labels that the model was trained on.
    bootstrap, permutations : int
        Draws of the AUC's interval and null.
    roc_points : int
        Points of the ROC curves.
    seed : int
        Random seed of draws and permutations.

    Returns
    -------
    performance, curves : DataFrame
        Tables ``anomaly`` and ``roc``; without rows if every label was trained on.

    Raises
    ------
    InputError
        If no row of a trained label was kept from training.
    """
    rows = join(
        scores, labels[[*key, "label"]], key, what="scores with labels", relation="many_to_one"
    )
    rows = sort_by_key(rows[rows["part"] != "train"], ("seed", *key))
    tables, curves = [], []
    for number, label, inliers, outliers in _contests(rows, trained_on):
        is_outlier = np.repeat([False, True], [len(inliers), len(outliers)])
        table = summarise_auc(
            np.concatenate([inliers, outliers]),
            is_outlier,
            bootstrap=bootstrap,
            permutations=permutations,
            seed=seed,
        )
        table["tpr_at_fpr_0.01"] = true_positive_rates(inliers, outliers, [WORKING_POINT])[0]
        table = table.assign(score=ANOMALY_SCORES, n_outlier=len(outliers), n_inlier=len(inliers))
        curve = _curves(inliers, outliers, np.linspace(0, 1, roc_points))
        tables.append(table.assign(seed=number, outlier=label))
        curves.append(curve.assign(seed=number, outlier=label))
    if not tables:
        logger.info("anomaly: every label was trained on, none is left to be found")
        return ANOMALY.empty(), ROC.empty()
    return ANOMALY.check(pd.concat(tables)), ROC.check(pd.concat(curves))


def true_positive_rates(
    inliers: ArrayLike, outliers: ArrayLike, false_positive_rates: ArrayLike
) -> Floats:
    """Return the largest share of outliers found at no more than each false-positive rate.

    Parameters
    ----------
    inliers, outliers : array of float, shape (rows,) or (rows, k)
        One or several scores; a row is called strange above a threshold.
    false_positive_rates : array of float, shape (points,)
        Shares of inliers that may be called strange, from 0 to 1.

    Returns
    -------
    array of float, shape (points,) or (points, k)
        A step function of the rate: thresholds between two inliers are not
        interpolated, and inliers with equal scores are called together.
    """
    ordered = -np.sort(-np.asarray(inliers, dtype=np.float64), axis=0)
    found = np.asarray(outliers, dtype=np.float64)
    rates = np.asarray(false_positive_rates, dtype=np.float64)
    # A rate such as 0.29 × 100 inliers must allow 29, in spite of rounding.
    allowed = np.floor(rates * len(ordered) + 1e-9).astype(int)
    thresholds = np.concatenate([ordered, np.full_like(ordered[:1], -np.inf)])
    rows = [(found > threshold).mean(axis=0) for threshold in thresholds[allowed]]
    return np.stack(rows)


def _contests(
    rows: pd.DataFrame, trained_on: Sequence[str]
) -> Iterator[tuple[int, str, Floats, Floats]]:
    """Give the scores of inliers and outliers for each training and unseen label."""
    unseen = sorted(set(rows["label"]) - set(trained_on))
    for number, own in rows.groupby("seed", sort=True):
        inliers = own[own["label"].isin(trained_on)]
        if inliers.empty:
            raise InputError(
                f"anomaly: training {number} has no row of {list(trained_on)} outside of 'train'."
            )
        for label in unseen:
            outliers = own[own["label"] == label]
            if outliers.empty:
                raise InputError(f"anomaly: training {number} has no row of label {label!r}.")
            yield int(str(number)), label, _score_matrix(inliers), _score_matrix(outliers)


def _score_matrix(rows: pd.DataFrame) -> Floats:
    return rows[list(ANOMALY_SCORES)].to_numpy(np.float64)


def _curves(inliers: Floats, outliers: Floats, grid: Floats) -> pd.DataFrame:
    """One ROC curve per score, in long form."""
    rates = true_positive_rates(inliers, outliers, grid)
    return pd.DataFrame(
        {
            "score": np.repeat(ANOMALY_SCORES, len(grid)),
            "false_positive_rate": np.tile(grid, len(ANOMALY_SCORES)),
            "true_positive_rate": rates.T.ravel(),
        }
    )


def _mahalanobis(means: Floats, train: Floats) -> Floats:
    """Distance from the mean of the training rows, in units of their covariance.

    A dimension, or direction, in which the training rows do not differ at all
    has no unit and is left out.
    """
    inverse = np.linalg.pinv(np.atleast_2d(np.cov(train, rowvar=False)), hermitian=True)
    away = means - train.mean(axis=0)
    squared = np.einsum("ni,ij,nj->n", away, inverse, away)
    distance: Floats = np.sqrt(np.maximum(squared, 0.0))
    return distance


def _neighbour_distance(means: Floats, is_train: NDArray[np.bool_], neighbours: int) -> Floats:
    """Mean distance of the nearest training rows other than the row itself."""
    index = NearestNeighbors(n_neighbors=neighbours).fit(means[is_train])
    distances = np.empty(len(means))
    distances[is_train] = index.kneighbors()[0].mean(axis=1)
    if not is_train.all():
        distances[~is_train] = index.kneighbors(means[~is_train])[0].mean(axis=1)
    return distances


def _negative_log_density(means: Floats, train: Floats, components: int, seed: int) -> Floats:
    mixture = GaussianMixture(
        components,
        # The default first guess, k-means, adds up in the order in which its threads finish.
        init_params="k-means++",
        n_init=3,
        max_iter=2000,
        random_state=seed,
    )
    with threadpool_limits(limits=1):
        density: Floats = -mixture.fit(train).score_samples(means)
    return density
