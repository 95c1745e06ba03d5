"""Expected dE/dx from the formula or from files, and in the binned form of LArSoft's χ²."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import uproot
from numpy.typing import NDArray

from latentscape.errors import InputError, reading
from latentscape.keys import check_unique
from latentscape.lartpc.expected import dedx_at, expected_dedx
from latentscape.lartpc.root_files import open_root
from latentscape.lartpc.tables.identification import EXPECTED_DEDX

Floats = NDArray[np.float64]

BIN_CM = 0.08
RANGE_CM = 26.0
EMPTY = 1e-6
"""Binning of LArSoft's templates, and the content [MeV/cm] below which a bin is empty."""

PROFILES = {
    "proton": "dedx_range_pro",
    "kaon": "dedx_range_ka",
    "pion": "dedx_range_pi",
    "muon": "dedx_range_mu",
}

SHORTEST_CM = 1e-3
"""Residual range below which a template's most probable loss keeps its ratio to the mean."""

SPREAD = {"proton": 0.048, "kaon": 0.064, "pion": 0.117, "muon": 0.132, "deuteron": 0.048}
"""Relative error of a template that is made from an expected curve.

The median over the bins of LArSoft's ``dEdxrestemplates.root``, whose errors are the spread of
the hits in a bin. It has no deuteron, which takes the proton's.
"""


@dataclass(frozen=True)
class Templates:
    """Expected dE/dx in bins of residual range, for the LArSoft χ².

    Parameters
    ----------
    edges : array of float, shape (bins + 1,)
        Bin edges in cm, ascending.
    dedx, error : mapping of species to array of float, shape (bins,)
        Expected dE/dx and its error in MeV/cm. NaN where a bin is empty.
    entries : mapping of species to array of float, shape (bins,)
        Hits in each bin; empty unless the templates come from a file.
    """

    edges: Floats
    dedx: Mapping[str, Floats]
    error: Mapping[str, Floats]
    entries: Mapping[str, Floats] = field(default_factory=dict)


def make_templates(curves: Mapping[str, tuple[Floats, Floats]]) -> Templates:
    """Bring expected curves into the form of LArSoft's templates.

    Parameters
    ----------
    curves : mapping of species to two arrays of float
        Ascending residual ranges [cm] and the dE/dx [MeV/cm] there.

    Returns
    -------
    Templates
        Bins of 0.08 cm up to 26 cm. Each holds the mean of the curve, linear between its
        points, over the part of the bin that the curve covers (NaN if none). The error is
        ``SPREAD`` of the species times that mean.
    """
    edges = BIN_CM * np.arange(round(RANGE_CM / BIN_CM) + 1, dtype=np.float64)
    dedx = {name: _bin_means(*curve, edges) for name, curve in curves.items()}
    error = {name: SPREAD[name] * means for name, means in dedx.items()}
    return Templates(edges, dedx, error)


def read_larsoft_templates(path: str | Path) -> Templates:
    """Read LArSoft's templates, such as ``dEdxrestemplates.root``.

    Parameters
    ----------
    path : path
        ROOT file with the profiles ``dedx_range_pro``, ``_ka``, ``_pi`` and ``_mu``.

    Returns
    -------
    Templates
        Values and errors as ROOT's ``GetBinContent`` and ``GetBinError`` give them, in the
        error mode of each profile. An empty bin takes the mean of its two neighbours, as in
        ``larana``'s ``Chi2PIDAlg``.

    Raises
    ------
    InputError
        If the file is missing or not ROOT, lacks a profile, or its profiles differ in bins.
    """
    profiles = _read_profiles(path)
    with reading(path, "its profiles cannot be read, the file is damaged"):
        edges = profiles["proton"].axis().edges()
        for species, profile in profiles.items():
            if not np.array_equal(profile.axis().edges(), edges):
                raise InputError(f"{path}: the bins of {PROFILES[species]!r} are not the proton's.")
        dedx = {name: bridge(profile.values(flow=True)) for name, profile in profiles.items()}
        error = {
            name: bridge(profile.errors(flow=True, error_mode=profile.member("fErrorMode")))
            for name, profile in profiles.items()
        }
        entries = {name: profile.counts() for name, profile in profiles.items()}
        templates = Templates(edges, dedx, error, entries)
        _check_templates(templates, path)
    return templates


