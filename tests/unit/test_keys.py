import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentscape.errors import InputError
from latentscape.keys import check_unique, join, sort_by_key

KEY = ("run", "event")


def frame(rows: list[tuple[int, int, float]], value: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["run", "event", value])


def test_rows_are_joined_by_key_and_not_by_position() -> None:
    left = frame([(1, 1, 0.1), (1, 2, 0.2)], "a")
    right = frame([(1, 2, 20.0), (1, 1, 10.0)], "b")
    joined = join(left, right, KEY, what="test")
    assert joined[["a", "b"]].to_numpy().tolist() == [[0.1, 10.0], [0.2, 20.0]]


def test_a_left_join_keeps_rows_without_partner() -> None:
    left = frame([(1, 1, 0.1), (1, 2, 0.2)], "a")
    right = frame([(1, 2, 20.0)], "b")
    joined = join(left, right, KEY, what="test", how="left")
    assert joined["b"].isna().tolist() == [True, False]


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_repeated_key_is_refused_and_named(side: str) -> None:
    good, bad = frame([(1, 1, 0.0)], "a"), frame([(1, 1, 0.0), (1, 1, 1.0)], "b")
    pair = (bad, good) if side == "left" else (good, bad)
    with pytest.raises(InputError, match=r"tracks: 2 rows share .*run=1, event=1"):
        join(*pair, KEY, what="tracks")


def test_many_tracks_may_share_one_event_when_said_so() -> None:
    tracks = frame([(1, 1, 0.0), (1, 1, 1.0)], "a")
    events = frame([(1, 1, 5.0)], "b")
    joined = join(tracks, events, KEY, what="test", relation="many_to_one")
    assert joined["b"].tolist() == [5.0, 5.0]


def test_a_missing_key_column_is_named() -> None:
    with pytest.raises(InputError, match="right table has no key column 'event'"):
        join(frame([(1, 1, 0.0)], "a"), pd.DataFrame({"run": [1]}), KEY, what="test")


def test_a_column_in_both_tables_is_refused() -> None:
    with pytest.raises(InputError, match="both tables have a column 'a'"):
        join(frame([(1, 1, 0.0)], "a"), frame([(1, 1, 0.0)], "a"), KEY, what="test")


def test_unique_keys_pass() -> None:
    check_unique(frame([(1, 1, 0.0), (1, 2, 0.0)], "a"), KEY, what="test")


@given(st.permutations(list(range(8))), st.permutations(list(range(8))))
def test_joining_shuffled_tables_changes_no_pair(a: list[int], b: list[int]) -> None:
    left = pd.DataFrame({"run": 1, "event": a, "x": [10 * n for n in a]})
    right = pd.DataFrame({"run": 1, "event": b, "y": [100 * n for n in b]})
    joined = sort_by_key(join(left, right, KEY, what="test"), KEY)
    assert (joined["y"] == 10 * joined["x"]).all()
    assert joined["event"].tolist() == list(range(8))
