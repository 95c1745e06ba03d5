"""Tasks: two labels that are to be told apart, in each training."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.evaluation.latents import by_training
from latentscape.keys import join
from latentscape.progress import progress
from latentscape.task_names import name_of

Floats = NDArray[np.float64]
Task = tuple[str, str]


@dataclass(frozen=True)
class TaskRun:
    """One task in the latents of one training.

    Parameters
    ----------
    task : str
        Its name, 'positive vs negative'.
    number : int
        Number of the training.
    keys : DataFrame
        Key of each row, sorted.
    means : array of float, shape (rows, dimensions)
        Latents.
    is_positive : array of bool, shape (rows,)
        Which rows have the first label.
    """

    task: str
    number: int
    keys: pd.DataFrame
    means: Floats
    is_positive: NDArray[np.bool_]

    def name(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the columns that say which task and training it is of."""
        return table.assign(seed=self.number, task=self.task)


def run_tasks(
    latents: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    tasks: Sequence[Sequence[str]] | None,
    parts: Sequence[str],
    folds: int,
) -> Iterator[TaskRun]:
    """Give every task in every training, and log the progress.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``part``, ``mean``.
    labels : DataFrame
        The key and ``label``. A key may carry several labels, but not both of one task.
    key : sequence of str
        The key columns.
    tasks : sequence of (positive, negative), or None
        Labels to tell apart; every pair of labels, in alphabetical order, if None.
    parts : sequence of str
        Parts of the split whose rows are used.
    folds : int
        Rows that each label of a task must have.

    Raises
    ------
    InputError
        If a label of a task has too few rows, or a row both labels.
    """
    used = latents.loc[latents["part"].isin(parts), ["seed", *key, "mean"]]
    known = labels[[*key, "label"]].merge(used[list(key)].drop_duplicates(), on=list(key))
    chosen = combinations(sorted(known["label"].unique()), 2) if tasks is None else tasks
    runs = [
        (name_of(task), task[0], *run)
        for task in chosen
        for run in by_training(_rows_of(task, used, known, key, folds=folds), key)
    ]
    for name, positive, number, rows, means in progress(runs, len(runs), unit="tasks"):
        is_positive = (rows["label"] == positive).to_numpy()
        yield TaskRun(name, number, rows[list(key)], means, is_positive)


def _rows_of(
    task: Sequence[str],
    latents: pd.DataFrame,
    labels: pd.DataFrame,
    key: Sequence[str],
    *,
    folds: int,
) -> pd.DataFrame:
    """Return the rows of both labels, of all trainings."""
    counts = labels["label"].value_counts()
    for label in task:
        if counts.get(label, 0) < folds:
            raise InputError(
                f"probes: label {label!r} has {counts.get(label, 0)} rows, too few for {folds} "
                f"folds; labels with rows: {sorted(counts.index)}."
            )
    return join(
        latents,
        labels[labels["label"].isin(task)],
        key,
        what=f"latents with the labels of {name_of(task)}",
        relation="many_to_one",
    )
