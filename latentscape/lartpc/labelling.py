"""Choosing the beam track of each event by hand: the events, the choices, the file they are in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY, sort_by_key
from latentscape.lartpc.tables.labelling import CHOICES
from latentscape.lartpc.tables.reconstruction import CLUSTERS
from latentscape.lartpc.track_choice import NO_CLUSTER, only_events, read_events

PLANES = ("collection", "induction")
"""Planes in the order in which their clusters are chosen."""

Key = tuple[str, int, int, int]
Choice = dict[str, int | None]


@dataclass
class ChoiceBook:
    """The events that are labelled, and what was chosen so far.

    Parameters
    ----------
    clusters : dict of key to DataFrame
        The clusters of each event, in the order in which the events are shown.
    min_height : int
        Clusters on fewer wires are no candidates.
    choices : dict of key to dict
        The cluster chosen in each plane: -1 is none of them, None not yet chosen. May hold
        other events too.
    path : Path
        The TSV file of the choices.
    """

    clusters: dict[Key, pd.DataFrame]
    min_height: int
    choices: dict[Key, Choice]
    path: Path

    def progress(self) -> dict[str, int]:
        """Return how many events there are, how many are done, and the first that is not."""
        done = [self._is_done(key) for key in self.clusters]
        first = done.index(False) if False in done else len(done) - 1
        return {"total": len(done), "done": sum(done), "position": first}

    def event(self, number: int) -> dict[str, Any]:
        """Return what the page shows of one event.

        Raises
        ------
        InputError
            If there is no event of this number.
        """
        key = self._key(number)
        rows = self.clusters[key]
        return {
            "number": number,
            "name": dict(zip(EVENT_KEY, key, strict=True)),
            "choice": self._choice(key),
            "planes": {p: self._plane(rows[rows["plane"] == p]) for p in PLANES},
        }

    def choose(self, number: int, plane: str, cluster: int | None) -> Choice:
        """Note a choice and save all of them; return what is chosen in the event now.

        Parameters
        ----------
        number : int
            Number of the event.
        plane : {"collection", "induction"}
            The plane.
        cluster : int or None
            Number of the cluster, -1 for none of them, None to take a choice back.

        Raises
        ------
        InputError
            If there is no such event, plane or candidate, or the file cannot be written; nothing
            is saved or chosen then.
        """
        key = self._key(number)
        if plane not in PLANES:
            raise InputError(f"no plane {plane!r}; allowed: {', '.join(PLANES)}.")
        rows = self.clusters[key]
        allowed = [NO_CLUSTER, *self._candidates(rows[rows["plane"] == plane])["cluster"]]
        # True is an integer in Python, and no number of a cluster.
        if cluster is not None and (type(cluster) is not int or cluster not in allowed):
            raise InputError(
                f"event {number} has no candidate {cluster!r} in the {plane} plane; "
                f"allowed: {', '.join(map(str, allowed))}."
            )
        changed = {**self.choices, key: {**self._choice(key), plane: cluster}}
        _write(changed, self.path)
        # What could not be saved does not count as chosen.
        self.choices = changed
        return changed[key]

    def _key(self, number: int) -> Key:
        keys = list(self.clusters)
        if type(number) is not int or not 0 <= number < len(keys):
            raise InputError(f"no event number {number!r}; allowed: 0 to {len(keys) - 1}.")
        return keys[number]

    def _choice(self, key: Key) -> Choice:
        return self.choices.get(key, dict.fromkeys(PLANES))

    def _is_done(self, key: Key) -> bool:
        return all(cluster is not None for cluster in self._choice(key).values())

    def _candidates(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the candidates of a plane, the one with most charge first."""
        tall = sort_by_key(rows[rows["height"] >= self.min_height], CLUSTERS.key)
        return tall.sort_values("charge", ascending=False, kind="stable")

    def _plane(self, rows: pd.DataFrame) -> dict[str, Any]:
        candidates = self._candidates(rows)
        others = rows[rows["height"] < self.min_height]
        return {
            "candidates": [_pixels(row) for row in candidates.to_dict("records")],
            "others": [_pixels(row) for row in others.to_dict("records")],
        }


