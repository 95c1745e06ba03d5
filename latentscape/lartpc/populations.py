"""Populations: samples, and the tracks of them that the beam line takes for clean."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from latentscape.errors import InputError
from latentscape.evaluation.labels import labels_by_sample
from latentscape.keys import EVENT_KEY, TRACK_KEY, join, sort_by_key

Task = tuple[str, str]

PICKY = "_picky"
"""What the name of a sample ends in where only its picky tracks are meant."""


def labels_by_population(rows: pd.DataFrame, beamline: pd.DataFrame) -> pd.DataFrame:
    """Return the populations of each track: its sample, and the picky tracks of that.

    Parameters
    ----------
    rows : DataFrame
        Any table with the track key; keys may repeat.
    beamline : DataFrame
        The table BEAMLINE of the samples that have one; tracks of events without a row are in no
        picky population.

    Returns
    -------
    DataFrame
        The track key and ``label``; a track may stand in two rows.

    Raises
    ------
    InputError
        If a sample has the name of another one's picky tracks.
    """
    labels = labels_by_sample(rows, TRACK_KEY)
    samples = set(labels["label"])
    taken = sorted(name for name in samples if name + PICKY in samples)
    if taken:
        raise InputError(
            f"populations: the sample {taken[0] + PICKY!r} has the name of the picky tracks of "
            f"{taken[0]!r}; call it something else."
        )
    picky = beamline.loc[beamline["is_picky"], list(EVENT_KEY)]
    clean = join(
        labels,
        picky,
        EVENT_KEY,
        what="tracks with picky events",
        relation="many_to_one",
    )
    both = pd.concat([labels, clean.assign(label=clean["label"] + PICKY)], ignore_index=True)
    return sort_by_key(both, (*TRACK_KEY, "label"))


def population_tasks(
    species: Mapping[str, str], *, trained_on: Sequence[str], with_beamline: Iterable[str]
) -> list[list[Task]]:
    """Return which populations are told apart by default, in groups that are compared.

    Parameters
    ----------
    species : mapping of str to str
        Species of each sample, in the order of the configuration.
    trained_on : sequence of str
        Samples that train the model; the first one's species is told from each other one.
    with_beamline : iterable of str
        Samples whose picky tracks are known.

    Returns
    -------
    list of list of (positive, negative)
        One group per other species: its first sample against the first of the trained species,
        which is what the group's others are compared with, and the same with picky tracks on both
        sides. The first group also has picky tracks on the first side alone, and further samples
        of both species.
    """
    own = species[trained_on[0]]
    base = trained_on[0]
    known = set(with_beamline)
    groups: list[list[Task]] = []
    for other in dict.fromkeys(name for name in species.values() if name != own):
        first, *further = _of(species, other)
        group = [(first, base)]
        if first in known and not groups:
            group.append((first + PICKY, base))
        if {first, base} <= known:
            group.append((first + PICKY, base + PICKY))
        if not groups:
            group += [(sample, base) for sample in further]
            group += [(first, sample) for sample in _of(species, own) if sample != base]
        groups.append(group)
    return groups


def _of(species: Mapping[str, str], name: str) -> list[str]:
    return [sample for sample, own in species.items() if own == name]
