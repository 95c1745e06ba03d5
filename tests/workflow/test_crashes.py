"""What Snakemake makes of jobs that are killed or find the disk full, on a workflow of four rules.

The rules write as those of the project do. Kills of the project's own workflow, the lock and a real
full disk take minutes and lie in tests/anywhere.
"""

import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from .conftest import ROOT

SNAKEFILE = """
rule all:
    input: "results/whole.txt", "results/second.txt", "results/large.txt"

rule whole:
    output: "results/whole.txt"
    script: "whole.py"

rule killed:
    output: "results/first.txt", "results/second.txt"
    log: "results/logs/killed.log"
    script: "write.py"

rule large:
    output: "results/large.txt"
    log: "results/logs/large.log"
    script: "write.py"
"""
# Nothing is imported, which takes time.
WHOLE = """
with open(snakemake.output[0], "w") as file:
    file.write("x" * 2000)
"""
SCRIPT = """
import os, resource, signal
from pathlib import Path
from latentscape.files import replacing
from latentscape.workflow import logged

is_mended = Path("mended").exists()
with logged(snakemake):
    if snakemake.rule == "large" and not is_mended:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    for path in snakemake.output:
        with replacing(path) as temporary, temporary.open("w") as file:
            file.write("x" * 1500)
            file.flush()
            if path.endswith("second.txt") and not is_mended:
                os.kill(os.getpid(), signal.SIGKILL)
            file.write("x" * 500)
"""


class Runs(NamedTuple):
    """A run in which jobs fail, what was there after it, and the run that follows."""

    first: str
    sizes: dict[str, int]
    second: str
    sizes_at_the_end: dict[str, int]


def run(folder: Path, *options: str, status: int) -> str:
    command = [sys.executable, "-m", "snakemake", "--cores", "1", *options]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == status, result.stderr
    return result.stderr + result.stdout


def sizes_in(folder: Path) -> dict[str, int]:
    """Return the sizes of all files of the results, without what names host and process."""
    files = (path for path in (folder / "results").iterdir() if path.is_file())
    place = re.compile(rf"\.{re.escape(socket.gethostname())}\.\d+(?=\.part$)")
    return {place.sub("", path.name): path.stat().st_size for path in files}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("crashes")
    (folder / "Snakefile").write_text(SNAKEFILE)
    (folder / "whole.py").write_text(WHOLE)
    (folder / "write.py").write_text(SCRIPT)
    (folder / "latentscape").symlink_to(ROOT / "latentscape")
    first = run(folder, "--keep-incomplete", "--keep-going", status=1)
    sizes = sizes_in(folder)
    (folder / "mended").touch()
    second = run(folder, "--rerun-incomplete", status=0)
    return Runs(first, sizes, second, sizes_in(folder))


def rules_run(output: str) -> set[str]:
    return set(re.findall(r"^(?:local)?rule (\w+):$", output, re.MULTILINE)) - {"all"}


def test_failed_jobs_leave_whole_files_or_none_even_where_snakemake_keeps_them(runs: Runs) -> None:
    assert runs.sizes == {"whole.txt": 2000, "first.txt": 2000, ".second.txt.part": 1500}


def test_a_killed_job_fails_alone(runs: Runs) -> None:
    assert rules_run(runs.first) == {"whole", "killed", "large"}
    failed = re.findall(r"^Error in rule (\w+):$", runs.first, re.MULTILINE)
    assert sorted(failed) == ["killed", "large"]


def test_a_full_disk_is_reported_in_one_line_with_the_file(runs: Runs) -> None:
    lines = [line for line in runs.first.splitlines() if "not written" in line]
    assert len(lines) == 1
    assert re.match(r"\S+ large: error: results/large\.txt: not written, because it g", lines[0])
    assert "Traceback" not in runs.first


def test_the_next_run_makes_what_is_missing_and_nothing_else(runs: Runs) -> None:
    assert rules_run(runs.second) == {"killed", "large"}
    names = ("whole.txt", "first.txt", "second.txt", "large.txt")
    assert runs.sizes_at_the_end == dict.fromkeys(names, 2000)
