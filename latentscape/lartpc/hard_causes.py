"""What the hard cases of the probes are, by the truth of the simulation."""

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact
from scipy.stats.contingency import odds_ratio

from latentscape.errors import InputError
from latentscape.evaluation.hard_cases import HARD
from latentscape.evaluation.intervals import LEVEL, wilson
from latentscape.evaluation.two_sample import holm
from latentscape.keys import EVENT_KEY, TRACK_KEY, join, sort_by_key
from latentscape.lartpc.tables.truth import HARD_CAUSES

ENDS = ("stopped", "decayed_at_rest", "decayed_in_flight", "left")
TRAITS = (*ENDS, "low_energy", "high_energy", "halo", "pile_up", "daughters", "foreign_charge")


def track_traits(
    truth: pd.DataFrame,
    cluster_truth: pd.DataFrame,
    tracks: pd.DataFrame,
    *,
    extreme_energy: float,
    other_charge: float,
) -> pd.DataFrame:
    """Return what is true of each track that could make it hard.

    Parameters
    ----------
    truth : DataFrame
        The table TRUTH of simulated samples.
    cluster_truth : DataFrame
        The table CLUSTER_TRUTH of their clusters.
    tracks : DataFrame
        Track key and ``induction_cluster``.
    extreme_energy : float
        Share of a sample's tracks that have low energy, and share that have high energy.
    other_charge : float
        Share of the signal in both clusters from which daughters, or particles that are neither
        the beam particle nor its daughters, count.

    Returns
    -------
    DataFrame
        The track key and one column of bool per trait of ``TRAITS``.

    Raises
    ------
    InputError
        If a track's cluster has no truth.
    """
    rows = join(
        tracks[[*TRACK_KEY, "induction_cluster"]],
        truth,
        EVENT_KEY,
        what="tracks with truth",
        relation="many_to_one",
    )
    rows = _with_charge(sort_by_key(rows, TRACK_KEY), cluster_truth)
    energy = rows.groupby("sample")["kinetic_energy"]
    ends = pd.DataFrame({end: rows["end"] == end for end in ENDS})
    traits = pd.DataFrame().assign(
        low_energy=rows["kinetic_energy"] <= energy.transform("quantile", extreme_energy),
        high_energy=rows["kinetic_energy"] >= energy.transform("quantile", 1 - extreme_energy),
        halo=rows["halo_muons"] > 0,
        pile_up=rows["pile_up"] > 0,
        daughters=rows["daughter_share"] >= other_charge,
        foreign_charge=rows["foreign_share"] >= other_charge,
    )
    return pd.concat([rows[list(TRACK_KEY)], ends, traits], axis=1)


def explain_hard_cases(verdicts: pd.DataFrame, traits: pd.DataFrame) -> pd.DataFrame:
    """Return which traits are over-represented among the hard tracks of each label.

    Parameters
    ----------
    verdicts : DataFrame
        The table VERDICTS; tracks without traits are left out.
    traits : DataFrame
        From :func:`track_traits`.

    Returns
    -------
    DataFrame
        Table ``hard_causes``. Shares have Wilson intervals. The odds ratio is the conditional
        maximum-likelihood estimate with its exact interval, the p-value Fisher's, two-sided, and
        corrected over the traits (Holm). Traits that all tracks of a label have, or none, are
        left out. That a trait is more frequent does not say that it is the cause.

    Notes
    -----
    R. A. Fisher, J. R. Stat. Soc. 98 (1935) 39.
    """
    rows = join(verdicts, traits, TRACK_KEY, what="verdicts with traits", relation="many_to_one")
    tables = []
    for (task, label), own in rows.groupby(["task", "label"], sort=True):
        for kind, column in HARD.items():
            hard = own[column].to_numpy(dtype=bool)
            found = [
                {"trait": trait, **_odds(hard, own[trait].to_numpy(dtype=bool))}
                for trait in TRAITS
                if 0 < own[trait].sum() < len(own)
            ]
            if found:
                table = pd.DataFrame(found)
                table["p_holm"] = holm(table["p_value"])
                tables.append(table.assign(task=str(task), label=str(label), kind=kind))
    return HARD_CAUSES.check(HARD_CAUSES.concatenate(tables))


def _with_charge(rows: pd.DataFrame, cluster_truth: pd.DataFrame) -> pd.DataFrame:
    """Add the shares of daughters and of other particles in both clusters of each track."""
    signals = ["signal", "beam_signal", "daughter_signal"]
    sums = np.zeros((len(rows), len(signals)))
    for plane, cluster in (("collection", "track"), ("induction", "induction_cluster")):
        own = cluster_truth[cluster_truth["plane"] == plane].rename(columns={"cluster": cluster})
        key = [*EVENT_KEY, cluster]
        what = f"true signal of the {plane} clusters"
        found = join(
            rows[key], own[[*key, *signals]], key, what=what, how="left", relation="many_to_one"
        )
        lost = int(found["signal"].isna().sum())
        if lost:
            raise InputError(f"{what}: {lost} tracks have none.")
        sums += found[signals].to_numpy()
    total = np.maximum(sums[:, 0], np.finfo(float).tiny)
    return rows.assign(
        daughter_share=sums[:, 2] / total,
        foreign_share=(sums[:, 0] - sums[:, 1] - sums[:, 2]) / total,
    )


def _odds(is_hard: np.ndarray, has_trait: np.ndarray) -> dict[str, Any]:
    """Return shares of a trait among hard and other tracks, and how their odds compare."""
    counts = np.array(
        [
            [np.count_nonzero(hard & has_trait), np.count_nonzero(hard & ~has_trait)]
            for hard in (is_hard, ~is_hard)
        ]
    )
    columns: dict[str, Any] = {}
    for side, (with_trait, without) in zip(("hard", "other"), counts.tolist(), strict=True):
        n = with_trait + without
        low, high = wilson(with_trait, n)
        columns |= {
            f"{side}_share": with_trait / n if n else math.nan,
            f"{side}_low": float(low),
            f"{side}_high": float(high),
            f"n_{side}": n,
        }
    known = counts.sum(axis=1).all()
    ratio = odds_ratio(counts) if known else None
    ends = ratio.confidence_interval(LEVEL) if ratio else (math.nan, math.nan)
    return columns | {
        "odds_ratio": float(ratio.statistic) if ratio else math.nan,
        "odds_low": float(ends[0]),
        "odds_high": float(ends[1]),
        "p_value": float(fisher_exact(counts).pvalue),
    }
