"""Parquet files that notice any change of their bytes.

A file holds the SHA-256 of itself, under ``sha256`` in the metadata of its footer; the 64 digits
count as zeros. It is looked at before anything else: what Parquet's own page checksums leave out
(footer and page headers) says where the data are, and how much memory they need.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from latentscape.errors import InputError, reading

_MAGIC = b"PAR1"
_LENGTH = 4  # bytes in which the length of the footer stands, before the last magic word
_NAME = b"sha256"
_ZEROS = b"0" * 64
# Thrift's compact protocol writes name and value each with its length, the value as field 2.
_ENTRY = bytes([len(_NAME)]) + _NAME + bytes([0x18, len(_ZEROS)])
_BLOCK = 2**20


def write_parquet(table: pa.Table, path: str | Path) -> None:
    """Write a table with checksums of its pages and of the whole file.

    Parameters
    ----------
    table : Table
        What to write.
    path : path
        A temporary name: the file is not whole before this returns.
    """
    with pq.ParquetWriter(
        path, table.schema, compression="zstd", write_page_checksum=True
    ) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({_NAME.decode(): _ZEROS.decode()})
    with open(path, "r+b") as file:
        place = _find_digest(file)
        digest = _digest(file, place)
        file.seek(place)
        file.write(digest)


def read_parquet(path: str | Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a table that :func:`write_parquet` wrote, or only some of its columns.

    Raises
    ------
    InputError
        If the file is missing, not Parquet, without a digest, or not as it was written.
    """
    with reading(path, "not a readable Parquet file"):
        _check(path)
        return pq.read_table(
            path, columns=list(columns) if columns else None, page_checksum_verification=True
        )


def _check(path: str | Path) -> None:
    with open(path, "rb") as file:
        place = _find_digest(file)
        file.seek(place)
        written, found = file.read(len(_ZEROS)), _digest(file, place)
    if written != found:
        raise InputError(
            f"{path}: not a readable Parquet file (its bytes are not those that were written). "
            "Remove it and make it again."
        )


def _find_digest(file: BinaryIO) -> int:
    """Return where in a file its digest stands."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LENGTH - len(_MAGIC)))
    end = file.read()
    if not end.endswith(_MAGIC) or len(end) < _LENGTH + len(_MAGIC):
        raise InputError(f"{file.name}: not a readable Parquet file (it ends with {end[-4:]!r}).")
    start = size - len(end) - int.from_bytes(end[:_LENGTH], "little")
    if start < len(_MAGIC):
        raise InputError(f"{file.name}: not a readable Parquet file (its footer is too long).")
    file.seek(start)
    # The entry is the last one of the metadata.
    place = file.read(size - start).rfind(_ENTRY)
    if place < 0:
        raise InputError(f"{file.name}: not a readable Parquet file (no digest of its own).")
    return start + place + len(_ENTRY)


def _digest(file: BinaryIO, place: int) -> bytes:
    """Return the digest of a file whose digest stands at a place."""
    found = hashlib.sha256()
    file.seek(0)
    remaining = place
    while block := file.read(min(_BLOCK, remaining)):
        found.update(block)
        remaining -= len(block)
    found.update(_ZEROS)
    file.seek(place + len(_ZEROS))
    while block := file.read(_BLOCK):
        found.update(block)
    return found.hexdigest().encode()
