"""Calorimetry and particle identification in SBN's flat CAF files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.lartpc.root_files import opened, readable
from latentscape.lartpc.tables.calorimetry import SBN_CALORIMETRY

TREE = "recTree"
TRACKS = "rec.slc.reco.pfp.trk"
PLANES = (0, 1, 2)
SPECIES = ("proton", "kaon", "pion", "muon")

# The points of all tracks of an entry are one list; these say where a track's begin, and how many.
FIRST, LENGTH = "points..idx", "points..length"


def read_sbn_calorimetry(path: str | Path) -> pd.DataFrame:
    """Read every track's calorimetry points and the χ² that LArSoft computed from them.

    Parameters
    ----------
    path : path
        Flat CAF file of SBND or ICARUS.

    Returns
    -------
    DataFrame
        The table ``SBN_CALORIMETRY``: a row for each track and plane with points, χ² missing
        where none was computed. Values have the precision of the file's 32-bit numbers.

    Raises
    ------
    InputError
        If the file is missing or no ROOT file, lacks the tree or a branch, or says that a
        track's points lie beyond the entry's list.
    """
    name = "sbn_calorimetry"
    columns = [column.name for column in SBN_CALORIMETRY.columns]
    with opened(path, sample=name) as file, readable(path, sample=name, what=f"tree '{TREE}'"):
        if TREE not in file.keys(recursive=False, cycle=False):
            raise InputError(f"{name}: {path} has no tree '{TREE}'; is it a flat CAF file?")
        tree = file[TREE]
        rows = [row for plane in PLANES for row in _rows(tree, plane, path)]
        return SBN_CALORIMETRY.check(pd.DataFrame(rows, columns=columns))


def _rows(tree: Any, plane: int, path: str | Path) -> Iterator[dict[str, Any]]:
    calorimetry, pid = f"{TRACKS}.calo.{plane}", f"{TRACKS}.chi2pid.{plane}"
    first, length, ranges, losses, counted = (
        _branch(tree, name, path)
        for name in (
            f"{calorimetry}.{FIRST}",
            f"{calorimetry}.{LENGTH}",
            f"{calorimetry}.points.rr",
            f"{calorimetry}.points.dedx",
            f"{pid}.pid_ndof",
        )
    )
    chi2 = {species: _branch(tree, f"{pid}.chi2_{species}", path) for species in SPECIES}
    for entry, lengths in enumerate(length):
        for track in np.flatnonzero(lengths):
            start = int(first[entry][track])
            stop = start + int(lengths[track])
            if not 0 <= start <= stop <= min(len(ranges[entry]), len(losses[entry])):
                raise InputError(
                    f"{path}: entry {entry}, plane {plane}: the points {start} to {stop} of track "
                    f"{track} lie beyond the list of {len(ranges[entry])}."
                )
            n = int(counted[entry][track])
            if n < 0:
                raise InputError(
                    f"{path}: entry {entry}, plane {plane}: track {track} has {n} degrees of "
                    "freedom; allowed are numbers ≥ 0."
                )
            stored = {f"chi2_{s}": float(v[entry][track]) if n else None for s, v in chi2.items()}
            yield {
                "entry": entry,
                "track": int(track),
                "plane": plane,
                "n_points": n,
                **stored,
                "residual_range": ranges[entry][start:stop].astype(np.float64),
                "dedx": losses[entry][start:stop].astype(np.float64),
            }


def _branch(tree: Any, name: str, path: str | Path) -> list[NDArray[Any]]:
    """Return one array per entry."""
    if name not in tree:
        raise InputError(f"{path}: tree '{TREE}' has no branch '{name}'; is it a flat CAF file?")
    return [np.asarray(values) for values in tree[name].array()]