def read_template(paths: Mapping[str, str | Path], *, thickness_cm: float) -> pd.DataFrame:
    """Read expected dE/dx from two-column text, one file per species.

    Parameters
    ----------
    paths : mapping of species to path
        Files whose lines hold residual range [cm] and mean dE/dx [MeV/cm], separated by blanks.
        Empty lines and what follows ``#`` are skipped.
    thickness_cm : float
        Thickness in cm of the layer in which the most probable loss is looked for.

    Returns
    -------
    DataFrame
        An ``EXPECTED_DEDX`` table. Most probable loss and width stand in the same ratio to the
        file's mean as the formula's do to the formula's mean at that residual range.

    Raises
    ------
    InputError
        If a file cannot be read, has fewer than two points, repeats a residual range, or has a
        line that is not two numbers with residual range ≥ 0 and dE/dx > 0.
    """
    curves = []
    for species, path in paths.items():
        curve = pd.DataFrame(_read_points(path), columns=["residual_range", "dedx"])
        if len(curve) < 2:
            raise InputError(f"{path}: {len(curve)} points; a curve needs at least two.")
        check_unique(curve, ("residual_range",), what=str(path))
        curves.append(_with_fluctuations(curve, species, thickness_cm))
    return EXPECTED_DEDX.check(pd.concat(curves, ignore_index=True))


def expected_curves(
    species: Sequence[str],
    templates: Sequence[str | Path],
    *,
    step_cm: float,
    max_range_cm: float,
    thickness_cm: float,
) -> pd.DataFrame:
    """Return table EXPECTED_DEDX, from templates or else from the formula.

    Parameters
    ----------
    species : sequence of str
        The hypotheses.
    templates : sequence of path
        One ROOT file of LArSoft's templates, whose curves stand on its bins' centres; or two-column
        text tables in the order of the species; or empty for the Bethe-Bloch formula.
    step_cm, max_range_cm : float
        Grid of the formula's curves [cm].
    thickness_cm : float
        Thickness in cm of the layer in which the most probable loss is looked for.

    Returns
    -------
    DataFrame
        An ``EXPECTED_DEDX`` table.

    Raises
    ------
    InputError
        If a file cannot be used, or lacks a species.
    """
    if [Path(path).suffix for path in templates] == [".root"]:
        return _larsoft_curves(species, templates[0], thickness_cm)
    if templates:
        paths = dict(zip(species, templates, strict=True))
        return read_template(paths, thickness_cm=thickness_cm)
    return expected_dedx(
        species, step_cm=step_cm, max_range_cm=max_range_cm, thickness_cm=thickness_cm
    )


def _larsoft_curves(species: Sequence[str], path: str | Path, thickness_cm: float) -> pd.DataFrame:
    templates = read_larsoft_templates(path)
    centres = (templates.edges[1:] + templates.edges[:-1]) / 2
    curves = []
    for name in species:
        if name not in templates.dedx:
            raise InputError(
                f"lartpc.pid.template: {path} has no {name!r}; it has {', '.join(templates.dedx)}. "
                "Set lartpc.pid.species to these."
            )
        filled = np.isfinite(templates.dedx[name])
        curve = pd.DataFrame(
            {"residual_range": centres[filled], "dedx": templates.dedx[name][filled]}
        )
        curves.append(_with_fluctuations(curve, name, thickness_cm))
    return EXPECTED_DEDX.check(pd.concat(curves, ignore_index=True))


