"""The χ² and the PIDA of LArSoft's particle identification (``larana``, ``Chi2PIDAlg``)."""

import numpy as np
from numpy.typing import NDArray

from latentscape.lartpc.points import Points
from latentscape.lartpc.templates import Templates

Floats = NDArray[np.float64]

MAX_DEDX = 1000.0
RESOLUTION = (0.04231, 0.0001783)
"""Largest accepted dE/dx [MeV/cm] and relative resolution σ/d = a + b·d² [cm²/MeV²]."""

PIDA_POWER = 0.42
PIDA_RANGE_CM = 30.0
"""Power of the residual range in PIDA, and the residual range at which it ends."""


def chi2_terms(points: Points, templates: Templates, *, species: str) -> Floats:
    """Each point's part of the LArSoft χ².

    Parameters
    ----------
    points : Points
        All points of the tracks: the first and the last one of each track do not count.
    templates : Templates
        Expected dE/dx and its error in bins of residual range.
    species : str
        The hypothesis.

    Returns
    -------
    array of float, shape (points,)
        (d - t)²/(u² + v²) with template t ± u and resolution v of :func:`resolution`, NaN for a
        point that does not count: an end of its track, d > 1000 MeV/cm, or a residual range
        outside the bins or in an empty one. A lower edge belongs to its bin. All are NaN if
        there is no template of the species.

    Notes
    -----
    LArSoft, ``larana/ParticleIdentification/Chi2PIDAlg.cxx``. LArSoft bridges an empty bin by its
    two neighbours, as ``Templates`` are when they are read; where these are empty too it compares
    with zero, and here the point does not count. ``dEdxrestemplates.root`` has no such bin.
    """
    if species not in templates.dedx:
        return np.full(points.dedx.shape, np.nan)
    index = np.searchsorted(templates.edges, points.residual_range, side="right") - 1
    inside = (index >= 0) & (index < len(templates.edges) - 1)
    index[~inside] = 0
    expected, error = templates.dedx[species][index], templates.error[species][index]
    terms = (points.dedx - expected) ** 2 / (error**2 + resolution(points.dedx) ** 2)
    return np.where(inside & ~points.ends() & (points.dedx <= MAX_DEDX), terms, np.nan)


def chi2_per_point(
    points: Points, templates: Templates, *, species: str
) -> tuple[Floats, NDArray[np.int64]]:
    """LArSoft χ² of each track, and the number of its points that count.

    Parameters as for :func:`chi2_terms`.

    Returns
    -------
    array of float, shape (tracks,)
        Mean of the terms over the points that count, NaN without any.
    array of int, shape (tracks,)
        How many count.
    """
    terms = chi2_terms(points, templates, species=species)
    counted = np.isfinite(terms)
    used = points.select(counted)
    return used.means(terms[counted]), used.counts()


def resolution(dedx: Floats) -> Floats:
    """LArSoft's resolution of a measured dE/dx [MeV/cm], (0.04231 + 0.0001783 d²) d."""
    constant, quadratic = RESOLUTION
    return np.asarray((constant + quadratic * dedx**2) * dedx)


def pida(points: Points) -> Floats:
    """Median of d·r^0.42 over a track's points.

    Parameters
    ----------
    points : Points
        All points of the tracks: the first and the last one of each track do not count.

    Returns
    -------
    array of float, shape (tracks,)
        In MeV cm^-0.58. Points count with residual range r above 0 and below 30 cm, whatever
        their dE/dx; NaN without any.

    Notes
    -----
    LArSoft computes it in the loop of the χ² before it looks at the dE/dx, and takes the median
    unless told otherwise. A point at r = 0, which would count there as 0, says nothing. B. Baller;
    ArgoNeuT Collaboration, JINST 8 (2013) P08005: dE/dx ≈ A·r^-0.42, with A depending on the mass.
    """
    r = points.residual_range
    counted = ~points.ends() & (r > 0) & (r < PIDA_RANGE_CM)
    used = points.select(counted)
    return used.medians(used.dedx * used.residual_range**PIDA_POWER)
