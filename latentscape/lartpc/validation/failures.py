"""Where the particle identification fails: its causes by the truth, and the worst tracks."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY, TRACK_KEY, join, sort_by_key
from latentscape.lartpc.geometry import PLANES
from latentscape.lartpc.tables.truth import CLUSTER_TRUTH
from latentscape.lartpc.validation.scores import CONTEST, Pair, wilson_share
from latentscape.lartpc.validation.tables import PID_CAUSES, PID_FAILURES, PID_SCORES

CAUSES = {
    "other_particles": "Others than the beam particle and its daughters hold much of the cluster",
    "left": "The particle leaves the active volume before it stops",
    "decayed_in_flight": "The particle decays in flight: its residual range ends too early",
    "daughters": "The daughters hold much of the cluster, so its end is not the particle's",
    "few_points": "The track has few measurements",
    "none": "None of these",
    "reinteracted": "The particle interacts hadronically: not simulated without Geant4 data sets",
}
"""Causes of failure in the order in which they are looked for, and what each means."""


def find_causes(
    pid: Mapping[str, pd.DataFrame],
    truth: pd.DataFrame,
    tracks: pd.DataFrame,
    cluster_truth: pd.DataFrame,
    *,
    foreign_share: float,
    daughters_share: float,
    few_points: int,
) -> pd.DataFrame:
    """Say of each event's track which known cause of failure applies first.

    A cause is no proof: that it makes a track fail shows only where tracks with it fail more
    often than tracks without, see :func:`count_failures`.

    Parameters
    ----------
    pid : mapping of str to DataFrame
        The tables of :func:`~latentscape.lartpc.validation.scores.of_primaries`. A source named as
        a plane has its calorimetry from the track's cluster there; any other describes the beam
        particle alone, so what else lies in the cluster is no cause.
    truth : DataFrame
        The ``TRUTH`` of the same samples.
    tracks : DataFrame
        Key columns of ``TRACKS`` and ``induction_cluster``.
    cluster_truth : DataFrame
        The table ``CLUSTER_TRUTH`` of the same samples.
    foreign_share : float
        Share of a cluster's signal above which other particles are a cause.
    daughters_share : float
        Share of a cluster's signal above which the daughters are a cause.
    few_points : int
        Number of measurements below which they are few.

    Returns
    -------
    DataFrame
        The table ``PID_CAUSES``, one row per source and event with a track. Hadronic
        interactions do not occur: the simulation has no data sets for them.

    Raises
    ------
    InputError
        If an event has two tracks, or a track or its cluster has no truth.
    """
    parts = []
    for source, table in pid.items():
        points = table[[*TRACK_KEY, "n_points"]]
        rows = _join_all(points, truth[[*EVENT_KEY, "end"]], EVENT_KEY, f"{source} PID with truth")
        conditions = {name: rows["end"] == name for name in ("left", "decayed_in_flight")}
        conditions["few_points"] = rows["n_points"] < few_points
        if source in PLANES:
            rows = _with_cluster_shares(rows, tracks, cluster_truth, source)
            conditions["other_particles"] = rows["foreign"] > foreign_share
            conditions["daughters"] = rows["daughters"] > daughters_share
        present = [name for name in CAUSES if name in conditions]
        cause = np.select([conditions[name] for name in present], present, default="none")
        parts.append(rows[list(TRACK_KEY)].assign(source=source, cause=cause))
    return PID_CAUSES.concatenate(PID_CAUSES.check(part) for part in parts)


def _join_all(
    left: pd.DataFrame, right: pd.DataFrame, key: tuple[str, ...], what: str
) -> pd.DataFrame:
    joined = join(left, right, key, what=what)
    if len(joined) != len(left):
        raise InputError(f"{what}: {len(left) - len(joined)} of {len(left)} rows have no partner.")
    return joined


def _with_cluster_shares(
    rows: pd.DataFrame, tracks: pd.DataFrame, cluster_truth: pd.DataFrame, plane: str
) -> pd.DataFrame:
    """Add what share of each track's cluster is the daughters' and other particles'.

    A cluster without true signal is noise, and all of it foreign.
    """
    what = f"{plane} tracks with cluster truth"
    numbers = tracks[[*TRACK_KEY, "induction_cluster"]]
    rows = _join_all(rows, numbers, TRACK_KEY, f"{plane} PID with tracks")
    cluster = "induction_cluster" if plane == "induction" else "track"
    rows = rows.assign(plane=plane, cluster=rows[cluster])
    held = _join_all(rows, cluster_truth, CLUSTER_TRUTH.key, what)
    signal = held["signal"].where(held["signal"] > 0)
    daughters = (held["daughter_signal"] / signal).fillna(0.0)
    beam = (held["beam_signal"] / signal).fillna(0.0)
    return held.assign(daughters=daughters, foreign=1 - daughters - beam)


def count_failures(scores: pd.DataFrame, causes: pd.DataFrame) -> pd.DataFrame:
    """Count how often each cause comes with a wrong decision.

    Parameters
    ----------
    scores : DataFrame
        The table ``PID_SCORES``.
    causes : DataFrame
        The table ``PID_CAUSES`` of the same events.

    Returns
    -------
    DataFrame
        The table ``PID_FAILURES``, with Wilson's interval of each rate. A signal track fails if
        it is not accepted, a background track if it is. Particles that leave the volume count
        here, unlike in ``PID_PERFORMANCE``.

    Raises
    ------
    InputError
        If a scored event has no cause.
    """
    key = ["source", *EVENT_KEY]
    decided = scores[scores["score"].notna() & scores["threshold"].notna()]
    kinds = causes[[*key, "cause"]]
    rows = decided.merge(kinds, on=key, how="left", validate="many_to_one")
    if rows["cause"].isna().any():
        raise InputError(f"causes of failure: {int(rows['cause'].isna().sum())} scores have none.")
    rows["failed"] = is_mistaken(rows)
    table = []
    for group, of_species in rows.groupby([*CONTEST, "species"], sort=True):
        all_failed = int(of_species["failed"].sum())
        for cause, meaning in CAUSES.items():
            failed = of_species.loc[of_species["cause"] == cause, "failed"]
            k, n = int(failed.sum()), len(failed)
            row = dict(zip((*CONTEST, "species"), group, strict=True))
            row |= {"cause": cause, "n": n, "failed": k, "meaning": meaning}
            row |= {"share": k / all_failed if all_failed else np.nan}
            table.append(row | wilson_share("rate", k, n))
    return PID_FAILURES.check(pd.DataFrame(table)) if table else PID_FAILURES.empty()


def is_mistaken(scores: pd.DataFrame) -> pd.Series:
    """Return for each row of ``PID_SCORES`` with a decision whether that is wrong."""
    return (scores["score"] > scores["threshold"]) != (scores["species"] == scores["signal"])


def worst_cases(
    scores: pd.DataFrame,
    causes: pd.DataFrame,
    *,
    source: str,
    statistic: str,
    pair: Pair,
    worst: int,
) -> pd.DataFrame:
    """Return the tracks of each species that look most like the other one.

    Parameters
    ----------
    scores : DataFrame
        The table ``PID_SCORES``.
    causes : DataFrame
        The table ``PID_CAUSES`` of the same events.
    source, statistic : str
        Source of the calorimetry, and statistic.
    pair : (str, str)
        Signal and background.
    worst : int
        Largest number of tracks of each species; where fewer are mistaken, the least clear of
        the others follow.

    Returns
    -------
    DataFrame
        Rows of ``PID_SCORES`` with ``cause`` and ``is_mistaken``: the signal's, then the
        background's, worst first, by key at a tie.
    """
    wanted = dict(zip(CONTEST, (source, statistic, *pair), strict=True))
    is_wanted = np.logical_and.reduce([scores[name] == value for name, value in wanted.items()])
    rows = scores[is_wanted & scores["score"].notna() & scores["threshold"].notna()]
    rows = sort_by_key(rows, PID_SCORES.key)
    key = ("source", *EVENT_KEY)
    rows = join(rows, causes[[*key, "cause"]], key, what="worst cases with causes", how="left")
    margin = rows["score"] - rows["threshold"]
    rows = rows.assign(
        is_mistaken=is_mistaken(rows),
        margin=margin.where(rows["species"] == rows["signal"], -margin),
    ).sort_values("margin", kind="stable")
    parts = [rows[rows["species"] == name].head(worst) for name in pair]
    return pd.concat(parts, ignore_index=True).drop(columns="margin")
