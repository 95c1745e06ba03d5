"""SHA-256 of files, and the lists of them that ``sha256sum`` writes and checks.

Needs the standard library alone, like all that verifies a crate.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from latentscape.errors import InputError, reading

# A name with a line break or a backslash stands behind a backslash, with these escaped.
_LINE = re.compile(rb"(\\?)([0-9a-fA-F]{64}) [ *](.+)")
_ESCAPES = {b"\\\\": b"\\", b"\\n": b"\n", b"\\r": b"\r"}


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file, as 64 hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def format_sums(digests: Mapping[str, str]) -> bytes:
    """Return digests by path in the format of ``sha256sum``, sorted by path."""
    ordered = sorted(digests.items(), key=lambda item: os.fsencode(item[0]))
    return b"".join(_line(name, digest) for name, digest in ordered)


def _line(name: str, digest: str) -> bytes:
    raw = os.fsencode(name)
    for escape, byte in _ESCAPES.items():
        raw = raw.replace(byte, escape)
    mark = b"\\" if raw != os.fsencode(name) else b""
    return mark + digest.encode() + b"  " + raw + b"\n"


def read_sums(path: str | Path) -> Iterator[tuple[str, str, str]]:
    """Read a list of digests as ``sha256sum`` writes it.

    Parameters
    ----------
    path : path
        Text with a line ``<64 hexadecimal digits>  <file>`` per file.

    Yields
    ------
    place, name, digest : str
        Where the line stands, for messages; the file as it is written there; its SHA-256.

    Raises
    ------
    InputError
        If the list cannot be read, or a line is no such line.
    """
    with reading(path, "not a readable list of checksums"):
        lines = Path(path).read_bytes().split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        # Lists escape the line ends of Windows in names, so this one is an editor's.
        found = _LINE.fullmatch(line.removesuffix(b"\r"))
        place = f"{path}, line {number}"
        if found is None:
            raise InputError(
                f"{place}: found {os.fsdecode(line[:80])!r}; allowed are 64 hexadecimal digits, "
                "two blanks and a file, as `sha256sum` writes them."
            )
        name = _unescaped(found[3]) if found[1] else found[3]
        yield place, os.fsdecode(name), found[2].decode().lower()


def _unescaped(raw: bytes) -> bytes:
    def byte(found: re.Match[bytes]) -> bytes:
        return _ESCAPES[found[0]]

    return re.sub(rb"\\[\\nr]", byte, raw)
