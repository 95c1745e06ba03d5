"""The scores that the PID statistics give each event for a pair of species, and its best fit."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.evaluation.intervals import wilson
from latentscape.keys import EVENT_KEY, TRACK_KEY, join, sort_by_key
from latentscape.lartpc.energy_loss import MASSES
from latentscape.lartpc.primaries import primary_tracks
from latentscape.lartpc.tables.identification import SPECIES
from latentscape.lartpc.validation.tables import PID_CONFUSION, PID_SCORES
from latentscape.seeds import seed_for

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Pair = tuple[str, str]

PER_SPECIES = {"chi2": -1, "chi2_larsoft": -1, "log_likelihood": 1}
"""Statistics with one column per species, and whether a good fit makes them large or small."""
STATISTICS = (*PER_SPECIES, "pida")
CONTEST = ("source", "statistic", "signal", "background")

NO_TRACK = -1


def of_primaries(pid: Mapping[str, pd.DataFrame], tracks: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return of each source the rows of primary tracks, so that all speak of the same track.

    The truth describes one beam particle per event, so an analysis that keeps one track per
    event is what it can judge.

    Parameters
    ----------
    pid : mapping of str to DataFrame
        A ``PID`` table of each source of calorimetry, all samples together.
    tracks : DataFrame
        Key columns of ``TRACKS`` and ``collection_height``, of the same samples.

    Returns
    -------
    dict of str to DataFrame
        At most one row per event; an event whose primary track has none is left out.

    Raises
    ------
    InputError
        For a repeated key.
    """
    primary = primary_tracks(tracks)
    return {
        source: join(primary, table, TRACK_KEY, what=f"primary tracks with {source} PID")
        for source, table in pid.items()
    }


def score_pairs(
    pid: Mapping[str, pd.DataFrame],
    truth: pd.DataFrame,
    *,
    pairs: Sequence[Pair],
    seed: int,
) -> pd.DataFrame:
    """Give every event of a pair of species one number that grows towards the signal.

    Parameters
    ----------
    pid : mapping of str to DataFrame
        The tables of :func:`of_primaries`.
    truth : DataFrame
        The ``TRUTH`` of the same samples.
    pairs : sequence of (str, str)
        Signal and background.
    seed : int
        Seed by which the events are divided in halves, for the threshold of PIDA.

    Returns
    -------
    DataFrame
        The table ``PID_SCORES``. Every event of both species has a row; its score is missing
        where the event has no track or the track no usable measurement.

    Raises
    ------
    InputError
        If an event has two tracks, or a track and no truth.

    Notes
    -----
    The scores are the differences χ²(b) - χ²(a) and ln L(a) - ln L(b) for signal a and
    background b, and PIDA with the sign that makes the signal large; PIDA grows with the mass.
    A track is accepted above 0. PIDA has no such natural threshold: it is the one of equal error
    rates on the half of the events to which the track does not belong, without the particles that
    leave the volume.
    """
    parts = []
    for source, table in pid.items():
        events = _with_truth(table, truth, what=f"{source} PID with truth")
        half = _halves(events, seed)
        for signal, background in pairs:
            is_of_pair = events["species"].isin([signal, background]).to_numpy()
            rows = events[is_of_pair]
            for statistic in STATISTICS:
                score = _score(rows, statistic, signal, background)
                threshold: Floats | float = 0.0
                if statistic not in PER_SPECIES:
                    is_signal = (rows["species"] == signal).to_numpy()
                    counts = np.isfinite(score) & ~rows["leaves"].to_numpy()
                    threshold = _cross_fitted_threshold(score, is_signal, counts, half[is_of_pair])
                key = dict(zip(CONTEST, (source, statistic, signal, background), strict=True))
                parts.append(rows.assign(**key, score=score, threshold=threshold))
    names = [column.name for column in PID_SCORES.columns]
    return PID_SCORES.concatenate(PID_SCORES.check(part[names]) for part in parts)


def _with_truth(pid: pd.DataFrame, truth: pd.DataFrame, *, what: str) -> pd.DataFrame:
    """Return one row per true event, with the results of its track where it has one."""
    known = truth[[*EVENT_KEY, "species", "momentum", "length"]].assign(
        leaves=truth["end"] == "left"
    )
    events = join(sort_by_key(known, EVENT_KEY), pid, EVENT_KEY, what=what, how="left")
    if int(events["track"].notna().sum()) != len(pid):
        raise InputError(f"{what}: {len(pid)} events have a track, but not all have a truth.")
    return events.assign(track=events["track"].fillna(NO_TRACK).astype(np.int64))


