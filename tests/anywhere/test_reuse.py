"""The workflow as a module in full, and fetched by Snakemake from a host of repositories."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from ..workflow.conftest import ROOT, run_workflow, tiny_config
from ..workflow.test_module import TRACKS_OF_PROTONS, configure, edit, run, write_example

pytestmark = pytest.mark.anywhere

TRUTH = "results/lartpc/truth/proton/000.parquet"
# What `snakedeploy deploy-workflow` 0.17.1 writes for a repository of this address and tag.
DEPLOYED = """\
configfile: "config/config.yaml"


module latentscape:
    snakefile:
        github("lab/latentscape", path="workflow/Snakefile", tag="v0.0.1")
    config:
        config


use rule * from latentscape
"""


@pytest.fixture
def outer(tmp_path: Path) -> Path:
    write_example(tmp_path / "outer")
    return tmp_path / "outer"


@pytest.fixture
def host(tmp_path: Path) -> dict[str, str]:
    """Return the environment in which git finds the project at github.com/lab/latentscape."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("no git on this machine")
    project = tmp_path / "github.com" / "lab" / "latentscape"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("latentscape", "workflow", "envs", "resources", "config"):
        shutil.copytree(ROOT / name, project / name, symlinks=True, ignore=ignored)
    for name in ("Snakefile", "config.yaml", "LICENSE"):
        shutil.copy2(ROOT / name, project)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {
        **kept,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{tmp_path}/github.com/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/",
    }
    author = ("-c", "user.name=lab", "-c", "user.email=lab@localhost")
    commands = (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "a"), ("tag", "v0.0.1"))
    for command in commands:
        subprocess.run([git, *author, *command], cwd=project, env=environment, check=True)
    return environment


def two_events() -> dict[str, object]:
    """Return the configuration of the tiny workflow with two events of each sample."""
    config = tiny_config()
    for sample in config["samples"].values():
        sample["simulate"]["events"] = 2
    return config


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run without module, from the simulation to the tracks."""
    folder = tmp_path_factory.mktemp("direct")
    result = run_workflow(folder, two_events(), TRACKS_OF_PROTONS)
    assert result.returncode == 0, result.stderr[-3000:]
    return folder


def test_the_example_of_the_page_makes_what_a_direct_run_makes(outer: Path, direct: Path) -> None:
    configure(outer, two_events())
    result = run(outer)
    assert result.returncode == 0, result.stderr[-3000:]
    for name in (TRUTH, TRACKS_OF_PROTONS):
        assert (outer / "tpc" / name).read_bytes() == (direct / name).read_bytes()
    assert {path.name for path in (outer / "results").iterdir()} == {"tracks.tsv"}


def test_a_module_without_configuration_takes_its_own(outer: Path) -> None:
    edit(outer / "Snakefile", '    config:\n        config["latentscape"]\n', "")
    configure(outer, {"samples": "never read"})
    result = run(outer, "--dry-run", "tpc/results/lartpc/tables/cut_flow.tsv")
    assert result.returncode == 0, result.stderr
    for sample in yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))["samples"]:
        assert f"Simulating the test beam: {sample}" in result.stdout + result.stderr


def test_some_rules_can_be_used_alone(outer: Path) -> None:
    every = "use rule * from latentscape as latentscape_*"
    edit(outer / "Snakefile", every, "use rule extract_hits, find_clusters from latentscape")
    raw = outer / "tpc/results/lartpc/raw/proton/000.root"
    raw.parent.mkdir(parents=True)
    raw.write_bytes(b"never read")
    result = run(outer, "--dry-run", "tpc/results/lartpc/clusters/proton/000.parquet")
    assert result.returncode == 0, result.stderr
    output = result.stdout + result.stderr
    assert set(re.findall(r"^(\w+) +\d+$", output, re.MULTILINE)) == {
        *("extract_hits", "find_clusters", "total")
    }


def test_a_mistake_in_the_configuration_of_a_module_is_one_line(outer: Path) -> None:
    configure(outer, {**tiny_config(), "detector": "larait"})
    result = run(outer, "--dry-run")
    assert result.returncode != 0
    output = result.stdout + result.stderr
    assert [line for line in output.splitlines() if "detector: 'larait' is neither" in line]
    assert "Traceback" not in output


def run_with(
    environment: Mapping[str, str], folder: Path, *command: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_repository_on_a_host_runs_as_a_module(
    tmp_path: Path, host: dict[str, str], direct: Path
) -> None:
    folder = tmp_path / "study"
    for name, text in (
        ("workflow/Snakefile", DEPLOYED),
        ("config/config.yaml", yaml.safe_dump(two_events())),
    ):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text, "utf-8")
    snakemake = (sys.executable, "-m", "snakemake", "--cores", "1")
    result = run_with(host, folder, *snakemake, TRUTH)
    assert result.returncode == 0, result.stderr[-3000:]
    assert (folder / TRUTH).read_bytes() == (direct / TRUTH).read_bytes()
    assert list((tmp_path / "cache").glob("**/source-cache/latentscape/*/latentscape/config.py"))


def test_snakedeploy_makes_this_folder(tmp_path: Path, host: dict[str, str]) -> None:
    snakedeploy = shutil.which("snakedeploy")
    if snakedeploy is None:
        pytest.skip("no snakedeploy on this machine: pip install snakedeploy")
    address = f"file://{tmp_path}/github.com/lab/latentscape"
    command = (snakedeploy, "deploy-workflow", address, "study", "--tag", "v0.0.1")
    result = run_with(host, tmp_path, *command)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "study/config/config.yaml").read_text() == (ROOT / "config.yaml").read_text()
    written = (tmp_path / "study/workflow/Snakefile").read_text("utf-8")
    lines = [line.strip() for line in written.splitlines()]
    assert [line.strip() for line in DEPLOYED.splitlines() if line.strip() not in lines] == []
