"""The workflow on a file, each job within a memory limit, and what the jobs used."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import uproot
import yaml

from bench.scale.files import ROOT, SPECIES, TREE
from bench.scale.limited import FIELDS

SAMPLE, MODEL = "beam", "reference"
# What every shard is made into, and what gathers the shards. Whatever these need is made too.
OF_SHARDS = (
    "results/lartpc/images/{sample}/{shard}.safetensors",
    "results/lartpc/features/{sample}/{shard}.parquet",
    "results/lartpc/track_calorimetry/{sample}/{shard}.parquet",
)
GATHERED = (
    "results/lartpc/tables/cut_flow.tsv",
    "results/lartpc/tables/feature_gaps.tsv",
    "results/lartpc/own_pid/collection/{sample}.parquet",
    "results/lartpc/latents/{model}/0.parquet",
    "results/lartpc/tables/correlations_{model}.tsv",
)
STAGES = {"shard": OF_SHARDS, "gather": GATHERED}
EVERY_RULE = "all"
COLUMNS = (
    *("file_gb", "events", "cores", "shards", "stage", "rule", "jobs"),
    *("wall_s", "job_s", "cpu_s", "events_per_s", "peak_mb", "charged_mb", "killed"),
)


@dataclass(frozen=True)
class Point:
    """One run: how many cores, and in how many shards."""

    cores: int
    shards: int

    @classmethod
    def parse(cls, text: str) -> "Point":
        """Read ``CORES:SHARDS``."""
        cores, _, shards = text.partition(":")
        return cls(int(cores), int(shards))


@dataclass(frozen=True)
class Limit:
    """How much memory a job may have, and what enforces it (``cgroup`` or ``data``)."""

    megabytes: int
    kind: str


class RunError(RuntimeError):
    """A run of the workflow failed, or its limit does not hold."""


def configuration(files: Sequence[str], shards: int | None) -> dict[str, Any]:
    """Return the configuration of a sample of these files, with a model of one epoch."""
    sample = {"species": SPECIES, "files": list(files), "tree": TREE}
    return {
        "seed": 1,
        "seeds": 1,
        "detector": "lariat",
        "samples": {SAMPLE: sample if shards is None else {**sample, "shards": shards}},
        "models": {MODEL: {"trained_on": [SAMPLE], "training": {"epochs": 1}}},
    }


def targets(patterns: Sequence[str], shards: int) -> list[str]:
    """Return the files of some patterns, for every shard where they have one."""
    names = [f"{number:03d}" for number in range(shards)]
    return [
        pattern.format(sample=SAMPLE, model=MODEL, shard=name)
        for pattern in patterns
        for name in (names if "{shard}" in pattern else names[:1])
    ]


def snakemake(folder: Path, config: Mapping[str, Any], *arguments: str) -> list[str]:
    """Write the configuration into the folder, and return the command that runs it there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(yaml.safe_dump(dict(config)), "utf-8")
    return [
        *(sys.executable, "-m", "snakemake"),
        *("--snakefile", str(ROOT / "Snakefile")),
        *("--directory", str(folder)),
        *("--configfile", str(folder / "config.yaml")),
        *("--workflow-profile", str(ROOT / "workflow" / "profiles" / "default")),
        *arguments,
    ]


def limiting(limit: Limit, folder: Path, record: Path) -> dict[str, str]:
    """Return an environment in which every command that bash runs is limited and recorded.

    Snakemake runs each job by ``bash -c``, and bash reads the file ``BASH_ENV`` before.
    """
    limited = Path(__file__).with_name("limited.py")
    words = [sys.executable, "-I", "-S", limited, limit.kind, limit.megabytes, record.resolve()]
    command = shlex.join(map(str, words))
    start = folder.resolve() / "limited.sh"
    start.write_text(
        'if [ -z "${LATENTSCAPE_LIMITED:-}" ] && [ -n "${BASH_EXECUTION_STRING:-}" ]; then\n'
        f'  LATENTSCAPE_LIMITED=1 exec {command} "$BASH_EXECUTION_STRING"\nfi\n',
        "utf-8",
    )
    return {**os.environ, "BASH_ENV": str(start)}


