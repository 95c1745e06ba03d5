"""Files that appear whole or not at all, and arrays that travel with their keys."""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from latentscape.errors import InputError, reading

_HOST = socket.gethostname()
# Seconds after which an untouched temporary file of another machine is nobody's any more.
_OLD = 24 * 3600.0
_MAKE_ROOM = "make room and start again, finished files stay"
_REFUSALS = {
    errno.ENOSPC: f"the disk is full; {_MAKE_ROOM}",
    errno.EDQUOT: f"your quota on this disk is used up; {_MAKE_ROOM}",
    errno.EFBIG: "it grew larger than a file may be here (see `ulimit -f`)",
    errno.EACCES: "you may not write there; give yourself the permission or another --directory",
    errno.EPERM: "you may not write there; give yourself the permission or another --directory",
    errno.EROFS: "the file system is read-only; take another --directory",
    errno.EIO: "the disk reports a fault; look at it before you start again",
}


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary name to write a file or a folder to, and rename it to ``path`` on success.

    A process that is killed, or a machine that dies, leaves nothing that looks finished: the
    content is on the disk before it gets its name. What killed processes left of the same output
    under temporary names is removed.

    Parameters
    ----------
    path : path
        File or folder to be made. What has that name already is replaced as a whole. The files
        of a folder are to be written through this function as well, which flushes each.

    Raises
    ------
    InputError
        If the disk is full or may not be written to.
    """
    final = Path(path)
    temporary = final.with_name(f".{final.name}.{_HOST}.{os.getpid()}.part")
    with writing(final, temporary):
        final.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(final)
        _remove(temporary)
        try:
            yield temporary
            _flush(temporary)
            if final.is_dir():
                final.rename(temporary.with_suffix(".old"))
            temporary.replace(final)
            _flush(final.parent)
        finally:
            _remove(temporary)
            _remove(temporary.with_suffix(".old"))


@contextlib.contextmanager
def writing(path: str | Path, temporary: Path | None = None) -> Iterator[None]:
    """Turn what a disk says that refuses a file into one line that names the file and the reason.

    Parameters
    ----------
    path : path
        The file, for the message.
    temporary : path or None
        Where it is written to, if that is another name.

    Raises
    ------
    InputError
        In place of an error of the file itself or of a folder that it lies in. Errors of other
        files pass through.
    """
    try:
        yield
    except (OSError, SafetensorError) as error:
        if reason := _refusal(error, Path(path), temporary or Path(path)):
            raise InputError(f"{path}: not written, because {reason}.") from error
        raise


def _remove_leftovers(final: Path) -> None:
    """Remove temporary files of an output whose writers are surely dead."""
    pattern = re.compile(rf"\.{re.escape(final.name)}\.(.+)\.(\d+)\.(?:part|old)")
    for leftover in final.parent.iterdir():
        if found := pattern.fullmatch(leftover.name):
            host, pid = found.groups()
            # Gone meanwhile, or somebody else's: neither keeps this output from being made.
            with contextlib.suppress(OSError):
                is_old = time.time() - leftover.stat().st_mtime > _OLD
                if is_old or (host == _HOST and not _is_alive(int(pid))):
                    _remove(leftover)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Wait until the disk holds a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        if sys.platform == "darwin":
            # There, fsync leaves the content in the memory of the drive.
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    except OSError as error:
        # Some network file systems cannot be asked.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS}:
            raise
    finally:
        os.close(descriptor)


def _refusal(error: Exception, final: Path, temporary: Path) -> str | None:
    """Return why an output was refused; None for an error that has to do with other files."""
    if isinstance(error, OSError):
        number, named = error.errno, error.filename
    else:
        # A SafetensorError has the number in its text alone.
        found = re.search(r"os error (\d+)", str(error))
        number, named = int(found[1]) if found else None, None
    if number is None or not (named is None or _concerns(Path(named), final, temporary)):
        return None
    return _REFUSALS.get(number)


def _concerns(named: Path, final: Path, temporary: Path) -> bool:
    """Return whether a path is what is being written, or a folder that it lies in."""
    named = named.absolute()
    return final.absolute().is_relative_to(named) or named.is_relative_to(temporary.absolute())


def write_text(text: str, path: str | Path) -> None:
    """Write a text, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, "utf-8")


