"""The command ``python -m latentscape verify``: the results against the record of the run."""

import argparse
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import TextIO

from latentscape.crate.listing import SUMS
from latentscape.crate.verify import Difference, Verdict, verify
from latentscape.errors import InputError

AS_RECORDED, DIFFERENT, NO_RECORD = 0, 1, 2
_SHOWN = 20
_MEANINGS = {
    "changed": "its content is not that of the run",
    "contradictory": f"{SUMS} and the metadata name different hashes",
    "extra": "no run listed it",
    "missing": "it is listed, but not there",
    "unreadable": "it could not be read",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.description = (
        "Hash every file again and compare with what the run recorded. "
        "Exit status: 0 all as recorded, 1 something differs, 2 no record to compare with."
    )
    parser.add_argument(
        "results",
        type=Path,
        nargs="?",
        default="results",
        help="folder that holds ro-crate-metadata.json",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="write the answer as JSON")
    form.add_argument("--tsv", action="store_true", help="write the differences as a table")
    parser.add_argument(
        "--allow-extra", action="store_true", help="files that no run listed are no difference"
    )


def run(options: argparse.Namespace, out: TextIO, progress: TextIO) -> int:
    """Verify a folder, write the answer and return the exit status.

    Parameters
    ----------
    options : Namespace
        What :func:`add_arguments` declares.
    out, progress : file
        Where the answer goes, and where progress and errors go.
    """
    logger = logging.getLogger("latentscape")
    handler = logging.StreamHandler(progress)
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        verdict = verify(options.results)
    except InputError as error:
        progress.write(f"error: {error}\n")
        return NO_RECORD
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    if options.allow_extra:
        kept = tuple(found for found in verdict.differences if found.kind != "extra")
        verdict = Verdict(kept, verdict.files, verdict.size, verdict.digest)
    write = _as_json if options.json else _as_tsv if options.tsv else _as_text
    out.writelines(f"{line}\n" for line in write(options.results, verdict))
    return DIFFERENT if verdict.differences else AS_RECORDED


def _as_text(root: Path, verdict: Verdict) -> Iterator[str]:
    for kind, count in verdict.counts.items():
        paths = [found.path for found in verdict.differences if found.kind == kind]
        yield f"{kind}: {count} ({_MEANINGS[kind]})"
        yield from (f"  {_shown(path)}" for path in paths[:_SHOWN])
        if count > _SHOWN:
            yield f"  … and {count - _SHOWN} more; --tsv lists all"
    amount = f"{verdict.files:,} files, {verdict.size / 1e6:,.1f} MB"
    if verdict.differences:
        yield f"{root} differs from its record in {len(verdict.differences)} places; read {amount}."
    else:
        yield f"{root} is as recorded: {amount}."
    if verdict.digest:
        yield f"SHA-256 of {SUMS}: {verdict.digest}"


def _as_json(root: Path, verdict: Verdict) -> Iterator[str]:
    content = {
        "folder": str(root),
        "as_recorded": not verdict.differences,
        "files": verdict.files,
        "bytes": verdict.size,
        "sha256_of_list": verdict.digest,
        "counts": verdict.counts,
        "differences": [asdict(found) for found in verdict.differences],
    }
    yield json.dumps(content, indent=2)


def _as_tsv(_root: Path, verdict: Verdict) -> Iterator[str]:
    names = [field.name for field in fields(Difference)]
    yield "\t".join(names)
    for found in verdict.differences:
        yield "\t".join(_shown(getattr(found, name)) for name in names)


def _shown(text: str) -> str:
    """Return a text without what would break a line, a column or the terminal."""
    return text.encode("unicode_escape").decode() if not text.isprintable() else text


def main(options: argparse.Namespace) -> int:
    """Run the command on the terminal."""
    return run(options, sys.stdout, sys.stderr)
