"""Kill the workflow at random moments, resume it, and hold its results against an undisturbed run.

``python bench/kill.py --kills 100 --work DIR`` first makes an undisturbed run of the configuration
in ``DIR/reference``. Then it starts the same in ``DIR/run``, and ends it with SIGKILL at a moment
that is drawn from the seed, while jobs run: mostly the controller and all its jobs at once, as when
a machine dies, sometimes one job alone or the controller alone. After each kill every file that
stands under its final name has to be whole; then the workflow is resumed as a user would. Once it
is finished, all its results have to be those of the undisturbed run, and it starts over in an empty
folder, until all kills were dealt. ``DIR/kills.tsv`` has a row for each kill and for each finished
run. A bench that was cut off goes on where it was when it is called again.
"""

import argparse
import csv
import dataclasses
import json
import math
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import psutil
from runs import (
    GIVE_UP,
    Workflow,
    digest,
    jobs_of,
    kill_all,
    kill_marked,
    leftovers,
    marked,
    results,
    wait,
)

ROOT = Path(__file__).resolve().parents[1]
# What the workflow consists of. It is copied, so that work on the code disturbs no bench.
PROJECT = (
    *("Snakefile", "config.yaml", "latentscape", "workflow", "envs", "resources"),
    *("CITATION.cff", "LICENSE", "pyproject.toml", "requirements.txt", "constraints.txt"),
)
FOLDERS = ("lartpc/explorer/*/",)  # outputs that are folders: all of their files or none
KINDS = {"all": 0.7, "job": 0.15, "controller": 0.15}  # what is killed, and how often
KEEP_INCOMPLETE = 0.3  # share of the runs with --keep-incomplete
NO_KILL = ("finished", "failed")  # in the column "killed": how a run ended by itself
COLUMNS = (
    *("kill", "run", "killed", "seconds", "keep_incomplete", "jobs", "whole", "leftovers"),
    "mismatches",
)


def mismatches(folder: Path, reference: dict[str, str], *, needed: set[str]) -> dict[str, str]:
    """Return the files that are not those of the reference, and why."""
    found = dict(results(folder))
    wrong = {}
    for name, path in found.items():
        if name not in reference:
            wrong[name] = "unknown"
        elif digest(path) != reference[name]:
            wrong[name] = "differs"
    for pattern in FOLDERS:
        for made in (folder / "results").glob(pattern):
            start = f"{made.relative_to(folder / 'results')}/"
            needed = needed | {name for name in reference if name.startswith(start)}
    return wrong | dict.fromkeys(sorted(needed - found.keys()), "missing")


def make_reference(workflow: Workflow) -> None:
    """Make the undisturbed run, and note the digests of all its files.

    Those that Snakemake removes after use are kept until their digests are known.
    """
    known = workflow.work / "reference.json"
    if known.exists():
        return
    say("the undisturbed run")
    start = time.monotonic()
    if workflow.is_locked:
        workflow.finish("--unlock")
    workflow.finish("--notemp", "--rerun-incomplete")
    digests = {name: digest(path) for name, path in results(workflow.folder)}
    workflow.finish("--delete-temp-output")
    needed = [name for name, _ in results(workflow.folder)]
    content = {"targets": workflow.targets, "digests": digests, "needed": needed}
    known.write_text(json.dumps(content, indent=1), "utf-8")
    took = time.monotonic() - start
    say(f"{len(digests)} files in {took:.0f} s, {len(needed)} of them stay")


def known_targets(work: Path, wanted: list[str]) -> tuple[str, ...]:
    """Return what is made: that of the undisturbed run, where there is one already."""
    known = work / "reference.json"
    if not known.exists():
        return tuple(wanted)
    targets = json.loads(known.read_text("utf-8"))["targets"]
    if wanted and wanted != targets:
        raise SystemExit(f"--targets are {wanted}, but those of the undisturbed run {targets}")
    return tuple(targets)


def read_reference(work: Path) -> tuple[dict[str, str], set[str]]:
    """Return the digests of all that an undisturbed run makes, and what is there at its end."""
    content = json.loads((work / "reference.json").read_text("utf-8"))
    return content["digests"], set(content["needed"])


def deal(
    workflow: Workflow, kind: str, seconds: float, drawn: np.random.Generator, options: list[str]
) -> dict[str, str]:
    """Resume the workflow and kill it once, if it does not come to its end before.

    Returns
    -------
    dict
        What was killed, after how many seconds of work, and which jobs were running.
    """
    if workflow.is_locked:
        workflow.finish("--unlock")
    controller = workflow.start("--rerun-incomplete", *options)
    running_jobs(controller)
    start = time.monotonic()
    wait(lambda: controller.poll() is not None, min(seconds, GIVE_UP))
    jobs = running_jobs(controller)
    if not jobs:
        status = controller.wait()
        wait(lambda: not marked(workflow.work))
        return {"killed": "failed" if status else "finished", "seconds": "", "jobs": ""}
    found = {"seconds": f"{time.monotonic() - start:.2f}", "jobs": ",".join(sorted(jobs.values()))}
    if kind == "all":
        kill_all(controller, workflow.work)
    elif kind == "controller":
        # Its jobs go on, and some still write while the workflow is resumed.
        controller.kill()
        controller.wait()
    else:
        victim = sorted(jobs, key=lambda process: process.pid)[drawn.integers(len(jobs))]
        kind = f"job {jobs[victim]}"
        victim.kill()
        if not wait(lambda: controller.poll() is not None):
            raise SystemExit("the workflow hangs after one of its jobs was killed")
    return {"killed": kind, **found}