def write_json(content: Any, path: str | Path) -> None:
    """Write JSON with sorted keys, whole or not at all."""
    write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", path)


def read_json(path: str | Path) -> Any:
    """Read a JSON file.

    Raises
    ------
    InputError
        If the file is missing or not JSON.
    """
    with reading(path, "not a readable JSON file"):
        return json.loads(Path(path).read_text("utf-8"))


def write_description(content: Mapping[str, Any], path: str | Path) -> None:
    """Write a mapping as JSON with a digest of itself, under ``sha256``."""
    write_json({**content, "sha256": _digest_of_json(content)}, path)


def read_description(path: str | Path) -> dict[str, Any]:
    """Read what :func:`write_description` wrote, without the digest.

    Raises
    ------
    InputError
        If the file is missing or no such JSON, or its content is not as it was written.
    """
    content = read_json(path)
    with reading(path, "not a readable description"):
        digest = content.pop("sha256", None)
        if digest != _digest_of_json(content):
            raise InputError(
                f"{path}: its content is not that which was written. Remove it and make it again."
            )
    return dict(content)


def _digest_of_json(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def write_tensors(
    tensors: Mapping[str, np.ndarray], path: str | Path, metadata: Mapping[str, str] | None = None
) -> None:
    """Write named arrays as safetensors, whole or not at all.

    Their metadata get a digest of everything else, under ``sha256``.
    """
    ordered = {name: np.asarray(tensors[name], order="C") for name in sorted(tensors)}
    noted = dict(metadata or {})
    with replacing(path) as temporary:
        save_file(ordered, temporary, {**noted, "sha256": _digest_of_tensors(ordered, noted)})
        _sort_metadata(temporary)


def read_tensors(path: str | Path) -> dict[str, np.ndarray]:
    """Read all arrays of a safetensors file.

    Raises
    ------
    InputError
        If the file is missing, truncated or not safetensors, or its content is not that which
        :func:`write_tensors` wrote.
    """
    with reading(path, "not a readable safetensors file"):
        with safe_open(path, framework="numpy") as file:
            metadata = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        # A file without a digest is refused too: its name may be what was damaged.
        if metadata.pop("sha256", None) != _digest_of_tensors(tensors, metadata):
            raise InputError(
                f"{path}: not a readable safetensors file (its content is not that which was "
                "written). Remove it and make it again."
            )
    return tensors


def read_metadata(path: str | Path) -> dict[str, str]:
    """Read the metadata of a safetensors file; :func:`read_tensors` checks them.

    Raises
    ------
    InputError
        If the file is missing, truncated or not safetensors.
    """
    problem = "not a readable safetensors file"
    with reading(path, problem), safe_open(path, framework="numpy") as file:
        return dict(file.metadata() or {})


def _digest_of_tensors(tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> str:
    """Return a digest of names, types, shapes and values, and of the metadata."""
    digest = hashlib.sha256()
    shapes = {name: (array.dtype.str, array.shape) for name, array in sorted(tensors.items())}
    digest.update(json.dumps([shapes, metadata], sort_keys=True).encode())
    for name in shapes:
        digest.update(np.ascontiguousarray(tensors[name]).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _sort_metadata(path: Path) -> None:
    """Bring the metadata of a safetensors file into order: the library's differs between runs."""
    with open(path, "r+b") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
        text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
        file.seek(8)
        file.write(text.ljust(length))


def digest_of_keys(keys: pd.DataFrame) -> str:
    """Return a digest of key rows and their order, to bind arrays to their keys."""
    lines = keys.to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(lines.encode()).hexdigest()
