"""What the last crate of a folder knew, and how it joins what Snakemake knows now."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from latentscape.crate.facts import Job, OutsideFile, Run
from latentscape.crate.listing import METADATA, ListedFile, hash_file, modified_of
from latentscape.crate.verify import path_of
from latentscape.files import read_json, write_json

JOBS = "provenance/jobs.json"
RUNS = "provenance/runs"
# The clock of a file system may be behind that of the computer.
_CLOCKS_DIFFER = 2.0


@dataclass(frozen=True)
class Memory:
    """What the last crate knew: files, files from elsewhere, jobs and hashes of outputs, runs."""

    files: Mapping[str, ListedFile]
    outside: Mapping[str, OutsideFile]
    jobs: Mapping[str, Job]
    hashes: Mapping[str, str]
    runs: tuple[Run, ...]


NOTHING = Memory({}, {}, {}, {}, ())


def recall(root: Path) -> Memory:
    """Return what the last crate of a folder knew; nothing if there is none that can be read."""
    try:
        graph = json.loads((root / METADATA).read_text("utf-8"))["@graph"]
        files = {
            path_of(entity["@id"]): ListedFile(
                int(entity["contentSize"]), entity["dateModified"], entity["sha256"]
            )
            for entity in graph
            if "File" in entity["@type"]
        }
        content = read_json(root / JOBS)
        jobs = [Job.from_plain(job) for job in content["jobs"]]
        outside = [OutsideFile(**file) for file in content["outside"]]
        runs = [Run.from_plain(read_json(path)) for path in (root / RUNS).glob("*/run.json")]
    except (OSError, ValueError, KeyError, TypeError):
        # Then hashes are computed anew, and only Snakemake says how files were made.
        return NOTHING
    return Memory(
        files,
        {file.identifier: file for file in outside},
        {job.identifier: job for job in jobs},
        content["hashes"],
        tuple(sorted(runs, key=lambda run: run.start)),
    )


def write_jobs(
    root: Path, jobs: Iterable[Job], outside: Iterable[OutsideFile], hashes: Mapping[str, str]
) -> None:
    """Write what the next run must know of the jobs."""
    content = {
        "jobs": [asdict(job) for job in jobs],
        "outside": [asdict(file) for file in outside],
        "hashes": dict(hashes),
    }
    write_json(content, root / JOBS)


def join(recorded: Iterable[Job], memory: Memory, hashes: Mapping[str, str], run: Run) -> list[Job]:
    """Return the job that made each file, with the run it belongs to.

    Parameters
    ----------
    recorded : iterable of Job
        Jobs that Snakemake has records of.
    memory : Memory
        What the last crate knew. What it said of the same job stands, as the inputs may have
        changed since; a job that Snakemake has forgotten counts if its output is still the same.
    hashes : mapping
        Hash of every output that is there.
    run : Run
        The run that just ended.
    """
    former = {(job.rule, job.outputs): job for job in memory.jobs.values()}
    jobs = {}
    for job in recorded:
        known = memory.jobs.get(job.identifier)
        if known is None and job.start >= run.start - _CLOCKS_DIFFER:
            known = job.of_run(run.name)
        elif known is None and hashes_agree(job, memory, hashes):
            # Snakemake's --touch gives a job new times; what made these bytes is the former one.
            known = former.get((job.rule, job.outputs))
        now = known or job
        jobs[now.identifier] = now
    made = {path for job in jobs.values() for path in job.outputs}
    for identifier, job in memory.jobs.items():
        unchanged = [path for path in job.outputs if hashes.get(path) == memory.hashes.get(path)]
        if any(path in hashes and path not in made for path in unchanged):
            jobs[identifier] = job
    there = [job for job in jobs.values() if not hashes.keys().isdisjoint(job.outputs)]
    return sorted(there, key=lambda job: (job.start, job.outputs))


def hashes_agree(job: Job, memory: Memory, hashes: Mapping[str, str]) -> bool:
    """Return whether the outputs of a job that are there are what the last crate knew."""
    return all(hashes[p] == memory.hashes.get(p) for p in job.outputs if p in hashes)


def altered_since(jobs: Iterable[Job], memory: Memory, hashes: Mapping[str, str]) -> set[str]:
    """Return the outputs whose content is not what the last crate listed, though no job ran."""
    old = {path for job in jobs if job.identifier in memory.jobs for path in job.outputs}
    return {p for p in old if p in hashes and hashes[p] != memory.hashes.get(p, hashes[p])}


def hashes_of_outputs(files: Mapping[str, ListedFile], outputs: Iterable[str]) -> dict[str, str]:
    """Return the hash of each output that is there: of a file, or over the files of a folder."""
    hashes = {}
    for output in outputs:
        if output in files:
            hashes[output] = files[output].sha256
            continue
        inside = [path for path in files if path.startswith(f"{output}/")]
        if inside:
            lines = "".join(f"{files[path].sha256}  {path}\n" for path in sorted(inside))
            hashes[output] = hashlib.sha256(os.fsencode(lines)).hexdigest()
    return hashes


class OutsideFiles:
    """Names files outside of the folder by their content; each is read once."""

    def __init__(self, known: Mapping[str, OutsideFile]) -> None:
        self._known = {(file.name, file.size, file.modified): file for file in known.values()}
        self._named: dict[str, str] = {}
        self.found: dict[str, OutsideFile] = dict(known)

    def name(self, path: str) -> str:
        """Return the identifier of a file, whether it is still there or not."""
        if path not in self._named:
            self._named[path] = self._identify(Path(path))
        return self._named[path]

    def _identify(self, path: Path) -> str:
        if not path.is_file():
            return f"#removed/{path.name}"
        state = path.stat()
        file = self._known.get((path.name, state.st_size, modified_of(state)))
        if file is None:
            file = OutsideFile(path.name, **asdict(hash_file(path)))
        self.found[file.identifier] = file
        return file.identifier
