"""Factors: what was true of the particle that a track shows."""

import numpy as np
import pandas as pd

from latentscape.keys import EVENT_KEY, TRACK_KEY, join, sort_by_key
from latentscape.lartpc.attribution import follow_beam
from latentscape.lartpc.tables.truth import TRUE_FACTORS

DECAYS = ("decayed_at_rest", "decayed_in_flight")


def true_factors(
    truth: pd.DataFrame,
    cluster_truth: pd.DataFrame,
    selected: pd.DataFrame,
    tracks: pd.DataFrame,
) -> pd.DataFrame:
    """Return what is true of the beam particle that each track shows.

    Tracks of halo muons, pile-up or decay daughters are left out: both clusters of a track must
    hold more of the beam particle than of all else.

    Parameters
    ----------
    truth : DataFrame
        The table TRUTH of one or several samples.
    cluster_truth : DataFrame
        The table CLUSTER_TRUTH of their clusters.
    selected : DataFrame
        The clusters that survive the cuts, with at least the key of CLUSTERS.
    tracks : DataFrame
        The tracks, with at least the key of TRACKS and induction_cluster.

    Returns
    -------
    DataFrame
        The table TRUE_FACTORS.

    Raises
    ------
    InputError
        If a cluster or track has no truth.
    """
    followed = follow_beam(cluster_truth, truth, selected, tracks)
    of_beam = followed.tracks[followed.tracks["is_beam"]]
    numbered = followed.events[list(EVENT_KEY)].assign(number=np.arange(len(followed.events)))
    found = join(
        of_beam[["number", "track"]],
        numbered,
        ["number"],
        what="tracks of the beam particle",
        relation="many_to_one",
    )
    rows = join(
        found[list(TRACK_KEY)],
        truth,
        EVENT_KEY,
        what="tracks with truth",
        relation="many_to_one",
    )
    decays = rows["end"].isin(DECAYS)
    factors = rows[list(TRACK_KEY)].assign(
        kinetic_energy=rows["kinetic_energy"],
        angle=rows["angle"],
        length=rows["length"],
        entry_x=rows["entry_x"],
        entry_y=rows["entry_y"],
        decays=decays.astype(np.float64),
        decays_in_flight=(rows["end"] == "decayed_in_flight").where(decays).astype(np.float64),
        decay_depth=rows["end_z"].where(decays),
    )
    return TRUE_FACTORS.check(sort_by_key(factors, TRACK_KEY))
