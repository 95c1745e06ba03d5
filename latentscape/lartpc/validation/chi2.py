"""LArSoft's χ² against a calculation by hand, and against LArSoft's own results."""

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.lartpc.larsoft import chi2_per_point, chi2_terms, pida
from latentscape.lartpc.points import Points, lay_flat
from latentscape.lartpc.sbn import SPECIES
from latentscape.lartpc.tables.calorimetry import SBN_CALORIMETRY
from latentscape.lartpc.templates import Templates, bridge
from latentscape.lartpc.validation.checks import Check
from latentscape.lartpc.validation.tables import SBN_CHI2

Floats = NDArray[np.float64]

GROUP = "LArSoft χ²"
ACCURACY = 1e-6
"""Largest difference from the calculation by hand, and relative one from a stored χ².

A stored χ² has 24 bits, so that it is known to 6e-8 of itself.
"""

BY_HAND = "worked by hand, resources/references/larsoft_chi2.tsv"
STORED = "SBN flat CAF file, chi2pid stored by LArSoft"

_HYPOTHESIS = "proton"  # any one: the calculation by hand has one template


def hand_checks(hits: pd.DataFrame, template: pd.DataFrame) -> list[Check]:
    """Compare χ² and PIDA with a calculation by hand that takes every branch.

    Parameters
    ----------
    hits : DataFrame
        The table ``REFERENCE_CHI2``.
    template : DataFrame
        The table ``REFERENCE_CHI2_TEMPLATE``.

    Returns
    -------
    list of Check
        χ² per point, number of points and PIDA of each track, and the single term that is
        furthest off.
    """
    ordered = hits.sort_values(["track", "residual_range"], ignore_index=True)
    codes, tracks = pd.factorize(ordered["track"])
    points = Points(
        len(tracks), codes, ordered["residual_range"].to_numpy(), ordered["dedx"].to_numpy()
    )
    templates = _templates(template)
    terms = chi2_terms(points, templates, species=_HYPOTHESIS)
    chi2, counts = chi2_per_point(points, templates, species=_HYPOTHESIS)
    medians = pida(points)
    worst = _worst(terms, ordered["term"].to_numpy())
    checks = [_check("LArSoft χ² term furthest from the one by hand", 0.0, worst)]
    for i, (track, rows) in enumerate(ordered.groupby("track")):
        name = f"hand-worked track {track}"
        counted, measures = rows["term"].dropna(), rows["pida"].dropna()
        checks.append(_check(f"points in the LArSoft χ² of {name}", len(counted), counts[i], 0.0))
        if len(counted):
            checks.append(_check(f"LArSoft χ² per point of {name}", counted.mean(), chi2[i]))
        if len(measures):
            checks.append(_check(f"PIDA of {name}", measures.median(), medians[i]))
    return checks


def compare_sbn(calorimetry: pd.DataFrame, templates: Templates) -> pd.DataFrame:
    """Recompute the χ² that an SBN file stores.

    Parameters
    ----------
    calorimetry : DataFrame
        The table ``SBN_CALORIMETRY``.
    templates : Templates
        LArSoft's templates, as in ``dEdxrestemplates.root``.

    Returns
    -------
    DataFrame
        The table ``SBN_CHI2``. χ² are missing for a track of which no point counts.
    """
    rows = calorimetry.reset_index(drop=True)
    points = lay_flat(rows, key=SBN_CALORIMETRY.key)
    parts = []
    for species in SPECIES:
        chi2, counts = chi2_per_point(points, templates, species=species)
        part = rows[["entry", "track", "plane"]].assign(species=species)
        part["stored"], part["recomputed"] = rows[f"chi2_{species}"], chi2
        part["stored_points"], part["recomputed_points"] = rows["n_points"], counts
        parts.append(part)
    return SBN_CHI2.check(pd.concat(parts, ignore_index=True))


def sbn_checks(comparison: pd.DataFrame) -> list[Check]:
    """Check how close the recomputed χ² are to the stored ones.

    Parameters
    ----------
    comparison : DataFrame
        The table ``SBN_CHI2``.

    Returns
    -------
    list of Check
        The largest relative difference for each species, and how many tracks have another
        number of points.
    """
    checks = []
    for species in SPECIES:
        rows = comparison[(comparison["species"] == species) & comparison["stored"].notna()]
        ratio = rows["recomputed"].to_numpy() / rows["stored"].to_numpy()
        worst = _worst(ratio, np.ones_like(ratio))
        name = f"relative difference from SBN's stored χ², {species}, largest of {len(rows)} tracks"
        checks.append(_check(name, 0.0, worst, source=STORED))
    differs = comparison["stored_points"] != comparison["recomputed_points"]
    name = "χ² with another number of points than SBN's"
    return [*checks, _check(name, 0.0, int(differs.sum()), 0.0, source=STORED)]


def _templates(bins: pd.DataFrame) -> Templates:
    ordered = bins.sort_values("bin")
    return Templates(
        ordered["low"].to_numpy()[1:],
        {_HYPOTHESIS: bridge(ordered["dedx"].to_numpy())},
        {_HYPOTHESIS: bridge(ordered["error"].to_numpy())},
    )


def _worst(found: Floats, expected: Floats) -> float:
    """Return the largest difference; NaN without any, or if only one of two values is missing."""
    is_missing = np.isnan(found)
    if is_missing.all() or (is_missing != np.isnan(expected)).any():
        return math.nan
    return float(np.nanmax(np.abs(found - expected)))


def _check(
    name: str,
    expected: float,
    measured: float,
    tolerance: float = ACCURACY,
    *,
    source: str = BY_HAND,
) -> Check:
    return Check(
        check=name,
        group=GROUP,
        source=source,
        expected=float(expected),
        measured=float(measured),
        uncertainty=0.0,
        tolerance=tolerance,
    )
