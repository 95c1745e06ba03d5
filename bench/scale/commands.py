"""The commands of the bench."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bench.scale.copies import gather
from bench.scale.figure import draw_scale
from bench.scale.files import make_file
from bench.scale.planning import plan
from bench.scale.runs import Limit, Point, RunError, prove_limit, run_point
from latentscape.figures.style import save

FLOATS = "%.6g"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; end with status 1 if a run of the workflow fails."""
    options = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    try:
        options.command(options)
    except RunError as error:
        sys.exit(f"error: {error}")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    root = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    commands = root.add_subparsers(required=True)

    make = commands.add_parser("make", help="write a raw file of a given size")
    make.add_argument("file", type=Path)
    make.add_argument("--gb", type=float, default=6.0, help="size on disk [GB]")
    make.add_argument("--distinct", type=int, default=200, help="simulated events, used in turn")
    make.add_argument("--seed", type=int, default=1)
    make.add_argument("--layout", choices=("flat", "channel-mapped"), default="flat")
    make.set_defaults(command=make_command)

    run = commands.add_parser("run", help="run the workflow on it, each job within a limit")
    run.add_argument("file", type=Path)
    run.add_argument(
        "--points",
        type=Point.parse,
        nargs="+",
        default=[Point(2, 16)],
        metavar="CORES:SHARDS",
        help="the runs, one after the other",
    )
    run.add_argument(
        "--gather-mb",
        type=int,
        help="also run what gathers all shards, within this limit [MB]: it grows with the tracks",
    )
    add_limit(run)
    run.add_argument("--work", type=Path, required=True, help="folder of the runs, emptied before")
    run.add_argument("--table", type=Path, required=True, help="TSV to write; lines are added")
    run.set_defaults(command=run_command)

    gathers = commands.add_parser("gather", help="run what gathers all shards, on copies of a run")
    gathers.add_argument("file", type=Path, help="raw file of the run")
    gathers.add_argument("run", type=Path, help="folder of the finished run")
    gathers.add_argument("--shards", type=int, required=True, help="shards of the run")
    gathers.add_argument("--copies", type=int, nargs="+", default=[4, 12])
    add_limit(gathers)
    gathers.add_argument("--work", type=Path, required=True, help="folder of the copies, emptied")
    gathers.add_argument("--table", type=Path, required=True, help="TSV to write; lines are added")
    gathers.set_defaults(command=gather_command)

    plans = commands.add_parser("plan", help="time what Snakemake needs before the first job")
    plans.add_argument("--shards", type=int, nargs="+", default=[100, 300, 1000, 3000])
    plans.add_argument("--files", type=int, help="by default one for each shard")
    plans.add_argument("--work", type=Path, required=True, help="folder of the plans, emptied")
    plans.add_argument("--table", type=Path, required=True, help="TSV to write; lines are added")
    plans.set_defaults(command=plan_command)

    draw = commands.add_parser("draw", help="draw what the tables of run and plan hold")
    draw.add_argument("figure", type=Path, help="PNG or PDF")
    draw.add_argument("--runs", type=Path, required=True, help="table of run")
    draw.add_argument("--plans", type=Path, required=True, help="table of plan")
    draw.add_argument("--memory-mb", type=int, default=1000, help="limit of each job [MB]")
    draw.set_defaults(command=draw_command)
    return root


def add_limit(command: argparse.ArgumentParser) -> None:
    """Add the options that limit each job."""
    command.add_argument("--memory-mb", type=int, default=1000, help="limit of each job [MB]")
    command.add_argument(
        "--limit",
        choices=("cgroup", "data"),
        default="cgroup",
        help="cgroup: resident memory and page cache, by the kernel's memory controller (needs "
        "root); data: writable private memory, touched or not, by RLIMIT_DATA",
    )


def make_command(options: argparse.Namespace) -> None:
    """Write the file, and say how large it is."""
    made = make_file(
        options.file,
        gb=options.gb,
        distinct=options.distinct,
        seed=options.seed,
        layout=options.layout,
    )
    say(
        f"{made['events']:,} events: {made['gb']:.3f} GB on disk, {made['raw_gb']:.3f} GB "
        f"uncompressed, written in {made['seconds']:.0f} s"
    )


def run_command(options: argparse.Namespace) -> None:
    """Run every point, and add its lines to the table."""
    limit = Limit(options.memory_mb, options.limit)
    prove_limit(limit, options.work)
    say(f"a process that takes {1.5 * limit.megabytes:.0f} MB is stopped, as it should be")
    for point in options.points:
        folder = options.work / "run"
        table = run_point(options.file, point, limit, folder, gather_mb=options.gather_mb)
        append(table, options.table)
        say(table.to_string(index=False, float_format=lambda value: f"{value:.4g}"))


def gather_command(options: argparse.Namespace) -> None:
    """Gather every number of copies, and add the lines to the table."""
    limit = Limit(options.memory_mb, options.limit)
    for copies in options.copies:
        folder = options.work / "copies"
        table = gather(
            options.file, options.run, folder, limit, shards=options.shards, copies=copies
        )
        append(table, options.table)
        say(table.to_string(index=False, float_format=lambda value: f"{value:.4g}"))


def plan_command(options: argparse.Namespace) -> None:
    """Plan the workflow for every number of shards, and add a line to the table."""
    for shards in options.shards:
        table = plan(options.files or shards, shards, options.work / "plan")
        append(table, options.table)
        say(table.to_string(index=False, float_format=lambda value: f"{value:.4g}"))


def draw_command(options: argparse.Namespace) -> None:
    """Draw the figure."""
    runs, plans = (pd.read_csv(path, sep="\t") for path in (options.runs, options.plans))
    save(draw_scale(runs, plans, limit_mb=options.memory_mb), [options.figure])


def append(table: pd.DataFrame, path: Path) -> None:
    """Add lines to a TSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    table.to_csv(path, sep="\t", index=False, mode="a", header=new, float_format=FLOATS)


def say(text: str) -> None:
    """Print a line."""
    print(text, flush=True)  # noqa: T201
