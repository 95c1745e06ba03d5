"""Stages: what clusters, cuts and matching lose, by the truth of the simulation."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY, TRACK_KEY, join, sort_by_key
from latentscape.lartpc.geometry import PLANES
from latentscape.lartpc.pixels import flatten, place
from latentscape.lartpc.tables import CLUSTER_TRUTH, CLUSTERS, STAGES, TRUE_PIXELS

# Classes of TRUE_PIXELS.
BEAM_PARTICLE, DAUGHTER = 0, 1
# Stands for the cluster of the signal that is in no cluster.
OUTSIDE = -1
# A cluster is the beam particle's if more than this share of its signal is; it is well found if
# the cluster also holds more than this share of the particle's signal.
MAJORITY = 0.5
# Central coverage of the intervals: one standard deviation of a normal distribution.
COVERAGE = 0.6827
RESAMPLES = 1000

MEANINGS = {
    ("clusters", "charge_found"): "Mean share of the beam particle's signal that is in any "
    "cluster; the rest is below the threshold or on dead wires",
    ("clusters", "charge_efficiency"): "Mean share of the beam particle's signal that is in its "
    "best cluster; what charge_found has more is broken off",
    ("clusters", "charge_purity"): "Mean share of the best cluster's signal that is the beam "
    "particle's own",
    ("clusters", "charge_daughters"): "Mean share of the best cluster's signal that is the beam "
    "particle's daughters'",
    ("clusters", "efficiency"): "Events with a well-found beam particle: one cluster holds more "
    "than half of its signal and less of all others",
    ("clusters", "purity"): "Clusters that are of the beam particle",
    ("clusters", "loss"): "Of all events, those without a well-found beam particle in both planes",
    ("cuts", "efficiency"): "Well-found beam particles whose cluster survives the cuts",
    ("cuts", "purity"): "Surviving clusters that are of the beam particle",
    ("cuts", "loss"): "Of all events, those whose well-found beam particle is cut in a plane",
    ("matching", "efficiency"): "Beam particles selected in both planes that become one track",
    ("matching", "purity"): "Tracks of which both clusters are of the beam particle",
    ("matching", "contamination"): "Tracks in events with another beam particle than the sample's",
    ("matching", "loss"): "Of all events, those whose selected beam particle does not become a "
    "track",
    ("all", "efficiency"): "Of all events, those whose beam particle becomes a track",
}
ENDS = {
    "stopped": "stops",
    "decayed_at_rest": "decays at rest",
    "decayed_in_flight": "decays in flight",
    "left": "leaves the detector",
}

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


def assess_stages(
    cluster_truth: pd.DataFrame,
    truth: pd.DataFrame,
    selected: pd.DataFrame,
    tracks: pd.DataFrame,
    *,
    sample: str,
    species: str,
    seed: int,
) -> pd.DataFrame:
    """Say how good each stage is for one sample, and how much it loses.

    A cluster is *of the beam particle* if more than half of its true signal is. The beam particle
    is *well found* in a plane if one such cluster holds more than half of the particle's signal.
    Losses and the overall efficiency are shares of all events and add up to 1.

    Parameters
    ----------
    cluster_truth : DataFrame
        The table CLUSTER_TRUTH of :func:`attribute_signal`, whole sample.
    truth : DataFrame
        The table TRUTH; its events are those of the sample.
    selected : DataFrame
        The clusters that survive the cuts, with at least the key of CLUSTERS.
    tracks : DataFrame
        The tracks, with at least the key of TRACKS and induction_cluster.
    sample : str
        Name of the sample.
    species : str
        Species that the sample selects; another true species is a contamination.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        The table STAGES, with 68 % intervals: Clopper-Pearson for shares of counts, percentile
        bootstrap over the events for means.

    Raises
    ------
    InputError
        If the truth is not that of this sample, or a cluster or track has no truth.
    """
    found = set(truth["sample"])
    if found != {sample}:
        raise InputError(f"{sample}: its truth is of the samples {sorted(found)}.")
    clusters = cluster_truth[cluster_truth["cluster"] != OUTSIDE]
    clusters = clusters.assign(
        is_beam=clusters["beam_signal"] > MAJORITY * clusters["signal"],
        is_selected=_is_in(clusters, selected, CLUSTER_KEY),
    )
    beam = _find_beam_particles(cluster_truth, clusters, truth)
    pairs = _follow_pairs(beam, tracks)
    rows = [
        *_assess_clusters(clusters, beam, seed),
        *_assess_cuts(clusters, beam),
        *_assess_matching(clusters, pairs, tracks, truth, species),
        *_assess_all(pairs, truth),
    ]
    return STAGES.check(pd.DataFrame(rows).assign(sample=sample))


def _is_in(rows: pd.DataFrame, others: pd.DataFrame, key: Sequence[str]) -> np.ndarray:
    """Return for each row whether its key occurs in another table."""
    known = others[list(key)].assign(is_in=True)
    what = "rows of two tables"
    joined = join(rows[list(key)], known, key, what=what, how="left", relation="many_to_one")
    return joined["is_in"].notna().to_numpy()


def _find_beam_particles(
    cluster_truth: pd.DataFrame, clusters: pd.DataFrame, truth: pd.DataFrame
) -> pd.DataFrame:
    """Return, for each event and plane, the cluster that holds most of the beam particle."""
    key = list(PLANE_KEY)
    _require(_is_in(cluster_truth, truth, EVENT_KEY), cluster_truth, "true signal")
    planes = truth[list(EVENT_KEY)].merge(pd.DataFrame({"plane": PLANES}), how="cross")
    best = clusters[clusters["beam_signal"] > 0]
    best = best.sort_values(["beam_signal", "cluster"], ascending=[False, True])
    best = best.drop_duplicates(key).set_index(key)
    beam = best.reindex(pd.MultiIndex.from_frame(planes)).sort_index()
    total = cluster_truth.groupby(key)["beam_signal"].sum().reindex(beam.index)
    total = total.where(total > 0)  # No share is defined where the particle left no signal
    in_clusters = clusters.groupby(key)["beam_signal"].sum().reindex(beam.index, fill_value=0.0)
    beam["charge_found"] = in_clusters / total
    beam["charge_efficiency"] = beam["beam_signal"].fillna(0.0) / total
    beam["charge_purity"] = beam["beam_signal"] / beam["signal"]
    beam["charge_daughters"] = beam["daughter_signal"] / beam["signal"]
    beam["is_well_found"] = (beam["charge_efficiency"] > MAJORITY) & beam["is_beam"].eq(True)
    beam["is_selected"] = beam["is_selected"].eq(True)
    beam["cluster"] = beam["cluster"].fillna(OUTSIDE).astype(np.int64)
    return beam


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
    pairs["is_matched"] = pairs["is_selected"] & _is_in(
        pairs, tracks, (*TRACK_KEY, "induction_cluster")
    )
    return pairs


def _assess_clusters(
    clusters: pd.DataFrame, beam: pd.DataFrame, seed: int
) -> Iterator[dict[str, object]]:
    for plane in PLANES:
        of_beam = beam.xs(plane, level="plane")
        for quantity in ("charge_found", "charge_efficiency", "charge_purity", "charge_daughters"):
            yield _row("clusters", plane, quantity, _mean(of_beam[quantity], seed))
        of_plane = clusters[clusters["plane"] == plane]
        yield _row("clusters", plane, "efficiency", _share(of_beam["is_well_found"]))
        yield _row("clusters", plane, "purity", _share(of_plane["is_beam"]))


def _assess_cuts(clusters: pd.DataFrame, beam: pd.DataFrame) -> Iterator[dict[str, object]]:
    for plane in PLANES:
        of_beam = beam.xs(plane, level="plane")
        survivors = clusters[(clusters["plane"] == plane) & clusters["is_selected"]]
        survives = of_beam.loc[of_beam["is_well_found"], "is_selected"]
        yield _row("cuts", plane, "efficiency", _share(survives))
        yield _row("cuts", plane, "purity", _share(survivors["is_beam"]))


def _assess_matching(
    clusters: pd.DataFrame,
    pairs: pd.DataFrame,
    tracks: pd.DataFrame,
    truth: pd.DataFrame,
    species: str,
) -> Iterator[dict[str, object]]:
    _require(_is_in(tracks, truth, EVENT_KEY), tracks, "tracks")
    is_beam = pd.Series(True, index=tracks.index)
    for plane, column in (("collection", "track"), ("induction", "induction_cluster")):
        of_beam = clusters[clusters["is_beam"] & (clusters["plane"] == plane)]
        numbers = of_beam.rename(columns={"cluster": column})
        is_beam &= _is_in(tracks, numbers, (*EVENT_KEY, column))
    is_other = pd.Series(_is_in(tracks, truth[truth["species"] != species], EVENT_KEY))
    is_matched = pairs.loc[pairs["is_selected"], "is_matched"]
    yield _row("matching", "both", "efficiency", _share(is_matched))
    yield _row("matching", "both", "purity", _share(is_beam))
    yield _row("matching", "both", "contamination", _share(is_other))


def _assess_all(pairs: pd.DataFrame, truth: pd.DataFrame) -> Iterator[dict[str, object]]:
    is_found, is_selected, is_matched = (
        pairs[name] for name in ("is_well_found", "is_selected", "is_matched")
    )
    yield _row("clusters", "both", "loss", _share(~is_found))
    yield _row("cuts", "both", "loss", _share(is_found & ~is_selected))
    yield _row("matching", "both", "loss", _share(is_selected & ~is_matched))
    yield _row("all", "both", "efficiency", _share(is_matched))
    ends = join(pairs, truth[[*EVENT_KEY, "end"]], EVENT_KEY, what="true ends of the events")
    for end, of_end in ends.groupby("end"):
        yield _row("all", "both", "efficiency", _share(of_end["is_matched"]), of=str(end))


class _Measured(NamedTuple):
    value: float
    low: float
    high: float
    n: int


def _row(
    stage: str, plane: str, quantity: str, measured: _Measured, *, of: str = ""
) -> dict[str, object]:
    """Return a row of STAGES, for all or for the beam particles with one end."""
    meaning = MEANINGS[stage, quantity]
    return {
        "stage": stage,
        "plane": plane,
        "quantity": f"{quantity}_{of}" if of else quantity,
        **measured._asdict(),
        "meaning": f"{meaning}, where it {ENDS.get(of, of)}" if of else meaning,
    }


def _share(passed: pd.Series) -> _Measured:
    """Return a share of counts with its Clopper-Pearson interval.

    Clopper and Pearson, Biometrika 26 (1934) 404.
    """
    k, n = int(passed.sum()), len(passed)
    if not n:
        return _Measured(np.nan, np.nan, np.nan, 0)
    tail = (1 - COVERAGE) / 2
    low = betaincinv(k, n - k + 1, tail) if k > 0 else 0.0
    high = betaincinv(k + 1, n - k, 1 - tail) if k < n else 1.0
    return _Measured(k / n, float(low), float(high), n)


def _mean(values: pd.Series, seed: int) -> _Measured:
    """Return the mean of the defined values with its percentile bootstrap interval."""
    defined = values.dropna().to_numpy()
    n = len(defined)
    if not n:
        return _Measured(np.nan, np.nan, np.nan, 0)
    rng = np.random.default_rng(seed)
    means = [defined[rng.integers(n, size=n)].mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return _Measured(float(defined.mean()), float(low), float(high), n)
