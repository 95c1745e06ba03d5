import logging

import pytest

from latentscape.progress import line, progress


def test_a_message_gives_count_rate_and_time_left() -> None:
    assert line(50, 200, "events", 10.0) == "50 of 200 events, 5 events/s, 30 s left"


@pytest.mark.parametrize(
    ("done", "seconds", "rate"), [(1, 40, "0.025"), (123, 10, "12.3"), (9000, 2, "4,500")]
)
def test_rates_have_three_digits(done: int, seconds: float, rate: str) -> None:
    assert f", {rate} epochs/s, " in line(done, 10_000, "epochs", seconds)


@pytest.mark.parametrize(
    ("seconds", "words"), [(45, "45 s"), (125, "2 min 05 s"), (3725, "1 h 02 min")]
)
def test_durations_read_like_a_clock(seconds: float, words: str) -> None:
    assert line(3, 3, "epochs", seconds).endswith(f"{words} in all")


def test_every_item_passes_and_the_end_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="latentscape")
    assert list(progress([1, 2, 3], 3, unit="tracks")) == [1, 2, 3]
    assert caplog.messages[-1].startswith("3 of 3 tracks")


def test_progress_is_reported_on_the_way(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="latentscape")
    list(progress(range(4), 4, unit="events", every=0.0))
    assert [m.split(" events")[0] for m in caplog.messages] == [
        "1 of 4",
        "2 of 4",
        "3 of 4",
        "4 of 4",
    ]
