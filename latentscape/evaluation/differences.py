"""How much better one task is solved than another with which it shares rows."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from latentscape.evaluation.classifiers import KINDS, WHOLE
from latentscape.evaluation.intervals import TAILS, auc, over_trainings
from latentscape.evaluation.paired_auc import Floats, auc_of_weights, stratified_draws
from latentscape.evaluation.refits import fit_subsets
from latentscape.evaluation.tables.probes import DIFFERENCES, DIFFERENCES_SUMMARY
from latentscape.evaluation.tasks import TaskRun
from latentscape.keys import sort_by_key
from latentscape.progress import progress

WITHOUT_NULL = tuple(
    column.name for column in DIFFERENCES.columns if not column.name.startswith("null_")
)


def compare_tasks(
    scores: pd.DataFrame,
    bases: Mapping[str, str],
    *,
    key: Sequence[str],
    bootstrap: int,
    seed: int,
) -> pd.DataFrame:
    """Return the difference of the AUC of tasks and of what each is compared with.

    Parameters
    ----------
    scores : DataFrame
        Table ``probe_scores``.
    bases : mapping of str to str
        Task that each task is compared with.
    key : sequence of str
        The key columns.
    bootstrap : int
        Draws of the interval. Rows of both tasks are drawn together, so that one which stands in
        both counts in both as often; the number of rows that stand in one or both is kept. The
        interval covers which rows are judged, not which were fitted.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        Table ``differences``, without its null.
    """
    pairs = [
        (number, probe, task, base, rows)
        for (number, probe), rows in scores.groupby(["seed", "probe"], sort=True)
        for task, base in sorted(bases.items())
        if task in set(rows["task"])
    ]
    rows = []
    for number, probe, task, base, own in progress(pairs, len(pairs), unit="differences"):
        one, other = (own[own["task"] == name] for name in (task, base))
        value, low, high = _difference(one, other, key=key, bootstrap=bootstrap, seed=seed)
        rows.append(
            {
                "seed": number,
                "probe": probe,
                "task": task,
                "base": base,
                "difference": value,
                "low": low,
                "high": high,
                "n_positive": int(one["is_positive"].sum()),
                "n_negative": int((~one["is_positive"]).sum()),
            }
        )
    return pd.DataFrame(rows, columns=[*WITHOUT_NULL])


def add_chance(
    differences: pd.DataFrame,
    probes: pd.DataFrame,
    runs: Iterable[TaskRun],
    *,
    subsets: int,
    folds: int,
    hidden: Sequence[int],
    penalty: float,
    seed: int,
) -> pd.DataFrame:
    """Add to the differences what taking fewer rows does, whichever these are.

    Parameters
    ----------
    differences : DataFrame
        From :func:`compare_tasks`.
    probes : DataFrame
        Table ``probes`` with the bases.
    runs : iterable of TaskRun
        The bases in every training.
    subsets, folds, hidden, penalty, seed
        As in :func:`latentscape.evaluation.refits.fit_subsets`.

    Returns
    -------
    DataFrame
        Table ``differences``. A difference outside of its null comes from which rows were taken,
        and not from how many.
    """
    areas = probes[probes["inputs"] == WHOLE].set_index(["seed", "task", "probe"])["auc"]
    tables = [differences.iloc[:0].assign(null_low=0.0, null_high=0.0)]
    for run in runs:
        own = differences[(differences["seed"] == run.number) & (differences["base"] == run.task)]
        for _, rows in own.groupby("task", sort=True):
            low, high = fit_subsets(
                run,
                n_positive=int(rows["n_positive"].iloc[0]),
                n_negative=int(rows["n_negative"].iloc[0]),
                subsets=subsets,
                folds=folds,
                hidden=hidden,
                penalty=penalty,
                seed=seed,
            )
            for kind, *ends in zip(KINDS, low, high, strict=True):
                base = float(areas[run.number, run.task, kind])
                null = {"null_low": ends[0] - base, "null_high": ends[1] - base}
                tables.append(rows[rows["probe"] == kind].assign(**null))
    return DIFFERENCES.check(pd.concat(tables, ignore_index=True))


def summarise_differences(differences: pd.DataFrame) -> pd.DataFrame:
    """Return the differences over the trainings, as table ``differences_summary``."""
    summary = over_trainings(differences, "difference", by=["probe", "task", "base"])
    return DIFFERENCES_SUMMARY.check(summary)


def _difference(
    one: pd.DataFrame, other: pd.DataFrame, *, key: Sequence[str], bootstrap: int, seed: int
) -> tuple[float, float, float]:
    """Return the difference of two AUC with the ends of its interval."""
    columns = [*key, "is_positive", "score"]
    both = sort_by_key(
        one[columns].merge(
            other[columns],
            on=list(key),
            how="outer",
            suffixes=("_1", "_2"),
            validate="one_to_one",
        ),
        key,
    )
    sides = [(both[f"score_{side}"], both[f"is_positive_{side}"]) for side in (1, 2)]
    # Neither, negative or positive, in each of both tasks.
    standing = [positive.map({False: 1, True: 2}).fillna(0).astype(int) for _, positive in sides]
    strata = (3 * standing[0] + standing[1]).to_numpy()
    draws = []
    for counts in stratified_draws(strata, bootstrap=bootstrap, seed=seed):
        areas = [
            _area(score.to_numpy(), stands.to_numpy(), counts)
            for (score, _), stands in zip(sides, standing, strict=True)
        ]
        draws.append(areas[0] - areas[1])
    low, high = np.quantile(np.concatenate(draws), TAILS)
    value = [auc(rows["score"], rows["is_positive"])[0] for rows in (one, other)]
    return float(value[0] - value[1]), float(low), float(high)


def _area(score: Floats, standing: np.ndarray, counts: Floats) -> Floats:
    inside = standing > 0
    is_positive = (standing == 2)[inside, None]
    drawn = counts[inside]
    return auc_of_weights(score[inside], drawn * is_positive, drawn * ~is_positive)
