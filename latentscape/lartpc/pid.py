"""Which species a track's calorimetry looks like: two χ², a likelihood and PIDA."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY, TRACK_KEY, check_unique, join
from latentscape.lartpc.larsoft import chi2_per_point, pida
from latentscape.lartpc.likelihood import fit_hypothesis
from latentscape.lartpc.points import Points, lay_flat
from latentscape.lartpc.primaries import primary_tracks
from latentscape.lartpc.tables.identification import PID, SPECIES
from latentscape.lartpc.templates import Templates, make_templates

Floats = NDArray[np.float64]
Curves = Mapping[str, pd.DataFrame]

LISTS = ("residual_range", "dedx")


def score_hypotheses(
    tracks: pd.DataFrame,
    calorimetry: pd.DataFrame,
    expected: pd.DataFrame,
    *,
    species: Sequence[str],
    hypotheses: Sequence[str],
    likelihood_resolution: float,
    max_offset_cm: float,
    templates: Templates | None = None,
) -> pd.DataFrame:
    """Compare the dE/dx of each event's primary track with what each species should show.

    The calorimetry describes one primary track per event. It is given to the event's matched
    track that spans most collection wires (the lowest track number where several span as many);
    other tracks, and events without calorimetry, have no row.

    Parameters
    ----------
    tracks : DataFrame
        Key columns of ``TRACKS`` and ``collection_height``.
    calorimetry : DataFrame
        A ``CALORIMETRY`` table.
    expected, species, hypotheses, likelihood_resolution, max_offset_cm, templates
        As for :func:`score_tracks`.

    Returns
    -------
    DataFrame
        A ``PID`` table, sorted by key.

    Raises
    ------
    InputError
        As :func:`score_tracks`, and for a repeated key.
    """
    primary = join(
        primary_tracks(tracks),
        calorimetry[[*EVENT_KEY, *LISTS]],
        EVENT_KEY,
        what="tracks with calorimetry",
    )
    return score_tracks(
        primary,
        expected,
        species=species,
        hypotheses=hypotheses,
        likelihood_resolution=likelihood_resolution,
        max_offset_cm=max_offset_cm,
        templates=templates,
    )


def score_tracks(
    calorimetry: pd.DataFrame,
    expected: pd.DataFrame,
    *,
    species: Sequence[str],
    hypotheses: Sequence[str],
    likelihood_resolution: float,
    max_offset_cm: float,
    templates: Templates | None = None,
) -> pd.DataFrame:
    """Compare the dE/dx of each track with what each species should show.

    Parameters
    ----------
    calorimetry : DataFrame
        One row per track: the track key, and the lists ``residual_range`` [cm] and ``dedx``
        [MeV/cm], such as one plane of ``TRACK_CALORIMETRY``. Other columns are not looked at.
    expected : DataFrame
        An ``EXPECTED_DEDX`` table; read off at a hit's residual range, linear between its points.
    species : sequence of str
        Species to score; the columns of all others are empty.
    hypotheses : sequence of str
        Species among which the hypotheses are chosen; the first one wins a tie.
    likelihood_resolution : float
        Gaussian part σ of the likelihood's response over the expected dE/dx.
    max_offset_cm : float
        Largest offset of the residual range that the likelihood fits, in cm.
    templates : Templates, optional
        Templates of the LArSoft χ²; by default the expected curves by :func:`make_templates`.
        Species that they lack have an empty ``chi2_larsoft`` and are not chosen by it.

    Returns
    -------
    DataFrame
        A ``PID`` table, sorted by key. Where a statistic has no usable hit it and its hypothesis
        are empty; a track without likelihood is not reversed.

    Raises
    ------
    InputError
        For a repeated key, a species without expected curve, a hypothesis that is not among
        the species, and calorimetry whose lists differ in length or hold NaN or infinity.

    Notes
    -----
    With measurement d and expectation t at a hit's residual range, ``chi2`` is the mean of
    (d - t)²/t in MeV/cm, the form that LArIAT uses. No hit is dropped for its dE/dx or its place
    along the track: too large a dE/dx is what the readers of the calorimetry leave out, and a hit
    nearer to the end than a curve's first point (0.05 cm) takes the expectation there. Only a
    hit beyond the last point of the shortest curve (100 cm by default, longer than the detector)
    has no expectation that means anything. It is left out for all species, so that they are
    compared on the same hits, and does not count in ``n_points``.

    ``log_likelihood`` is described at :func:`latentscape.lartpc.likelihood.fit_hypothesis`. It is
    that of the same hits but for the first and the last one of the track: there a particle
    crosses an unknown part of a wire's pitch, and its measured dE/dx says little of the true one.

    ``chi2_larsoft`` and ``pida`` follow LArSoft in what they drop, see
    :mod:`latentscape.lartpc.larsoft`.
    """
    check_unique(calorimetry, TRACK_KEY, what="calorimetry of tracks")
    curves = _curves(expected, species, hypotheses)
    if templates is None:
        templates = make_templates({name: _arrays(curve) for name, curve in curves.items()})
    if calorimetry.empty:
        return PID.empty()
    points = lay_flat(calorimetry)
    last = min(curve["residual_range"].iloc[-1] for curve in curves.values())
    is_covered = points.residual_range <= last
    covered, inner = points.select(is_covered), points.select(is_covered & ~points.ends())
    columns: dict[str, NDArray[Any]] = {"n_points": covered.counts(), "pida": pida(points)}
    is_reversed = {}
    for name in SPECIES:
        chi2 = larsoft = log_likelihood = offset = np.full(points.tracks, np.nan)
        if name in curves:
            chi2 = _chi2(covered, curves[name])
            larsoft, _ = chi2_per_point(points, templates, species=name)
            fit = fit_hypothesis(
                inner,
                curves[name],
                likelihood_resolution=likelihood_resolution,
                max_offset_cm=max_offset_cm,
            )
            log_likelihood, offset = fit.log_likelihood, fit.offset
            is_reversed[name] = fit.is_reversed
        columns[f"chi2_{name}"] = chi2
        columns[f"chi2_larsoft_{name}"] = larsoft
        columns[f"log_likelihood_{name}"] = log_likelihood
        columns[f"offset_{name}"] = offset
    keys = calorimetry[list(TRACK_KEY)].reset_index(drop=True)
    scores = pd.concat([keys, pd.DataFrame(columns)], axis="columns")
    scores["hypothesis"] = _smallest(scores, "chi2", hypotheses)
    scores["hypothesis_larsoft"] = _smallest(scores, "chi2_larsoft", hypotheses)
    scores["hypothesis_likelihood"] = _smallest(scores, "log_likelihood", hypotheses, sign=-1)
    scores["is_reversed"] = np.logical_or.reduce(
        [is_reversed[name] & (scores["hypothesis_likelihood"] == name) for name in hypotheses]
    )
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
    ordered = expected.sort_values("residual_range", ignore_index=True)
    return {name: ordered[ordered["species"] == name] for name in species}


def _arrays(curve: pd.DataFrame) -> tuple[Floats, Floats]:
    return curve["residual_range"].to_numpy(), curve["dedx"].to_numpy()


def _chi2(points: Points, curve: pd.DataFrame) -> Floats:
    expected = np.interp(points.residual_range, *_arrays(curve))
    return points.means((points.dedx - expected) ** 2 / expected)


def _smallest(
    scores: pd.DataFrame, statistic: str, hypotheses: Sequence[str], *, sign: int = 1
) -> pd.Series:
    """Return the hypothesis with the smallest value, None where none has a value."""
    values = sign * scores[[f"{statistic}_{name}" for name in hypotheses]].to_numpy()
    best = np.argmin(np.where(np.isnan(values), np.inf, values), axis=1)
    names = pd.Series(np.array(hypotheses, dtype=object)[best], index=scores.index)
    return names.where(~np.isnan(values).all(axis=1), None)
