"""What Snakemake wrote down of each output: its rule, inputs, parameters and times."""

import base64
import binascii
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from latentscape.crate.facts import Job
from latentscape.crate.machine import without_places

Record = Mapping[str, Any]


def read_records(folder: Path) -> dict[str, Record]:
    """Return Snakemake's records by the path of the output.

    A record is a JSON file whose name is the output's in base64, cut into folders that begin with
    ``@`` where it is long. What is no such file is left out.

    Parameters
    ----------
    folder : path
        ``.snakemake/metadata``.
    """
    return dict(_read(folder)) if folder.is_dir() else {}


def _read(folder: Path) -> Iterator[tuple[str, Record]]:
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            parts = [part.removeprefix("@") for part in path.relative_to(folder).parts]
            try:
                output = base64.b64decode("".join(parts), altchars=b"-_", validate=True).decode()
                record = json.loads(path.read_text("utf-8"))
            except (binascii.Error, ValueError):
                continue
            if isinstance(record, dict) and not record.get("incomplete"):
                yield output, record


def recorded_jobs(
    records: Mapping[str, Record], place: Callable[[str], str | None], name: Callable[[str], str]
) -> list[Job]:
    """Return the jobs that made files of a folder.

    Parameters
    ----------
    records : mapping
        Records by output.
    place : callable
        Gives the path of a file relative to the folder, or None if it lies elsewhere.
    name : callable
        Gives the identifier of a file that lies elsewhere.

    Returns
    -------
    list of Job
        In the order of their starts. Outputs of one job have its number and inputs in common.
    """
    # Snakemake's number of a job is an address in memory, which another run may use again.
    groups: dict[tuple[str, int, tuple[str, ...]], dict[str, Record]] = defaultdict(dict)
    for output, record in records.items():
        path = place(output)
        if path is not None and record.get("rule") and record.get("endtime"):
            number, read = record.get("job_hash") or hash(output), tuple(record.get("input") or [])
            groups[record["rule"], number, read][path] = record
    jobs = []
    for (rule, _, read), outputs in groups.items():
        one = next(iter(outputs.values()))
        inputs = [place(file) or name(file) for file in read]
        end = max(record["endtime"] for record in outputs.values())
        start = min(record.get("starttime") or end for record in outputs.values())
        jobs.append(
            Job(
                rule=rule,
                inputs=tuple(inputs),
                outputs=tuple(sorted(outputs)),
                parameters=tuple(without_places(str(value)) for value in one.get("params") or []),
                start=min(start, end),
                end=end,
            )
        )
    return sorted(jobs, key=lambda job: (job.start, job.outputs))
