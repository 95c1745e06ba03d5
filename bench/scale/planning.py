"""What Snakemake itself needs before the first job: time and memory against shards and files."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pandas as pd

from bench.scale.runs import GATHERED, RunError, configuration, snakemake, targets

COLUMNS = ("files", "shards", "jobs", "seconds", "ms_per_job", "peak_mb")


def plan(files: int, shards: int, folder: Path) -> pd.DataFrame:
    """Let Snakemake plan all jobs of the shards of some files, and run none of them.

    Parameters
    ----------
    files, shards : int
        How many files the sample has, and in how many shards. The files hold one byte: the plan
        depends on their names and sizes alone.
    folder : path
        Emptied before.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "raw").mkdir(parents=True)
    for number in range(files):
        (folder / "raw" / f"{number:06d}.root").write_bytes(b"r")
    config = configuration([str(folder.resolve() / "raw" / "*.root")], shards)
    # What gathers the shards needs all of them.
    wanted = targets(GATHERED, shards)
    command = snakemake(folder, config, "--cores", "1", "--dry-run", "--quiet", "rules", "--")
    with open(folder / "log.txt", "w", encoding="utf-8") as log:
        start = time.monotonic()
        process = subprocess.Popen([*command, *wanted], stdout=log, stderr=log)  # noqa: S603
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
    text = (folder / "log.txt").read_text("utf-8")
    if status:
        raise RunError(text[-3000:])
    jobs = int(next(line for line in text.splitlines() if line.startswith("total")).split()[1])
    line = (files, shards, jobs, seconds, 1000 * seconds / jobs, usage.ru_maxrss * 1024 / 1e6)
    return pd.DataFrame([line], columns=list(COLUMNS))
