"""The workflow as a user runs it: a process, a configuration, a folder of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock

ROOT = Path(__file__).parents[2]
TINY = Path(__file__).parent / "tiny.yaml"


def run_workflow(
    folder: Path, config: Mapping[str, Any], *arguments: str, root: Path = ROOT, cores: int = 1
) -> subprocess.CompletedProcess[str]:
    """Run Snakemake on a configuration, with everything that is made below ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(dict(config), sort_keys=False), "utf-8")
    command = [
        *(sys.executable, "-m", "snakemake"),
        *("--snakefile", str(root / "Snakefile")),
        *("--directory", str(folder)),
        *("--configfile", str(path)),
        *("--workflow-profile", str(root / "workflow" / "profiles" / "default")),
        *("--cores", str(cores)),
        *arguments,
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


def tiny_config(**changes: Any) -> dict[str, Any]:
    """Return the configuration of the tiny workflow, with top-level keys changed."""
    return {**yaml.safe_load(TINY.read_text("utf-8")), **changes}


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the tiny workflow once for all workers, on two cores, and return its folder."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, finished = shared / "tiny", shared / "tiny.finished"
    with FileLock(shared / "tiny.lock"):
        if not finished.exists():
            result = run_workflow(folder, tiny_config(), cores=2)
            assert result.returncode == 0, result.stderr[-5000:]
            finished.touch()
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the project whose code can be changed."""
    copy = tmp_path / "project"
    copy.mkdir()
    for name in ("latentscape", "workflow", "envs", "resources"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for name in ("Snakefile", "config.yaml", "CITATION.cff"):
        shutil.copy2(ROOT / name, copy)
    return copy
