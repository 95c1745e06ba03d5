"""Write the crate of a run: what is kept of it, its description, the list of hashes."""

import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from latentscape.crate.facts import Crate, Job, Rule, Run
from latentscape.crate.graph import CONTEXT, Description
from latentscape.crate.listing import METADATA, SUMS, hash_files, results_in
from latentscape.crate.memory import (
    RUNS,
    OutsideFiles,
    altered_since,
    hashes_of_outputs,
    join,
    recall,
    write_jobs,
)
from latentscape.crate.records import Record, recorded_jobs
from latentscape.digests import format_sums, sha256
from latentscape.files import replacing, write_json, write_text

KEPT = "provenance/"
# Other names below it are the user's.
_OWN = tuple(f"{KEPT}{name}/" for name in ("code", "runs", "workflow", "envs"))
# Folders of the results that are mentioned as a whole.
_MENTIONED = ("logs", "benchmarks")
logger = logging.getLogger("latentscape")


def write_crate(
    root: Path,
    run: Run,
    crate: Crate,
    *,
    records: Mapping[str, Record],
    rules: Mapping[str, Rule],
    kept: Mapping[str, bytes],
) -> None:
    """Describe a folder of results after a run.

    Parameters
    ----------
    root : path
        Folder of results.
    run : Run
        The run that just ended.
    crate : Crate
        Terms of the whole.
    records : mapping
        Snakemake's records by output, relative to the working directory.
    rules : mapping
        Rules of the workflow by name.
    kept : mapping
        What is kept beside the results, content by path: the workflow, and of this run its
        configuration and software.
    """
    memory = recall(root)
    outside = OutsideFiles(memory.outside)
    results = [path for path in results_in(root) if not path.startswith(KEPT)]
    files = hash_files(root, results, memory.files)
    recorded = recorded_jobs(records, placed_in(root), outside.name)
    outputs = {path for job in [*recorded, *memory.jobs.values()] for path in job.outputs}
    hashes = hashes_of_outputs(files, sorted(outputs))
    jobs = join(recorded, memory, hashes, run)
    altered = altered_since(jobs, memory, hashes)
    for path in sorted(altered):
        logger.warning("%s is not what its job made: it was changed since", path)

    runs = _runs_with_jobs([*memory.runs, run], jobs)
    read = {name for job in jobs for name in job.inputs}
    used = {name: file for name, file in sorted(outside.found.items()) if name in read}
    made = {path for job in jobs for path in job.outputs}
    own = {path for path in kept if not path.startswith(RUNS) or run in runs}
    _keep(root, {path: kept[path] for path in own}, runs)
    if run in runs:
        write_json(run.to_plain(), root / run.folder / "run.json")
    # The hash that an output had after its job stays, so that a later change is seen for ever.
    first = {path: memory.hashes[path] for path in altered}
    write_jobs(
        root, jobs, used.values(), {path: (hashes | first)[path] for path in made & set(hashes)}
    )

    beside = [path for path in results_in(root) if path.startswith(KEPT)]
    files = dict(sorted((files | hash_files(root, beside, {})).items()))
    description = Description(
        crate,
        files=files,
        runs=runs,
        jobs=jobs,
        rules=rules,
        outside=used,
        folders=[name for name in (*made, *_MENTIONED) if (root / name).is_dir()],
        altered=altered,
    )
    content = {"@context": CONTEXT, "@graph": description.entities()}
    write_text(json.dumps(content, indent=1) + "\n", root / METADATA)
    listed = {path: file.sha256 for path, file in files.items()}
    sums = format_sums({**listed, METADATA: sha256(root / METADATA)})
    _replace(root / SUMS, sums)


def placed_in(root: Path) -> Callable[[str], str | None]:
    """Return a function that gives the path of a file relative to a folder, or None outside."""
    start = os.path.join(os.path.abspath(root), "")  # noqa: PTH100, PTH118 - links stay links

    def place(path: str) -> str | None:
        whole = os.path.abspath(path)  # noqa: PTH100
        return whole.removeprefix(start) if whole.startswith(start) else None

    return place


def _runs_with_jobs(runs: list[Run], jobs: Iterable[Job]) -> list[Run]:
    """Return the runs that made something that is there; the last one if there is none."""
    named = {job.run for job in jobs}
    by_name = {run.name: run for run in runs}
    return [run for run in by_name.values() if run.name in named] or runs[-1:]


def _keep(root: Path, kept: Mapping[str, bytes], runs: list[Run]) -> None:
    """Write what is kept, and remove what was kept of code and runs that count no more."""
    archives = {run.archive for run in runs}
    folders = tuple(f"{run.folder}/" for run in runs)
    for path, content in kept.items():
        place = root / path
        if not (place.is_file() and place.read_bytes() == content):
            _replace(place, content)
    for path in results_in(root):
        is_kept = path in kept or path in archives or path.startswith(folders)
        if path.startswith(_OWN) and not is_kept:
            (root / path).unlink()
    for folder in (root / RUNS).glob("*"):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _replace(path: Path, content: bytes) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(content)
