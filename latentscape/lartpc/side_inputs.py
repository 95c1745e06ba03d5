"""What other parts of an experiment say of the same events: beamline and calorimetry.

Beamline table, CSV, one row per event (the first name is written, all are read):

=========================================  ==============================
``run``, ``subrun``, ``event``             numbers of the event
``momentum`` or ``p``                      MeV/c, ≥ 0
``picky`` or ``is_picky``                  0/1, false/true
``mass``                                   MeV/c², negative if m² < 0
=========================================  ==============================

Calorimetry table, one row per event with its primary track, as CSV with lists
joined by ``;`` or as a ROOT tree with jagged branches:

=========================================  ==============================
``run``, ``subrun``, ``event``             numbers of the event
``trkrr`` or ``residual_range``            cm
``trkdedx`` or ``dedx``                    MeV/cm, as many as residual ranges
=========================================  ==============================

Other columns are ignored.
"""

import logging
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import awkward as ak
import numpy as np
import pandas as pd
import uproot

from latentscape.errors import InputError, reading
from latentscape.files import replacing
from latentscape.keys import EVENT_KEY
from latentscape.lartpc.root_files import find_tree, is_root, opened, readable, require_file
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.calorimetry import CALORIMETRY

logger = logging.getLogger("latentscape")

NUMBERS = ("run", "subrun", "event")
LISTS = ("residual_range", "dedx")
Calorimetry = tuple[pd.DataFrame, list[np.ndarray], list[np.ndarray]]  # keys and both lists
# Names under which a column may stand in an experiment's file; the first one is written.
KEY_NAMES = {name: (name,) for name in NUMBERS}
BEAMLINE_NAMES = {
    **KEY_NAMES,
    "momentum": ("momentum", "p"),
    "is_picky": ("picky", "is_picky"),
    "mass": ("mass",),
}
CALORIMETRY_NAMES = {
    **KEY_NAMES,
    "residual_range": ("trkrr", "residual_range"),
    "dedx": ("trkdedx", "dedx"),
}
TRUTH_VALUES = {"0": False, "false": False, "1": True, "true": True}
FIRST_LINE = 2  # of a CSV file, below its header
LARGEST_NUMBER = 2**53  # up to which a floating-point number holds every integer


def read_beamline(
    files: str | Path | Sequence[str | Path], *, sample: str, events: pd.DataFrame
) -> pd.DataFrame:
    """Read the beamline table of a sample.

    Parameters
    ----------
    files : path or sequence of path
        CSV files with the columns named above.
    sample : str
        Name of the sample, for the key.
    events : DataFrame
        Keys of the sample's events; at least one must be in the table.

    Returns
    -------
    DataFrame
        Table BEAMLINE: all rows of all files.

    Raises
    ------
    InputError
        If a file or a column is missing, a column's name is ambiguous, a cell is
        empty, NaN or not of its type, two rows have the same key, or no row
        matches an event.
    """
    paths = _several(files)
    frame = pd.concat([_read_beamline_csv(path, sample=sample) for path in paths])
    table = BEAMLINE.check(frame)
    require_overlap(table, events, what="beamline", path=paths[0])
    return table


def read_calorimetry(
    files: str | Path | Sequence[str | Path],
    *,
    sample: str,
    events: pd.DataFrame,
    tree: str | None,
    max_dedx: float,
) -> pd.DataFrame:
    """Read the calorimetry table of a sample.

    Parameters
    ----------
    files : path or sequence of path
        CSV or ROOT files, recognised from their first bytes.
    sample : str
        Name of the sample, for the key.
    events : DataFrame
        Keys of the sample's events; at least one must be in the table.
    tree : str or None
        Tree of a ROOT file; not needed where it is the only one.
    max_dedx : float
        A larger energy loss [MeV/cm] is dropped together with its residual range.

    Returns
    -------
    DataFrame
        Table CALORIMETRY: all rows of all files. A track without points has empty lists.

    Raises
    ------
    InputError
        If a file, tree, column or branch is missing or ambiguous, an event's two
        lists differ in length, a value is NaN or no number, two rows have the same
        key, or no row matches an event.
    """
    paths = _several(files)
    frames = [
        _read_calorimetry(path, sample=sample, tree=tree, max_dedx=max_dedx) for path in paths
    ]
    table = CALORIMETRY.check(pd.concat(frames))
    require_overlap(table, events, what="calorimetry", path=paths[0])
    return table


