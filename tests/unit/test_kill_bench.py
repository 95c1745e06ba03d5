"""The bench that kills the workflow notices every way in which a result can be wrong."""

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

BENCH = Path(__file__).parents[2] / "bench"
NAMES = ("a.txt", "lartpc/explorer/m/index.html", "lartpc/explorer/m/data/0.js", "logs/a.log")


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the module, which is a program and no part of a package."""
    monkeypatch.syspath_prepend(BENCH)
    before = set(sys.modules)
    yield importlib.import_module("kill")
    for name in {"kill", "runs"} - before:
        sys.modules.pop(name, None)


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / "results" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def test_changed_missing_and_unknown_files_and_half_folders_are_found(
    kill: Any, tmp_path: Path
) -> None:
    make(tmp_path, *NAMES)
    reference = {name: kill.digest(path) for name, path in kill.results(tmp_path)}
    assert set(reference) == set(NAMES[:3])
    assert kill.mismatches(tmp_path, reference, needed=set(reference)) == {}

    results = tmp_path / "results"
    make(tmp_path, "new.txt", ".b.txt.host.1.part", "benchmarks/a.tsv")
    (results / "a.txt").write_text("A.txt")
    (results / NAMES[2]).unlink()
    wrong = {"a.txt": "differs", "new.txt": "unknown", NAMES[2]: "missing"}
    # Half a folder is wrong at any time, a file that is not there yet only at the end.
    assert kill.mismatches(tmp_path, reference, needed=set()) == wrong
    (results / "a.txt").unlink()
    (results / "new.txt").unlink()
    assert kill.mismatches(tmp_path, reference, needed=set()) == {NAMES[2]: "missing"}
    at_the_end = kill.mismatches(tmp_path, reference, needed={"a.txt"})
    assert at_the_end == {"a.txt": "missing", NAMES[2]: "missing"}


def test_root_files_of_the_same_data_are_equal_whenever_they_were_written(
    kill: Any, tmp_path: Path
) -> None:
    digests = []
    for number, values in enumerate(([1.0, 2.0], [1.0, 2.0], [1.0, 3.0])):
        path = tmp_path / f"{number}.root"
        with uproot.recreate(path) as file:
            file.mktree("ana/raw", {"x": np.float64}).extend({"x": np.array(values)})
        digests.append(kill.digest(path))
    assert digests[0] == digests[1] != digests[2]
