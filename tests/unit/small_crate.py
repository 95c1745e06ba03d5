"""A folder of results as a run leaves it, small."""

import base64
import json
from pathlib import Path
from typing import Any

from latentscape.crate.facts import Crate, Rule, Run
from latentscape.crate.machine import Code
from latentscape.crate.record import write_crate
from latentscape.crate.records import read_records

START = 1_700_000_000.0
WORKFLOW = {
    "provenance/Snakefile": b"rule all: ...\n",
    "provenance/workflow/scripts/make.py": b"# make\n",
    "provenance/envs/root.yaml": b"dependencies: [python]\n",
}
CRATE = Crate("A workflow", "What it made", "BSD-3-Clause", "1.2.3")
RULES = {
    "make": Rule(0, "Making it", "provenance/workflow/scripts/make.py", "provenance/envs/root.yaml")
}


def a_run(start: float = START, **changes: Any) -> Run:
    """Return a run of a minute."""
    facts = {
        "name": f"run{start:.0f}",
        "start": start,
        "end": start + 60,
        "command": "snakemake --cores 1",
        "engine": "9.27.1",
        "executor": "local",
        "deployment": "conda",
        "code": Code("1.2.3", "c0de" * 16),
        "machine": {"processor": "A processor", "cores": "2"},
    }
    return Run(**{**facts, **changes})


def write_results(results: Path, files: dict[str, bytes]) -> None:
    """Write files below a folder."""
    for path, content in files.items():
        (results / path).parent.mkdir(parents=True, exist_ok=True)
        (results / path).write_bytes(content)


def note_job(
    project: Path,
    outputs: list[str],
    inputs: list[str],
    *,
    start: float,
    rule: str = "make",
    number: int = 0,
) -> None:
    """Write down a job as Snakemake does: a record per output, with the number of the job."""
    for output in outputs:
        record = {
            "rule": rule,
            "input": inputs,
            "params": ["'5db7'", "{'size': 48}"],
            "job_hash": number or hash((rule, *outputs, start)),
            "starttime": start,
            "endtime": start + 5,
            "incomplete": False,
        }
        name = base64.urlsafe_b64encode(output.encode()).decode()
        parts = [name[i : i + 100] for i in range(0, len(name), 100)]
        path = project.joinpath(".snakemake", "metadata", *(f"@{p}" for p in parts[:-1]), parts[-1])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record), "utf-8")


def start_project(project: Path) -> None:
    """Make a project after its first run: a raw input, two jobs, a folder and a README.

    The project must be the working folder.
    """
    files = {
        "data/raw.root": b"raw",
        "results/README.md": b"# Results\n",
        "results/a.parquet": b"a",
        "results/page/index.html": b"<p>",
        "results/page/x.js": b"1",
        "results/logs/make.log": b"",
    }
    write_results(project, files)
    raw, page = str(project / "data" / "raw.root"), ["results/page"]
    note_job(project, ["results/a.parquet", "results/gone.root"], [raw], start=START + 1)
    note_job(project, page, ["results/a.parquet"], start=START + 10, rule="draw")
    describe(project, a_run())


def describe(project: Path, run: Run) -> list[dict[str, Any]]:
    """Write the crate of a project's results and return its entities."""
    results = project / "results"
    kept = {
        **WORKFLOW,
        run.archive: b"zip",
        f"{run.folder}/config.yaml": b"seed: 1\n",
        f"{run.folder}/validated.json": b'{"seed": 1}\n',
    }
    records = read_records(project / ".snakemake" / "metadata")
    write_crate(results, run, CRATE, records=records, rules=RULES, kept=kept)
    graph: list[dict[str, Any]] = json.loads((results / "ro-crate-metadata.json").read_text())[
        "@graph"
    ]
    return graph
