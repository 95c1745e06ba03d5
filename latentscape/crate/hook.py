"""What Snakemake knows at the end of a run, as plain facts for the crate."""

import json
import os
import shlex
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from latentscape import __version__
from latentscape.crate.facts import Crate, Rule, Run
from latentscape.crate.machine import (
    Code,
    code_files,
    conda_packages,
    describe_code,
    describe_machine,
    installed_versions,
    pack_code,
    without_places,
)
from latentscape.crate.record import KEPT, placed_in, write_crate
from latentscape.crate.records import read_records
from latentscape.crate.settings import Provenance
from latentscape.errors import InputError
from latentscape.yaml_files import read_yaml

TITLE = "latentscape: unsupervised learning on particle-detector data"


def record_run(
    workflow: Any,
    *,
    given: Mapping[str, Any],
    validated: Mapping[str, Any],
    provenance: Provenance,
    code: Path,
    results: Path,
) -> None:
    """Write the crate of a run that just ended with success.

    Nothing is written if no job has really run: with ``--touch``, or with ``--immediate-submit``,
    which ends before the jobs do.

    Parameters
    ----------
    workflow : object
        Snakemake's workflow.
    given, validated : mapping
        The configuration as Snakemake merged it, and with every default.
    provenance : Provenance
        What the user says of the run.
    code : path
        Folder of the workflow.
    results : path
        Folder of results.

    Raises
    ------
    InputError
        If it could not be written.
    """
    if (
        workflow.touch
        or workflow.remote_execution_settings.immediate_submit
        or not results.is_dir()
    ):
        return
    try:
        run = _run(workflow, provenance, describe_code(code, __version__))
        own = {**dict(_configuration(workflow, given, validated)), **dict(_software(workflow))}
        read = _workflow_files(code)
        kept = {
            **read,
            **{f"{run.folder}/{name}": content for name, content in own.items()},
            run.archive: pack_code(code),
        }
        crate = Crate(TITLE, _words(run), provenance.license or _license(code), __version__)
        rules = dict(_rules(workflow, code, read))
        records = read_records(Path(workflow.persistence.path) / "metadata")
        write_crate(results, run, crate, records=records, rules=rules, kept=kept)
    except (OSError, InputError) as error:
        raise InputError(
            f"the results are complete, but their record could not be written: {error} "
            "Mend that and run Snakemake again with --force all: no job that is up to date is "
            "repeated."
        ) from error


def _run(workflow: Any, provenance: Provenance, code: Code) -> Run:
    start = workflow.start_time.timestamp()
    methods = sorted(str(method.value) for method in workflow.deployment_settings.deployment_method)
    agent = provenance.agent.model_dump(exclude_none=True) if provenance.agent else {}
    return Run(
        name=time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(start)),
        start=start,
        end=time.time(),
        command=readable_command(sys.argv),
        engine=version("snakemake"),
        executor=workflow.executor_plugin.name,
        deployment=" and ".join(methods) or "the Python that ran Snakemake",
        code=code,
        machine=describe_machine(provenance.host_name),
        agent=agent,
    )


def readable_command(arguments: Sequence[str]) -> str:
    """Return a command line without the places of programs and without the user's folder."""
    program = Path(arguments[0])
    # `python -m snakemake` runs the package's __main__.py.
    name = program.parent.name if program.name == "__main__.py" else program.name
    return without_places(shlex.join([name, *arguments[1:]]))


def _words(run: Run) -> str:
    return (
        "Results of a Snakemake workflow, with the jobs that made them, the configuration, the "
        f"code and the software. Last run: {run.command}"
    )


def _license(code: Path) -> str:
    """Return the SPDX name of the licence of the workflow."""
    return str(read_yaml(code / "CITATION.cff")["license"])


def _rules(workflow: Any, code: Path, kept: Collection[str]) -> Iterator[tuple[str, Rule]]:
    for position, rule in enumerate(workflow.rules):
        named = (_beside(rule, path, code) for path in (rule.script, rule.conda_env))
        # A rule of the user may have a script that lies among the code and is none of the kept.
        script, environment = (path if path in kept else "" for path in named)
        words = " ".join((rule.message or rule.docstring or "").split())
        yield rule.name, Rule(position, words, script, environment)


def _beside(rule: Any, path: Any, code: Path) -> str:
    """Return where a file that a rule names would be kept, if it lies among the code."""
    if not isinstance(path, str):
        return ""
    whole = os.path.normpath(Path(rule.basedir.get_path_or_uri(secret_free=True), path))
    inside = placed_in(code)(whole)
    return f"{KEPT}{inside}" if inside else ""


def _workflow_files(code: Path) -> dict[str, bytes]:
    """Return the workflow as it reads: the Snakefile, rules, scripts and conda files."""
    shown = ("Snakefile", "workflow/rules/", "workflow/scripts/", "envs/")
    names = {path.relative_to(code).as_posix(): path for path in code_files(code)}
    return {f"{KEPT}{n}": path.read_bytes() for n, path in names.items() if n.startswith(shown)}


def _configuration(
    workflow: Any, given: Mapping[str, Any], validated: Mapping[str, Any]
) -> Iterator[tuple[str, bytes]]:
    named = [Path(path) for path in workflow.overwrite_configfiles or workflow.configfiles]
    files = [path for path in named if path.is_file()]
    for number, path in enumerate(files):
        yield f"config-{number}.yaml" if number else "config.yaml", path.read_bytes()
    if not files:
        yield "config.yaml", yaml.safe_dump(dict(given), sort_keys=False).encode()
    yield "validated.json", (json.dumps(validated, indent=2, sort_keys=True) + "\n").encode()


def _software(workflow: Any) -> Iterator[tuple[str, bytes]]:
    yield "python.txt", "".join(f"{line}\n" for line in installed_versions()).encode()
    methods = {str(method.value) for method in workflow.deployment_settings.deployment_method}
    if "conda" not in methods:
        return
    for environment in workflow.dag.conda_envs.values():
        packages = conda_packages(Path(environment.address))
        name = Path(str(environment.file.get_path_or_uri(secret_free=True))).stem
        yield f"conda-{name}.txt", "".join(f"{line}\n" for line in packages).encode()
