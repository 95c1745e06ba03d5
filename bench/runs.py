"""One workflow in one folder, as processes that can be watched and killed, and as results."""

import contextlib
import dataclasses
import hashlib
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import uproot

# Below results/: what need not be the same twice.
LEFT_OUT = {
    "logs": "hold the times of day, and are those of the last attempt",
    "benchmarks": "hold times and loads",
    "provenance": "is the record of each run, with its time",
    "ro-crate-metadata.json": "is the record of each run, with its time",
    "SHA256SUMS": "names logs and benchmarks as well",
    "checkpoints": "hold trainings that are not finished; they have to be gone at the end",
}
MARK = "LATENTSCAPE_BENCH_KILL"  # set for all processes of a bench, whatever their session
SCRIPT = re.compile(r"/\.snakemake/scripts/tmp\w+\.(\w+)\.py$")
GIVE_UP = 3600.0  # seconds without an end: the workflow hangs


@dataclasses.dataclass(frozen=True)
class Workflow:
    """One workflow in one folder, and how to call it."""

    work: Path
    folder: Path
    config: Path
    cores: int
    targets: tuple[str, ...]

    def call(self, *options: str) -> list[str]:
        """Return the command line."""
        project = self.work / "project"
        return [
            *(sys.executable, "-m", "snakemake", "--snakefile", str(project / "Snakefile")),
            *("--directory", str(self.folder), "--configfile", str(self.config)),
            *("--workflow-profile", str(project / "workflow" / "profiles" / "default")),
            *("--cores", str(self.cores), *options, *self.targets),
        ]

    def start(self, *options: str) -> psutil.Popen:
        """Start it as the first of a group of processes that all carry the mark."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.work / "snakemake.log").open("a") as log:
            return psutil.Popen(
                self.call(*options),
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, MARK: str(self.work)},
            )

    def finish(self, *options: str) -> None:
        """Run it to its end."""
        if self.start(*options).wait() != 0:
            raise SystemExit(f"the workflow failed undisturbed; see {self.work}/snakemake.log")

    @property
    def is_locked(self) -> bool:
        """Whether a run that was killed left its lock."""
        locks = self.folder / ".snakemake" / "locks"
        return locks.is_dir() and any(locks.iterdir())


def marked(work: Path) -> list[psutil.Process]:
    """Return all living processes that were started for this bench."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(work) and is_alive(process):
                found.append(process)
        except psutil.Error:
            continue
    return found


def is_alive(process: psutil.Process) -> bool:
    """Return whether a process runs: the killed child of a dead parent may stay as a zombie."""
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


def jobs_of(controller: psutil.Process) -> dict[psutil.Process, str]:
    """Return the running scripts and their names."""
    found = {}
    try:
        for process in controller.children(recursive=True):
            try:
                words = process.cmdline()
            except psutil.Error:
                continue
            # Behind a shell, the script is a word of its own for Python only.
            if words and (script := SCRIPT.search(words[-1])) and len(words) == 2:
                found[process] = script[1]
    except psutil.NoSuchProcess:
        return {}
    return found


def kill_all(controller: psutil.Process, work: Path) -> None:
    """Kill the group at once, and then whoever has left it, until nobody is alive."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(controller.pid, signal.SIGKILL)
    kill_marked(work)
    controller.wait()


def kill_marked(work: Path) -> None:
    """Kill every process of this bench."""
    while processes := marked(work):
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=1)


def wait(until: Callable[[], bool], seconds: float = GIVE_UP) -> bool:
    """Wait for something; return whether it came before the time was over."""
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, but of the data of a ROOT file, which holds a time as well."""
    if path.suffix != ".root":
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    found = hashlib.sha256()
    with uproot.open(path) as file:
        for tree in file.keys(filter_classname="TTree"):
            for name, branch in sorted(file[tree].items()):
                found.update(f"{tree} {name} {branch.array().to_list()}".encode())
    return found.hexdigest()


def results(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield every result by its path below results/, but what is left out and temporary names."""
    base = folder / "results"
    for path in sorted(base.rglob("*")):
        parts = path.relative_to(base).parts
        is_result = not any(part in LEFT_OUT or part.startswith(".") for part in parts)
        if is_result and path.is_file():
            yield "/".join(parts), path


def leftovers(folder: Path) -> int:
    """Return how many files have a temporary name."""
    paths = (folder / "results").rglob(".*")
    return sum(path.suffix in {".part", ".old"} for path in paths)
