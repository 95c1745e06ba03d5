"""Raw events of a sample, whatever its files are: trees, histograms or frames."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol

from latentscape.errors import InputError
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.raw_event import RawEvent
from latentscape.lartpc.raw_frames import FrameSource
from latentscape.lartpc.raw_histograms import HistogramSource
from latentscape.lartpc.raw_trees import TreeSource
from latentscape.lartpc.raw_writer import DigitisedEvent, write_events
from latentscape.lartpc.settings.samples import Frames, Histograms

__all__ = ["DigitisedEvent", "RawEvent", "count_events", "read_events", "write_events"]


class Source(Protocol):
    """One way to store events in files."""

    def count(self, path: str | Path) -> int:
        """Return the number of events in a file."""

    def read(self, path: str | Path, start: int, stop: int, *, index: int) -> Iterator[RawEvent]:
        """Read events ``start`` up to ``stop`` of the sample's file number ``index``."""


def read_events(
    files: Sequence[str | Path],
    *,
    sample: str,
    tree: str | None,
    histograms: Histograms | Mapping[str, Any] | None,
    frames: Frames | Mapping[str, Any] | None,
    detector: Detector,
    shard: int,
    shards: int,
    first_file: int = 0,
    other_files: int = 0,
) -> Iterator[RawEvent]:
    """Read one shard of a sample's events, in the order of the files, in bounded memory.

    Parameters
    ----------
    files : sequence of path
        The sample's files. Which of the two tree layouts they have is recognised
        from their branches: ``raw_rawadc`` with ``raw_channel`` (channel-mapped;
        wires without a channel are absent and zero) or ``rawadc1`` (flat:
        induction wires, then collection wires).
    sample : str
        Name of the sample, for messages.
    tree : str or None
        Name of the tree, if the files hold trees.
    histograms : Histograms, mapping of its fields, or None
        Names of the histograms, if each file holds one event in two histograms.
        Run, subrun and event come from the histograms' suffix; without it they
        are 0, 0 and the position of the file in the sample.
    frames : Frames, mapping of its fields, or None
        Tag and scale, if the files are Wire-Cell archives. Run and subrun are 0.
    detector : Detector
        Wires, channels and ticks that the files must have.
    shard, shards : int
        Of N events in all files, part ``shard`` of ``shards`` takes those from
        ``shard * N // shards`` up to, not including, ``(shard + 1) * N // shards``.
    first_file : int
        Number of the first of ``files`` in the sample, if they are not all of it.
    other_files : int
        How many files of the sample are not in ``files``; if there are any, these may be empty.

    Yields
    ------
    RawEvent

    Raises
    ------
    InputError
        If a file, tree, branch or histogram is missing, damaged or ambiguous, its
        content does not fit the detector, the sample has no events, or two events
        of the shard have the same run, subrun and event.
    """
    source = _source(sample, tree, histograms, frames, detector)
    seen: dict[tuple[int, int, int], str | Path] = {}
    counts = _count_each(source, files, sample, other_files)
    for index, start, stop in _parts(counts, shard, shards):
        for event in source.read(files[index], start, stop, index=first_file + index):
            key = (event.run, event.subrun, event.event)
            if key in seen:
                raise InputError(
                    f"{sample}: {files[index]}: (run, subrun, event) = {key} was already read "
                    f"from {seen[key]}. Every event must be in samples.{sample}.files once."
                )
            seen[key] = files[index]
            yield event


def count_events(
    files: Sequence[str | Path],
    *,
    sample: str,
    tree: str | None,
    histograms: Histograms | Mapping[str, Any] | None,
    frames: Frames | Mapping[str, Any] | None,
    detector: Detector,
    shard: int,
    shards: int,
    first_file: int = 0,  # noqa: ARG001 - taken so that both have the same arguments
    other_files: int = 0,
) -> int:
    """Return how many events :func:`read_events` reads, given the same arguments."""
    source = _source(sample, tree, histograms, frames, detector)
    counts = _count_each(source, files, sample, other_files)
    return sum(stop - start for _, start, stop in _parts(counts, shard, shards))


def _source(
    sample: str,
    tree: str | None,
    histograms: Histograms | Mapping[str, Any] | None,
    frames: Frames | Mapping[str, Any] | None,
    detector: Detector,
) -> Source:
    if [tree, histograms, frames].count(None) != 2:
        raise InputError(
            f"{sample}: set exactly one of samples.{sample}.tree, .histograms and .frames."
        )
    if histograms is not None:
        return HistogramSource(Histograms.model_validate(histograms), detector, sample)
    if frames is not None:
        return FrameSource(Frames.model_validate(frames), detector, sample)
    return TreeSource(str(tree), detector, sample)


def _count_each(
    source: Source, files: Sequence[str | Path], sample: str, other_files: int
) -> list[int]:
    """Return the number of events in each file, and refuse a sample without any."""
    counts = [source.count(path) for path in files]
    if not any(counts) and not other_files:
        listed = ", ".join(map(str, files)) or "none"
        raise InputError(f"{sample}: zero events in its files ({listed}). See samples.{sample}.")
    return counts


def _parts(counts: Sequence[int], shard: int, shards: int) -> Iterator[tuple[int, int, int]]:
    """Yield the number of each file that the shard needs, and its first and last + 1 event."""
    if not 0 <= shard < shards:
        raise ValueError(f"shard {shard} of {shards}: count from 0 to {shards - 1}")
    total = sum(counts)
    first, last = shard * total // shards, (shard + 1) * total // shards
    for index, (count, end) in enumerate(zip(counts, accumulate(counts), strict=True)):
        begin = end - count
        start, stop = max(first, begin) - begin, min(last, end) - begin
        if start < stop:
            yield index, start, stop
