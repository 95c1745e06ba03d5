"""The crate is written after a real run, and only then; a large one validates."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from latentscape.crate.verify import verify

from ..crate_validator import issues
from ..unit.small_crate import start_project
from ..workflow.conftest import ROOT, run_workflow, tiny_config

pytestmark = pytest.mark.anywhere

HITS = "results/lartpc/hits/proton/000.parquet"
MODULE = f"""
module detector:
    snakefile: "{ROOT}/Snakefile"
    config: config
    prefix: "inner"

use rule * from detector as detector_*

onsuccess:
    detector.onsuccess()
"""


def graph(results: Path) -> list[dict[str, Any]]:
    content = json.loads((results / "ro-crate-metadata.json").read_text("utf-8"))
    return list(content["@graph"])


def runs(results: Path) -> list[str]:
    return [e["@id"] for e in graph(results) if e["@id"].startswith("#run/")]


def run(folder: Path, *arguments: str) -> None:
    done = run_workflow(folder, tiny_config(), *arguments)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the hits of one shard."""
    folder = tmp_path_factory.mktemp("made")
    run(folder, HITS)
    return folder


def test_a_run_of_a_part_is_described(made: Path) -> None:
    results = made / "results"
    assert verify(results).differences == ()
    jobs = [e for e in graph(results) if e["@id"].startswith("#job/")]
    assert {job["@id"].split("/")[1] for job in jobs} == {"simulate_beam", "extract_hits"}


def test_an_independent_validator_accepts_crates_and_refuses_a_broken_one(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    start_project(tmp_path)
    broken = tmp_path / "broken"
    shutil.copytree(tmp_path / "results", broken)
    path = broken / "ro-crate-metadata.json"
    content = json.loads(path.read_text("utf-8"))
    (run,) = [e for e in content["@graph"] if e["@id"].startswith("#run/")]
    del run["instrument"]
    path.write_text(json.dumps(content), "utf-8")
    *good, bad = issues(made / "results", tmp_path / "results", broken)
    assert good == [[], []]
    assert any("instrument" in message for _, _, message in bad)


@pytest.mark.parametrize(
    "arguments",
    [("--dry-run", "--force"), ("--lint",), ("--unlock",), ("--touch", "--force"), ("--summary",)],
)
def test_the_crate_is_left_alone_by_what_runs_no_job(
    made: Path, arguments: tuple[str, ...]
) -> None:
    before = (made / "results" / "ro-crate-metadata.json").read_bytes()
    run(made, HITS, *arguments)
    assert (made / "results" / "ro-crate-metadata.json").read_bytes() == before


def test_a_second_run_adds_itself_and_a_lost_crate_is_written_again(made: Path) -> None:
    results = made / "results"
    run(made, HITS.replace("hits", "clusters"))
    assert len(runs(results)) == 2
    assert verify(results).differences == ()
    for lost in ("ro-crate-metadata.json", "SHA256SUMS", "provenance/jobs.json"):
        (results / lost).unlink()
    run(made, "--force", HITS.replace("hits", "clusters"))
    assert verify(results).differences == ()


def test_another_workflow_can_record_the_results_of_the_module(tmp_path: Path) -> None:
    (tmp_path / "Snakefile").write_text(MODULE, "utf-8")
    config = tmp_path / "config.json"
    config.write_text(json.dumps(tiny_config()), "utf-8")
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--configfile", str(config)]
    done = subprocess.run(
        [*command, "--", f"inner/{HITS}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert verify(tmp_path / "inner" / "results").differences == ()
    assert issues(tmp_path / "inner" / "results") == [[]]
