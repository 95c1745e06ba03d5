"""The workflow is killed, refused by its lock, or finds the disk full, and goes on afterwards."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.anywhere, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
SMALL = Path(__file__).parent / "small.yaml"
TARGET = "results/lartpc/tables/correlations_reference.tsv"
WEIGHTS = "results/lartpc/models/reference/0/weights.safetensors"
SIMULATED = "results/lartpc/beamline/kaon/000.csv"


def call(folder: Path, *options: str, root: Path = ROOT) -> list[str]:
    """Return the command line of the workflow with its results in a folder."""
    return [
        *(sys.executable, "-m", "snakemake", "--snakefile", str(root / "Snakefile")),
        *("--directory", str(folder), "--configfile", str(SMALL), "--cores", "1", *options),
    ]


def run(folder: Path, *options: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = call(folder, *options, root=root)
    return subprocess.run(command, capture_output=True, text=True, check=False)


def start(folder: Path, *options: str, root: Path = ROOT) -> subprocess.Popen[bytes]:
    """Start the workflow as the first of a group of processes."""
    with (folder / "snakemake.log").open("w") as log:
        return subprocess.Popen(
            call(folder, *options, root=root), stdout=log, stderr=log, start_new_session=True
        )


def wait_for(pattern: str, folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until a file is there while the workflow runs, which is ended if none comes."""
    end = time.monotonic() + 300
    while not list(folder.glob(pattern)):
        if process.poll() is not None or time.monotonic() > end:
            kill(process)
            pytest.fail((folder / "snakemake.log").read_text())
        time.sleep(0.01)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the workflow and its jobs, if they still run."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def killed_ten_times(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a bench that dealt ten kills."""
    work = tmp_path_factory.mktemp("kills")
    command = [sys.executable, str(ROOT / "bench" / "kill.py"), "--work", str(work)]
    command += ["--kills", "10", "--seed", "5", "--cores", "2", "--every", "3"]
    command += ["--config", str(SMALL), "--targets", TARGET]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return work


def test_ten_kills_at_random_moments_leave_no_trace(killed_ten_times: Path) -> None:
    with (killed_ten_times / "kills.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    kills = [row for row in rows if row["killed"] != "finished"]
    assert [row["kill"] for row in kills] == [str(number) for number in range(1, 11)]
    assert all(row["jobs"] for row in kills)
    assert {row["mismatches"] for row in rows} == {""}
    assert rows[-1]["killed"] == "finished"
    assert int(rows[-1]["whole"]) > 30


def test_a_training_killed_after_a_checkpoint_resumes_and_gives_the_same_bytes(
    killed_ten_times: Path, tmp_path: Path
) -> None:
    project, folder = killed_ten_times / "project", tmp_path / "run"
    shutil.copytree(killed_ten_times / "reference", folder)
    models = folder / "results/lartpc/models"
    expected = {path.name: path.read_bytes() for path in models.glob("reference/0/*")}
    assert set(expected) == {"weights.safetensors", "model.json", "history.parquet"}
    shutil.rmtree(models)
    process = start(folder, WEIGHTS, root=project)
    wait_for("results/lartpc/checkpoints/*.safetensors", folder, process)
    kill(process)
    assert not list(models.glob("reference/0/*"))
    assert run(folder, "--unlock", root=project).returncode == 0
    resumed = run(folder, "--rerun-incomplete", WEIGHTS, root=project)
    assert resumed.returncode == 0, resumed.stderr
    assert "resuming after epoch" in resumed.stderr
    assert {path.name: path.read_bytes() for path in models.glob("reference/0/*")} == expected
    assert not list(folder.glob("results/lartpc/checkpoints/*"))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start the workflow, wait until it holds its lock and works, and let it pause there."""
    process = start(tmp_path, SIMULATED)
    wait_for("results/logs/simulate_beam/*/*.log", tmp_path, process)
    os.killpg(process.pid, signal.SIGSTOP)
    yield process
    kill(process)


def test_a_second_workflow_on_the_same_folder_is_refused_until_the_first_is_dead_and_unlocked(
    tmp_path: Path, running: subprocess.Popen[bytes]
) -> None:
    refused = run(tmp_path, SIMULATED)
    kill(running)
    still_refused = run(tmp_path, SIMULATED)
    for result in (refused, still_refused):
        assert result.returncode == 1
        assert "Directory cannot be locked" in result.stderr
        assert "--unlock" in result.stderr
    assert not (tmp_path / SIMULATED).exists()
    assert run(tmp_path, "--unlock").returncode == 0
    resumed = run(tmp_path, "--rerun-incomplete", SIMULATED)
    assert resumed.returncode == 0, resumed.stderr
    assert (tmp_path / SIMULATED).exists()
    assert not list(tmp_path.glob("results/**/*.part"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 2 MB, which is less than one shard of raw data."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system may be mounted here, which takes root: {error}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_named_with_the_file_and_the_workflow_goes_on_once_there_is_room(
    small_disk: Path,
) -> None:
    full = run(small_disk, SIMULATED)
    assert full.returncode == 1
    assert "results/lartpc/raw/kaon/000.root: not written, because the disk is full" in full.stderr
    assert "Traceback" not in full.stderr
    finished = [path for path in small_disk.glob("results/lartpc/**/*") if path.is_file()]
    assert finished == []
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    resumed = run(small_disk, SIMULATED)
    assert resumed.returncode == 0, resumed.stderr
    assert (small_disk / SIMULATED).exists()