def write_beamline(frame: pd.DataFrame, path: str | Path) -> None:
    """Write table BEAMLINE as an experiment would: CSV, picky as 0 or 1."""
    table = frame.assign(is_picky=frame["is_picky"].astype(int))
    _write_csv(table, path, BEAMLINE_NAMES)


def write_calorimetry(frame: pd.DataFrame, path: str | Path) -> None:
    """Write table CALORIMETRY as CSV, its lists joined by ``;``."""
    texts = {name: [";".join(map(repr, cell.tolist())) for cell in frame[name]] for name in LISTS}
    _write_csv(frame.assign(**texts), path, CALORIMETRY_NAMES)


def write_calorimetry_tree(frame: pd.DataFrame, path: str | Path, *, tree: str) -> None:
    """Write table CALORIMETRY as a ROOT tree with jagged branches.

    The bytes of two such files differ: ROOT files hold the time of writing.
    """
    branches: dict[str, Any] = {
        name: np.array(frame[name].tolist(), dtype=np.int32) for name in NUMBERS
    }
    types: dict[str, Any] = dict.fromkeys(NUMBERS, np.dtype(np.int32))
    for name in LISTS:
        branch = CALORIMETRY_NAMES[name][0]
        lengths = np.array([len(cell) for cell in frame[name]], dtype=np.int64)
        branches[branch] = ak.unflatten(np.concatenate([np.empty(0), *frame[name]]), lengths)
        types[branch] = "var * float64"
    with replacing(path) as temporary, uproot.recreate(temporary) as file:
        file.mktree(tree, types).extend(branches)


def require_overlap(
    side: pd.DataFrame, events: pd.DataFrame, *, what: str, path: str | Path
) -> None:
    """Refuse a side table that has none of the sample's events.

    Parameters
    ----------
    side, events : DataFrame
        Tables with the event key; ``events`` may hold a key several times.
    what : str
        What the side table is ("beamline").
    path : path
        Its file, for the message.

    Raises
    ------
    InputError
        If no event key is in both tables.
    """
    key = list(EVENT_KEY)
    distinct = events[key].drop_duplicates()
    matched = len(side[key].merge(distinct, on=key, how="inner"))
    if not matched:
        raise InputError(
            f"{path}: none of the {len(side)} rows of the {what} table matches one of the "
            f"{len(distinct)} events; the first are {_first_key(side)} and {_first_key(events)}."
        )
    logger.info("%s: %d of %d events have a row", what, matched, len(distinct))


def _several(files: str | Path | Sequence[str | Path]) -> list[str | Path]:
    return [files] if isinstance(files, str | Path) else list(files)


def _first_key(frame: pd.DataFrame) -> str:
    if frame.empty:
        return "(none)"
    first = frame.iloc[0]
    return "(" + ", ".join(f"{name}={first[name]}" for name in EVENT_KEY) + ")"


def _read_beamline_csv(path: str | Path, *, sample: str) -> pd.DataFrame:
    texts = _read_csv(path, BEAMLINE_NAMES, sample=sample)
    frame = _keys_of_texts(texts, path, sample=sample)
    for column in ("momentum", "mass"):
        frame[column] = _to_numbers(texts[column], path, sample=sample)
    _refuse(texts["momentum"], frame["momentum"] < 0, path, sample=sample, allowed="numbers ≥ 0")
    picky = texts["is_picky"].str.lower().map(TRUTH_VALUES)
    _refuse(texts["is_picky"], picky.isna(), path, sample=sample, allowed="0, 1, false or true")
    frame["is_picky"] = picky.astype(bool)
    _check_keys(frame, path, sample=sample)
    return frame


