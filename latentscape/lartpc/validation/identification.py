"""How well the PID statistics tell the species apart, by the truth of the simulation.

All of them compare energy loss with the path that is left. A particle that leaves the volume has
no such path in it: it is left out here and counted, and stays among the causes of failure. One
that decays in flight ends in the volume as in data, and counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.evaluation.intervals import TAILS, auc, summarise_auc
from latentscape.keys import sort_by_key
from latentscape.lartpc.validation.checks import Check
from latentscape.lartpc.validation.scores import CONTEST, Pair, wilson_share
from latentscape.lartpc.validation.tables import PID_PERFORMANCE, PID_ROC, PID_SCORES
from latentscape.progress import progress
from latentscape.seeds import seed_for

Floats = NDArray[np.float64]

FEWEST = 10
"""Tracks of each species that a bin needs; bins with fewer are left out."""
LOWEST_RATE = 1e-3
"""Lowest share of accepted background on a ROC curve, besides none at all."""
STANDARD_ERRORS = 3.5
"""Tolerance of the AUC with shuffled species: about one in 2000 true nulls lies further off."""


def measure_performance(
    scores: pd.DataFrame,
    *,
    momentum_edges: Sequence[float],
    length_edges: Sequence[float],
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Measure AUC, efficiency and purity of every statistic for every pair, and in bins.

    Parameters
    ----------
    scores : DataFrame
        The table ``PID_SCORES``.
    momentum_edges : sequence of float
        Edges of the bins in true momentum [MeV/c].
    length_edges : sequence of float
        Edges of the bins in true length [cm].
    bootstrap, permutations : int
        Draws of an interval and of a null.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        The table ``PID_PERFORMANCE``, of the particles that end in the volume. Bins with fewer
        than ``FEWEST`` tracks of either species are left out.

    Notes
    -----
    The AUC has a bootstrap interval, stratified by species, and a permutation null. Efficiencies
    and the purity as found are shares of counts with Wilson's interval, since resampling would
    give a full count no width. The purity for equal numbers, e/(e + m) with the shares e and m
    of accepted signal and background, has the quantiles of draws of both shares from Jeffreys'
    posteriors (L. D. Brown, T. T. Cai and A. DasGupta, Statist. Sci. 16 (2001) 101).
    """
    contests = sort_by_key(scores, PID_SCORES.key).groupby(list(CONTEST), sort=True)
    edges = {"momentum": momentum_edges, "length": length_edges}
    rows = []
    for key, contest in progress(contests, len(contests), unit="contests"):
        for place, part in _bins(contest, edges):
            measured = _measure(part, bootstrap, permutations, seed_for(seed, *key, *place))
            names = (*CONTEST, "binned_by", "bin_low", "bin_high")
            rows.append(dict(zip(names, (*key, *place), strict=True)) | measured)
    return PID_PERFORMANCE.check(pd.DataFrame(rows)) if rows else PID_PERFORMANCE.empty()


def _bins(
    contest: pd.DataFrame, edges: Mapping[str, Sequence[float]]
) -> Iterator[tuple[tuple[str, float, float], pd.DataFrame]]:
    """Give all rows, then those of each bin that has enough of both species."""
    yield ("all", 0.0, np.inf), contest
    for name, bounds in edges.items():
        for low, high in pairwise(bounds):
            inside = contest[(contest[name] >= low) & (contest[name] < high)]
            scored = inside[inside["score"].notna() & ~inside["leaves"]]
            is_signal = scored["species"] == scored["signal"]
            if min(is_signal.sum(), (~is_signal).sum()) >= FEWEST:
                yield (name, float(low), float(high)), inside


