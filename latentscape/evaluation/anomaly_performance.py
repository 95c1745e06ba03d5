"""How well anomaly scores find the labels that a model was not trained on."""

import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from latentscape.evaluation.contests import Contest, contests
from latentscape.evaluation.intervals import TAILS, summarise_auc
from latentscape.evaluation.tables.anomaly import ANOMALY, ROC, WORKING_POINTS, working_point

Floats = NDArray[np.float64]
logger = logging.getLogger("latentscape")


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
        ``seed``, the key, ``part`` and one column per score, larger is stranger.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    trained_on : sequence of str
        Labels that the model was trained on.
    bootstrap, permutations : int
        Draws of the intervals and of the AUC's null. Intervals cover the choice of rows, for
        this one training.
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
        If no row of a trained label was kept from training, or a score is missing.
    """
    tables, curves = [], []
    for contest in contests(scores, labels, key=key, trained_on=trained_on):
        for place, number in enumerate(contest.trainings):
            inliers, outliers = contest.inliers[:, place], contest.outliers[:, place]
            table = summarise_auc(
                contest.pooled[:, place],
                contest.is_outlier,
                bootstrap=bootstrap,
                permutations=permutations,
                seed=seed,
            )
            draws = true_positive_rate_draws(
                inliers, outliers, WORKING_POINTS, bootstrap=bootstrap, seed=seed
            )
            found = true_positive_rates(inliers, outliers, WORKING_POINTS)
            table = table.assign(
                score=contest.names,
                n_outlier=len(outliers),
                n_inlier=len(inliers),
                **working_point_columns(found, draws, len(inliers)),
            )
            tables.append(table.assign(seed=number, outlier=contest.outlier))
            curves.append(_curves(contest, place, roc_points))
    if not tables:
        logger.info("anomaly: every label was trained on, none is left to be found")
    return ANOMALY.check(ANOMALY.concatenate(tables)), ROC.check(ROC.concatenate(curves))


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

    Notes
    -----
    The threshold is one of these inliers. If it lets k of n pass, it lets pass (k + 1)/(n + 1)
    of new ones on average: where a single inlier fixes it, twice the rate that is stated.
    """
    ordered = -np.sort(-np.asarray(inliers, dtype=np.float64), axis=0)
    found = np.asarray(outliers, dtype=np.float64)
    rates = np.asarray(false_positive_rates, dtype=np.float64)
    # A rate such as 0.29 × 100 inliers must allow 29, in spite of rounding.
    allowed = np.floor(rates * len(ordered) + 1e-9).astype(int)
    thresholds = np.concatenate([ordered, np.full_like(ordered[:1], -np.inf)])
    rows = [(found > threshold).mean(axis=0) for threshold in thresholds[allowed]]
    return np.stack(rows)


def true_positive_rate_draws(
    inliers: Floats,
    outliers: Floats,
    false_positive_rates: ArrayLike,
    *,
    bootstrap: int,
    seed: int,
) -> Floats:
    """Return the true-positive rates of bootstrap samples of inliers and outliers.

    Parameters
    ----------
    inliers, outliers : array of float, shape (rows, k)
        Scores, the rows in the order of their key. Both are drawn anew, so that each draw has
        its own thresholds; all scores share the drawn rows.
    false_positive_rates : array of float, shape (points,)
        Shares of inliers that may be called strange.
    bootstrap : int
        Number of draws.
    seed : int
        Random seed.

    Returns
    -------
    array of float, shape (bootstrap, points, k)
    """
    rng = np.random.default_rng(seed)
    draws = [
        true_positive_rates(
            inliers[rng.integers(len(inliers), size=len(inliers))],
            outliers[rng.integers(len(outliers), size=len(outliers))],
            false_positive_rates,
        )
        for _ in range(bootstrap)
    ]
    return np.stack(draws)


def working_point_columns(found: Floats, draws: Floats, inliers: int) -> dict[str, Floats]:
    """Return the columns of the working points of some scores.

    Parameters
    ----------
    found : array of float, shape (points, k)
        True-positive rates at ``WORKING_POINTS``.
    draws : array of float, shape (draws, points, k)
        Their bootstrap draws.
    inliers : int
        Rows that may be called strange falsely.

    Returns
    -------
    dict of str to array of float, shape (k,)
        Rate and interval of each working point; NaN where less than one inlier may be called
        strange, for then the threshold lies above all of them and its place is unknown.
    """
    low, high = np.quantile(draws, TAILS, axis=0)
    columns = {}
    for point, rate in enumerate(WORKING_POINTS):
        is_resolved = rate * inliers >= 1
        for name, values in zip(working_point(rate), (found, low, high), strict=True):
            columns[name] = values[point] if is_resolved else np.full_like(values[point], np.nan)
    return columns


def _curves(contest: Contest, place: int, points: int) -> pd.DataFrame:
    """One ROC curve per score, in long form, from the smallest rate that the inliers resolve."""
    inliers, outliers = contest.inliers[:, place], contest.outliers[:, place]
    grid = np.unique([0.0, *np.geomspace(1 / len(inliers), 1, points)])
    return pd.DataFrame(
        {
            "seed": contest.trainings[place],
            "outlier": contest.outlier,
            "score": np.repeat(contest.names, len(grid)),
            "false_positive_rate": np.tile(grid, len(contest.names)),
            "true_positive_rate": true_positive_rates(inliers, outliers, grid).T.ravel(),
        }
    )
