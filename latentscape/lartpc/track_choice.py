"""One track per event: every pair of clusters is a candidate, and a forest chooses."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from latentscape.errors import InputError, reading
from latentscape.keys import EVENT_KEY, check_unique, join, sort_by_key
from latentscape.lartpc.features import compute_features
from latentscape.lartpc.matching import match_planes
from latentscape.lartpc.tables.labelling import CANDIDATES, CHOICES, PAIR_FEATURES, PAIR_KEY
from latentscape.lartpc.tables.reconstruction import CLUSTERS, PIXELS

PAIR_COLUMNS = ("collection_cluster", "induction_cluster")
NO_CLUSTER = -1
"""Stands for the choice that no cluster of the plane is the beam particle's."""

_NUMBERS = ["run", "subrun", "event"]
# Columns of the clusters that describe a candidate in both planes.
_BOX = ["first_wire", "entry_tick", "height", "width"]


def read_events(path: str | Path, *, sample: str) -> pd.DataFrame:
    """Read a list of events.

    Parameters
    ----------
    path : path
        CSV file with the columns run, subrun and event; others are ignored.
    sample : str
        Name of the sample, for the key.

    Returns
    -------
    DataFrame
        Event keys, sorted.

    Raises
    ------
    InputError
        If the file is no such table, a number is no integer, or an event stands twice.
    """
    with reading(path, "not a readable CSV table", sample=sample):
        table = pd.read_csv(path, skipinitialspace=True)
    missing = [name for name in _NUMBERS if name not in table.columns]
    if missing:
        raise InputError(
            f"{sample}: {path}: no column {missing[0]!r}; columns: {', '.join(table.columns)}."
        )
    for name in _NUMBERS:
        if table[name].dtype != "int64":
            raise InputError(f"{sample}: {path}: column {name!r} holds what is no integer.")
    events = table[_NUMBERS]
    events.insert(0, "sample", sample)
    check_unique(events, EVENT_KEY, what=str(path))
    return sort_by_key(events, EVENT_KEY)


