"""Both container definitions hold the same things, and all that the workflow reads."""

import re
from pathlib import Path

import pytest

from latentscape.crate.machine import BESIDE_CODE

ROOT = Path(__file__).parents[2]
CONTAINERS = ROOT / "envs" / "containers"
DOCKER = (CONTAINERS / "Dockerfile").read_text("utf-8")
APPTAINER = (CONTAINERS / "latentscape.def").read_text("utf-8")
INSTALL = (CONTAINERS / "install.sh").read_text("utf-8")


def taken_by_docker() -> set[str]:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in lines
    return {line.removeprefix("!") for line in lines if line.startswith("!")}


def taken_by_apptainer() -> set[str]:
    (section,) = re.findall(r"^%files\n((?: .*\n)+)", APPTAINER, re.MULTILINE)
    pairs = [line.split() for line in section.splitlines()]
    assert all(there == f"/opt/latentscape/{here}" for here, there in pairs)
    return {here for here, _ in pairs}


def test_both_take_the_same_files_which_exist() -> None:
    assert taken_by_docker() == taken_by_apptainer()
    assert all((ROOT / name).exists() for name in taken_by_docker())


def test_they_take_what_the_workflow_reads_beside_its_code() -> None:
    read = {"Snakefile", "config.yaml", "envs", "latentscape", "resources", "workflow"}
    assert read | set(BESIDE_CODE) <= taken_by_docker()


def test_both_begin_with_the_same_pinned_image() -> None:
    (docker,) = re.findall(r"^ARG BASE=(?:docker\.io/)?(\S+)$", DOCKER, re.MULTILINE)
    (apptainer,) = re.findall(r"^    BASE=(\S+)$", APPTAINER, re.MULTILINE)
    assert docker == apptainer
    assert re.fullmatch(r"condaforge/miniforge3:\d+\.\d+\.\d+-\d+", docker)


@pytest.mark.parametrize("definition", [DOCKER, APPTAINER], ids=["docker", "apptainer"])
def test_the_environments_are_made_where_snakemake_looks_for_them(definition: str) -> None:
    places = re.findall(r"SNAKEMAKE_CONDA_PREFIX=(\S+)", definition)
    assert set(places) == {"/opt/environments"}
    steps = re.findall(r"install\.sh (\w+)$", definition, re.MULTILINE)
    assert steps == re.findall(r"^(\w+)\)$", INSTALL, re.MULTILINE)


def test_apptainer_counts_every_environment() -> None:
    (counted,) = re.findall(r"-eq (\d+)$", APPTAINER, re.MULTILINE)
    made = [path for path in (ROOT / "envs").glob("*.yaml") if path.stem != "controller"]
    assert int(counted) == len(made)


def test_docker_runs_as_nobody_special() -> None:
    users = re.findall(r"^USER (\S+)$", DOCKER, re.MULTILINE)
    assert users
    assert users[-1].split(":")[0] not in {"root", "0"}
