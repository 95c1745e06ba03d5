"""The contests of an anomaly search: rows of one unseen label against kept ones of the trained."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.keys import check_unique, join, sort_by_key

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Contest:
    """Scores of the rows of one unseen label and of the rows that are normal.

    Parameters
    ----------
    outlier : str
        The label that the model was not trained on.
    trainings : tuple of int
        Numbers of the trainings.
    names : tuple of str
        Names of the scores.
    inliers, outliers : array of float, shape (rows, trainings, scores)
        Scores, the rows in the order of their key and the same in every training.
    """

    outlier: str
    trainings: tuple[int, ...]
    names: tuple[str, ...]
    inliers: Floats
    outliers: Floats

    @property
    def pooled(self) -> Floats:
        """Scores of all rows, inliers first."""
        return np.concatenate([self.inliers, self.outliers])

    @property
    def is_outlier(self) -> NDArray[np.bool_]:
        """Which of the pooled rows are outliers."""
        return np.repeat([False, True], [len(self.inliers), len(self.outliers)])

    def shuffled(self, seed: int) -> "Contest":
        """Return the contest in which chance says who is an outlier, alike in every training."""
        rows = np.random.default_rng(seed).permutation(self.pooled)
        inliers, outliers = np.split(rows, [len(self.inliers)])
        return replace(self, inliers=inliers, outliers=outliers)


def contests(
    scores: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    trained_on: Sequence[str],
) -> list[Contest]:
    """Return one contest per label that a model was not trained on, in alphabetical order.

    Parameters
    ----------
    scores : DataFrame
        ``seed``, the key, ``part`` and one column per score.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    trained_on : sequence of str
        Labels that the model was trained on. Their rows that did not train it (parts
        ``validation`` and ``held_out``) are the inliers.

    Returns
    -------
    list of Contest
        Empty if every label was trained on.

    Raises
    ------
    InputError
        If no row of a trained label was kept from training, a score is missing, the trainings do
        not have the same rows, or one has a row twice.
    """
    check_unique(scores, ("seed", *key), what="anomaly scores")
    names = tuple(str(name) for name in scores if name not in {"seed", *key, "part"})
    rows = join(
        scores, labels[[*key, "label"]], key, what="scores with labels", relation="many_to_one"
    )
    rows = sort_by_key(rows[rows["part"] != "train"], (*key, "seed"))
    trainings = tuple(int(number) for number in np.sort(scores["seed"].unique()))
    _check(rows, names, key, trainings, trained_on)
    inliers = rows["label"].isin(trained_on)
    unseen = sorted(set(labels["label"]) - set(trained_on))
    found = []
    for label in unseen:
        sides = [
            rows.loc[side, list(names)].to_numpy(np.float64).reshape(-1, len(trainings), len(names))
            for side in (inliers, rows["label"] == label)
        ]
        if not len(sides[1]):
            raise InputError(f"anomaly: there is no row of label {label!r} outside of 'train'.")
        found.append(Contest(label, trainings, names, sides[0], sides[1]))
    return found


def _check(
    rows: pd.DataFrame,
    names: Sequence[str],
    key: Sequence[str],
    trainings: Sequence[int],
    trained_on: Sequence[str],
) -> None:
    per_key = rows.groupby(list(key), sort=False)["seed"].nunique()
    if (per_key != len(trainings)).any():
        raise InputError(
            f"anomaly: {int((per_key != len(trainings)).sum())} rows are not in each of the "
            f"trainings {', '.join(map(str, trainings))}."
        )
    for name in names:
        missing = int(rows[name].isna().sum())
        if missing:
            raise InputError(f"anomaly: score {name!r} is missing in {missing} rows to be judged.")
    if not rows["label"].isin(trained_on).any():
        raise InputError(f"anomaly: there is no row of {list(trained_on)} outside of 'train'.")
