"""Which event is shown, and its raw planes."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY, sort_by_key
from latentscape.lartpc.raw_event import RawEvent


def choose_event(hits: pd.DataFrame, tracks: pd.DataFrame) -> dict[str, str | int]:
    """Return the key of a typical event: one track, of about median height.

    Parameters
    ----------
    hits : DataFrame
        HITS, for samples without any track: then the event with most pixels is taken.
    tracks : DataFrame
        TRACKS of the same events.

    Returns
    -------
    dict
        ``sample, run, subrun, event``.
    """
    key = list(EVENT_KEY)
    if len(tracks):
        alone = sort_by_key(tracks[~tracks.duplicated(key, keep=False)], EVENT_KEY)
        candidates = alone if len(alone) else sort_by_key(tracks, EVENT_KEY)
        height = candidates["collection_height"]
        row = int((height - height.median()).abs().to_numpy().argmin())
    else:
        counted = hits.assign(pixels=hits["adc"].map(len))
        candidates = counted.groupby(key, as_index=False).agg({"pixels": "sum"})
        row = int(candidates["pixels"].to_numpy().argmax())
    chosen = candidates.iloc[row]
    return {name: chosen[name] if name == "sample" else int(chosen[name]) for name in key}


def take_event(events: Iterable[RawEvent], event: Mapping[str, str | int]) -> dict[str, np.ndarray]:
    """Return the raw planes of one event.

    Parameters
    ----------
    events : iterable of RawEvent
        Events of the sample.
    event : mapping
        Key of the event: ``run``, ``subrun``, ``event``.

    Returns
    -------
    dict of str to array of int16, shape (wires, ticks)
        ADC as recorded, by plane.

    Raises
    ------
    InputError
        If the event is not found.
    """
    wanted = tuple(event[name] for name in ("run", "subrun", "event"))
    for candidate in events:
        if (candidate.run, candidate.subrun, candidate.event) == wanted:
            return dict(candidate.planes)
    raise InputError(f"no event {wanted} (run, subrun, event) in the raw files.")


def rows_of(table: pd.DataFrame, event: Mapping[str, str | int]) -> pd.DataFrame:
    """Return the rows of one event."""
    matches = [table[name] == event[name] for name in EVENT_KEY]
    return table[np.logical_and.reduce(matches)].reset_index(drop=True)


def name_event(event: Mapping[str, str | int]) -> str:
    """Return how an event is called in a figure."""
    return (
        f"{event['sample']}, run {event['run']}, subrun {event['subrun']}, event {event['event']}"
    )
