"""The files of a folder with their hashes, and the list of them that ``sha256sum -c`` reads.

Like all that verifies a crate, this needs the standard library alone.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from latentscape.errors import InputError, reading
from latentscape.progress import progress

METADATA = "ro-crate-metadata.json"
SUMS = "SHA256SUMS"
# What the jobs wrote about themselves or left to go on from is no result.
NOT_RESULTS = frozenset({"logs", "benchmarks", "checkpoints"})
_LINE = re.compile(rb"^(\\?)([0-9a-f]{64}) [ *](.+)$")
_ESCAPES = {b"\\\\": b"\\", b"\\n": b"\n", b"\\r": b"\r"}


@dataclass(frozen=True)
class ListedFile:
    """One file as it was listed: size in bytes, time of its last change, SHA-256."""

    size: int
    modified: str
    sha256: str


def results_in(root: Path) -> list[str]:
    """Return the files of a folder by their paths relative to it, sorted.

    Left out are hidden files, logs, benchmarks, checkpoints and the two lists of the files.
    """
    found = set(_walk(root, root, frozenset())) - {METADATA, SUMS}
    return sorted(found, key=os.fsencode)


def _walk(folder: Path, root: Path, above: frozenset[str]) -> Iterator[str]:
    real = os.path.realpath(folder)
    if real in above:  # a link to a folder above
        return
    for entry in os.scandir(folder):
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and entry.name not in NOT_RESULTS:
            yield from _walk(Path(entry.path), root, above | {real})
        elif entry.is_file():
            yield Path(entry.path).relative_to(root).as_posix()


def hash_files(
    root: Path, paths: list[str], known: Mapping[str, ListedFile]
) -> dict[str, ListedFile]:
    """Return size, time and hash of files; one that did not change since is not read again.

    Parameters
    ----------
    root : path
        Folder of the files.
    paths : list of str
        Files, relative to the folder.
    known : mapping
        Files that were listed before.
    """
    listed = {}
    for path in progress(paths, len(paths), unit="files"):
        listed[path] = hash_file(root / path, known.get(path))
    return listed


def hash_file(path: Path, known: ListedFile | None = None) -> ListedFile:
    """Return size, time and hash of one file, the hash from ``known`` if the others are its."""
    state = path.stat()
    modified = modified_of(state)
    if known is not None and (known.size, known.modified) == (state.st_size, modified):
        return known
    return ListedFile(state.st_size, modified, sha256(path))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, as 64 hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def modified_of(state: os.stat_result) -> str:
    """Return when a file last changed, to the microsecond."""
    return in_words(state.st_mtime, "microseconds")


def in_words(seconds: float, timespec: str = "milliseconds") -> str:
    """Return a time, in seconds since 1970, as in ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=timespec)


def format_sums(hashes: Mapping[str, str]) -> bytes:
    """Return hashes by path in the format of ``sha256sum``."""
    ordered = sorted(hashes.items(), key=lambda item: os.fsencode(item[0]))
    return b"".join(_line(name, value) for name, value in ordered)


def _line(name: str, value: str) -> bytes:
    raw = os.fsencode(name)
    for escape, byte in _ESCAPES.items():
        raw = raw.replace(byte, escape)
    mark = b"\\" if raw != os.fsencode(name) else b""
    return mark + value.encode() + b"  " + raw + b"\n"


def read_sums(path: Path) -> dict[str, str]:
    """Return the hashes of a list by path.

    Raises
    ------
    InputError
        If it cannot be read, a line is none of ``sha256sum``, or names a file outside of the
        folder.
    """
    hashes = {}
    with reading(path, "no readable list of hashes"):
        lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        # Our own lists escape the line ends of Windows in names, so this one is an editor's.
        found = _LINE.match(line.removesuffix(b"\r"))
        if not found:
            raise InputError(
                f"{path}, line {number}: {line[:60]!r} is no line of a list of hashes; "
                "allowed: 64 hexadecimal digits, two spaces, path."
            )
        raw = _unescaped(found[3]) if found[1] else found[3]
        hashes[inside(os.fsdecode(raw), f"{path}, line {number}")] = found[2].decode()
    return hashes


def _unescaped(raw: bytes) -> bytes:
    def byte(found: re.Match[bytes]) -> bytes:
        return _ESCAPES[found[0]]

    return re.sub(rb"\\[\\nr]", byte, raw)


def inside(name: str, where: str) -> str:
    """Return a path if it stays in its folder.

    Raises
    ------
    InputError
        If it leads out.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise InputError(f"{where}: {name!r} leads out of the folder.")
    return path.as_posix()
