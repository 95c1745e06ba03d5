"""The SLURM profile on a real SLURM of one node: what is asked for, what fails, what goes on."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from latentscape.digests import sha256

from .one_node_slurm import NODE, one_node_slurm, what_is_missing

pytestmark = [
    pytest.mark.anywhere,
    pytest.mark.skipif(bool(what_is_missing()), reason=f"no SLURM here: {what_is_missing()}"),
]

Runs = list["subprocess.Popen[str]"]

ROOT = Path(__file__).parents[2]
TRIALS = Path(__file__).parent / "trials.smk"
CONFIG = {
    "seed": 7,
    "seeds": 2,
    "detector": "lariat",
    "samples": {
        "proton": {"species": "proton", "simulate": {"events": 40, "momentum": [400, 700]}}
    },
    "models": {
        "reference": {
            "trained_on": ["proton"],
            "channels": [4, 8, 8, 16],
            "training": {"epochs": 40},
        }
    },
    "lartpc": {"simulation": {"shard_events": 20}},
}
TARGETS = [f"results/lartpc/latents/reference/{training}.parquet" for training in range(2)]
# The profile's waiting times are those of a big cluster.
AT_ONCE = ("--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "5")
NO_ACCOUNTS = ("--slurm-status-command", "squeue")
FIELDS = {
    "state": "%T",
    "cpus": "%C",
    "memory": "%m",
    "limit": "%l",
    "gres": "%b",
    "comment": "%k",
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Runs]:
    """Start SLURM once for all tests of this file, and stop at the end what they started.

    The sockets need a short path.
    """
    runs: Runs = []
    with (
        tempfile.TemporaryDirectory(prefix="slurm-", dir="/tmp") as folder,
        one_node_slurm(Path(folder), memory=16000),
    ):
        yield runs
        for run in runs:
            run.kill()
            run.wait()


def start(
    cluster: Runs, folder: Path, *arguments: str, snakefile: Path = TRIALS
) -> "subprocess.Popen[str]":
    """Start the workflow with its SLURM profile; its jobs carry the name of the folder."""
    folder.mkdir(exist_ok=True)
    (folder / "config.yaml").write_text(yaml.safe_dump(CONFIG), "utf-8")
    command = [*(sys.executable, "-m", "snakemake"), *arguments]
    command += ["--snakefile", str(snakefile), "--directory", str(folder)]
    command += ["--configfile", str(folder / "config.yaml")]
    command += ["--workflow-profile", str(ROOT / "workflow" / "profiles" / "slurm")]
    command += [*AT_ONCE, *NO_ACCOUNTS, "--slurm-jobname-prefix", folder.name]
    with (folder / "log.txt").open("a") as log:
        cluster.append(subprocess.Popen(command, stdout=log, stderr=log, text=True))
    return cluster[-1]


def finish(folder: Path, run: "subprocess.Popen[str]") -> str:
    """Wait for a run that must succeed and return what it said."""
    code = run.wait(timeout=600)
    log = (folder / "log.txt").read_text("utf-8")
    assert code == 0, log[-3000:]
    return log


def jobs(folder: Path) -> list[dict[str, str]]:
    """Return the jobs that were submitted for a folder, in order."""
    form = "|".join(["%i", "%j", *FIELDS.values()])
    listed = subprocess.run(
        ["squeue", "--states=all", "--noheader", "--sort=i", "-o", form],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split("|") for line in listed.stdout.splitlines()]
    return [
        dict(zip(("job", "name", *FIELDS), row, strict=True))
        for row in rows
        if row[1].startswith(f"{folder.name}_")
    ]


def wait_until(is_so: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"waited {seconds} s in vain"
        time.sleep(0.2)


def begun(folder: Path) -> int:
    """Return how often the disturbed job of a folder began."""
    attempts = folder / "disturbed.txt.attempts"
    return len(attempts.read_text("utf-8").splitlines()) if attempts.exists() else 0


def processes(job: str) -> list[int]:
    """Return the numbers of a job's processes on the node."""
    command = ["scontrol", "listpids", job]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    return [int(line.split()[0]) for line in listed.stdout.splitlines()[1:]]


def test_a_job_whose_node_dies_runs_again(cluster: Runs, tmp_path: Path) -> None:
    folder = tmp_path / "node"
    run = start(cluster, folder, "disturbed")
    wait_until(lambda: begun(folder) == 1)
    running = processes(jobs(folder)[0]["job"])
    set_node = ("scontrol", "update", f"nodename={NODE}")
    subprocess.run([*set_node, "state=down", "reason=test"], check=True)
    for process in running:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    wait_until(lambda: jobs(folder)[0]["state"] == "NODE_FAIL")
    (folder / "go").touch()
    subprocess.run([*set_node, "state=resume"], check=True)
    assert "NODE_FAIL" in finish(folder, run)
    assert [job["state"] for job in jobs(folder)] == ["NODE_FAIL", "COMPLETED"]


