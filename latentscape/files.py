"""Files that appear whole or not at all, and arrays that travel with their keys."""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from latentscape.errors import InputError


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary name to write to, and rename it to ``path`` on success.

    A process that is killed in between leaves no file that looks finished.
    """
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary = final.with_name(f".{final.name}.{os.getpid()}.part")
    try:
        yield temporary
        temporary.replace(final)
    finally:
        temporary.unlink(missing_ok=True)


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file, as 64 hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_text(text: str, path: str | Path) -> None:
    """Write a text, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, "utf-8")


def write_json(content: Any, path: str | Path) -> None:
    """Write JSON with sorted keys, whole or not at all."""
    write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", path)


def read_json(path: str | Path) -> Any:
    """Read a JSON file."""
    return json.loads(Path(path).read_text("utf-8"))


def write_tensors(
    tensors: Mapping[str, np.ndarray], path: str | Path, metadata: Mapping[str, str] | None = None
) -> None:
    """Write named arrays as safetensors, whole or not at all."""
    ordered = {name: np.asarray(tensors[name], order="C") for name in sorted(tensors)}
    with replacing(path) as temporary:
        save_file(ordered, temporary, metadata=dict(metadata or {}))


def read_tensors(path: str | Path) -> dict[str, np.ndarray]:
    """Read all arrays of a safetensors file.

    Raises
    ------
    InputError
        If the file is missing, truncated or not safetensors.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise InputError(f"{path}: not a readable safetensors file ({error}).") from error


def digest_of_keys(keys: pd.DataFrame) -> str:
    """Return a digest of key rows and their order, to bind arrays to their keys."""
    lines = keys.to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(lines.encode()).hexdigest()
