"""ROOT files of users: opened, searched and read, with errors that say what to do."""

import contextlib
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import uproot

from latentscape.errors import InputError, reading

# ISA-L reads and writes the same zlib streams as the standard library, two to three times faster.
# The reader asks this base class; setting uproot.ZLIB.library would only reach the writer.
uproot.compression._DecompressZLIB.library = "isal"

MAGIC = b"root"
LARGE_FILE_VERSION = 1_000_000  # from here on fEND has 8 bytes (ROOT's TFile)
TREE_CLASSES = ("TTree", "TNtuple", "TNtupleD")


class BoundedSource(uproot.source.fsspec.FSSpecSource):  # type: ignore[misc]
    """A file that is asked for no more bytes than it has, as memory is set aside for all of them.

    A damaged length would otherwise take up to 2 GB.
    """

    def chunk(self, start: int, stop: int) -> Any:
        """Return a part of the file; what it lacks is missed where it is looked at."""
        return super().chunk(start, max(start, min(stop, self.num_bytes)))

    def chunks(self, ranges: list[tuple[int, int]], notifications: Any) -> Any:
        """Return parts of the file, if it has them all."""
        for start, stop in ranges:
            if not 0 <= start <= stop <= self.num_bytes:
                raise OSError(f"bytes {start} to {stop} of {self.num_bytes} are wanted")
        return super().chunks(ranges, notifications)


def is_root(path: str | Path) -> bool:
    """Return whether a file begins like a ROOT file."""
    with Path(path).open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


@contextlib.contextmanager
def opened(path: str | Path, *, sample: str) -> Iterator[Any]:
    """Open a ROOT file for reading.

    Parameters
    ----------
    path : path
        The file.
    sample : str
        Name of the sample, for messages.

    Yields
    ------
    uproot.ReadOnlyDirectory
        The file's top folder.

    Raises
    ------
    InputError
        If the file is missing, not a ROOT file or truncated.
    """
    require_file(path, sample=sample)
    _require_complete(Path(path), sample=sample)
    with contextlib.ExitStack() as stack:
        with readable(path, sample=sample, what="its folders"):
            file = stack.enter_context(open_root(path))
        yield file


def open_root(path: str | Path) -> Any:
    """Open a ROOT file with uproot; without caches, memory is bounded by what the caller holds."""
    return uproot.open(Path(path), handler=BoundedSource, array_cache=None, object_cache=None)


@contextlib.contextmanager
def readable(path: str | Path, *, sample: str, what: str) -> Iterator[None]:
    """Turn what a damaged file raises into one line for the user."""
    problem, advice = (
        f"{what} cannot be read, the file is damaged",
        "Copy it again from its source.",
    )
    with reading(path, problem, sample=sample, advice=advice):
        yield


def find_tree(file: Any, name: str | None, *, path: str | Path, sample: str, key: str) -> Any:
    """Return the tree that the configuration means.

    Parameters
    ----------
    file : uproot.ReadOnlyDirectory
        An opened file.
    name : str or None
        Folder and name, ``ana/raw``, with a cycle where a certain one is meant,
        ``ana/raw;352``. Without cycle it is the highest, as in ROOT. The folder
        may be left out where only one folder has a tree of this name. None means
        the only tree in the file.
    path : path
        The file's name, for messages.
    sample : str
        Name of the sample, for messages.
    key : str
        The configuration key of the sample that names the tree, for messages.

    Returns
    -------
    uproot.TTree

    Raises
    ------
    InputError
        If there is no such tree or cycle, or several trees fit.
    """
    with readable(path, sample=sample, what="its list of trees"):
        trees = _list_trees(file)
    wanted, _, cycle = (name or "").strip("/").partition(";")
    fitting = [found for found in trees if name is None or found == wanted]
    fitting = fitting or [found for found in trees if found.endswith(f"/{wanted}")]
    asked = f"tree '{name}'" if name else "tree"
    if len(fitting) > 1:
        raise InputError(
            f"{sample}: {path}: ambiguous {asked}: {_quoted(fitting)} fit. "
            f"Set samples.{sample}.{key} to one of them."
        )
    cycles = trees[fitting[0]] if fitting else []
    if not cycles or (cycle and cycle not in map(str, cycles)):
        listed = [f"{found};{number}" for found, numbers in trees.items() for number in numbers]
        raise InputError(
            f"{sample}: {path} has no {asked}. Trees in the file: {_quoted(listed) or 'none'}. "
            f"Set samples.{sample}.{key}."
        )
    with readable(path, sample=sample, what=f"tree '{fitting[0]}'"):
        return file[f"{fitting[0]};{cycle or max(cycles)}"]


def _list_trees(file: Any) -> dict[str, list[int]]:
    """Return the cycles of every tree, by its folder and name."""
    trees: dict[str, list[int]] = {}
    for key, kind in sorted(file.classnames(recursive=True, cycle=True).items()):
        if kind in TREE_CLASSES:
            path, _, cycle = key.rpartition(";")
            trees[path] = sorted([*trees.get(path, []), int(cycle)])
    return trees


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def require_branches(tree: Any, names: tuple[str, ...], *, path: str | Path, sample: str) -> None:
    """Refuse a tree that lacks a branch.

    Raises
    ------
    InputError
        The message names the first missing branch and lists those that are there.
    """
    present = tree.keys()
    for name in names:
        if name not in present:
            raise InputError(
                f"{sample}: {path}: tree '{tree_path(tree)}' has no branch '{name}'. "
                f"Branches: {', '.join(present) or 'none'}."
            )


def tree_path(tree: Any) -> str:
    """Return folder, name and cycle of a tree, as a user would write it."""
    return str(tree.object_path).strip("/")


def require_file(path: str | Path, *, sample: str) -> None:
    """Refuse a path that is no file."""
    if not Path(path).is_file():
        found = "is a folder" if Path(path).is_dir() else "does not exist"
        raise InputError(f"{sample}: {path} {found}; a file is needed.")


def _require_complete(path: Path, *, sample: str) -> None:
    """Compare the size that the file's header claims with the size on disk."""
    with path.open("rb") as file:
        header = file.read(20)
    if not header.startswith(MAGIC):
        raise InputError(
            f"{sample}: {path} is not a ROOT file: it begins with {header[:4]!r}, not {MAGIC!r}."
        )
    size = path.stat().st_size
    if len(header) < 20:
        raise InputError(f"{sample}: {path} is truncated: it has only {size} bytes.")
    (version,) = struct.unpack_from(">i", header, 4)
    layout = ">q" if version >= LARGE_FILE_VERSION else ">i"
    (end,) = struct.unpack_from(layout, header, 12)
    if size < end:
        raise InputError(
            f"{sample}: {path} is truncated: its header says {end} bytes, found {size}. "
            "Copy it again from its source."
        )
