"""How calorimetry calls the tracks that the probes judge."""

from collections.abc import Mapping, Sequence

import pandas as pd

from latentscape.keys import TRACK_KEY
from latentscape.task_names import labels_of_task

METHODS = {
    "chi2": "hypothesis",
    "chi2_larsoft": "hypothesis_larsoft",
    "likelihood": "hypothesis_likelihood",
}
"""Calorimetric methods, and the column of table PID that holds what each calls a track."""


def calorimetric_calls(
    pid: pd.DataFrame,
    tasks: Sequence[str],
    species: Mapping[str, str],
    *,
    hypotheses: Sequence[str],
) -> pd.DataFrame:
    """Return what calorimetry calls the tracks of each task, for the comparison with probes.

    Parameters
    ----------
    pid : DataFrame
        The table PID of all samples that have one.
    tasks : sequence of str
        Names of the tasks, 'positive vs negative', which name samples.
    species : mapping of str to str
        Species of each sample.
    hypotheses : sequence of str
        Species that the calls choose from. A task is left out unless both its species are among
        them and differ; so are tracks that are called a third species, or nothing.

    Returns
    -------
    DataFrame
        ``task``, ``method``, the track key and ``is_called_positive``.
    """
    columns = ["task", "method", *TRACK_KEY, "is_called_positive"]
    tables = []
    for task in tasks:
        samples = labels_of_task(task)
        positive, negative = (species[name] for name in samples)
        if positive == negative or not {positive, negative} <= set(hypotheses):
            continue
        own = pid[pid["sample"].isin(samples)]
        for method, column in METHODS.items():
            called = own[own[column].isin([positive, negative])]
            is_positive = called[column] == positive
            named = called.assign(task=task, method=method, is_called_positive=is_positive)
            tables.append(named[columns])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