def only_events(rows: pd.DataFrame, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the rows of the listed events; without a list, all.

    Parameters
    ----------
    rows : DataFrame
        Any table with the event key.
    events : DataFrame or None
        Event keys.
    """
    if events is None:
        return rows
    listed = events[list(EVENT_KEY)].drop_duplicates().assign(is_listed=True)
    joined = join(rows, listed, EVENT_KEY, what="listed events", how="left", relation="many_to_one")
    kept = joined["is_listed"].notna()
    return joined.loc[kept].drop(columns="is_listed").reset_index(drop=True)


def list_candidates(
    clusters: pd.DataFrame, *, min_height: int, weights: Mapping[str, float]
) -> pd.DataFrame:
    """Describe every pair of an induction and a collection cluster of an event.

    Parameters
    ----------
    clusters : DataFrame
        The table CLUSTERS.
    min_height : int
        Clusters on fewer wires are in no pair.
    weights : mapping of str to float
        Weights of the matching score, as for :func:`~latentscape.lartpc.matching.match_planes`.

    Returns
    -------
    DataFrame
        The table CANDIDATES.
    """
    tall = sort_by_key(clusters[clusters["height"] >= min_height], CLUSTERS.key)
    collection, induction = (tall[tall["plane"] == p] for p in ("collection", "induction"))
    parts = [*dict.fromkeys([*_BOX, *weights])]
    left = collection[[*EVENT_KEY, "cluster", *parts]]
    right = induction[[*EVENT_KEY, "cluster", *parts, "charge", "max_adc"]]
    pairs = left.merge(right, on=list(EVENT_KEY), suffixes=("_c", "_i"))
    pairs = pairs.rename(columns={"cluster_c": PAIR_COLUMNS[0], "cluster_i": PAIR_COLUMNS[1]})
    squares = [
        w * (pairs[f"{n}_c"] - pairs[f"{n}_i"]).astype(float) ** 2 for n, w in weights.items()
    ]
    described = {
        "induction_total_adc": np.log(pairs["charge"].astype(float)),
        "induction_max_adc": pairs["max_adc"].astype(float),
        "log_score": np.log1p(np.sum(squares, axis=0)),
    }
    for name in _BOX:
        described[f"collection_{name}"] = pairs[f"{name}_c"].astype(float)
        described[f"induction_{name}"] = pairs[f"{name}_i"].astype(float)
    table = pd.concat([pairs[list(PAIR_KEY)], pd.DataFrame(described)[list(PAIR_FEATURES)]], axis=1)
    own = _features_of(collection)
    key = [*EVENT_KEY, PAIR_COLUMNS[0]]
    what = "features of the candidates"
    return CANDIDATES.check(join(table, own, key, what=what, relation="many_to_one"))


def _features_of(collection: pd.DataFrame) -> pd.DataFrame:
    """Return the features of collection clusters, each as if it were a track."""
    pixels = {column.name: f"collection_{column.name}" for column in PIXELS}
    tracks = collection[[*EVENT_KEY, "cluster", *pixels]].rename(columns=pixels)
    features, _ = compute_features(tracks.rename(columns={"cluster": "track"}))
    return features.rename(columns={"track": PAIR_COLUMNS[0]})


def choose_tallest(candidates: pd.DataFrame) -> pd.DataFrame:
    """Choose in each event the pair on most collection wires, of these the one that matches best.

    Parameters
    ----------
    candidates : DataFrame
        The table CANDIDATES, in any order.

    Returns
    -------
    DataFrame
        The table CHOICES; events without a candidate have no row.
    """
    rows = sort_by_key(candidates, PAIR_KEY)
    order = rows.assign(depth=-rows["collection_height"])
    best = sort_by_key(order, ("depth", "log_score")).drop_duplicates(list(EVENT_KEY))
    return CHOICES.check(best[list(PAIR_KEY)])


def choices_for(labels: pd.DataFrame, *, sample: str) -> pd.DataFrame:
    """Return the choices that were made for events of one sample.

    Parameters
    ----------
    labels : DataFrame
        The table CHOICES of one or several samples.
    sample : str
        Name of the sample.

    Returns
    -------
    DataFrame
        The table CHOICES.

    Raises
    ------
    InputError
        If there is none.
    """
    own = labels[labels["sample"] == sample]
    if own.empty:
        raise InputError(
            f"{sample}: none of the {len(labels)} labels is for this sample. "
            "Choose clusters with the command label."
        )
    return CHOICES.check(own)


def chosen_pairs(choices: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that were chosen: neither missing nor none in a plane.

    Parameters
    ----------
    choices : DataFrame
        The table CHOICES.

    Returns
    -------
    DataFrame
        Event key and the numbers of both clusters.
    """
    numbers = choices[list(PAIR_COLUMNS)]
    complete = (numbers.notna() & (numbers.fillna(NO_CLUSTER) > NO_CLUSTER)).all(axis=1)
    kept = choices.loc[complete, list(PAIR_KEY)]
    return kept.astype(dict.fromkeys(PAIR_COLUMNS, "int64")).reset_index(drop=True)


def take_tracks(
    clusters: pd.DataFrame, choices: pd.DataFrame, *, weights: Mapping[str, float]
) -> pd.DataFrame:
    """Make the tracks of the chosen pairs.

    Parameters
    ----------
    clusters : DataFrame
        The table CLUSTERS, of one shard.
    choices : DataFrame
        The table CHOICES; choices for events of other shards are left out.
    weights : mapping of str to float
        Weights of the matching score that the tracks bear.

    Returns
    -------
    DataFrame
        The table TRACKS: at most one track per event.

    Raises
    ------
    InputError
        If a chosen cluster is not there: the clusters were made anew since the choice.
    """
    pairs = only_events(chosen_pairs(choices), clusters)
    chosen = pd.concat(
        [
            pairs[list(EVENT_KEY)].assign(plane=name.removesuffix("_cluster"), cluster=pairs[name])
            for name in PAIR_COLUMNS
        ]
    )
    known = chosen.merge(
        clusters[list(CLUSTERS.key)], on=list(CLUSTERS.key), how="left", indicator=True
    )
    lost = known[known["_merge"] == "left_only"]
    if len(lost):
        first = ", ".join(f"{name}={lost.iloc[0][name]}" for name in CLUSTERS.key)
        raise InputError(
            f"choices: {len(lost)} chosen clusters are not there, the first is ({first}). "
            "Were the clusters made with other settings? Choose again."
        )
    own = clusters.merge(chosen, on=list(CLUSTERS.key))
    return match_planes(own, method="greedy", weights=weights, max_score=None)