def _read_calorimetry(
    path: str | Path, *, sample: str, tree: str | None, max_dedx: float
) -> pd.DataFrame:
    require_file(path, sample=sample)
    if is_root(path):
        frame, residual_ranges, dedx = _read_calorimetry_tree(path, tree, sample=sample)
        rows = [f"entry {number}" for number in range(len(frame))]
    else:
        frame, residual_ranges, dedx = _read_calorimetry_csv(path, sample=sample)
        rows = [f"line {number + FIRST_LINE}" for number in range(len(frame))]
    points = [
        _physical_points(*lists, max_dedx=max_dedx, where=f"{sample}: {path}: {row}")
        for *lists, row in zip(residual_ranges, dedx, rows, strict=True)
    ]
    frame["residual_range"] = pd.Series([ranges for ranges, _ in points], dtype=object)
    frame["dedx"] = pd.Series([losses for _, losses in points], dtype=object)
    _check_keys(frame, path, sample=sample)
    return frame


def _physical_points(
    residual_range: np.ndarray, dedx: np.ndarray, *, max_dedx: float, where: str
) -> tuple[np.ndarray, np.ndarray]:
    """Drop the points with too large an energy loss, and refuse what is no number."""
    if len(residual_range) != len(dedx):
        raise InputError(
            f"{where}: {len(residual_range)} residual ranges but {len(dedx)} dE/dx; "
            "both lists must be equally long."
        )
    kept = ~(dedx > max_dedx)
    points = residual_range[kept], dedx[kept]
    for name, values in zip(LISTS, points, strict=True):
        wrong = values[~np.isfinite(values)]
        if wrong.size:
            raise InputError(f"{where}: {name} holds {wrong[0]}; finite numbers are allowed.")
    return points


def _read_csv(path: str | Path, names: Mapping[str, Sequence[str]], *, sample: str) -> pd.DataFrame:
    """Return the wanted columns as stripped texts, under this project's names."""
    require_file(path, sample=sample)
    with reading(path, "not a readable CSV table", sample=sample), warnings.catch_warnings():
        # Cells beyond the header would be lost with no more than a warning.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        texts = pd.read_csv(path, dtype=str, keep_default_na=False, index_col=False)
        texts.columns = texts.columns.str.strip()
        found = _resolve(texts.columns, names, what="column", path=path, sample=sample)
        for name in found.values():
            # Only a line that ends too early has cells that are not even empty.
            _refuse(texts[name], texts[name].isna(), path, sample=sample, allowed="complete lines")
        return pd.DataFrame({column: texts[name].str.strip() for column, name in found.items()})


def _resolve(
    present: Iterable[str],
    names: Mapping[str, Sequence[str]],
    *,
    what: Literal["column", "branch"],
    path: str | Path,
    sample: str,
) -> dict[str, str]:
    """Return under which of its possible names each column stands."""
    present = list(present)
    plural = {"column": "columns", "branch": "branches"}[what]
    found = {}
    for column, allowed in names.items():
        fitting = [name for name in allowed if name in present]
        if len(fitting) != 1:
            problem = f"ambiguous {plural}" if fitting else f"no {what}"
            joined = " and ".join(map(repr, fitting)) or " or ".join(map(repr, allowed))
            raise InputError(
                f"{sample}: {path}: {problem} {joined}; {plural}: {', '.join(present)}."
            )
        found[column] = fitting[0]
    return found


def _keys_of_texts(texts: pd.DataFrame, path: str | Path, *, sample: str) -> pd.DataFrame:
    frame = pd.DataFrame({"sample": sample}, index=texts.index)
    for column in NUMBERS:
        numbers = _to_numbers(texts[column], path, sample=sample)
        wrong = (numbers % 1 != 0) | (numbers.abs() > LARGEST_NUMBER)
        _refuse(texts[column], wrong, path, sample=sample, allowed="integers")
        frame[column] = numbers.astype(np.int64)
    return frame