def _measure(rows: pd.DataFrame, bootstrap: int, permutations: int, seed: int) -> dict[str, object]:
    roles = rows[["signal", "background"]].iloc[0]
    left = rows.loc[rows["leaves"], "species"]
    rows = rows[~rows["leaves"]]
    is_scored = rows["score"].notna().to_numpy()
    is_signal = (rows["species"] == rows["signal"]).to_numpy()
    usable = rows[is_scored]
    signal = is_signal[is_scored]
    measured: dict[str, object] = {
        "n_signal": int(signal.sum()),
        "n_background": int((~signal).sum()),
        "signal_without": int((is_signal & ~is_scored).sum()),
        "background_without": int((~is_signal & ~is_scored).sum()),
        "signal_left": int((left == roles["signal"]).sum()),
        "background_left": int((left == roles["background"]).sum()),
    }
    if not signal.any() or signal.all():
        missing = [column.name for column in PID_PERFORMANCE.columns if column.nullable]
        return measured | dict.fromkeys(missing, np.nan)
    area = summarise_auc(
        usable["score"], signal, bootstrap=bootstrap, permutations=permutations, seed=seed
    ).iloc[0]
    measured |= {"auc": area["auc"], "auc_low": area["low"], "auc_high": area["high"]}
    measured |= {"null_low": area["null_low"], "null_high": area["null_high"]}
    accepted = (usable["score"] > usable["threshold"]).to_numpy()
    kept, mistaken = int((accepted & signal).sum()), int((accepted & ~signal).sum())
    if usable["threshold"].isna().any():
        shares = ("efficiency", "efficiency_of_all", "mistaken", "purity", "found_purity")
        missing = [f"{name}{end}" for name in shares for end in ("", "_low", "_high")]
        return measured | dict.fromkeys(missing, np.nan)
    n_signal, n_background = int(signal.sum()), int((~signal).sum())
    measured |= wilson_share("efficiency", kept, n_signal)
    measured |= wilson_share("efficiency_of_all", kept, int(is_signal.sum()))
    measured |= wilson_share("mistaken", mistaken, n_background)
    measured |= wilson_share("found_purity", kept, kept + mistaken)
    purity = _purity((kept, n_signal), (mistaken, n_background), bootstrap, seed)
    return measured | purity


def _purity(
    signal: tuple[int, int], background: tuple[int, int], draws: int, seed: int
) -> dict[str, object]:
    """Return the purity for equal numbers from (accepted, all) of both species."""
    names = ("purity", "purity_low", "purity_high")
    if not signal[0] and not background[0]:
        return dict.fromkeys(names, np.nan)
    rng = np.random.default_rng(seed)
    shares = [rng.beta(k + 0.5, n - k + 0.5, size=draws) for k, n in (signal, background)]
    low, high = np.quantile(shares[0] / (shares[0] + shares[1]), TAILS)
    efficiency, mistaken = (k / n for k, n in (signal, background))
    value = efficiency / (efficiency + mistaken)
    # A full or empty count lies beyond every quantile of its posterior.
    return dict(zip(names, (value, min(low, value), max(high, value)), strict=True))


def trace_roc(scores: pd.DataFrame, *, roc_points: int, bootstrap: int, seed: int) -> pd.DataFrame:
    """Trace the ROC curve of every statistic for every pair, with a bootstrap band.

    Parameters
    ----------
    scores : DataFrame
        The table ``PID_SCORES``.
    roc_points : int
        Points of a curve: at no accepted background and, at equal ratios, from ``LOWEST_RATE``
        to 1.
    bootstrap : int
        Draws of the band, stratified by species; its interval holds at each point by itself.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        The table ``PID_ROC``, of the particles that end in the volume; pairs of which a species
        has no score have no curve.
    """
    grid = np.concatenate([[0.0], np.geomspace(LOWEST_RATE, 1.0, roc_points - 1)])
    curves = []
    usable = sort_by_key(_usable(scores), PID_SCORES.key)
    for key, contest in usable.groupby(list(CONTEST), sort=True):
        is_signal = (contest["species"] == contest["signal"]).to_numpy()
        if is_signal.all() or not is_signal.any():
            continue
        values = contest["score"].to_numpy(np.float64)
        rng = np.random.default_rng(seed_for(seed, *key))
        curve, low, high = _roc(values[is_signal], values[~is_signal], grid, bootstrap, rng)
        table = pd.DataFrame(
            {"mistaken": grid, "efficiency": curve, "efficiency_low": low, "efficiency_high": high}
        )
        named = dict(zip(CONTEST, map(str, key), strict=True))
        curves.append(table.assign(**named))
    return PID_ROC.check(pd.concat(curves)) if curves else PID_ROC.empty()