def _with_fluctuations(curve: pd.DataFrame, species: str, thickness_cm: float) -> pd.DataFrame:
    """Add most probable loss and width, in the formula's ratio to the mean."""
    residual_range = np.maximum(curve["residual_range"].to_numpy(), SHORTEST_CM)
    formula = dedx_at(residual_range, species=species, thickness_cm=thickness_cm)
    scale = curve["dedx"].to_numpy() / formula["dedx"].to_numpy()
    return curve.assign(
        species=species,
        most_probable=scale * formula["most_probable"].to_numpy(),
        landau_width=scale * formula["landau_width"].to_numpy(),
    )


def _read_points(path: str | Path) -> list[tuple[float, float]]:
    with reading(path, "not a readable text file"):
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    contents = ((number, line.split("#")[0].split()) for number, line in enumerate(lines, 1))
    return [_point(words, f"{path}, line {number}") for number, words in contents if words]


def _point(words: list[str], where: str) -> tuple[float, float]:
    try:
        residual_range, dedx = (float(word) for word in words)
    except ValueError as error:
        raise InputError(
            f"{where}: found {' '.join(words)!r}; expected two numbers, residual range [cm] "
            "and dE/dx [MeV/cm]."
        ) from error
    if not (0 <= residual_range < math.inf and 0 < dedx < math.inf):
        raise InputError(
            f"{where}: found {' '.join(words)!r}; expected residual range ≥ 0 and dE/dx > 0."
        )
    return residual_range, dedx


def _read_profiles(path: str | Path) -> dict[str, uproot.Model]:
    with reading(path, "not a readable ROOT file"), open_root(path) as file:
        classes = file.classnames(cycle=False)
        missing = [name for name in PROFILES.values() if classes.get(name) != "TProfile"]
        if missing:
            raise InputError(
                f"{path}: no TProfile {missing[0]!r}; found {', '.join(classes) or 'nothing'}."
            )
        return {species: file[name] for species, name in PROFILES.items()}


def _check_templates(templates: Templates, path: str | Path) -> None:
    """Refuse what a profile of energy losses cannot hold."""
    bins = len(templates.edges) - 1
    if bins < 1 or not (np.diff(templates.edges) > 0).all():
        raise InputError(f"{path}: the bins of {PROFILES['proton']!r} are not in ascending order.")
    for values in (templates.dedx, templates.error, templates.entries):
        for species, content in values.items():
            if content.shape != (bins,) or np.isinf(content).any() or (content < 0).any():
                raise InputError(
                    f"{path}: {PROFILES[species]!r} holds {content.shape[0]} values for {bins} "
                    f"bins, of which the least is {np.nanmin(content, initial=np.inf):g} and the "
                    f"largest {np.nanmax(content, initial=-np.inf):g}; allowed are numbers ≥ 0."
                )


def bridge(contents: Floats) -> Floats:
    """Give empty bins the mean of their neighbours, be these empty or not, as LArSoft does.

    Parameters
    ----------
    contents : array of float, shape (bins + 2,)
        Contents or errors of a histogram, its underflow and overflow included.

    Returns
    -------
    array of float, shape (bins,)
        NaN where a bin is empty still.
    """
    bins = contents[1:-1]
    bridged = np.where(bins < EMPTY, (contents[:-2] + contents[2:]) / 2, bins)
    return np.where(bridged < EMPTY, np.nan, bridged)


def _bin_means(residual_range: Floats, dedx: Floats, edges: Floats) -> Floats:
    covered = np.clip(edges, residual_range[0], residual_range[-1])
    nodes = np.union1d(covered, residual_range)
    heights = np.interp(nodes, residual_range, dedx)
    areas = (heights[1:] + heights[:-1]) / 2 * np.diff(nodes)
    integral = np.concatenate([[0.0], np.cumsum(areas)])[np.searchsorted(nodes, covered)]
    width = np.diff(covered)
    means = np.full(width.shape, np.nan)
    np.divide(np.diff(integral), width, out=means, where=width > 0)
    return means
