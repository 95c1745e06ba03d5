"""All anomaly scores of all models of a study, from the best to the worst."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.evaluation.anomaly_performance import (
    true_positive_rate_draws,
    true_positive_rates,
    working_point_columns,
)
from latentscape.evaluation.contests import Contest, contests
from latentscape.evaluation.intervals import TAILS, auc, auc_bootstrap, auc_null
from latentscape.evaluation.tables.anomaly import LEADERBOARD, WORKING_POINTS
from latentscape.progress import progress
from latentscape.seeds import seed_for

Floats = NDArray[np.float64]


def leaderboard(
    scores: Mapping[str, pd.DataFrame],
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    trained_on: Mapping[str, Sequence[str]],
    shuffle_labels: bool,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Rank the scores by their mean AUC over the trainings, for each model and unseen label.

    Every AUC and true-positive rate is the mean over the trainings. Its interval is that of a
    bootstrap of rows and trainings together: a draw takes inliers and outliers anew, the same
    rows in all trainings, and as many trainings as there are, with replacement. It covers which
    rows and which trainings happened to be there. With T trainings, the share of the trainings in
    its variance is (T - 1)/T of what it should be, a third too small for three. It does not cover
    that the trainings share their training rows, nor that the best of many scores is looked at.

    Parameters
    ----------
    scores : mapping of str to DataFrame
        Per model ``seed``, the key, ``part`` and one column per score, larger is stranger.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    trained_on : mapping of str to sequence of str
        Labels that each model was trained on.
    shuffle_labels : bool
        Whether chance says which rows are the outliers: the control, in which no score can win.
    bootstrap, permutations : int
        Draws of the intervals and of the AUC's null.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        Table ``leaderboard``. Equal scores are ranked by their name.

    Raises
    ------
    InputError
        If a model is not said to be trained on anything, or its scores are not complete.
    """
    unknown = sorted(set(scores) - set(trained_on))
    if unknown:
        raise InputError(f"leaderboard: it is not said what model {unknown[0]!r} was trained on.")
    several = [
        (model, contest)
        for model in sorted(scores)
        for contest in contests(scores[model], labels, key=key, trained_on=trained_on[model])
    ]
    tables = []
    for model, contest in progress(several, len(several), unit="directions"):
        own_seed = seed_for(seed, model, contest.outlier)
        judged = contest.shuffled(seed_for(own_seed, "labels")) if shuffle_labels else contest
        table = _ranked(judged, bootstrap=bootstrap, permutations=permutations, seed=own_seed)
        tables.append(table.assign(model=model, trained_on="+".join(sorted(trained_on[model]))))
    return LEADERBOARD.check(LEADERBOARD.concatenate(tables))


def _ranked(contest: Contest, *, bootstrap: int, permutations: int, seed: int) -> pd.DataFrame:
    """Return the rows of one model and unseen label."""
    trainings, kinds = len(contest.trainings), len(contest.names)
    shape = (-1, trainings, kinds)
    # Every training of every score is a column, so that all share the drawn rows.
    pooled, inliers, outliers = (
        values.reshape(len(values), -1)
        for values in (contest.pooled, contest.inliers, contest.outliers)
    )
    is_outlier = contest.is_outlier
    areas = auc(pooled, is_outlier).reshape(trainings, kinds)
    draws = auc_bootstrap(pooled, is_outlier, bootstrap=bootstrap, seed=seed).reshape(shape)
    null = auc_null(pooled, is_outlier, permutations=permutations, seed=seed).reshape(shape)
    found = true_positive_rates(inliers, outliers, WORKING_POINTS).reshape(shape)
    found_draws = true_positive_rate_draws(
        inliers, outliers, WORKING_POINTS, bootstrap=bootstrap, seed=seed
    ).reshape(bootstrap, len(WORKING_POINTS), trainings, kinds)

    picks = np.random.default_rng(seed_for(seed, "trainings")).integers(
        trainings, size=(bootstrap, trainings)
    )
    low, high = np.quantile(_mean_of_drawn(draws, picks), TAILS, axis=0)
    null_low, null_high = np.quantile(null.mean(axis=1), TAILS, axis=0)
    points = _mean_of_drawn(found_draws.swapaxes(1, 2), picks)
    table = pd.DataFrame(
        {
            "outlier": contest.outlier,
            "score": contest.names,
            "n_seeds": trainings,
            "auc": areas.mean(axis=0),
            "spread": areas.std(axis=0, ddof=1) if trainings > 1 else np.nan,
            "low": low,
            "high": high,
            "null_low": null_low,
            "null_high": null_high,
            "n_outlier": len(outliers),
            "n_inlier": len(inliers),
            **working_point_columns(found.mean(axis=1), points, len(inliers)),
        }
    )
    table = table.sort_values(["auc", "score"], ascending=[False, True], ignore_index=True)
    return table.assign(rank=table.index + 1)


def _mean_of_drawn(draws: Floats, picks: NDArray[np.int64]) -> Floats:
    """Average draws (draws, trainings, …) over the trainings that each draw picks."""
    picked = draws[np.arange(len(draws))[:, None], picks]
    mean: Floats = picked.mean(axis=1)
    return mean