def _halves(events: pd.DataFrame, seed: int) -> NDArray[np.int64]:
    """Return 0 or 1 for each event, from its key alone."""
    keys = events[list(EVENT_KEY)].itertuples(index=False)
    return np.array([seed_for(seed, *key) % 2 for key in keys], dtype=np.int64)


def _score(rows: pd.DataFrame, statistic: str, signal: str, background: str) -> Floats:
    if statistic in PER_SPECIES:
        difference = rows[f"{statistic}_{signal}"] - rows[f"{statistic}_{background}"]
        return np.asarray(PER_SPECIES[statistic] * difference, dtype=np.float64)
    sign = 1.0 if MASSES[signal] > MASSES[background] else -1.0
    return np.asarray(sign * rows[statistic], dtype=np.float64)


def _cross_fitted_threshold(
    score: Floats, is_signal: Bools, counts: Bools, half: NDArray[np.int64]
) -> Floats:
    """Return for each row the threshold that those rows of the other half ask for that count."""
    learnt = [
        equal_error_threshold(
            score[counts & is_signal & (half == part)], score[counts & ~is_signal & (half == part)]
        )
        for part in (0, 1)
    ]
    return np.where(half == 0, learnt[1], learnt[0])


def equal_error_threshold(signal: Floats, background: Floats) -> float:
    """Return the threshold at which both species are mistaken about equally often.

    Parameters
    ----------
    signal, background : array of float
        Finite scores of both species; the signal's are larger.

    Returns
    -------
    float
        The middle between two neighbouring scores, the lowest such threshold at a tie; NaN if
        there are no two different scores or a species has none.
    """
    levels = np.unique(np.concatenate([signal, background]))
    if not len(signal) or not len(background) or len(levels) == 1:
        return np.nan
    thresholds = (levels[1:] + levels[:-1]) / 2
    lost = np.searchsorted(np.sort(signal), thresholds, side="right") / len(signal)
    mistaken = 1 - np.searchsorted(np.sort(background), thresholds, side="right") / len(background)
    return float(thresholds[np.argmin(np.abs(lost - mistaken))])


def count_confusion(pid: Mapping[str, pd.DataFrame], truth: pd.DataFrame) -> pd.DataFrame:
    """Count how often each true species is taken for each hypothesis that was scored.

    Parameters
    ----------
    pid, truth
        As in :func:`score_pairs`.

    Returns
    -------
    DataFrame
        The table ``PID_CONFUSION``, of the particles that end in the volume: others have no
        residual range there. A hypothesis that no track has a value for (LArSoft has no template
        of the deuteron) is left out; shares have Wilson's interval.

    Raises
    ------
    InputError
        If an event has two tracks, or a track and no truth.
    """
    rows = []
    for source, table in pid.items():
        events = _with_truth(table, truth, what=f"{source} PID with truth")
        left = events[events["leaves"]].value_counts("species")
        events = events[~events["leaves"]]
        for statistic in PER_SPECIES:
            scored = [name for name in SPECIES if events[f"{statistic}_{name}"].notna().any()]
            best = _best_hypotheses(events, statistic, scored)
            for species, assigned in best.groupby(events["species"], sort=True):
                tracks = assigned.value_counts()
                n = int(assigned.notna().sum())
                counts: dict[str, object] = {"n": n, "without": len(assigned) - n}
                counts["left"] = int(left.get(species, 0))
                for name in scored:
                    k = int(tracks.get(name, 0))
                    row = {"source": source, "statistic": statistic, "species": species}
                    row |= {"assigned": name, "tracks": k} | counts
                    rows.append(row | wilson_share("share", k, n))
    return PID_CONFUSION.check(pd.DataFrame(rows)) if rows else PID_CONFUSION.empty()


def _best_hypotheses(events: pd.DataFrame, statistic: str, scored: Sequence[str]) -> pd.Series:
    """Return the hypothesis that fits each event best; missing where any has no value."""
    if not scored:
        return pd.Series(None, index=events.index, dtype=object)
    columns = [f"{statistic}_{name}" for name in scored]
    values = PER_SPECIES[statistic] * events[columns].to_numpy(np.float64)
    has_result = np.isfinite(values).all(axis=1)
    best = np.array(scored, dtype=object)[np.where(has_result, values.argmax(axis=1), 0)]
    return pd.Series(best, index=events.index).where(has_result)


def wilson_share(name: str, k: int, n: int) -> dict[str, object]:
    """Return k / n with the ends of Wilson's interval, in the columns of that name."""
    if not n:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"), np.nan)
    low, high = wilson(k, n)
    return {name: k / n, f"{name}_low": float(low), f"{name}_high": float(high)}
