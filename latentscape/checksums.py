"""Checksums of input files: recorded once, and enforced where the configuration gives them."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from latentscape.digests import read_sums, sha256
from latentscape.errors import InputError, reading
from latentscape.progress import progress
from latentscape.tables import Column, Table

logger = logging.getLogger("latentscape")

INPUT_FILES = Table(
    "input_files",
    "One file that was given to the workflow",
    (
        Column("file", "string", "Path, as in the configuration"),
        Column("bytes", "int64", "Size", "B"),
        Column("sha256", "string", "SHA-256 of its content"),
    ),
    ("file",),
)

MEGABYTE = 10**6


def read_checksums(path: str | Path) -> dict[Path, str]:
    """Read a list of checksums as ``sha256sum`` writes it.

    Parameters
    ----------
    path : path
        Text with a line ``<64 hexadecimal digits>  <file>`` per file. A relative path means the
        file below the working folder, or else that below the folder of the list.

    Returns
    -------
    dict of Path to str
        The digest of each file, by its absolute path.

    Raises
    ------
    InputError
        If the list cannot be read or is empty, a line is no such line, or a file has two digests.
    """
    digests: dict[Path, str] = {}
    for place, name, digest in read_sums(path):
        if digests.setdefault(_locate(name, Path(path).parent), digest) != digest:
            raise InputError(f"{place}: {name!r} has another digest above.")
    if not digests:
        raise InputError(f"{path}: lists no file; make it with `sha256sum FILE … > {path}`.")
    return digests


def _locate(name: str, folder: Path) -> Path:
    here = Path(name)
    return (here if here.exists() else folder / name).resolve()


def require_listed(files: Iterable[str | Path], checksums: str | Path) -> None:
    """Refuse an input file that the list of checksums leaves out.

    Raises
    ------
    InputError
        Names the first such file.
    """
    digests = read_checksums(checksums)
    for file in files:
        if Path(file).resolve() not in digests:
            raise InputError(
                f"config: checksums: {checksums} does not list {str(file)!r}. Add the output of "
                f"`sha256sum {file}` as a line."
            )


def hash_files(files: Sequence[str]) -> pd.DataFrame:
    """Hash some files, each in blocks, and say how fast it goes.

    Parameters
    ----------
    files : sequence of str
        Paths.

    Returns
    -------
    DataFrame
        Table INPUT_FILES.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    digests = {file: hashlib.sha256() for file in files}
    sizes = dict.fromkeys(files, 0)
    total = 0
    for file in digests:
        with reading(file, "not a readable file"):
            total += -(-Path(file).stat().st_size // MEGABYTE)
    for file, block in progress(_blocks(digests), total, unit="MB"):
        digests[file].update(block)
        sizes[file] += len(block)
    rows = [
        {"file": file, "bytes": sizes[file], "sha256": digest.hexdigest()}
        for file, digest in digests.items()
    ]
    return INPUT_FILES.check(pd.DataFrame(rows, columns=[c.name for c in INPUT_FILES.columns]))


def _blocks(files: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for name in files:
        with reading(name, "not a readable file"), open(name, "rb") as file:
            while block := file.read(MEGABYTE):
                yield name, block


def require_digests(record: pd.DataFrame, checksums: str | Path, *, source: str) -> None:
    """Refuse files whose digests are not those of the list of checksums.

    Parameters
    ----------
    record : DataFrame
        Table INPUT_FILES.
    checksums : path
        The list, as for :func:`read_checksums`.
    source : str
        Name of the sample that the files are of, for the message.

    Raises
    ------
    InputError
        Names the first file that differs or is not listed, with both digests.
    """
    require_listed(record["file"], checksums)
    digests = read_checksums(checksums)
    for file, found in zip(record["file"], record["sha256"], strict=True):
        expected = digests[Path(file).resolve()]
        if found != expected:
            raise InputError(
                f"{source}: {file}: its SHA-256 is {found}, but {checksums} says {expected}. "
                "Copy the file again from its source."
            )
    logger.info("%s: %d files are as %s says", source, len(record), checksums)


def require_unchanged(files: Iterable[str], records: Sequence[str | Path]) -> None:
    """Refuse a file that is not the one that was hashed.

    The size is compared; a file that was touched after the record was written is hashed again.

    Parameters
    ----------
    files : iterable of str
        Paths, as in the record.
    records : sequence of path
        Files of the table INPUT_FILES. Without one, nothing is asked for.

    Raises
    ------
    InputError
        If a file is not recorded, missing, or another by size or content.
    """
    for record in records:
        table = INPUT_FILES.read_tsv(record).set_index("file")
        written = Path(record).stat().st_mtime_ns
        for file in files:
            if file not in table.index:
                raise InputError(f"{file}: not in {record}. Remove that file and start again.")
            with reading(file, "not a readable file"):
                state = Path(file).stat()
                expected = table.loc[file]
                is_same = state.st_size == expected["bytes"] and (
                    state.st_mtime_ns < written or sha256(file) == expected["sha256"]
                )
            if not is_same:
                raise InputError(
                    f"{file}: has changed since {record} was made, from {expected['bytes']} to "
                    f"{state.st_size} bytes or in its content. Start again when it is complete."
                )
