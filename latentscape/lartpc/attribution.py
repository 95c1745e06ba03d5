"""Attribution: whose true signal a cluster holds, and how far the beam particle gets."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY, join, sort_by_key
from latentscape.lartpc.geometry import PLANES
from latentscape.lartpc.pixels import flatten, place
from latentscape.lartpc.tables.reconstruction import CLUSTERS
from latentscape.lartpc.tables.truth import CLUSTER_TRUTH, TRUE_PIXELS

# Classes of TRUE_PIXELS.
BEAM_PARTICLE, DAUGHTER = 0, 1
# Stands for the cluster of the signal that is in no cluster.
OUTSIDE = -1
# A cluster is the beam particle's if more than this share of its signal is; it is well found if
# the cluster also holds more than this share of the particle's signal.
MAJORITY = 0.5
# Less than this share of a particle is no piece of it, less than this share of a cluster no
# merger: delta rays, blips and overlaps at a vertex stay below.
PIECE = 0.1

PLANE_KEY = (*EVENT_KEY, "plane")
CLUSTER_KEY = (*PLANE_KEY, "cluster")


def attribute_signal(true_pixels: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    """Say how much true signal each cluster holds, and how much of it is the beam particle's.

    Only signal above zero counts: a threshold never passes the negative lobe of a bipolar pulse,
    so it is not lost by any stage. A pixel's signal belongs to its dominant particle by the share
    that the truth gives; the small rest counts as another's.

    Parameters
    ----------
    true_pixels : DataFrame
        The table TRUE_PIXELS of some events.
    clusters : DataFrame
        The table CLUSTERS of the same events.

    Returns
    -------
    DataFrame
        The table CLUSTER_TRUTH: one row per cluster, and for each plane of an event one row with
        cluster -1 for the signal outside of every cluster.

    Raises
    ------
    InputError
        If a cluster belongs to an event without true pixels.
    """
    planes = sort_by_key(true_pixels, TRUE_PIXELS.key)
    clusters = sort_by_key(clusters, CLUSTERS.key)
    true, found = flatten(planes, TRUE_PIXELS), flatten(clusters, CLUSTERS)
    true = true[true["signal"] > 0]
    cluster = found["row"].to_numpy()
    found["row"] = _planes_of(clusters, planes)[cluster]
    # The signal is held by a cluster or, numbered after them, by the outside of its plane.
    outside = len(clusters) + true["row"].to_numpy()
    holder = _look_up(place(true), place(found), cluster, otherwise=outside)
    signal = true["signal"].astype(np.float64)
    of_dominant = signal * true["share"]
    parts = {
        "signal": signal,
        "beam_signal": of_dominant.where(true["particle"] == BEAM_PARTICLE, 0.0),
        "daughter_signal": of_dominant.where(true["particle"] == DAUGHTER, 0.0),
    }
    holders = pd.concat(
        [clusters[list(CLUSTER_KEY)], planes[list(PLANE_KEY)].assign(cluster=OUTSIDE)],
        ignore_index=True,
    )
    sums = {name: np.bincount(holder, part, len(holders)) for name, part in parts.items()}
    return CLUSTER_TRUTH.check(holders.assign(**sums))


def _planes_of(clusters: pd.DataFrame, planes: pd.DataFrame) -> np.ndarray:
    """Return the row of ``planes`` to which each cluster belongs."""
    rows = planes[list(PLANE_KEY)].assign(row=np.arange(len(planes)))
    what = "true pixels of the clusters"
    joined = join(
        clusters[list(PLANE_KEY)], rows, PLANE_KEY, what=what, how="left", relation="many_to_one"
    )
    _require(joined["row"].notna().to_numpy(), joined, what)
    return joined["row"].to_numpy(dtype=np.int64)


def _require(known: np.ndarray, rows: pd.DataFrame, what: str) -> None:
    if not known.all():
        lost = rows.loc[~known, list(EVENT_KEY)].iloc[0]
        key = ", ".join(f"{name}={lost[name]}" for name in EVENT_KEY)
        raise InputError(f"{what}: there is no truth for ({key}).")


def _look_up(
    places: np.ndarray, known: np.ndarray, values: np.ndarray, *, otherwise: np.ndarray
) -> np.ndarray:
    """Return the value at each place, or what to take where the place is not known."""
    if not len(known):
        return otherwise
    order = np.argsort(known, kind="stable")
    nearest = order[np.searchsorted(known[order[:-1]], places)]
    return np.where(known[nearest] == places, values[nearest], otherwise)


@dataclass(frozen=True)
class Followed:
    """What became of the beam particles of some events.

    In each table, ``number`` is the row of the event in ``events``.

    Parameters
    ----------
    events : DataFrame
        The table TRUTH, sorted by key.
    clusters : DataFrame
        Every cluster: its true signals, whether it is of the beam particle (``is_beam``) and
        whether it survives the cuts (``is_selected``).
    beam : DataFrame
        Every event and plane: the cluster that holds most of the beam particle, the shares of
        charge, and whether it is well found there and survives.
    pairs : DataFrame
        Every event: up to which stage the beam particle is there in both planes.
    tracks : DataFrame
        Every track: whether both its clusters are of the beam particle (``is_beam``).
    """

    events: pd.DataFrame
    clusters: pd.DataFrame
    beam: pd.DataFrame
    pairs: pd.DataFrame
    tracks: pd.DataFrame

    def within(self, chosen: np.ndarray) -> "Followed":
        """Return the same for the events that are ``chosen``, an array of bool."""
        numbers = np.flatnonzero(chosen)
        tables = (self.clusters, self.beam, self.pairs, self.tracks)
        return Followed(
            self.events[chosen],
            *(table[np.isin(table["number"].to_numpy(), numbers)] for table in tables),
        )


def follow_beam(
    cluster_truth: pd.DataFrame,
    truth: pd.DataFrame,
    selected: pd.DataFrame,
    tracks: pd.DataFrame,
) -> Followed:
    """Follow the beam particle of each event through clusters, cuts and matching.

    Parameters
    ----------
    cluster_truth, truth, selected, tracks : DataFrame
        As in :func:`latentscape.lartpc.stages.assess_stages`.

    Returns
    -------
    Followed

    Raises
    ------
    InputError
        If a cluster or track has no truth.
    """
    events = sort_by_key(truth, EVENT_KEY)
    signal = _number(cluster_truth, events, "true signal")
    selected = _number(selected, events, "surviving clusters")
    tracks = _number(tracks, events, "tracks")
    clusters = signal[signal["cluster"] != OUTSIDE]
    clusters = clusters.assign(
        is_beam=clusters["beam_signal"] > MAJORITY * clusters["signal"],
        is_selected=_is_in(clusters, selected, ["number", "plane", "cluster"]),
    )
    beam = _find_beam_particles(signal, clusters, len(events))
    of_beam = clusters[clusters["is_beam"]]
    is_beam = np.ones(len(tracks), dtype=bool)
    for plane, column in (("collection", "track"), ("induction", "induction_cluster")):
        numbers = of_beam[of_beam["plane"] == plane].rename(columns={"cluster": column})
        is_beam &= _is_in(tracks, numbers, ["number", column])
    return Followed(
        events,
        clusters,
        beam.reset_index(),
        _follow_pairs(beam, tracks),
        tracks.assign(is_beam=is_beam),
    )


def _number(rows: pd.DataFrame, events: pd.DataFrame, what: str) -> pd.DataFrame:
    """Return the rows with the number of their event in place of its key."""
    key = list(EVENT_KEY)
    numbers = events[key].assign(number=np.arange(len(events)))
    joined = join(rows, numbers, EVENT_KEY, what=what, how="left", relation="many_to_one")
    _require(joined["number"].notna().to_numpy(), joined, what)
    return joined.drop(columns=key).astype({"number": np.int64})


def _is_in(rows: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> np.ndarray:
    """Return for each row whether its key occurs in another table."""
    known = others[key].drop_duplicates().assign(is_in=True)
    return rows[key].merge(known, how="left", on=key)["is_in"].notna().to_numpy()


def _find_beam_particles(signal: pd.DataFrame, clusters: pd.DataFrame, events: int) -> pd.DataFrame:
    """Return, for each event and plane, the cluster that holds most of the beam particle."""
    key = ["number", "plane"]
    planes = pd.MultiIndex.from_product([range(events), PLANES], names=key)
    best = clusters[clusters["beam_signal"] > 0]
    best = best.sort_values(["beam_signal", "cluster"], ascending=[False, True])
    best = best.drop_duplicates(key).set_index(key)
    beam = best.reindex(planes)
    total = signal.groupby(key)["beam_signal"].sum().reindex(beam.index)
    total = total.where(total > 0)  # No share is defined where the particle left no signal
    in_clusters = clusters.groupby(key)["beam_signal"].sum().reindex(beam.index, fill_value=0.0)
    beam["per_event"] = clusters.groupby(key).size().reindex(beam.index, fill_value=0)
    beam["pieces"] = _count_pieces(clusters, total).where(total.notna())
    beam["charge_found"] = in_clusters / total
    beam["charge_efficiency"] = beam["beam_signal"].fillna(0.0) / total
    beam["charge_purity"] = beam["beam_signal"] / beam["signal"]
    beam["charge_daughters"] = beam["daughter_signal"] / beam["signal"]
    beam["charge_others"] = 1 - beam["charge_purity"] - beam["charge_daughters"]
    beam["is_well_found"] = (beam["charge_efficiency"] > MAJORITY) & beam["is_beam"].eq(True)
    beam["is_selected"] = beam["is_selected"].eq(True)
    beam["cluster"] = beam["cluster"].fillna(OUTSIDE).astype(np.int64)
    return beam


def _count_pieces(clusters: pd.DataFrame, total: pd.Series) -> pd.Series:
    """Return into how many clusters the beam particle's signal ``total`` of each plane falls."""
    whole = total.reindex(pd.MultiIndex.from_frame(clusters[total.index.names])).to_numpy()
    pieces = clusters[clusters["beam_signal"] >= PIECE * whole]
    return pieces.groupby(total.index.names).size().reindex(total.index, fill_value=0)


def _follow_pairs(beam: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Return, for each event, up to which stage the beam particle is there in both planes."""
    collection, induction = (beam.xs(plane, level="plane") for plane in ("collection", "induction"))
    pairs = pd.DataFrame(
        {
            "track": collection["cluster"],
            "induction_cluster": induction["cluster"],
            "is_well_found": collection["is_well_found"] & induction["is_well_found"],
            "is_selected": collection["is_selected"] & induction["is_selected"],
        }
    ).reset_index()
    pairs["is_selected"] &= pairs["is_well_found"]
    key = ["number", "track", "induction_cluster"]
    pairs["is_matched"] = pairs["is_selected"] & _is_in(pairs, tracks, key)
    return pairs
