"""Shards: which files, and which part of their events, one job of a sample reads.

A shard is a few whole files or one part of one file, so that a job opens only the files it needs:
the time to find its events does not grow with the number of files of the sample.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np


@dataclass(frozen=True)
class Shard:
    """What one job reads.

    Parameters
    ----------
    first, stop : int
        Its files: from number ``first`` up to, not including, number ``stop`` of the sample.
    part, parts : int
        Which part of how many equal parts of the events in these files.
    """

    first: int
    stop: int
    part: int
    parts: int


def divide_files(sizes: Sequence[int], *, shards: int | None, shard_bytes: int) -> list[Shard]:
    """Divide the files of a sample into shards, by nothing but their sizes.

    Parameters
    ----------
    sizes : sequence of int
        Bytes of each file, at least one file.
    shards : int or None
        How many shards; if there are fewer than files, some shards hold several whole files. None
        means as many as make shards of at most ``shard_bytes``.
    shard_bytes : int
        Where ``shards`` is None, larger files are divided and smaller ones, in their order, put
        together.

    Returns
    -------
    list of Shard
        In the order of the files. Together they hold every event once.
    """
    if shards is None:
        return list(_shards(_fill(sizes, shard_bytes), sizes, shard_bytes))
    if shards <= len(sizes):
        return [Shard(first, stop, 0, 1) for first, stop in _balance(sizes, shards)]
    return [
        Shard(file, file + 1, part, parts)
        for file, parts in enumerate(_apportion(sizes, shards))
        for part in range(parts)
    ]


def _fill(sizes: Sequence[int], shard_bytes: int) -> Iterator[tuple[int, int]]:
    """Yield the first and last + 1 file of each group that is not larger than a shard."""
    first, filled = 0, 0
    for number, size in enumerate(sizes):
        if number > first and filled + size > shard_bytes:
            yield first, number
            first, filled = number, 0
        filled += size
    yield first, len(sizes)


def _shards(
    groups: Iterator[tuple[int, int]], sizes: Sequence[int], shard_bytes: int
) -> Iterator[Shard]:
    for first, stop in groups:
        # Only a file on its own can be larger than a shard.
        parts = max(1, -(-sum(sizes[first:stop]) // shard_bytes))
        yield from (Shard(first, stop, part, parts) for part in range(parts))


def _balance(sizes: Sequence[int], groups: int) -> Iterator[tuple[int, int]]:
    """Yield groups of neighbouring files with about the same bytes, none of them empty."""
    ends = np.fromiter(accumulate(sizes), dtype=np.int64)
    first = 0
    for number in range(1, groups):
        nearest = int(np.abs(ends * groups - number * ends[-1]).argmin()) + 1
        stop = min(max(nearest, first + 1), len(sizes) - (groups - number))
        yield first, stop
        first = stop
    yield first, len(sizes)


def _apportion(sizes: Sequence[int], shards: int) -> list[int]:
    """Return into how many parts each file is divided, so that the largest part is smallest."""
    parts = [1] * len(sizes)
    largest = [(-float(size), number) for number, size in enumerate(sizes)]
    heapq.heapify(largest)
    for _ in range(shards - len(sizes)):
        _, number = largest[0]
        parts[number] += 1
        heapq.heapreplace(largest, (-sizes[number] / parts[number], number))
    return parts
