"""The files of a folder with their hashes, and its own list of them.

Like all that verifies a crate, this needs the standard library alone.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from latentscape.digests import read_sums, sha256
from latentscape.errors import InputError
from latentscape.progress import progress

METADATA = "ro-crate-metadata.json"
SUMS = "SHA256SUMS"
# What the jobs wrote about themselves or left to go on from is no result.
NOT_RESULTS = frozenset({"logs", "benchmarks", "checkpoints"})


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


def modified_of(state: os.stat_result) -> str:
    """Return when a file last changed, to the microsecond."""
    return in_words(state.st_mtime, "microseconds")


def in_words(seconds: float, timespec: str = "milliseconds") -> str:
    """Return a time, in seconds since 1970, as in ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=timespec)


def read_listed(path: Path) -> dict[str, str]:
    """Return the hashes of a folder's own list by path.

    Raises
    ------
    InputError
        If it cannot be read, a line is none of ``sha256sum``, or names a file outside of the
        folder.
    """
    return {inside(name, place): digest for place, name, digest in read_sums(path)}


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
