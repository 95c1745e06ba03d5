"""Rows that nearly all probes of all trainings call wrong, and rows of which nobody is sure."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.evaluation.intervals import TAILS, wilson
from latentscape.evaluation.opinions import balanced_probability, opinions_of
from latentscape.evaluation.tables.probes import HARD_SHARES
from latentscape.keys import sort_by_key
from latentscape.seeds import seed_for
from latentscape.task_names import labels_of_task

Floats = NDArray[np.float64]
Calls = NDArray[np.bool_]

VERDICT = ("label", "probability", "wrong", "certainty", "is_wrong", "is_unsure")

HARD = {"wrong": "is_wrong", "unsure": "is_unsure"}
"""Kinds of hard rows, and the columns that say so."""


def find_hard_cases(
    scores: pd.DataFrame,
    *,
    key: Sequence[str],
    wrong: float,
    unsure: float,
    permutations: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what all probes together say of each row, and how many rows are hard.

    Scores are compared as the probability of the positive label were both labels as frequent, so
    that a row is called positive above one half in every task.

    Parameters
    ----------
    scores : DataFrame
        Table ``probe_scores``.
    key : sequence of str
        The key columns.
    wrong : float
        Share of wrong calls, over trainings and probes, from which a row is hard.
    unsure : float
        Largest probability up to which nobody is sure of a row.
    permutations : int
        Permutations of the null: the opinions of each probe are dealt anew among the rows of a
        label. Rows that are hard for one probe are then no harder for the others.
    seed : int
        Random seed.

    Returns
    -------
    verdicts, shares : DataFrame
        As declared by :func:`latentscape.evaluation.tables.verdicts_table`, and table
        ``hard_shares``. Intervals take the rows as independent and the probes as they are.
    """
    verdicts, shares = [], []
    for task, opinions in opinions_of(scores, key):
        probability = balanced_probability(opinions)
        is_wrong = (probability > 0.5) != opinions.is_positive[:, None]
        certainty = np.maximum(probability, 1 - probability)
        names = labels_of_task(task)
        label = np.where(opinions.is_positive, *names)
        table = opinions.keys.assign(
            task=task,
            label=label,
            probability=probability.mean(axis=1),
            wrong=is_wrong.mean(axis=1),
            certainty=certainty.max(axis=1),
        )
        verdicts.append(_judge(table, wrong=wrong, unsure=unsure))
        for name in names:
            own = label == name
            null = _null(
                is_wrong[own],
                certainty[own],
                wrong=wrong,
                unsure=unsure,
                permutations=permutations,
                seed=seed_for(seed, task, name),
            )
            shares.append(_count(verdicts[-1][own], null).assign(task=task, label=name))
    order = ["task", *key]
    columns = [*order, *VERDICT]
    found = pd.concat(verdicts)[columns] if verdicts else pd.DataFrame(columns=columns)
    return (
        sort_by_key(found, order),
        HARD_SHARES.check(HARD_SHARES.concatenate(shares)),
    )


def list_hard_cases(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are hard in one way or the other."""
    return verdicts[verdicts["is_wrong"] | verdicts["is_unsure"]].reset_index(drop=True)


def choose_cases(
    verdicts: pd.DataFrame, *, task: str, key: Sequence[str], count: int
) -> pd.DataFrame:
    """Return the hardest rows of a task and typical easy ones.

    Parameters
    ----------
    verdicts : DataFrame
        From :func:`find_hard_cases`.
    task : str
        The task, 'positive vs negative'; one without verdicts has no cases.
    key : sequence of str
        The key columns, which decide between equally hard rows.
    count : int
        Rows of each kind at most.

    Returns
    -------
    DataFrame
        Rows of ``verdicts`` with ``kind``: for each label "wrong" (those with the largest
        probability of the other label) and "easy" (called right by all, with a probability next
        to the median of these), and "unsure" (least certainty).
    """
    own = verdicts[verdicts["task"] == task]
    if own.empty:
        return own.assign(kind="")
    is_positive = own["label"] == labels_of_task(task)[0]
    own = own.assign(right=own["probability"].where(is_positive, 1 - own["probability"]))
    unsure = own[own["is_unsure"]]
    chosen = [unsure.assign(kind="unsure", order=unsure["certainty"])]
    for _, rows in own.groupby("label", sort=True):
        wrong, easy = rows[rows["is_wrong"]], rows[rows["wrong"] == 0]
        middle = (easy["right"] - easy["right"].median()).abs()
        chosen.append(wrong.assign(kind="wrong", order=wrong["right"]))
        chosen.append(easy.assign(kind="easy", order=middle))
    ordered = [each.sort_values(["order", *key], kind="stable").head(count) for each in chosen]
    return pd.concat(ordered, ignore_index=True).drop(columns=["order", "right"])


def _judge(table: pd.DataFrame, *, wrong: float, unsure: float) -> pd.DataFrame:
    return table.assign(
        is_wrong=_reaches(table["wrong"].to_numpy(), wrong), is_unsure=table["certainty"] <= unsure
    )


def _reaches(share: Floats, wanted: float) -> Calls:
    """Return where a share of calls reaches a threshold, whatever the rounding of the share."""
    reached: Calls = share >= wanted - 1e-9
    return reached


def _null(
    is_wrong: Calls,
    certainty: Floats,
    *,
    wrong: float,
    unsure: float,
    permutations: int,
    seed: int,
) -> Floats:
    """Return shares of hard rows, were the opinions independent, shape (permutations, kinds)."""
    rng = np.random.default_rng(seed)
    shares = np.empty((permutations, len(HARD)))
    for row in shares:
        order = rng.permuted(np.tile(np.arange(len(is_wrong))[:, None], is_wrong.shape[1]), axis=0)
        dealt = np.take_along_axis(is_wrong, order, axis=0).mean(axis=1)
        surest = np.take_along_axis(certainty, order, axis=0).max(axis=1)
        row[:] = _reaches(dealt, wrong).mean(), (surest <= unsure).mean()
    return shares


def _count(verdicts: pd.DataFrame, null: Floats) -> pd.DataFrame:
    rows = np.array([verdicts[column].sum() for column in HARD.values()])
    low, high = wilson(rows, len(verdicts))
    null_low, null_high = np.quantile(null, TAILS, axis=0)
    return pd.DataFrame(
        {
            "kind": list(HARD),
            "rows": rows,
            "share": rows / len(verdicts),
            "low": low,
            "high": high,
            "null_low": null_low,
            "null_high": null_high,
            "n": len(verdicts),
        }
    )