def _roc(
    signal: Floats, background: Floats, grid: Floats, bootstrap: int, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    order = np.argsort(-np.concatenate([signal, background]), kind="stable")
    ordered = np.concatenate([signal, background])[order]
    # No threshold passes between equal scores: only the last of them ends a step.
    ends = np.flatnonzero(np.append(np.diff(ordered) != 0, True))
    is_signal = order < len(signal)
    shares = []
    for is_kind in (is_signal, ~is_signal):
        # The first row is the sample itself, the others are drawn from it.
        weights = np.zeros((1 + bootstrap, len(order)))
        n = int(is_kind.sum())
        weights[:, is_kind] = np.vstack(
            [np.ones(n), rng.multinomial(n, np.full(n, 1 / n), size=bootstrap)]
        )
        shares.append(np.cumsum(weights, axis=1)[:, ends] / n)
    # A rate such as 0.29 × 100 must allow 29, in spite of rounding.
    allowed = grid + 1e-9
    curves = np.stack(
        [
            np.append(0.0, found)[np.searchsorted(mistaken, allowed, side="right")]
            for found, mistaken in zip(*shares, strict=True)
        ]
    )
    low, high = np.quantile(curves[1:], TAILS, axis=0)
    return curves[0], low, high


def _usable(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have a score and whose particle ends in the volume."""
    return scores[scores["score"].notna() & ~scores["leaves"]]


def check_shuffled_species(scores: pd.DataFrame, *, pair: Pair, seed: int) -> list[Check]:
    """Check that the AUC of the real scores is 1/2 once the species are shuffled.

    This tests how the AUC is computed, with the ties and numbers of the real scores. The scores
    are fixed before the species are shuffled: how they came about is not tested.

    Parameters
    ----------
    scores : DataFrame
        The table ``PID_SCORES``.
    pair : (str, str)
        Signal and background; only their events are shuffled, so the numbers stay.
    seed : int
        Random seed; each source and statistic is shuffled by itself.

    Returns
    -------
    list of Check
        One per source and statistic that has scores of both species.

    Notes
    -----
    Without a difference the AUC has the mean 1/2 and the variance (n + m + 1)/(12 n m): H. B.
    Mann and D. R. Whitney, Ann. Math. Statist. 18 (1947) 50.
    """
    usable = sort_by_key(_usable(scores), PID_SCORES.key)
    usable = usable[(usable["signal"] == pair[0]) & (usable["background"] == pair[1])]
    checks = []
    for (source, statistic), rows in usable.groupby(["source", "statistic"], sort=True):
        is_signal = (rows["species"] == pair[0]).to_numpy()
        n, m = int(is_signal.sum()), int((~is_signal).sum())
        if not n or not m:
            continue
        rng = np.random.default_rng(seed_for(seed, source, statistic))
        error = float(np.sqrt((n + m + 1) / (12 * n * m)))
        checks.append(
            Check(
                check=f"AUC of {statistic}, {source} calorimetry, shuffled {pair[0]} and {pair[1]}",
                group="PID performance",
                source="AUC without a difference: Mann and Whitney, "
                "Ann. Math. Statist. 18 (1947) 50",
                expected=0.5,
                measured=float(auc(rows["score"], rng.permutation(is_signal))[0]),
                uncertainty=error,
                tolerance=STANDARD_ERRORS * error,
            )
        )
    return checks
