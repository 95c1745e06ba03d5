"""Matching: pairs of one induction and one collection cluster become tracks."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from latentscape.keys import EVENT_KEY, sort_by_key
from latentscape.lartpc.geometry import PLANES
from latentscape.lartpc.tables.reconstruction import BOX, CLUSTERS, PIXELS, TRACKS

METHODS = ("greedy", "optimal")


def match_planes(
    clusters: pd.DataFrame,
    *,
    method: str,
    weights: Mapping[str, float],
    max_score: float | None,
) -> pd.DataFrame:
    """Pair the clusters of both planes, one to one, within each event.

    The score of a pair is the weighted sum of its squared differences in first tick, last tick,
    first wire, last wire and height. The smaller, the better.

    Parameters
    ----------
    clusters : DataFrame
        The table CLUSTERS. The order of its rows does not matter.
    method : {"greedy", "optimal"}
        ``greedy`` takes the pair with the lowest score, then the lowest of those left, and so
        on; between equal scores the lower collection cluster, then the lower induction
        cluster goes first. ``optimal`` makes as many pairs as can be made, and of all ways
        to do so takes one with the least sum of scores.
    weights : mapping of str to float
        Weights of first_tick, last_tick, first_wire, last_wire and height, ≥ 0.
    max_score : float or None
        Pairs with a higher score are never made; None allows every pair.

    Returns
    -------
    DataFrame
        The table TRACKS, sorted by key. A track has the number of its collection cluster.

    Raises
    ------
    ValueError
        If the method is unknown.
    """
    if method not in METHODS:
        raise ValueError(f"unknown matching method {method!r}; allowed: {', '.join(METHODS)}")
    assign = _assign_greedily if method == "greedy" else _assign_optimally
    clusters = sort_by_key(clusters, CLUSTERS.key)
    parameters = clusters[list(weights)].to_numpy(dtype=np.float64)
    factors = np.array(list(weights.values()), dtype=np.float64)
    pairs, scores_of_pairs = [np.empty((2, 0), dtype=np.int64)], [np.empty(0)]
    for collection, induction in _events(clusters):
        difference = parameters[collection, np.newaxis] - parameters[np.newaxis, induction]
        scores = (factors * difference**2).sum(axis=-1)
        allowed = scores <= (np.inf if max_score is None else max_score)
        first, second = assign(scores, allowed)
        pairs.append(np.stack([collection[first], induction[second]]))
        scores_of_pairs.append(scores[first, second])
    return _to_tracks(clusters, np.hstack(pairs), np.concatenate(scores_of_pairs))


def _events(clusters: pd.DataFrame) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the rows of the collection and of the induction clusters of each event."""
    event = clusters.groupby(list(EVENT_KEY), sort=False).ngroup().to_numpy()
    is_collection = (clusters["plane"] == "collection").to_numpy()
    starts = np.flatnonzero(np.diff(event, prepend=-1))
    for rows in np.split(np.arange(len(clusters)), starts[1:]):
        yield rows[is_collection[rows]], rows[~is_collection[rows]]


def _assign_greedily(scores: np.ndarray, allowed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs taken one by one from the lowest score, in order of the first index."""
    first, second = np.nonzero(allowed)
    # The pairs come in order of their cluster numbers, which a stable sort keeps between equals.
    order = np.argsort(scores[first, second], kind="stable")
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for i, j in zip(first[order].tolist(), second[order].tolist(), strict=True):
        if i not in partner and j not in taken:
            partner[i] = j
            taken.add(j)
    pairs = np.array(sorted(partner.items()), dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _assign_optimally(scores: np.ndarray, allowed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return as many allowed pairs as there can be, with the least sum of scores."""
    if not allowed.any():
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    # One forbidden pair costs more than any number of allowed ones.
    forbidden = (scores[allowed].max() + 1) * min(scores.shape)
    first, second = linear_sum_assignment(np.where(allowed, scores, forbidden))
    kept = allowed[first, second]
    return first[kept], second[kept]


def _to_tracks(clusters: pd.DataFrame, pairs: np.ndarray, scores: np.ndarray) -> pd.DataFrame:
    """Return the table TRACKS for pairs of rows (collection, induction) of ``clusters``."""
    collection, induction = pairs
    rows = {"collection": collection, "induction": induction}
    per_cluster = [column.name for column in (*BOX, *PIXELS)]
    planes = [
        clusters.loc[rows[plane], per_cluster].reset_index(drop=True).add_prefix(f"{plane}_")
        for plane in PLANES
    ]
    tracks = clusters.loc[collection, list(EVENT_KEY)].reset_index(drop=True)
    tracks["track"] = clusters["cluster"].to_numpy()[collection]
    tracks["induction_cluster"] = clusters["cluster"].to_numpy()[induction]
    tracks["score"] = scores
    joined: pd.DataFrame = pd.concat([tracks, *planes], axis="columns")
    return joined[[column.name for column in TRACKS.columns]]
