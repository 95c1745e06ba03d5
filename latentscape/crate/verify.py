"""Compare a folder with the hashes that its crate records."""

import json
import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from latentscape.crate.listing import METADATA, SUMS, inside, read_listed, results_in
from latentscape.digests import sha256
from latentscape.errors import InputError, reading
from latentscape.progress import progress


@dataclass(frozen=True)
class Difference:
    """One file that is not as recorded.

    Parameters
    ----------
    kind : str
        ``changed``, ``missing``, ``unreadable``, ``extra`` (in no list) or ``contradictory`` (both
        lists name different hashes).
    path : str
        The file, relative to the folder.
    recorded, found : str
        SHA-256, empty where there is none; the second one of a contradiction is that of the
        metadata file.
    """

    kind: str
    path: str
    recorded: str = ""
    found: str = ""


@dataclass(frozen=True)
class Verdict:
    """What came of a check."""

    differences: tuple[Difference, ...]
    files: int
    size: int
    digest: str

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of differences of each kind."""
        return dict(sorted(Counter(difference.kind for difference in self.differences).items()))


def verify(root: Path) -> Verdict:
    """Hash every recorded file again and compare.

    Parameters
    ----------
    root : path
        A folder that a run described.

    Returns
    -------
    Verdict
        Differences by path; number and bytes of the files that were hashed; SHA-256 of the list of
        hashes, which stands for all of them.

    Raises
    ------
    InputError
        If there is no crate, or it cannot be read.
    """
    recorded, contradictions = read_record(root)
    differences = list(contradictions)
    size = hashed = 0
    for path in progress(sorted(recorded, key=os.fsencode), len(recorded), unit="files"):
        try:
            state = (root / path).stat()
            if not stat.S_ISREG(state.st_mode):
                raise FileNotFoundError(path)
            found = sha256(root / path)
        except (FileNotFoundError, NotADirectoryError):
            differences.append(Difference("missing", path, recorded[path]))
            continue
        except OSError:
            differences.append(Difference("unreadable", path, recorded[path]))
            continue
        hashed, size = hashed + 1, size + state.st_size
        if found != recorded[path]:
            differences.append(Difference("changed", path, recorded[path], found))
    try:
        extra = [path for path in results_in(root) if path not in recorded]
        differences += [Difference("extra", path) for path in extra]
    except OSError as error:
        differences.append(Difference("unreadable", os.path.relpath(error.filename, root)))
    digest = sha256(root / SUMS) if (root / SUMS).is_file() else ""
    ordered = sorted(differences, key=lambda difference: (difference.path, difference.kind))
    return Verdict(tuple(ordered), hashed, size, digest)


def read_record(root: Path) -> tuple[dict[str, str], list[Difference]]:
    """Return the recorded hashes by path, and where both lists of them disagree.

    Raises
    ------
    InputError
        If there is no list, or the only one cannot be read.
    """
    if not (os.access(root, os.R_OK | os.X_OK) and root.is_dir()):
        raise InputError(
            f"{root}: there is no such folder that you may read; give the folder of the results."
        )
    has_sums = (root / SUMS).is_file()
    if not has_sums and not (root / METADATA).is_file():
        raise InputError(
            f"{root} has neither {METADATA} nor {SUMS}: no run that ended with success described "
            "it. Run the workflow to its end, or give another folder."
        )
    if not has_sums:
        described = described_hashes(root / METADATA)
        if not described:
            raise InputError(f"{root / METADATA} lists no file with a hash.")
        return described, [Difference("missing", SUMS)]
    recorded = read_listed(root / SUMS)
    if not recorded:
        raise InputError(f"{root / SUMS} is empty. Run the workflow to its end.")
    return recorded, list(_contradictions(root, recorded))


def _contradictions(root: Path, recorded: Mapping[str, str]) -> Iterator[Difference]:
    path = root / METADATA
    if METADATA not in recorded:
        yield Difference("extra" if path.is_file() else "missing", METADATA)
    try:
        is_as_recorded = sha256(path) == recorded.get(METADATA)
    except OSError:
        is_as_recorded = False
    if not is_as_recorded:
        return  # reported as missing, unreadable or changed: what it says counts no more
    described = described_hashes(path)
    for name in sorted({*described, *recorded} - {METADATA}, key=os.fsencode):
        if described.get(name) != recorded.get(name):
            yield Difference("contradictory", name, recorded.get(name, ""), described.get(name, ""))


def described_hashes(path: Path) -> dict[str, str]:
    """Return the hashes of the files that a crate describes as its parts.

    Raises
    ------
    InputError
        If this is no metadata file of a crate.
    """
    with reading(path, "no metadata of a crate"):
        graph = json.loads(path.read_text("utf-8"))["@graph"]
        parts = [e for e in graph if "File" in _types(e) and "sha256" in e]
        return {inside(path_of(e["@id"]), str(path)): str(e["sha256"]) for e in parts}


def path_of(identifier: str) -> str:
    """Return the path of a file by its identifier in a crate, which is a quoted URI."""
    return os.fsdecode(unquote_to_bytes(identifier))


def _types(entity: Mapping[str, Any]) -> list[str]:
    types = entity.get("@type", [])
    return [types] if isinstance(types, str) else list(types)
