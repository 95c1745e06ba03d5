"""The selected tracks held against the beam line: spectrometer mass, and range for momentum."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.evaluation.intervals import TAILS, wilson
from latentscape.keys import EVENT_KEY, TRACK_KEY, join, sort_by_key
from latentscape.lartpc.energy_loss import MASSES, csda_range
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.tables.beamline import BEAM_TRACKS, MASS_CHECKS, RANGE_CHECKS, SCORE_CHECKS
from latentscape.lartpc.tables.calorimetry import TRACK_CALORIMETRY
from latentscape.lartpc.tables.identification import SPECIES
from latentscape.seeds import seed_for

Floats = NDArray[np.float64]
Window = tuple[float, float]

CENTRAL = (0.16, 0.5, 0.84)
"""Levels of the central 68 % and of the median."""

NO_SPECIES = "none"
"""Stands for a mass that no window holds."""

# Values that are drawn at once: eight megabytes.
_DRAWN = 2**20


def measure_beam_tracks(
    own: Iterable[pd.DataFrame],
    beamline: pd.DataFrame,
    *,
    detector: Detector,
    upstream_cm: float,
    edge_cm: float,
) -> pd.DataFrame:
    """Put the length of each track beside the ranges that its momentum lets expect.

    Parameters
    ----------
    own : iterable of DataFrame
        Track key, ``plane``, ``length`` and the end of the table TRACK_CALORIMETRY, in parts. Of
        a track with both planes the collection plane's row counts; their ends are the same.
    beamline : DataFrame
        The table BEAMLINE of the same samples; tracks of events without a row are left out.
    detector : Detector
        Gives the active volume.
    upstream_cm : float
        Argon that stops as much as what lies between the spectrometer and the active volume. It
        is taken off every expected range.
    edge_cm : float
        A track whose end is closer than this to a wall is not contained.

    Returns
    -------
    DataFrame
        The table BEAM_TRACKS. A track is contained by its own end, which is where the charge
        drops: a track that crosses the volume has no such end and may pass as contained.

    Raises
    ------
    InputError
        For a momentum below zero.
    """
    ends = ["end_x", "end_y", "end_z"]
    rows = pd.concat([TRACK_CALORIMETRY.empty(), *own], ignore_index=True)
    tracks = sort_by_key(rows, (*TRACK_KEY, "plane"))[[*TRACK_KEY, "length", *ends]]
    tracks = tracks.drop_duplicates(list(TRACK_KEY))
    rows = join(tracks, beamline, EVENT_KEY, what="tracks with beam line", relation="many_to_one")
    momentum = rows["momentum"].to_numpy(dtype=float)
    if (momentum < 0).any():
        raise InputError(f"beam line: a momentum is {momentum.min():.6g} MeV/c, below zero.")
    expected = {
        f"expected_{species}": _expected_range(momentum, species, upstream_cm)
        for species in SPECIES
    }
    contained = _is_contained(rows[ends].to_numpy(dtype=float), detector, edge_cm)
    return BEAM_TRACKS.check(rows.drop(columns=ends).assign(is_contained=contained, **expected))


def _expected_range(momentum: Floats, species: str, upstream_cm: float) -> Floats:
    mass = MASSES[species]
    path = csda_range(np.hypot(momentum, mass) - mass, species=species) - upstream_cm
    return np.where(path > 0, path, np.nan)


def _is_contained(ends: Floats, detector: Detector, edge_cm: float) -> NDArray[np.bool_]:
    width, height, depth = detector.size_cm
    low = np.array([0.0, -height / 2, 0.0]) + edge_cm
    high = np.array([width, height / 2, depth]) - edge_cm
    return np.asarray(((ends > low) & (ends < high)).all(axis=1))


def check_masses(
    beamline: pd.DataFrame,
    tracks: pd.DataFrame,
    *,
    species: Mapping[str, str],
    mass_windows: Mapping[str, Window],
    bootstrap: int,
    seed: int,
) -> pd.DataFrame:
    """Hold the spectrometer mass of the events of each sample against the known mass.

    Parameters
    ----------
    beamline : DataFrame
        The table BEAMLINE of all samples.
    tracks : DataFrame
        Keys of the selected tracks; an event may have several.
    species : mapping of str to str
        Species of each sample.
    mass_windows : mapping of str to (float, float)
        Masses that name a species, both ends included.
    bootstrap : int
        Draws of the intervals of median and width.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        The table MASS_CHECKS. A group without event has no row.

    Raises
    ------
    InputError
        If the species of a sample has no window.
    """
    survivors = tracks[list(EVENT_KEY)].drop_duplicates().assign(survives=True)
    rows = sort_by_key(beamline, EVENT_KEY)
    rows = join(rows, survivors, EVENT_KEY, what="events with tracks", how="left")
    survives = rows["survives"].notna()
    groups = {"all": survives | True, "track": survives, "picky": survives & rows["is_picky"]}
    found = []
    for sample, name, values in _by_sample(rows, groups, "mass"):
        own = species[sample]
        if own not in mass_windows:
            raise InputError(
                f"{sample}: lartpc.beam_checks.mass_windows has no window for {own}; "
                f"it has {', '.join(mass_windows)}."
            )
        low, high = mass_windows[own]
        passed = int(((values >= low) & (values <= high)).sum())
        draws = _spread_of(values, bootstrap=bootstrap, seed=seed_for(seed, sample, name))
        key = {"sample": sample, "events": name, "known": MASSES[own], "n": len(values)}
        found.append(key | draws | _share(passed, len(values)))
    return MASS_CHECKS.check(pd.DataFrame(found)) if found else MASS_CHECKS.empty()


def check_ranges(
    beam_tracks: pd.DataFrame, *, tolerance: float, bootstrap: int, seed: int
) -> pd.DataFrame:
    """Hold the length of the tracks against the range expected under each hypothesis.

    Parameters
    ----------
    beam_tracks : DataFrame
        The table BEAM_TRACKS of all samples.
    tolerance : float
        Relative difference within which length and range agree.
    bootstrap : int
        Draws of the intervals of median and width.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        The table RANGE_CHECKS: the ratio of length and expected range. For stopping tracks its
        median is near 1 under the right hypothesis. A group without track has no row.
    """
    rows = sort_by_key(beam_tracks, TRACK_KEY)
    contained = rows["is_contained"].astype(bool)
    groups = {"all": contained | True, "contained": contained}
    found = []
    for hypothesis in SPECIES:
        ratio = rows.assign(ratio=rows["length"] / rows[f"expected_{hypothesis}"])
        for sample, name, values in _by_sample(ratio, groups, "ratio"):
            passed = int((np.abs(values - 1) <= tolerance).sum())
            draws = _spread_of(
                values, bootstrap=bootstrap, seed=seed_for(seed, sample, name, hypothesis)
            )
            key = {"sample": sample, "tracks": name, "hypothesis": hypothesis, "n": len(values)}
            found.append(key | draws | _share(passed, len(values)))
    return RANGE_CHECKS.check(pd.DataFrame(found)) if found else RANGE_CHECKS.empty()


def check_scores(
    beam_tracks: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    mass_windows: Mapping[str, Window],
) -> pd.DataFrame:
    """Ask mass and range which species the more anomalous half of each sample is.

    Each sample is split at the median of the score, in every training. Tracks with a score equal
    to the median are in the lower half.

    Parameters
    ----------
    beam_tracks : DataFrame
        The table BEAM_TRACKS of all samples.
    scores : DataFrame
        ``seed``, the track key and ``score``, larger is stranger; tracks without one are left
        out.
    mass_windows : mapping of str to (float, float)
        Masses that name a species; where windows overlap, the species with the nearest known
        mass is named.

    Returns
    -------
    DataFrame
        The table SCORE_CHECKS. ``range`` looks at contained tracks alone and names the species
        whose expected range is nearest in ratio.
    """
    rows = sort_by_key(beam_tracks, TRACK_KEY)
    rows = rows.assign(by_mass=_named_by_mass(rows, mass_windows), by_range=_named_by_range(rows))
    wanted = scores[["seed", *TRACK_KEY, "score"]]
    joined = join(wanted, rows, TRACK_KEY, what="scores with beam line", relation="many_to_one")
    found: list[dict[str, object]] = []
    for (number, sample), own in joined.groupby(["seed", "sample"], sort=True):
        is_upper = (own["score"] > own["score"].median()).to_numpy()
        checks = {"mass": np.ones(len(own), dtype=bool), "range": own["is_contained"].to_numpy()}
        for check, used in checks.items():
            names = own[f"by_{check}"].to_numpy()
            halves = (names[used & ~is_upper], names[used & is_upper])
            key = {"seed": number, "sample": sample, "check": check}
            found += [key | row for row in _compare_halves(*halves)]
    return SCORE_CHECKS.check(pd.DataFrame(found)) if found else SCORE_CHECKS.empty()


def _named_by_mass(rows: pd.DataFrame, mass_windows: Mapping[str, Window]) -> NDArray[np.object_]:
    mass = rows["mass"].to_numpy(dtype=float)
    distance = [
        np.where((mass >= low) & (mass <= high), np.abs(mass - MASSES[species]), np.inf)
        for species, (low, high) in mass_windows.items()
    ]
    return _nearest(np.reshape(distance, (len(mass_windows), len(mass))), list(mass_windows))


def _named_by_range(rows: pd.DataFrame) -> NDArray[np.object_]:
    expected = rows[[f"expected_{species}" for species in SPECIES]].to_numpy(dtype=float).T
    length = rows["length"].to_numpy(dtype=float)
    distance = np.abs(np.log(expected / length))
    return _nearest(np.where(np.isnan(distance), np.inf, distance), list(SPECIES))


def _nearest(distance: Floats, names: Sequence[str]) -> NDArray[np.object_]:
    """Return the name with the least distance (names, rows), none where all are infinite."""
    with_none = np.array([*names, NO_SPECIES], dtype=object)
    closest = np.where(np.isinf(distance).all(axis=0), len(names), distance.argmin(axis=0))
    return np.asarray(with_none[closest])


def _compare_halves(
    lower: NDArray[np.object_], upper: NDArray[np.object_]
) -> Iterator[dict[str, object]]:
    """Give the share of each species in both halves and the difference of the halves.

    The interval of the difference is Newcombe's (Stat. Med. 17 (1998) 873, method 10).
    """
    if not len(lower) or not len(upper):
        return
    for species in (*SPECIES, NO_SPECIES):
        low, high = (_share(int((half == species).sum()), len(half)) for half in (lower, upper))
        yield {"half": "lower", "species": species, "n": len(lower)} | low
        yield {"half": "upper", "species": species, "n": len(upper)} | high
        difference = high["share"] - low["share"]
        down = np.hypot(high["share"] - high["share_low"], low["share_high"] - low["share"])
        up = np.hypot(high["share_high"] - high["share"], low["share"] - low["share_low"])
        yield {
            "half": "difference",
            "species": species,
            "share": difference,
            "share_low": difference - down,
            "share_high": difference + up,
            "n": len(lower) + len(upper),
        }


def _by_sample(
    rows: pd.DataFrame, groups: Mapping[str, pd.Series], column: str
) -> Iterator[tuple[str, str, Floats]]:
    """Give the defined values of a column, for each sample and group that has any."""
    for sample, own in rows.groupby("sample", sort=True):
        for name, is_in in groups.items():
            values = own.loc[is_in[own.index], column].dropna().to_numpy(dtype=float)
            if len(values):
                yield str(sample), name, values


def _spread_of(values: Floats, *, bootstrap: int, seed: int) -> dict[str, float]:
    """Return median and half the width of the central 68 %, with bootstrap intervals."""
    rng = np.random.default_rng(seed)
    ordered = np.sort(values)
    at_once = max(_DRAWN // len(values), 1)
    draws = []
    for start in range(0, bootstrap, at_once):
        picks = rng.integers(len(values), size=(min(at_once, bootstrap - start), len(values)))
        draws.append(_median_and_width(ordered[picks]))
    ends = np.quantile(np.concatenate(draws, axis=1), TAILS, axis=1)
    median, width = _median_and_width(ordered[None, :])[:, 0]
    return {
        "median": float(median),
        "median_low": float(ends[0, 0]),
        "median_high": float(ends[1, 0]),
        "width": float(width),
        "width_low": float(ends[0, 1]),
        "width_high": float(ends[1, 1]),
    }


def _median_and_width(samples: Floats) -> Floats:
    low, middle, high = np.quantile(samples, CENTRAL, axis=1)
    return np.stack([middle, (high - low) / 2])


def _share(passed: int, n: int) -> dict[str, float]:
    low, high = wilson(passed, n)
    return {"share": passed / n, "share_low": float(low), "share_high": float(high)}
