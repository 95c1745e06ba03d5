"""Damage files of every format, read them, and count what comes of it.

Each damaged file is read in a process with limits of time and memory. It must give an error that
names the file, or the result of the undamaged file; another result is allowed only where the format
has no checksums, and is refused there once the file's checksum is given.
"""

import argparse
import logging
import os
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pandas as pd

from bench.fuzz.formats import FORMATS, real_formats
from bench.fuzz.mutations import mutate
from bench.fuzz.trials import ALLOWED, MEANINGS, Outcome, Prepared, Worker, prepare
from latentscape.progress import progress

logger = logging.getLogger("latentscape")
Counts = Counter[tuple[str, str, Outcome]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return 1 if a damaged file did what it must not do."""
    options = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    formats = {**FORMATS, **(real_formats(options.data) if options.data else {})}
    unknown = [name for name in options.reader or () if name not in formats]
    if unknown:
        logger.error("no reader %r; readers: %s", unknown[0], ", ".join(formats))
        return 2
    # Each thread of a library would reserve 64 MB of addresses, which count as memory here.
    os.environ["MALLOC_ARENA_MAX"] = "2"
    with tempfile.TemporaryDirectory() as folder:
        prepared = {
            name: prepare(formats[name], Path(folder) / "valid" / name)
            for name in options.reader or formats
        }
        counts = run(prepared, Path(folder), options)
    table = tabulate(counts)
    if options.table:
        table.to_csv(options.table, sep="\t", index=False)
    failed = sum(number for (_, _, outcome), number in counts.items() if outcome not in ALLOWED)
    for outcome, meaning in MEANINGS.items():
        number = sum(n for (_, _, found), n in counts.items() if found == outcome)
        logger.info("%8d %-10s %s", number, outcome, meaning)
    by_reader = table.drop(columns="mutation").groupby("reader", sort=False).sum()
    sys.stdout.write(by_reader.to_string() + "\n")
    return 1 if failed else 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    made.add_argument("--mutants", type=int, default=10_000, help="damaged files in all")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--jobs", type=int, default=1, help="processes that read")
    made.add_argument("--reader", nargs="+", metavar="NAME", help=f"only {', '.join(FORMATS)}")
    made.add_argument("--data", type=Path, help="folder of real files, to damage them too")
    made.add_argument("--keep", type=Path, help="folder for damaged files that did harm")
    made.add_argument("--table", type=Path, help="TSV file for the counts")
    made.add_argument("--seconds", type=float, default=20.0, help="processor time of a file [s]")
    made.add_argument("--memory", type=int, default=1024, help="memory limit of a file [MiB]")
    return made


def run(prepared: Mapping[str, Prepared], folder: Path, options: argparse.Namespace) -> Counts:
    """Make the damaged files one by one, in turn over the readers, and count what comes of them."""
    names = list(prepared)
    free: SimpleQueue[Worker] = SimpleQueue()
    limits = {"seconds": options.seconds, "memory": options.memory * 2**20}
    workers = [Worker(prepared, folder / f"{n}", **limits) for n in range(options.jobs)]
    for worker in workers:
        free.put(worker)

    def attempt(number: int) -> tuple[str, str, Outcome]:
        name = names[number % len(names)]
        valid = prepared[name]
        rng = np.random.default_rng([options.seed, zlib.crc32(name.encode()), number])
        mutation, mutant = mutate(valid.content, valid.other, rng, valid.format.structured)
        worker = free.get()
        outcome, message = worker.judge(name, mutant)
        free.put(worker)
        if outcome not in ALLOWED:
            logger.error("%s, mutant %d, %s: %s: %s", name, number, mutation, outcome, message)
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                kept = f"{name}.{options.seed}.{number}.{mutation}.{outcome}"
                (options.keep / kept).write_bytes(mutant)
        return name, mutation, outcome

    with ThreadPoolExecutor(options.jobs) as pool:
        results = pool.map(attempt, range(options.mutants))
        counts = Counter(progress(results, options.mutants, unit="mutants"))
    for worker in workers:
        worker.stop()
    return counts


def tabulate(counts: Counts) -> pd.DataFrame:
    """Return a row per reader and mutation, a column per outcome."""
    rows: dict[tuple[str, str], dict[str, int]] = {}
    for (name, mutation, outcome), number in sorted(counts.items()):
        row = rows.setdefault((name, mutation), dict.fromkeys(Outcome, 0))
        row[outcome] += number
    return pd.DataFrame(
        [
            {"reader": name, "mutation": mutation, "mutants": sum(row.values()), **row}
            for (name, mutation), row in rows.items()
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