def _write(choices: dict[Key, Choice], path: Path) -> None:
    """Write all choices, whole or not at all."""
    rows = [
        dict(zip(EVENT_KEY, key, strict=True)) | {f"{p}_cluster": c for p, c in choice.items()}
        for key, choice in choices.items()
        if any(cluster is not None for cluster in choice.values())
    ]
    table = pd.DataFrame(rows, columns=[column.name for column in CHOICES.columns])
    try:
        CHOICES.write_tsv(table.astype({f"{plane}_cluster": "Int64" for plane in PLANES}), path)
    except OSError as error:
        raise InputError(f"{path}: choices cannot be saved ({error.strerror}).") from error


def _pixels(row: dict[Any, Any]) -> dict[str, Any]:
    lists = {name: np.asarray(row[name]).tolist() for name in ("wire", "tick", "adc")}
    return {name: int(row[name]) for name in ("cluster", "height", "charge")} | lists


def open_book(
    clusters: Sequence[str | Path],
    *,
    events: str | Path | None,
    choices: str | Path,
    min_height: int,
) -> ChoiceBook:
    """Read clusters, the list of events and the choices that were made before.

    Parameters
    ----------
    clusters : sequence of path
        Files of the table CLUSTERS, of one sample.
    events : path or None
        CSV file of the events to label, as for
        :func:`~latentscape.lartpc.track_choice.read_events`; by default all with a cluster.
    choices : path
        TSV file of the choices; made if it is not there.
    min_height : int
        Clusters on fewer wires are no candidates.

    Returns
    -------
    ChoiceBook

    Raises
    ------
    InputError
        If a file cannot be read, the clusters are of several samples, no listed event has a
        cluster, or an earlier choice names a cluster that is not there.
    """
    rows = CLUSTERS.read([Path(path) for path in clusters])
    samples = sorted(rows["sample"].unique())
    if len(samples) != 1:
        raise InputError(f"label: the clusters are of {len(samples)} samples {samples}, not one.")
    if events is not None:
        listed = read_events(events, sample=samples[0])
        rows = only_events(rows, listed)
        if rows.empty:
            raise InputError(f"{events}: none of its {len(listed)} events has a cluster.")
    grouped = {_key_of(key): own for key, own in rows.groupby(list(EVENT_KEY), sort=True)}
    path = Path(choices)
    made = _choices_in(CHOICES.read_tsv(path)) if path.is_file() else {}
    _require_clusters(made, rows, path)
    return ChoiceBook(grouped, min_height, made, path)


def _key_of(key: Any) -> Key:
    sample, *numbers = key
    run, subrun, event = map(int, numbers)
    return str(sample), run, subrun, event


def _choices_in(table: pd.DataFrame) -> dict[Key, Choice]:
    return {
        _key_of([row[name] for name in EVENT_KEY]): {
            plane: None if pd.isna(row[f"{plane}_cluster"]) else int(row[f"{plane}_cluster"])
            for plane in PLANES
        }
        for row in table.to_dict("records")
    }


def _require_clusters(made: dict[Key, Choice], rows: pd.DataFrame, path: Path) -> None:
    """Refuse choices of clusters that are not there, of the events that are."""
    known = {
        (*_key_of(key[:4]), *key[4:]) for key in rows[list(CLUSTERS.key)].itertuples(index=False)
    }
    events = {key[:4] for key in known}
    for key, choice in made.items():
        for plane, cluster in choice.items():
            chosen = cluster is not None and cluster != NO_CLUSTER
            if key in events and chosen and (*key, plane, cluster) not in known:
                name = ", ".join(f"{n}={value}" for n, value in zip(EVENT_KEY, key, strict=True))
                raise InputError(
                    f"{path}: ({name}) has no {plane} cluster {cluster}. Were the clusters made "
                    "with other settings? Start a new file of choices."
                )
