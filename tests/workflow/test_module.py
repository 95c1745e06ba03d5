"""The workflow as a part of another one, as the documentation shows it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from latentscape.lartpc.tables.reconstruction import TRACKS

from .conftest import ROOT, tiny_config

PAGE = ROOT / "docs" / "how-to" / "reuse.md"
FILES = re.compile(r"^`([\w.]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TRACKS_OF_PROTONS = "results/lartpc/tracks/proton/000.parquet"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the workflow of a folder from that folder."""
    command = [sys.executable, "-m", "snakemake", "--cores", "1", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


def write_example(folder: Path) -> None:
    """Make a folder with the workflow of the page, and the project inside as a link."""
    files = dict(FILES.findall(PAGE.read_text("utf-8")))
    assert set(files) == {"Snakefile", "config.yaml", "count_tracks.py"}
    folder.mkdir()
    (folder / "latentscape").symlink_to(ROOT)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")


def configure(folder: Path, config: dict[str, Any]) -> None:
    """Write what the module of the example is given."""
    content = yaml.safe_dump({"latentscape": config}, sort_keys=False)
    (folder / "config.yaml").write_text(content, "utf-8")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def outer(tmp_path: Path) -> Path:
    write_example(tmp_path / "outer")
    return tmp_path / "outer"


def test_a_result_of_the_module_is_that_of_the_workflow_to_the_byte(
    tiny: Path, outer: Path
) -> None:
    configure(outer, tiny_config())
    shutil.copytree(tiny / "results/lartpc/selected", outer / "tpc/results/lartpc/selected")
    result = run(outer, "--allowed-rules", "count_tracks", "latentscape_match_planes")
    assert result.returncode == 0, result.stderr[-3000:]
    made = outer / "tpc" / TRACKS_OF_PROTONS
    assert made.read_bytes() == (tiny / TRACKS_OF_PROTONS).read_bytes()
    counts = (outer / "results" / "tracks.tsv").read_text("utf-8").splitlines()[1:]
    assert sum(int(line.split("\t")[1]) for line in counts) == len(TRACKS.read(made))
    assert {path.name for path in (outer / "results").iterdir()} == {"tracks.tsv"}
    assert (outer / "tpc/results/logs/match_planes/proton/000.log").is_file()


def test_a_prefix_moves_checkpoints_but_no_file_of_the_user(outer: Path) -> None:
    files = {"files": ["data/*.root"], "tree": "ana/raw", "beamline": "data/beamline.csv"}
    samples = {"proton": {"species": "proton", **files}}
    models = {"reference": {"trained_on": ["proton"]}}
    configure(outer, {"samples": samples, "models": models, "checksums": "data/SHA256SUMS"})
    (outer / "data").mkdir()
    for name in ("raw.root", "beamline.csv"):
        (outer / "data" / name).write_bytes(b"never read")
    lines = [f"{'0' * 64}  {name}\n" for name in ("raw.root", "beamline.csv")]
    (outer / "data" / "SHA256SUMS").write_text("".join(lines), "utf-8")
    override = '    threads: 4\n    message: "from {params.checkpoint}"'
    edit(outer / "Snakefile", "    threads: 4", override)
    targets = ("models/reference/0/weights.safetensors", "beamline/proton.parquet")
    result = run(outer, "--dry-run", *(f"tpc/results/lartpc/{name}" for name in targets))
    assert result.returncode == 0, result.stderr
    assert "from tpc/results/lartpc/checkpoints/" in result.stdout + result.stderr


def test_the_layout_that_deployment_expects_is_there() -> None:
    assert (ROOT / "config" / "config.yaml").samefile(ROOT / "config.yaml")
    for name in ("config/README.md", "workflow/schemas/config.schema.json", "LICENSE"):
        assert (ROOT / name).is_file()
    entrance = (ROOT / "workflow" / "Snakefile").read_text("utf-8")
    assert "\nuse rule * from latentscape\n" in entrance
    shown = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text("utf-8"))["usage"]
    assert shown["software-stack-deployment"] == {"conda": True}
    assert shown["report"] is True
    assert isinstance(shown["mandatory-flags"]["flags"], list)
