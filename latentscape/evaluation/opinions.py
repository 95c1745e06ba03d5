"""What the probes of all trainings say of the same rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.keys import check_unique

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Opinions:
    """What several probes say of the rows of a task.

    Parameters
    ----------
    keys : DataFrame
        Key of each row, sorted.
    is_positive : array of bool, shape (rows,)
        Which rows have the first label.
    callers : list of (probe, training)
        Who has the opinions.
    scores : array of float, shape (rows, callers)
        Their scores.
    """

    keys: pd.DataFrame
    is_positive: NDArray[np.bool_]
    callers: list[tuple[str, int]]
    scores: Floats


def opinions_of(scores: pd.DataFrame, key: Sequence[str]) -> Iterator[tuple[str, Opinions]]:
    """Give the opinions on each task, in alphabetical order.

    Parameters
    ----------
    scores : DataFrame
        Table ``probe_scores``.
    key : sequence of str
        The key columns.

    Raises
    ------
    InputError
        If some probe or training has no score of a row that others have, or two of one row.
    """
    for task, own in scores.groupby("task", sort=True):
        index = [*key, "is_positive"]
        # The mean of two scores of one probe would be nobody's opinion.
        check_unique(own, [*key, "probe", "seed"], what=f"probe scores of {task}")
        wide = own.pivot_table(index=index, columns=["probe", "seed"], values="score")
        if wide.isna().to_numpy().any():
            raise InputError(f"probe scores: not every probe has judged every row of {task}.")
        rows = wide.index.to_frame(index=False)
        who = wide.columns.to_frame(index=False)
        callers = list(zip(who["probe"].astype(str), who["seed"].astype(int), strict=True))
        is_positive = rows["is_positive"].to_numpy(dtype=bool)
        yield str(task), Opinions(rows[list(key)], is_positive, callers, wide.to_numpy(float))


def balanced_probability(opinions: Opinions) -> Floats:
    """Return the probability of the positive label, were both labels as frequent.

    By Bayes' rule a score s learnt where the positives' share is p becomes
    s(1 - p) / (s(1 - p) + (1 - s)p), which is above one half where s > p.

    Returns
    -------
    array of float, shape (rows, callers)
    """
    share = opinions.is_positive.mean()
    positive, negative = opinions.scores * (1 - share), (1 - opinions.scores) * share
    probability: Floats = positive / (positive + negative)
    return probability