def prove_limit(limit: Limit, folder: Path) -> None:
    """Start a process that takes half as much again as it may, and see that it fails.

    Raises
    ------
    RunError
        If it does not fail.
    """
    folder.mkdir(parents=True, exist_ok=True)
    environment = limiting(limit, folder, folder / "proof.tsv")
    greedy = f"{sys.executable} -c 'print(len(bytearray({limit.megabytes} * 1_500_000)))'"
    result = _run(["bash", "-c", greedy], environment)
    if result.returncode == 0 or result.stdout:
        raise RunError(f"the limit of {limit.megabytes} MB does not hold: {result.stdout}")


def run_point(
    file: Path, point: Point, limit: Limit, folder: Path, *, gather_mb: int | None
) -> pd.DataFrame:
    """Run all shards in a new folder, then what gathers them, and return a line per rule.

    Raises
    ------
    RunError
        If a job fails, for instance because it needs more memory than it may have.
    """
    shutil.rmtree(folder, ignore_errors=True)
    parts = [_run_stage("shard", file, point, limit, folder)]
    if gather_mb is not None:
        parts.append(_run_stage("gather", file, point, Limit(gather_mb, limit.kind), folder))
    events, size = count(file), file.stat().st_size / 1e9
    table = pd.concat(parts, ignore_index=True)
    table = table.assign(file_gb=round(size, 3), events=events, **vars(point))
    table["events_per_s"] = events / table["wall_s"].fillna(table["job_s"])
    return table[list(COLUMNS)]


def run_gathering(file: Path, folder: Path, limit: Limit, *, shards: int) -> pd.DataFrame:
    """Run what gathers the shards that lie in a folder, and return a line per rule."""
    return _run_stage("gather", file, Point(1, shards), limit, folder)


def _run_stage(stage: str, file: Path, point: Point, limit: Limit, folder: Path) -> pd.DataFrame:
    record = folder / f"{stage}.tsv"
    config = configuration([str(file.resolve())], point.shards)
    wanted = targets(STAGES[stage], point.shards)
    command = snakemake(folder, config, "--cores", str(point.cores), *wanted)
    start = time.monotonic()
    result = _run(command, limiting(limit, folder, record))
    if result.returncode:
        raise RunError(f"{point.cores} cores, {point.shards} shards: {result.stderr[-3000:]}")
    return summarise(record, time.monotonic() - start).assign(stage=stage)


def _run(
    command: Sequence[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - commands of the bench itself
        command, env=environment, capture_output=True, text=True, check=False
    )


def summarise(record: Path, wall: float) -> pd.DataFrame:
    """Return a line for all jobs, with the time on the clock, and one per rule.

    Parameters
    ----------
    record : path
        What :mod:`bench.scale.limited` wrote, a line per job.
    wall : float
        Seconds from Snakemake's start to its end.
    """
    jobs = pd.read_csv(record, sep="\t", names=FIELDS)
    columns = {
        "jobs": ("rule", "size"),
        "job_s": ("seconds", "sum"),
        "cpu_s": ("cpu_s", "sum"),
        "peak_mb": ("peak_mb", "max"),
        "charged_mb": ("charged_mb", "max"),
        "killed": ("killed", "sum"),
    }
    rules = jobs.groupby("rule", sort=False).agg(**columns).reset_index()
    every = jobs.assign(rule=EVERY_RULE).groupby("rule").agg(**columns).reset_index()
    return pd.concat([every.assign(wall_s=wall), rules.assign(wall_s=float("nan"))])


def count(file: Path) -> int:
    """Return the number of events in a file."""
    with uproot.open(file) as opened:
        return int(opened[TREE].num_entries)
