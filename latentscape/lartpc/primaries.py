"""Which of an event's tracks is that of the beam particle, as far as data can tell."""

import pandas as pd

from latentscape.keys import EVENT_KEY, TRACK_KEY, check_unique


def primary_tracks(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the key of each event's primary track: the one on most collection wires.

    Parameters
    ----------
    tracks : DataFrame
        Key columns of ``TRACKS`` and ``collection_height``. Between equals the lowest track
        number wins.

    Returns
    -------
    DataFrame
        One row per event, the key of a track.

    Raises
    ------
    InputError
        For a repeated key.
    """
    check_unique(tracks, TRACK_KEY, what="tracks")
    columns = [*EVENT_KEY, "collection_height", "track"]
    ascending = [*(True for _ in EVENT_KEY), False, True]
    ordered = tracks[columns].sort_values(columns, ascending=ascending, ignore_index=True)
    return ordered.drop_duplicates(list(EVENT_KEY), ignore_index=True)[list(TRACK_KEY)]
