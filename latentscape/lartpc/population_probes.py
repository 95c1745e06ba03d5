"""How well probes tell populations of tracks apart, and what choosing tracks changes."""

import logging
from collections.abc import Iterable, Sequence

import pandas as pd

from latentscape.evaluation.differences import add_chance, compare_tasks
from latentscape.evaluation.probes import probe_all_dimensions
from latentscape.evaluation.tasks import run_tasks
from latentscape.keys import TRACK_KEY
from latentscape.lartpc.populations import labels_by_population
from latentscape.task_names import name_of

logger = logging.getLogger("latentscape")


def probe_populations(
    latents: pd.DataFrame,
    beamline: pd.DataFrame,
    groups: Sequence[Sequence[Sequence[str]]],
    *,
    parts: Sequence[str],
    folds: int,
    hidden: Sequence[int],
    penalty: float,
    subsets: int,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how well probes tell populations apart, and what choosing tracks changes.

    Each population is probed anew, so that a difference holds what cleaner tracks to judge and
    fewer tracks to fit do together; its null shows what fewer tracks do alone.

    Parameters
    ----------
    latents : DataFrame
        The table LATENTS.
    beamline : DataFrame
        The table BEAMLINE of the samples that have one.
    groups : sequence of groups of (positive, negative)
        Tasks; the first of a group is what its others are compared with.
    parts, folds, hidden, penalty, bootstrap, permutations, seed
        As in :func:`latentscape.evaluation.probes.probe`.
    subsets : int
        As many tracks as a population has are taken so often at random from what it is compared
        with, and probed.

    Returns
    -------
    probes, differences : DataFrame
        Tables ``probes`` and ``differences``. Tasks of a population with fewer tracks than folds
        are left out with a warning.
    """
    used = latents[latents["part"].isin(parts)]
    labels = labels_by_population(used, beamline)
    tasks = _possible([task for group in groups for task in group], labels, folds)
    probes, scores = probe_all_dimensions(
        used,
        labels,
        key=TRACK_KEY,
        tasks=tasks,
        parts=parts,
        folds=folds,
        hidden=hidden,
        penalty=penalty,
        bootstrap=bootstrap,
        permutations=permutations,
        seed=seed,
    )
    found = set(map(name_of, tasks))
    bases = {name_of(task): name_of(group[0]) for group in groups for task in group[1:]}
    bases = {task: base for task, base in bases.items() if {task, base} <= found}
    differences = compare_tasks(scores, bases, key=TRACK_KEY, bootstrap=bootstrap, seed=seed)
    compared = [task for task in tasks if name_of(task) in bases.values()]
    runs = run_tasks(used, labels, key=TRACK_KEY, tasks=compared, parts=parts, folds=folds)
    return probes, add_chance(
        differences,
        probes,
        runs,
        subsets=subsets,
        folds=folds,
        hidden=hidden,
        penalty=penalty,
        seed=seed,
    )


def _possible(
    tasks: Iterable[Sequence[str]], labels: pd.DataFrame, folds: int
) -> list[Sequence[str]]:
    """Return the tasks whose populations have enough tracks, each once."""
    counts = labels["label"].value_counts()
    enough = set(counts.index[counts >= folds])
    distinct = list(dict.fromkeys(map(tuple, tasks)))
    for task in distinct:
        for name in sorted(set(task) - enough):
            logger.warning(
                "%s is left out: population %r has %d tracks, fewer than %d folds",
                *(name_of(task), name, counts.get(name, 0), folds),
            )
    return [task for task in distinct if set(task) <= enough]