@pytest.fixture(scope="module")
def runs(cluster: Runs, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Start the runs that go on while other tests run.

    What is returned waits for the end of one and gives its folder.
    """
    folders = {name: tmp_path_factory.mktemp(name) for name in ("trials", "workflow")}
    started = {
        "trials": start(cluster, folders["trials"], "slow", "hungry", "accelerated"),
        "workflow": start(cluster, folders["workflow"], *TARGETS, snakefile=ROOT / "Snakefile"),
    }

    def ended(name: str) -> Path:
        finish(folders[name], started[name])
        return folders[name]

    return ended


@pytest.fixture(scope="module")
def trials(runs: Callable[[str], Path]) -> Path:
    """Return the folder of the jobs that asked for too little."""
    return runs("trials")


@pytest.fixture(scope="module")
def through_slurm(runs: Callable[[str], Path]) -> Path:
    """Return the folder of the first part of a small workflow: from raw data to latents."""
    return runs("workflow")


def test_an_interrupted_run_takes_its_jobs_back_and_goes_on(
    cluster: Runs, runs: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = tmp_path / "interrupted"
    run = start(cluster, folder, "disturbed")
    wait_until(lambda: begun(folder) == 1)
    run.send_signal(signal.SIGINT)
    assert run.wait(timeout=60) == 1
    wait_until(lambda: jobs(folder)[0]["state"] == "CANCELLED")
    (folder / "go").touch()
    finish(folder, start(cluster, folder, "disturbed"))
    assert (folder / "disturbed.txt").exists()


def test_a_killed_run_leaves_a_lock_and_goes_on_after_unlocking(
    cluster: Runs, runs: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = tmp_path / "killed"
    run = start(cluster, folder, "disturbed")
    wait_until(lambda: begun(folder) == 1)
    run.kill()
    run.wait()
    refused = start(cluster, folder, "disturbed")
    assert refused.wait(timeout=60) == 1
    assert "Directory cannot be locked" in (folder / "log.txt").read_text("utf-8")
    subprocess.run(["scancel", "--name", jobs(folder)[0]["name"]], check=True)
    wait_until(lambda: jobs(folder)[0]["state"] == "CANCELLED")
    (folder / "go").touch()
    finish(folder, start(cluster, folder, "--unlock"))
    finish(folder, start(cluster, folder, "disturbed"))
    assert (folder / "disturbed.txt").exists()


def test_arrays_which_would_lose_results_are_refused(cluster: Runs, tmp_path: Path) -> None:
    folder = tmp_path / "arrays"
    arrays = ("--slurm-array-jobs", "simulate_beam")
    run = start(cluster, folder, *TARGETS, *arrays, snakefile=ROOT / "Snakefile")
    assert run.wait(timeout=120) == 1
    assert "would lose results" in (folder / "log.txt").read_text("utf-8")
    assert not jobs(folder)


def test_short_rules_of_all_shards_are_one_submission(through_slurm: Path) -> None:
    submitted = [job["job"] for job in jobs(through_slurm)]
    log = (through_slurm / "log.txt").read_text("utf-8")
    # Two rules of each shard alone, the others together, the trainings; 2 x 6 rules and 2 x 2.
    assert len(submitted) == 6
    assert log.count("Finished jobid") >= 17


def test_two_trainings_share_one_gpu_at_the_same_time(through_slurm: Path) -> None:
    last = jobs(through_slurm)[-1]
    assert last["gres"] == "gres:gpu:1"
    assert last["cpus"] == "2"
    begins, ends = [], []
    for training in range(2):
        folder = through_slurm / "results" / "lartpc" / "models" / "reference" / str(training)
        benchmark = (
            through_slurm / f"results/benchmarks/train_model/lartpc/reference/{training}.tsv"
        )
        seconds = float(benchmark.read_text("utf-8").splitlines()[1].split()[0])
        ends.append((folder / "weights.safetensors").stat().st_mtime)
        begins.append(ends[-1] - seconds)
    assert max(begins) < min(ends)


def test_jobs_make_the_same_bytes_as_a_local_run(through_slurm: Path, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(CONFIG), "utf-8")
    command = [*(sys.executable, "-m", "snakemake"), *TARGETS, "--cores", "2", "--quiet"]
    command += ["--snakefile", str(ROOT / "Snakefile"), "--directory", str(tmp_path)]
    command += ["--configfile", str(tmp_path / "config.yaml")]
    command += ["--workflow-profile", str(ROOT / "workflow" / "profiles" / "default")]
    subprocess.run(command, check=True, capture_output=True)
    assert digests(through_slurm) == digests(tmp_path)


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of each result of a folder by its name."""
    results = folder / "results" / "lartpc"
    return {
        str(path.relative_to(results)): sha256(path)
        for path in sorted(results.rglob("*"))
        if path.is_file()
    }


def test_a_gpu_is_asked_for_as_such(trials: Path) -> None:
    shown = (trials / "accelerated.txt").read_text("utf-8")
    assert "TresPerJob=gres:gpu:1" in shown


def of_rule(folder: Path, rule: str) -> list[dict[str, str]]:
    """Return the jobs that were submitted for a rule, in order."""
    return [job for job in jobs(folder) if job["comment"].startswith(f"rule_{rule}")]


def test_a_job_that_exceeds_its_memory_gets_more_and_succeeds(trials: Path) -> None:
    attempts = of_rule(trials, "hungry")
    assert [job["memory"] for job in attempts] == ["1000M", "2000M"]
    assert [job["state"] for job in attempts] == [attempts[0]["state"], "COMPLETED"]
    assert attempts[0]["state"] in {"FAILED", "OUT_OF_MEMORY"}


def test_a_job_that_exceeds_its_time_gets_more_and_succeeds(trials: Path) -> None:
    attempts = of_rule(trials, "slow")
    assert [job["limit"] for job in attempts] == ["1:00", "2:00"]
    assert [job["state"] for job in attempts] == ["TIMEOUT", "COMPLETED"]
