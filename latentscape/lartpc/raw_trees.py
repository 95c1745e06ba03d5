"""Raw ADC in ROOT trees, in both layouts that experiments write."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np

from latentscape.errors import InputError
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.raw_event import (
    RawEvent,
    all_channels,
    channel_ranges,
    require_numbers,
    split_channels,
    to_int16,
)
from latentscape.lartpc.root_files import (
    find_tree,
    opened,
    readable,
    require_branches,
    tree_path,
)

KEY_BRANCHES = ("run", "subrun", "event")
PAYLOAD, CHANNEL, BLOCK = "raw_rawadc", "raw_channel", "rawadc1"
CHUNK_BYTES = 32 * 2**20  # raw ADC held at a time: about ten events of 480 wires × 3072 ticks


@dataclass(frozen=True)
class TreeSource:
    """Raw ADC in ROOT trees, one entry per event.

    Parameters
    ----------
    tree : str
        Name of the tree, with or without folder and cycle.
    detector : Detector
        Channels and wires of the planes, and ticks.
    sample : str
        Name of the sample, for messages.
    """

    tree: str
    detector: Detector
    sample: str

    def count(self, path: str | Path) -> int:
        """Return the number of events in a file."""
        with opened(path, sample=self.sample) as file:
            tree = self._find(file, path)
            return self._entries(tree, (*KEY_BRANCHES, *self._recognise(tree, path)), path)

    def read(
        self,
        path: str | Path,
        start: int,
        stop: int,
        *,
        index: int,  # noqa: ARG002 - the position of the file is not needed: entries have a key
    ) -> Iterator[RawEvent]:
        """Read the entries from ``start`` up to, not including, ``stop``."""
        with opened(path, sample=self.sample) as file:
            tree = self._find(file, path)
            branches = self._recognise(tree, path)
            require_branches(tree, (*KEY_BRANCHES, *branches), path=path, sample=self.sample)
            numbers = range(start, stop)
            rows = chain.from_iterable(self._chunks(tree, path, branches, start, stop))
            for entry, row in zip(numbers, rows, strict=True):
                what = f"tree '{tree_path(tree)}', entry {entry}"
                with readable(path, sample=self.sample, what=what):
                    event = self._event(row, branches, where=f"{self.sample}: {path}: {what}")
                yield event

    def _entries(self, tree: Any, branches: tuple[str, ...], path: str | Path) -> int:
        """Return how many entries the tree has, after a look at its branches."""
        what = f"tree '{tree_path(tree)}'"
        require_branches(tree, branches, path=path, sample=self.sample)
        with readable(path, sample=self.sample, what=what):
            entries = int(tree.num_entries)
            for name in branches:
                if int(tree[name].num_entries) != entries:
                    raise InputError(
                        f"{self.sample}: {path}: {what} has {entries} entries, its branch '{name}' "
                        f"{tree[name].num_entries}; the file is damaged."
                    )
        return entries

    def _find(self, file: Any, path: str | Path) -> Any:
        return find_tree(file, self.tree, path=path, sample=self.sample, key="tree")

    def _recognise(self, tree: Any, path: str | Path) -> tuple[str, ...]:
        """Return the branches of the tree's layout."""
        present = tree.keys()
        where = f"{self.sample}: {path}: tree '{tree_path(tree)}'"
        if PAYLOAD in present and BLOCK in present:
            raise InputError(
                f"{where} has an ambiguous layout: both '{PAYLOAD}' (channel-mapped) "
                f"and '{BLOCK}' (flat) are there; allowed is one of them."
            )
        if PAYLOAD in present:
            return (PAYLOAD, CHANNEL)
        if BLOCK in present:
            return (BLOCK,)
        raise InputError(
            f"{where} has no branch '{PAYLOAD}' (channel-mapped) and no '{BLOCK}' (flat). "
            f"Branches: {', '.join(present) or 'none'}. Set samples.{self.sample}.tree."
        )

    def _chunks(
        self, tree: Any, path: str | Path, branches: tuple[str, ...], start: int, stop: int
    ) -> Iterator[Any]:
        wires = sum(self.detector.plane(name).wires for name in PLANES)
        step = max(1, CHUNK_BYTES // (2 * wires * self.detector.ticks))
        chunks = tree.iterate(
            [*KEY_BRANCHES, *branches], entry_start=start, entry_stop=stop, step_size=step
        )
        for first in range(start, stop, step):
            last = min(first + step, stop) - 1
            what = f"entries {first} to {last} of tree '{tree_path(tree)}'"
            try:
                with readable(path, sample=self.sample, what=what):
                    chunk = next(chunks)
            except InputError:
                self._name_branch(tree, path, (*KEY_BRANCHES, *branches), first, last)
                raise
            if len(chunk) != last - first + 1:
                raise InputError(
                    f"{self.sample}: {path}: {what} are {len(chunk)}; the file is damaged."
                )
            yield chunk

    def _name_branch(
        self, tree: Any, path: str | Path, branches: tuple[str, ...], first: int, last: int
    ) -> None:
        """Read the branches one by one, so that the error names the one that is damaged."""
        for name in branches:
            what = f"branch '{name}', entries {first} to {last} of tree '{tree_path(tree)}'"
            with readable(path, sample=self.sample, what=what):
                tree[name].array(entry_start=first, entry_stop=last + 1)

    def _event(self, row: Any, branches: tuple[str, ...], *, where: str) -> RawEvent:
        if branches == (BLOCK,):
            planes = _flat_planes(_values(row[BLOCK]), detector=self.detector, where=where)
            absent = {name: np.zeros(len(adc), dtype=bool) for name, adc in planes.items()}
        else:
            payload, channels = _values(row[PAYLOAD]), _values(row[CHANNEL])
            rows = _mapped_rows(payload, channels, detector=self.detector, where=where)
            planes, absent = split_channels(rows, channels, detector=self.detector)
        numbers = (row[name] for name in KEY_BRANCHES)
        run, subrun, event = require_numbers(numbers, where=where)
        return RawEvent(run, subrun, event, planes, absent)


def _values(nested: Any) -> np.ndarray:
    """Return the numbers of one entry in one row, however a file nests them."""
    return np.asarray(ak.flatten(nested, axis=None))


def _flat_planes(block: np.ndarray, *, detector: Detector, where: str) -> dict[str, np.ndarray]:
    boundary = detector.induction.wires
    wires = boundary + detector.collection.wires
    if block.size != wires * detector.ticks:
        raise InputError(
            f"{where}: '{BLOCK}' holds {block.size} values; detector {detector.name} needs "
            f"{wires} wires × {detector.ticks} ticks = {wires * detector.ticks}."
        )
    rows = to_int16(block, where=f"{where}: '{BLOCK}'").reshape(wires, detector.ticks)
    return {"induction": rows[:boundary], "collection": rows[boundary:]}


def _mapped_rows(
    payload: np.ndarray, channels: np.ndarray, *, detector: Detector, where: str
) -> np.ndarray:
    _check_channels(channels, detector=detector, where=where)
    if payload.size % max(channels.size, 1) or (payload.size and not channels.size):
        raise InputError(
            f"{where}: '{PAYLOAD}' holds {payload.size} values, "
            f"not divisible by the {channels.size} channels of '{CHANNEL}'."
        )
    samples = payload.size // channels.size if channels.size else detector.ticks
    if samples != detector.ticks:
        raise InputError(
            f"{where}: '{PAYLOAD}' holds {samples} samples per channel; "
            f"detector {detector.name} has {detector.ticks} ticks."
        )
    return to_int16(payload, where=f"{where}: '{PAYLOAD}'").reshape(channels.size, samples)


def _check_channels(channels: np.ndarray, *, detector: Detector, where: str) -> None:
    known = np.isin(channels, all_channels(detector))
    if not known.all():
        raise InputError(
            f"{where}: '{CHANNEL}' holds channel {channels[~known][0]}, which is out of range; "
            f"detector {detector.name} has {channel_ranges(detector)}."
        )
    numbers, counts = np.unique(channels, return_counts=True)
    if (counts > 1).any():
        raise InputError(f"{where}: '{CHANNEL}' holds channel {numbers[counts > 1][0]} twice.")
