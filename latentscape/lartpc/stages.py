"""Stages: what clusters, cuts and matching lose, by the truth of the simulation."""

from collections.abc import Iterator

import pandas as pd

from latentscape.errors import InputError
from latentscape.lartpc.attribution import (
    OUTSIDE,
    PIECE,
    Followed,
    attribute_signal,
    follow_beam,
)
from latentscape.lartpc.geometry import PLANES
from latentscape.lartpc.intervals import Measured, clopper_pearson_share, measure_mean
from latentscape.lartpc.tables.truth import STAGES

__all__ = ["OUTSIDE", "assess_followed", "assess_stages", "attribute_signal", "follow_beam"]

MEANINGS = {
    ("clusters", "charge_found"): "Mean share of the beam particle's signal that is in any "
    "cluster; the rest is below the threshold",
    ("clusters", "charge_efficiency"): "Mean share of the beam particle's signal that is in its "
    "best cluster; what charge_found has more is broken off",
    ("clusters", "charge_purity"): "Mean share of the best cluster's signal that is the beam "
    "particle's own",
    ("clusters", "charge_daughters"): "Mean share of the best cluster's signal that is the beam "
    "particle's daughters'",
    ("clusters", "efficiency"): "Events with a well-found beam particle: one cluster holds more "
    "than half of its signal and less of all others",
    ("clusters", "purity"): "Clusters that are of the beam particle",
    ("clusters", "per_event"): "Mean number of clusters in an event",
    ("clusters", "splits"): "Beam particles of which two or more clusters each hold at least 10 % "
    "of the signal",
    ("clusters", "pieces"): "Mean number of clusters that each hold at least 10 % of the beam "
    "particle's signal",
    ("clusters", "merges"): "Best clusters of which at least 10 % is of neither the beam particle "
    "nor its daughters",
    ("clusters", "merges_daughters"): "Best clusters of which at least 10 % is of the beam "
    "particle's daughters",
    ("clusters", "loss"): "Of all events, those without a well-found beam particle in both planes",
    ("cuts", "efficiency"): "Well-found beam particles whose cluster survives the cuts",
    ("cuts", "purity"): "Surviving clusters that are of the beam particle",
    ("cuts", "loss"): "Of all events, those whose well-found beam particle is cut in a plane",
    ("matching", "efficiency"): "Beam particles selected in both planes that become one track",
    ("matching", "chance"): "Mean efficiency if the surviving clusters of an event were paired at "
    "random",
    ("matching", "purity"): "Tracks of which both clusters are of the beam particle",
    ("matching", "contamination"): "Tracks in events with another beam particle than the sample's",
    ("matching", "loss"): "Of all events, those whose selected beam particle does not become a "
    "track",
    ("all", "efficiency"): "Of all events, those whose beam particle becomes a track",
}
# Of these, the mean over the events is told.
MEANS = (
    "charge_found",
    "charge_efficiency",
    "charge_purity",
    "charge_daughters",
    "per_event",
    "pieces",
)
ENDS = {
    "stopped": "stops",
    "decayed_at_rest": "decays at rest",
    "decayed_in_flight": "decays in flight",
    "left": "leaves the detector",
}


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
    followed = follow_beam(cluster_truth, truth, selected, tracks)
    return assess_followed(followed, sample=sample, species=species, seed=seed)


def assess_followed(followed: Followed, *, sample: str, species: str, seed: int) -> pd.DataFrame:
    """Say how good each stage is, from what became of the beam particles.

    Parameters
    ----------
    followed : Followed
        Of :func:`follow_beam`, all events or some.
    sample, species, seed
        As in :func:`assess_stages`.

    Returns
    -------
    DataFrame
        The table STAGES.
    """
    rows = [
        *_assess_clusters(followed, seed),
        *_assess_cuts(followed),
        *_assess_matching(followed, species, seed),
        *_assess_all(followed),
    ]
    return STAGES.check(pd.DataFrame(rows).assign(sample=sample))


def _assess_clusters(followed: Followed, seed: int) -> Iterator[dict[str, object]]:
    for plane in PLANES:
        beam = followed.beam[followed.beam["plane"] == plane]
        for quantity in MEANS:
            yield _row("clusters", plane, quantity, measure_mean(beam[quantity], seed=seed))
        clusters = followed.clusters[followed.clusters["plane"] == plane]
        best = beam[beam["signal"].notna()]
        shares = {
            "efficiency": beam["is_well_found"],
            "purity": clusters["is_beam"],
            "splits": beam["pieces"].dropna() > 1,
            "merges": best["charge_others"] >= PIECE,
            "merges_daughters": best["charge_daughters"] >= PIECE,
        }
        for quantity, passed in shares.items():
            yield _row("clusters", plane, quantity, clopper_pearson_share(passed))


def _assess_cuts(followed: Followed) -> Iterator[dict[str, object]]:
    beam, survivors = followed.beam, followed.clusters[followed.clusters["is_selected"]]
    for plane in PLANES:
        survives = beam.loc[(beam["plane"] == plane) & beam["is_well_found"], "is_selected"]
        is_beam = survivors.loc[survivors["plane"] == plane, "is_beam"]
        yield _row("cuts", plane, "efficiency", clopper_pearson_share(survives))
        yield _row("cuts", plane, "purity", clopper_pearson_share(is_beam))


def _assess_matching(followed: Followed, species: str, seed: int) -> Iterator[dict[str, object]]:
    complete = followed.pairs[followed.pairs["is_selected"]]
    others = followed.events.index[followed.events["species"] != species]
    shares = {
        "efficiency": complete["is_matched"],
        "purity": followed.tracks["is_beam"],
        "contamination": followed.tracks["number"].isin(others),
    }
    for quantity, passed in shares.items():
        yield _row("matching", "both", quantity, clopper_pearson_share(passed))
    chances = _chance_of_pairs(complete, followed.clusters)
    yield _row("matching", "both", "chance", measure_mean(chances, seed=seed))


def _chance_of_pairs(pairs: pd.DataFrame, clusters: pd.DataFrame) -> pd.Series:
    """Return for each event how likely two given clusters are paired at random, one to one."""
    survivors = clusters[clusters["is_selected"]].groupby(["number", "plane"]).size()
    # Of the m × n possible pairs, min(m, n) are made.
    return 1 / survivors.groupby("number").max().reindex(pairs["number"])


def _assess_all(followed: Followed) -> Iterator[dict[str, object]]:
    pairs = followed.pairs
    is_found, is_selected, is_matched = (
        pairs[name] for name in ("is_well_found", "is_selected", "is_matched")
    )
    yield _row("clusters", "both", "loss", clopper_pearson_share(~is_found))
    yield _row("cuts", "both", "loss", clopper_pearson_share(is_found & ~is_selected))
    yield _row("matching", "both", "loss", clopper_pearson_share(is_selected & ~is_matched))
    yield _row("all", "both", "efficiency", clopper_pearson_share(is_matched))
    for end, of_end in is_matched.groupby(pairs["number"].map(followed.events["end"])):
        yield _row("all", "both", "efficiency", clopper_pearson_share(of_end), of=str(end))


def _row(
    stage: str, plane: str, quantity: str, measured: Measured, *, of: str = ""
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