def running_jobs(controller: psutil.Popen) -> dict[psutil.Process, str]:
    """Wait for jobs, and return them; there are none if the workflow came to its end."""
    jobs: dict[psutil.Process, str] = {}

    def is_over() -> bool:
        jobs.update(jobs_of(controller))
        return bool(jobs) or controller.poll() is not None

    if not wait(is_over):
        raise SystemExit("the workflow hangs")
    return jobs


def one_kill(workflow: Workflow, seed: int, every: float, rows: list[dict[str, str]]) -> None:
    """Deal one kill, hold all files against the reference, and add a row of what was seen."""
    drawn = np.random.default_rng([seed, len(rows)])
    kind = str(drawn.choice([*KINDS], p=[*KINDS.values()]))
    seconds = drawn.exponential(every)
    options = ["--keep-incomplete"] if drawn.random() < KEEP_INCOMPLETE else []
    reference, needed = read_reference(workflow.work)
    found = deal(workflow, kind, seconds, drawn, options)
    is_finished = found["killed"] == "finished"
    wrong = mismatches(workflow.folder, reference, needed=needed if is_finished else set())
    if found["killed"] == "failed":
        wrong["the workflow"] = "failed undisturbed"
    if is_finished and any(workflow.folder.glob("results/**/checkpoints/*")):
        wrong["checkpoints"] = "not removed"
    rows.append(
        {
            "kill": str(dealt(rows) + (found["killed"] not in NO_KILL)),
            "run": str(1 + sum(row["killed"] in NO_KILL for row in rows)),
            **found,
            "keep_incomplete": "yes" if options else "no",
            "whole": str(len(dict(results(workflow.folder)).keys() - wrong.keys())),
            "leftovers": str(leftovers(workflow.folder)),
            "mismatches": "; ".join(f"{name} {why}" for name, why in wrong.items()),
        }
    )
    if wrong:
        kill_marked(workflow.work)
        workflow.folder.rename(workflow.work / f"wrong_{len(rows)}")
    elif is_finished:
        shutil.rmtree(workflow.folder)


def dealt(rows: list[dict[str, str]]) -> int:
    """Return how many kills were dealt."""
    return sum(row["killed"] not in NO_KILL for row in rows)


def summarise(rows: list[dict[str, str]]) -> int:
    """Say what was killed and what came of it; return the exit status."""
    kills = [row for row in rows if row["killed"] not in NO_KILL]
    kinds = Counter(row["killed"].split()[0] for row in kills)
    jobs = Counter(job for row in kills for job in row["jobs"].split(","))
    finished = sum(row["killed"] == "finished" for row in rows)
    wrong = sum(bool(row["mismatches"]) for row in rows)
    say("killed: " + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()))
    say("running at the kills: " + ", ".join(f"{job} {n}" for job, n in jobs.most_common()))
    say(f"{len(kills)} kills, {finished} finished runs, {wrong} times a file that is not whole")
    return 1 if wrong else 0


def main() -> int:
    """Deal all kills; return the exit status."""
    options = arguments()
    work = options.work.resolve()
    prepare(work, options.config, options.reference)
    reference = Workflow(
        work,
        work / "reference",
        work / "config.yaml",
        options.cores,
        known_targets(work, options.targets),
    )
    kill_marked(work)
    make_reference(reference)
    disturbed = dataclasses.replace(reference, folder=work / "run")
    table = work / "kills.tsv"
    rows = read_rows(table)
    start, before = time.monotonic(), dealt(rows)
    # The last run is left to come to its end.
    while dealt(rows) < options.kills or rows[-1]["killed"] not in NO_KILL:
        every = options.every if dealt(rows) < options.kills else math.inf
        one_kill(disturbed, options.seed, every, rows)
        write_rows(rows, table)
        row, done = rows[-1], dealt(rows)
        rate = (time.monotonic() - start) / max(1, done - before)
        say(
            f"{done} of {options.kills} kills, {(options.kills - done) * rate / 60:.0f} min left: "
            f"{row['killed']} {row['jobs']}; {row['whole']} files whole"
            + (f"; wrong: {row['mismatches'][:200]}" if row["mismatches"] else "")
        )
        if row["killed"] == "failed":
            break
    return summarise(rows)


def prepare(work: Path, config: Path, reference: Path | None) -> None:
    """Copy code and configuration, or what an earlier bench used, unless that was done before."""
    work.mkdir(parents=True, exist_ok=True)
    source = reference / "project" if reference else ROOT
    for name in PROJECT:
        copy(source / name, work / "project" / name)
    copy(reference / "config.yaml" if reference else config, work / "config.yaml")
    if reference:
        copy(reference / "reference.json", work / "reference.json")


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder that is not there yet."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        ignore = shutil.ignore_patterns("__pycache__")
        part = target.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        if source.is_dir():
            shutil.copytree(source, part, ignore=ignore)
        else:
            shutil.copy2(source, part)
        part.rename(target)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read what an earlier call did."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def write_rows(rows: list[dict[str, str]], path: Path) -> None:
    """Write what was done, whole or not at all."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    part.rename(path)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    summary, _, story = __doc__.partition("\n")
    parser = argparse.ArgumentParser(
        description=summary, epilog=story, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    tiny = ROOT / "tests" / "workflow" / "tiny.yaml"
    parser.add_argument("--work", type=Path, required=True, help="folder for all that is made")
    parser.add_argument("--kills", type=int, default=100, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="draws moments and victims")
    parser.add_argument("--cores", type=int, default=2, help="cores of the workflow")
    parser.add_argument("--every", type=float, default=7, help="mean seconds of work up to a kill")
    parser.add_argument("--targets", nargs="*", default=[], help="what is made, if not all")
    parser.add_argument("--config", type=Path, default=tiny, help="configuration")
    parser.add_argument("--reference", type=Path, help="folder of a bench with its undisturbed run")
    return parser.parse_args()


def say(text: str) -> None:
    """Print a line."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
