"""The command ``python -m latentscape display``: draw any event of the results."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from latentscape.config import load_detector
from latentscape.errors import InputError
from latentscape.figures.style import save
from latentscape.keys import EVENT_KEY
from latentscape.lartpc.displays import name_event, rows_of
from latentscape.lartpc.figures.displays import identified_display
from latentscape.lartpc.tables.identification import PID
from latentscape.lartpc.tables.reconstruction import CLUSTERS, HITS, TRACKS
from latentscape.lartpc.tables.truth import TRUTH
from latentscape.tables import Table

NUMBERS = EVENT_KEY[1:]
_MOST_DIGITS = 18


class EventTables(NamedTuple):
    """The rows of one event; ``pid`` and ``truth`` are empty where they are not known."""

    hits: pd.DataFrame
    clusters: pd.DataFrame
    tracks: pd.DataFrame
    pid: pd.DataFrame
    truth: pd.DataFrame


def add_display_command(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "folder", type=Path, help="results of the study, with hits, clusters and tracks"
    )
    parser.add_argument("event", nargs="*", help="sample, run, subrun and event, space between")
    parser.add_argument(
        "--key", default="", help="the same as sample/run/subrun/event or …/track, as in tables"
    )
    parser.add_argument("--track", type=int, help="colour and frame only this track")
    parser.add_argument("--zoom", action="store_true", help="show the surroundings of the tracks")
    parser.add_argument(
        "--output", type=Path, help=".png or .pdf; by default named after the event"
    )
    parser.add_argument(
        "--detector", default="lariat", help="name in resources/detectors, or a YAML file"
    )


def draw_display(options: argparse.Namespace, resources: Path) -> Path:
    """Draw one event and return the file.

    Parameters
    ----------
    options : Namespace
        What :func:`add_display_command` declares.
    resources : path
        Folder that holds ``detectors``.

    Returns
    -------
    path
        The figure.

    Raises
    ------
    InputError
        If the key is given twice or cannot be read, or no such sample, event or track is in the
        results.
    """
    if options.key and options.event:
        raise InputError(f"the event is given twice: {' '.join(options.event)}, and {options.key}.")
    event, track = read_key(options.key.split("/") if options.key else options.event)
    if None not in (track, options.track):
        raise InputError(f"the track is given twice: {track}, and {options.track}.")
    chosen = track if options.track is None else options.track
    tables = read_event(options.folder, event)
    known = sorted(tables.tracks["track"])
    if chosen is not None and chosen not in known:
        raise InputError(
            f"{name_event(event)} has no track {chosen}; "
            f"its tracks: {', '.join(map(str, known)) or 'none'}."
        )
    figure = identified_display(
        *tables,
        detector=load_detector(options.detector, resources),
        chosen=chosen,
        zoom=options.zoom,
        title=name_event(event),
    )
    path: Path = options.output or Path("_".join(str(event[name]) for name in EVENT_KEY) + ".png")
    save(figure, [path])
    return path


def read_key(parts: list[str]) -> tuple[dict[str, str | int], int | None]:
    """Return the event, and the track if there is a fifth part.

    Raises
    ------
    InputError
        If there are fewer than four parts or more than five, or one is no number of 64 bits.
    """
    found = "/".join(parts)
    if not len(EVENT_KEY) <= len(parts) <= len(EVENT_KEY) + 1:
        raise InputError(
            f"key {found!r} has {len([part for part in parts if part])} parts; "
            "allowed: sample/run/subrun/event or sample/run/subrun/event/track."
        )
    wrong = [part for part in parts[1:] if not part.isdecimal() or len(part) > _MOST_DIGITS]
    if wrong:
        raise InputError(f"key {found!r}: {wrong[0]!r} is not a number; only the sample is a name.")
    numbers = [int(part) for part in parts[1:]]
    event: dict[str, str | int] = {"sample": parts[0]}
    event.update(zip(NUMBERS, numbers[: len(NUMBERS)], strict=True))
    return event, numbers[3] if len(numbers) > len(NUMBERS) else None


def read_event(folder: Path, event: Mapping[str, str | int]) -> EventTables:
    """Return the tables of one event; of other files than its own, only the keys are read.

    Parameters
    ----------
    folder : path
        Results of the study: folders ``hits``, ``clusters``, ``tracks`` with a folder per sample,
        and maybe ``pid`` and ``truth``.
    event : mapping
        Key of the event.

    Returns
    -------
    EventTables

    Raises
    ------
    InputError
        If there is no such sample or event; the message says which are there.
    """
    sample = str(event["sample"])
    name = _file_of(folder / "hits", event)
    return EventTables(
        _rows(HITS, folder / "hits" / sample / name, event),
        _rows(CLUSTERS, folder / "clusters" / sample / name, event),
        _rows(TRACKS, folder / "tracks" / sample / name, event),
        _rows_if_there(PID, folder / "pid" / f"{sample}.parquet", event),
        _rows_if_there(TRUTH, folder / "truth" / sample / name, event),
    )


def _file_of(hits: Path, event: Mapping[str, str | int]) -> str:
    """Return the name of the file that holds an event."""
    sample = event["sample"]
    if not hits.is_dir():
        raise InputError(
            f"{hits} is not there; give the folder that holds hits, clusters and tracks."
        )
    samples = sorted(path.name for path in hits.iterdir() if path.is_dir())
    if sample not in samples:
        raise InputError(f"{hits} has no sample {sample!r}; samples: {', '.join(samples)}.")
    keys = {
        path.name: HITS.read_columns(path, EVENT_KEY)
        for path in sorted((hits / str(sample)).glob("*.parquet"))
    }
    for name, table in keys.items():
        if len(rows_of(table, event)):
            return name
    there = pd.concat([HITS.empty()[list(EVENT_KEY)], *keys.values()], ignore_index=True)
    raise InputError(_no_such_event(event, there))


def _no_such_event(event: Mapping[str, str | int], there: pd.DataFrame) -> str:
    """Say which events are there, and which is nearest to the one that was asked for."""
    if there.empty:
        return f"sample {event['sample']} has no event."
    ranges = ", ".join(f"{name} {there[name].min()} to {there[name].max()}" for name in NUMBERS)
    away = pd.DataFrame({name: (there[name] - int(event[name])).abs() for name in NUMBERS})
    nearest = there.loc[away.sort_values(list(NUMBERS)).index[0]]
    key = "/".join(str(nearest[name]) for name in EVENT_KEY)
    return f"no {name_event(event)}; there are {ranges}, the nearest is {key}."


def _rows(table: Table, path: Path, event: Mapping[str, str | int]) -> pd.DataFrame:
    return rows_of(table.read(path), event)


def _rows_if_there(table: Table, path: Path, event: Mapping[str, str | int]) -> pd.DataFrame:
    return _rows(table, path, event) if path.is_file() else table.empty()
