"""Progress with a rate and an estimate, for the terminal and for log files."""

import logging
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
logger = logging.getLogger("latentscape")


def progress(items: Iterable[Item], total: int, *, unit: str, every: float = 5.0) -> Iterator[Item]:
    """Pass items on, and log how many are done, how fast, and how long it will take.

    Parameters
    ----------
    items : iterable
        What is worked on.
    total : int
        How many there are.
    unit : str
        What is counted, in the plural ("events", "tracks", "epochs").
    every : float
        Seconds between two messages. The last item is always reported.
    """
    start = last = time.monotonic()
    done = 0
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - last >= every and done < total:
            last = now
            logger.info(line(done, total, unit, now - start))
    logger.info(line(done, total, unit, time.monotonic() - start))


def line(done: int, total: int, unit: str, seconds: float) -> str:
    """Return one progress message: count, rate and time left (or taken)."""
    rate = done / seconds if seconds > 0 else 0.0
    text = f"{done:,} of {total:,} {unit}, {_three_digits(rate)} {unit}/s"
    if done < total and rate > 0:
        return f"{text}, {_duration((total - done) / rate)} left"
    return f"{text}, {_duration(seconds)} in all"


def _three_digits(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.3g}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
