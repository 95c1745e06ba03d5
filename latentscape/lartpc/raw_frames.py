"""Deconvolved frames in Wire-Cell's archives: a tar of NumPy arrays.

Each event has ``frame_<tag>_<event>.npy`` (channels × ticks, electrons),
``channels_<tag>_<event>.npy`` and ``tickinfo_<tag>_<event>.npy`` (start, length
of a tick in ns, first tick), as Wire-Cell's NumpyFrameSaver writes them.
"""

import io
import math
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from latentscape.errors import InputError, reading
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.raw_event import (
    RawEvent,
    channel_ranges,
    require_numbers,
    split_channels,
    to_int16,
)
from latentscape.lartpc.root_files import require_file
from latentscape.lartpc.settings.samples import Frames

MEMBER = re.compile(r"(?P<part>frame|channels|tickinfo)_(?P<tag>.+)_(?P<event>\d+)\.npy")
PARTS = ("frame", "channels", "tickinfo")
# A whole anode of DUNE (2560 channels × 6000 ticks of 8 bytes) is 0.1 GiB; a small archive
# can claim any size, and is refused before it is unpacked.
LARGEST_MEMBER = 2 * 2**30
TICK_TOLERANCE = 0.01  # relative difference between the archive's tick and the detector's


@dataclass(frozen=True)
class FrameSource:
    """One or several events per archive; nothing is unpacked to disk.

    Archives know no run and subrun: both are 0. Channels of neither plane (an
    archive holds three views) are left out; wires without a row are absent.

    Parameters
    ----------
    frames : Frames
        Tag, and electrons per count.
    detector : Detector
        Channels and wires of the planes, ticks and their length.
    sample : str
        Name of the sample, for messages.
    """

    frames: Frames
    detector: Detector
    sample: str

    def count(self, path: str | Path) -> int:
        """Return the number of frames with the wanted tag in an archive."""
        tags: dict[str, int] = {}
        for name, _ in _members(path, sample=self.sample):
            match = MEMBER.fullmatch(name)
            if match and match["part"] == "frame":
                tags[match["tag"]] = tags.get(match["tag"], 0) + 1
        if self.frames.tag not in tags:
            raise InputError(
                f"{self.sample}: {path} has no frame of tag '{self.frames.tag}'. "
                f"Tags in the archive: {', '.join(map(repr, sorted(tags))) or 'none'}. "
                f"Set samples.{self.sample}.frames.tag."
            )
        return tags[self.frames.tag]

    def read(
        self,
        path: str | Path,
        start: int,
        stop: int,
        *,
        index: int,  # noqa: ARG002 - the position of the file is not needed: frames have a number
    ) -> Iterator[RawEvent]:
        """Read the frames from ``start`` up to, not including, ``stop``."""
        for event, parts in islice(self._complete_events(path), start, stop):
            where = f"{self.sample}: {path}: event {event}"
            self._check(parts, where=where)
            require_numbers((0, 0, event), where=where)
            electrons, channels = parts["frame"], parts["channels"]
            with np.errstate(over="ignore"):  # an infinite count is refused below
                scaled = electrons / self.frames.scale
            counts = to_int16(scaled, where=f"{where}: frame / scale")
            planes, absent = split_channels(counts, channels, detector=self.detector)
            if all(wires.all() for wires in absent.values()):
                raise InputError(
                    f"{where}: its channels {channels.min()} to {channels.max()} are out of "
                    f"range; detector {self.detector.name} has {channel_ranges(self.detector)}."
                )
            yield RawEvent(0, 0, event, planes, absent)

    def _complete_events(self, path: str | Path) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
        pending: dict[int, dict[str, np.ndarray]] = {}
        for name, content in _members(path, sample=self.sample):
            match = MEMBER.fullmatch(name)
            if not match or match["tag"] != self.frames.tag:
                continue
            event = int(match["event"])
            parts = pending.setdefault(event, {})
            parts[match["part"]] = _array(content(), where=f"{self.sample}: {path}: {name}")
            if len(parts) == len(PARTS):
                yield event, pending.pop(event)
        for event, parts in pending.items():
            missing = next(part for part in PARTS if part not in parts)
            raise InputError(
                f"{self.sample}: {path}: event {event} has no "
                f"'{missing}_{self.frames.tag}_{event}.npy'."
            )

    def _check(self, parts: dict[str, np.ndarray], *, where: str) -> None:
        frame, channels, tickinfo = (parts[part] for part in PARTS)
        detector = self.detector
        if channels.ndim != 1 or frame.shape != (channels.size, detector.ticks):
            raise InputError(
                f"{where}: the frame has shape {frame.shape} and there are {channels.size} "
                f"channels; detector {detector.name} needs ({channels.size}, {detector.ticks})."
            )
        if channels.dtype.kind not in "iu" or np.unique(channels).size < channels.size:
            raise InputError(f"{where}: its channel numbers are not integers, each once.")
        tick = float(tickinfo[1]) if tickinfo.shape == (3,) else np.nan
        if not abs(tick - detector.tick_ns) <= TICK_TOLERANCE * detector.tick_ns:
            raise InputError(
                f"{where}: a tick has {tick:g} ns; detector {detector.name} "
                f"has tick_ns {detector.tick_ns:g}."
            )


def _members(path: str | Path, *, sample: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Walk an archive from front to back: each file's name, and a function that reads it."""
    require_file(path, sample=sample)
    with _readable(path, sample=sample):
        archive = tarfile.open(path)  # noqa: SIM115 - closed below
    with archive:
        while True:
            with _readable(path, sample=sample):
                member = archive.next()
            if member is None:
                with _readable(path, sample=sample):
                    _require_end(archive, path, sample=sample)
                return
            if not 0 <= member.size <= LARGEST_MEMBER:
                raise InputError(
                    f"{sample}: {path}: '{member.name}' claims {member.size} bytes; "
                    f"allowed are {LARGEST_MEMBER}."
                )
            if member.isfile():
                yield member.name, partial(_content, archive, member, path, sample)


def _content(
    archive: tarfile.TarFile, member: tarfile.TarInfo, path: str | Path, sample: str
) -> bytes:
    with _readable(path, sample=sample):
        file = archive.extractfile(member)
        return file.read() if file else b""


def _readable(path: str | Path, *, sample: str) -> AbstractContextManager[None]:
    return reading(path, "not a readable tar archive, or truncated", sample=sample)


def _require_end(archive: tarfile.TarFile, path: str | Path, *, sample: str) -> None:
    """Refuse an archive that goes on: a damaged header looks like the end to the library."""
    if archive.fileobj is not None:
        archive.fileobj.seek(archive.offset)
        if archive.fileobj.read(tarfile.BLOCKSIZE).strip(b"\0"):
            raise InputError(
                f"{sample}: {path}: not a readable tar archive: its file number "
                f"{len(archive.getmembers()) + 1} has a damaged header."
            )


def _array(content: bytes, *, where: str) -> np.ndarray:
    """Read a .npy file, after a look at its header: it may claim any size."""
    file = io.BytesIO(content)
    with reading(where, "not a NumPy array"):
        version = npy.read_magic(file)
        read_header = npy.read_array_header_1_0 if version[0] == 1 else npy.read_array_header_2_0
        shape, _, dtype = read_header(file)
    if dtype.kind not in "iuf":
        raise InputError(f"{where}: an array of {dtype}; only numbers are allowed.")
    if math.prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise InputError(f"{where}: shape {shape} does not fit its {len(content)} bytes.")
    file.seek(0)
    with reading(where, "not a NumPy array"):
        return np.asarray(np.load(file, allow_pickle=False))
