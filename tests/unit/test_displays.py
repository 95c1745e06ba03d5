import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.lartpc.displays import choose_event, name_event, rows_of, take_event
from latentscape.lartpc.raw import RawEvent


def tracks(heights: dict[int, list[int]]) -> pd.DataFrame:
    rows = [
        {"sample": "p", "run": 1, "subrun": 0, "event": event, "track": n, "collection_height": h}
        for event, several in heights.items()
        for n, h in enumerate(several)
    ]
    columns = ["sample", "run", "subrun", "event", "track", "collection_height"]
    return pd.DataFrame(rows, columns=columns)


def hits(pixels: dict[int, int]) -> pd.DataFrame:
    rows = [
        {"sample": "p", "run": 1, "subrun": 0, "event": event, "adc": np.zeros(n, dtype=np.int16)}
        for event, n in pixels.items()
    ]
    return pd.DataFrame(rows)


def test_the_event_with_the_track_nearest_the_median_height_is_shown() -> None:
    assert choose_event(hits({1: 1}), tracks({1: [20], 2: [50], 3: [90]}))["event"] == 2


def test_an_event_with_one_track_goes_before_one_with_two() -> None:
    assert choose_event(hits({1: 1}), tracks({1: [50, 51], 2: [80]}))["event"] == 2


def test_shuffled_tracks_choose_the_same_event() -> None:
    table = tracks({1: [40], 2: [60], 3: [20], 4: [80]})
    assert choose_event(hits({1: 1}), table) == choose_event(hits({1: 1}), table.iloc[::-1])


def test_without_tracks_the_busiest_event_is_shown() -> None:
    assert choose_event(hits({1: 5, 2: 9, 3: 2}), tracks({}))["event"] == 2


def an_event(number: int) -> RawEvent:
    planes = {"collection": np.full((2, 3), number, dtype=np.int16)}
    absent = {"collection": np.zeros(2, dtype=bool)}
    return RawEvent(run=1, subrun=0, event=number, planes=planes, absent=absent)


def test_the_planes_of_the_wanted_event_are_taken() -> None:
    wanted = {"sample": "p", "run": 1, "subrun": 0, "event": 2}
    planes = take_event((an_event(n) for n in (1, 2, 3)), wanted)
    assert planes["collection"].tolist() == [[2, 2, 2], [2, 2, 2]]


def test_an_event_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match=r"no event \(1, 0, 9\)"):
        take_event([an_event(1)], {"sample": "p", "run": 1, "subrun": 0, "event": 9})


def test_rows_of_one_event_are_found_by_its_whole_key() -> None:
    table = tracks({1: [40], 2: [60, 61]})
    event = {"sample": "p", "run": 1, "subrun": 0, "event": 2}
    assert rows_of(table, event)["collection_height"].tolist() == [60, 61]
    assert rows_of(table, {**event, "run": 2}).empty


def test_an_event_is_named_in_full() -> None:
    event: dict[str, str | int] = {"sample": "p", "run": 1, "subrun": 0, "event": 2}
    assert name_event(event) == "p, run 1, subrun 0, event 2"