def _to_numbers(texts: pd.Series, path: str | Path, *, sample: str) -> pd.Series:
    numbers = pd.to_numeric(texts, errors="coerce").astype(np.float64)
    infinite = numbers.abs() == np.inf
    _refuse(texts, numbers.isna() | infinite, path, sample=sample, allowed="finite numbers")
    return numbers


def _refuse(
    texts: pd.Series, wrong: pd.Series, path: str | Path, *, sample: str, allowed: str
) -> None:
    """Name the first wrong cell of a column, if there is one."""
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"{sample}: {path}: column '{texts.name}', line {row + FIRST_LINE}: "
            f"found '{texts.iloc[row]}', allowed are {allowed}."
        )


def _check_keys(frame: pd.DataFrame, path: str | Path, *, sample: str) -> None:
    repeated = frame.duplicated(list(NUMBERS))
    if repeated.any():
        first = tuple(int(frame.loc[repeated, name].iloc[0]) for name in NUMBERS)
        raise InputError(
            f"{sample}: {path}: (run, subrun, event) = {first} stands in more than one row; "
            "one row per event is allowed."
        )


def _read_calorimetry_csv(path: str | Path, *, sample: str) -> Calorimetry:
    texts = _read_csv(path, CALORIMETRY_NAMES, sample=sample)
    lists = [
        [
            _to_list(text, where=f"{sample}: {path}: column '{column}', line {line}")
            for line, text in enumerate(texts[column], start=FIRST_LINE)
        ]
        for column in LISTS
    ]
    return _keys_of_texts(texts, path, sample=sample), lists[0], lists[1]


def _to_list(text: str, *, where: str) -> np.ndarray:
    """Return the numbers of ``1.2;0.8``. One ``;`` may stand at the end."""
    parts = text.removesuffix(";").split(";") if text else []
    try:
        return np.array(parts, dtype=np.float64)
    except ValueError as error:
        raise InputError(f"{where}: '{text[:60]}' is no list of numbers joined by ';'.") from error


def _read_calorimetry_tree(path: str | Path, tree: str | None, *, sample: str) -> Calorimetry:
    with opened(path, sample=sample) as file:
        found = find_tree(file, tree, path=path, sample=sample, key="calorimetry_tree")
        names = _resolve(found.keys(), CALORIMETRY_NAMES, what="branch", path=path, sample=sample)
        with readable(path, sample=sample, what=f"tree '{found.name}'"):
            arrays = found.arrays(list(names.values()))
            numbers = {
                name: _integers(arrays[names[name]], name, path, sample=sample) for name in NUMBERS
            }
            residual_ranges, dedx = (
                _lists(arrays[names[column]], names[column], path, sample=sample)
                for column in LISTS
            )
            return pd.DataFrame({"sample": sample, **numbers}), residual_ranges, dedx


def _integers(branch: Any, name: str, path: str | Path, *, sample: str) -> np.ndarray:
    values = np.asarray(ak.to_numpy(branch))
    if values.ndim != 1 or (values % 1 != 0).any() or (np.abs(values) > LARGEST_NUMBER).any():
        raise InputError(f"{sample}: {path}: branch '{name}' holds what is no integer.")
    return values.astype(np.int64)


def _lists(branch: Any, name: str, path: str | Path, *, sample: str) -> list[np.ndarray]:
    if branch.ndim != 2:
        raise InputError(
            f"{sample}: {path}: branch '{name}' has {branch.ndim - 1} dimensions per entry; "
            "one list per entry, of the primary track, is allowed."
        )
    lengths = ak.to_numpy(ak.num(branch))
    values = ak.to_numpy(ak.flatten(branch)).astype(np.float64)
    return np.split(values, np.cumsum(lengths)[:-1]) if len(lengths) else []


def _write_csv(frame: pd.DataFrame, path: str | Path, names: Mapping[str, Sequence[str]]) -> None:
    table = frame[list(names)].set_axis([allowed[0] for allowed in names.values()], axis="columns")
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")
