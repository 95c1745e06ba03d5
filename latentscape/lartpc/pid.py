"""Which species a track's calorimetry looks like: χ² and likelihood per hypothesis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY, TRACK_KEY, check_unique, join
from latentscape.lartpc.tables import PID, SPECIES
from latentscape.lartpc.templates import Templates, make_templates

Floats = NDArray[np.float64]
Curves = Mapping[str, tuple[Floats, Floats]]

LARSOFT_MAX_DEDX = 1000.0
LARSOFT_RESOLUTION = (0.04231, 0.0001783)
"""Largest accepted dE/dx [MeV/cm] and relative resolution of ``larana``'s ``Chi2PIDAlg``."""


@dataclass(frozen=True)
class _Hits:
    """All hits of all tracks, ordered by track and residual range."""

    tracks: int
    track: NDArray[np.int64]
    residual_range: Floats
    dedx: Floats
    is_end: NDArray[np.bool_]

    def count(self, used: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the number of used hits of each track."""
        return np.bincount(self.track[used], minlength=self.tracks)

    def mean(self, values: Floats, used: NDArray[np.bool_]) -> Floats:
        """Return each track's mean over its used hits, NaN without any."""
        sums = np.bincount(self.track[used], weights=values[used], minlength=self.tracks)
        counts = self.count(used)
        means = np.full(self.tracks, np.nan)
        np.divide(sums, counts, out=means, where=counts > 0)
        return means


def score_hypotheses(
    tracks: pd.DataFrame,
    calorimetry: pd.DataFrame,
    expected: pd.DataFrame,
    *,
    species: Sequence[str],
    hypotheses: Sequence[str],
    max_dedx: float,
    likelihood_resolution: float,
    templates: Templates | None = None,
) -> pd.DataFrame:
    """Compare each primary track's dE/dx with what each species should show.

    The calorimetry describes one primary track per event. It is given to the event's matched
    track that spans most collection wires (the lowest track number where several span as many);
    other tracks, and events without calorimetry, have no row.

    Parameters
    ----------
    tracks : DataFrame
        Key columns of ``TRACKS`` and ``collection_height``.
    calorimetry : DataFrame
        A ``CALORIMETRY`` table.
    expected : DataFrame
        An ``EXPECTED_DEDX`` table; read off at a hit's residual range, linear between its points.
    species : sequence of str
        Species to score; the columns of all others are empty.
    hypotheses : sequence of str
        Species among which ``hypothesis`` is chosen; the first one wins a tie.
    max_dedx : float
        Hits above are dropped from ``chi2`` and ``log_likelihood``, in MeV/cm.
    likelihood_resolution : float
        Relative width σ of the measured dE/dx around the expected one.
    templates : Templates, optional
        Templates of the LArSoft χ²; by default the expected curves by :func:`make_templates`.
        Species that they lack have an empty ``chi2_larsoft``.

    Returns
    -------
    DataFrame
        A ``PID`` table, sorted by key. A track without a usable hit has empty scores.

    Raises
    ------
    InputError
        For a repeated key, a species without expected curve, a hypothesis that is not among
        the species, and calorimetry whose lists differ in length or hold NaN or infinity.

    Notes
    -----
    With measurement d and expectation e at a hit's residual range:

    ``chi2`` is the mean of (d - e)²/e, the form that LArIAT uses. ``log_likelihood`` is the mean
    of -((d - e)/s)²/2 - ln(s √(2π)) with s = σe. Both use the hits with d ≤ ``max_dedx`` whose
    residual range lies on the curves of all species, so that all are compared on the same
    ``n_points`` hits.

    ``chi2_larsoft`` is the mean of (d - t)²/(u² + v²) with template t ± u and
    v = (0.04231 + 0.0001783 d²) d, as in ``larana``'s ``Chi2PIDAlg``. It leaves out the hits
    with the smallest and the largest residual range, d > 1000 MeV/cm, and hits where the
    template has no bin or an empty one.
    """
    curves = _curves(expected, species, hypotheses)
    if templates is None:
        templates = make_templates(curves)
    columns = [*EVENT_KEY, "residual_range", "dedx"]
    primary = join(
        _primary_tracks(tracks), calorimetry[columns], EVENT_KEY, what="tracks with calorimetry"
    )
    if primary.empty:
        return PID.empty()
    hits = _flatten(primary)
    used = _lies_on_curves(hits, curves) & (hits.dedx <= max_dedx)
    scores = primary[list(TRACK_KEY)].copy()
    scores["n_points"] = hits.count(used)
    for name in SPECIES:
        chi2 = larsoft = log_likelihood = np.full(hits.tracks, np.nan)
        if name in curves:
            expectation = np.interp(hits.residual_range, *curves[name])
            residual = hits.dedx - expectation
            chi2 = hits.mean(residual**2 / expectation, used)
            width = likelihood_resolution * expectation
            log_likelihood = hits.mean(_log_gaussian(residual, width), used)
            larsoft = _chi2_larsoft(hits, templates, name)
        scores[f"chi2_{name}"] = chi2
        scores[f"chi2_larsoft_{name}"] = larsoft
        scores[f"log_likelihood_{name}"] = log_likelihood
    scores["hypothesis"] = _smallest_chi2(scores, hypotheses)
    return PID.check(scores)


def _curves(expected: pd.DataFrame, species: Sequence[str], hypotheses: Sequence[str]) -> Curves:
    available = list(expected["species"].unique())
    for name in species:
        if name not in available:
            raise InputError(
                f"no expected dE/dx for {name!r}; there are curves of {', '.join(available)}."
            )
    for name in hypotheses:
        if name not in species:
            raise InputError(f"hypothesis {name!r} is not scored; allowed: {', '.join(species)}.")
    curves = {}
    for name in species:
        curve = expected[expected["species"] == name].sort_values("residual_range")
        curves[name] = (curve["residual_range"].to_numpy(), curve["dedx"].to_numpy())
    return curves


def _primary_tracks(tracks: pd.DataFrame) -> pd.DataFrame:
    check_unique(tracks, TRACK_KEY, what="tracks")
    columns = [*EVENT_KEY, "collection_height", "track"]
    ascending = [*(True for _ in EVENT_KEY), False, True]
    ordered = tracks[columns].sort_values(columns, ascending=ascending, ignore_index=True)
    return ordered.drop_duplicates(list(EVENT_KEY), ignore_index=True)


def _flatten(primary: pd.DataFrame) -> _Hits:
    ranges = [np.asarray(values, dtype=np.float64) for values in primary["residual_range"]]
    losses = [np.asarray(values, dtype=np.float64) for values in primary["dedx"]]
    counts = np.array([len(values) for values in ranges])
    uneven = counts != np.array([len(values) for values in losses])
    if uneven.any():
        raise InputError(_refusal(primary, uneven, "lists of different length"))
    track = np.repeat(np.arange(len(primary)), counts)
    residual_range, dedx = np.concatenate(ranges), np.concatenate(losses)
    broken = ~(np.isfinite(residual_range) & np.isfinite(dedx))
    if broken.any():
        raise InputError(
            _refusal(primary, np.isin(np.arange(len(primary)), track[broken]), "NaN or infinity")
        )
    order = np.lexsort((dedx, residual_range, track))
    # sorted by track first, so a track's ends stand where the track number changes
    is_first = np.diff(track, prepend=-1) != 0
    is_last = np.diff(track, append=len(primary)) != 0
    return _Hits(len(primary), track, residual_range[order], dedx[order], is_first | is_last)


def _refusal(primary: pd.DataFrame, bad: NDArray[np.bool_], found: str) -> str:
    first = primary.loc[bad, list(EVENT_KEY)].iloc[0]
    named = ", ".join(f"{column}={first[column]}" for column in EVENT_KEY)
    return f"calorimetry of {int(bad.sum())} events holds {found}, the first is ({named})."


def _lies_on_curves(hits: _Hits, curves: Curves) -> NDArray[np.bool_]:
    start = max(residual_range[0] for residual_range, _ in curves.values())
    stop = min(residual_range[-1] for residual_range, _ in curves.values())
    return np.asarray((hits.residual_range >= start) & (hits.residual_range <= stop))


def _log_gaussian(residual: Floats, width: Floats) -> Floats:
    return np.asarray(-((residual / width) ** 2) / 2 - np.log(width * np.sqrt(2 * np.pi)))


def _chi2_larsoft(hits: _Hits, templates: Templates, species: str) -> Floats:
    if species not in templates.dedx:
        return np.full(hits.tracks, np.nan)
    index = np.searchsorted(templates.edges, hits.residual_range, side="right") - 1
    inside = (index >= 0) & (index < len(templates.edges) - 1)
    index[~inside] = 0
    expectation, error = templates.dedx[species][index], templates.error[species][index]
    constant, quadratic = LARSOFT_RESOLUTION
    resolution = (constant + quadratic * hits.dedx**2) * hits.dedx
    has_template = inside & np.isfinite(expectation) & np.isfinite(error)
    used = ~hits.is_end & (hits.dedx <= LARSOFT_MAX_DEDX) & has_template
    return hits.mean((hits.dedx - expectation) ** 2 / (error**2 + resolution**2), used)


def _smallest_chi2(scores: pd.DataFrame, hypotheses: Sequence[str]) -> pd.Series:
    chi2 = scores[[f"chi2_{name}" for name in hypotheses]].to_numpy()
    best = pd.Series(np.array(hypotheses)[np.argmin(chi2, axis=1)], index=scores.index)
    return best.where(scores["n_points"] > 0)
