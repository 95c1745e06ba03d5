"""What is known of a run, of its jobs and of the files beside them."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from latentscape.crate.machine import Code


@dataclass(frozen=True)
class Job:
    """One job that made files.

    Parameters
    ----------
    rule : str
        Name of its rule.
    inputs : tuple of str
        Paths relative to the folder of results, and identifiers of files outside of it.
    outputs : tuple of str
        Files and folders, relative to the folder of results.
    parameters : tuple of str
        Settings, as Snakemake wrote them down.
    start, end : float
        Seconds since 1970.
    run : str
        Name of its run; empty if no run recorded it.
    """

    rule: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    parameters: tuple[str, ...]
    start: float
    end: float
    run: str = ""

    @property
    def identifier(self) -> str:
        """Return a name that another job never has."""
        said = "\n".join([self.rule, *self.outputs, repr(self.start)])
        return (
            f"#job/{self.rule}/{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:12]}"
        )

    def of_run(self, run: str) -> "Job":
        """Return this job as one of a run."""
        return replace(self, run=run)

    @classmethod
    def from_plain(cls, content: Mapping[str, Any]) -> "Job":
        """Return the job that :func:`dataclasses.asdict` wrote."""
        lists = {name: tuple(content[name]) for name in ("inputs", "outputs", "parameters")}
        return cls(**{**content, **lists})


@dataclass(frozen=True)
class OutsideFile:
    """A file that jobs read from outside the folder of results; its folder is not told."""

    name: str
    size: int
    modified: str
    sha256: str

    @property
    def identifier(self) -> str:
        """Return a name that another content never has."""
        return f"#input/{self.sha256[:12]}/{self.name}"


@dataclass(frozen=True)
class Run:
    """One call of Snakemake that ended with success.

    Parameters
    ----------
    name : str
        Its start, as letters and digits.
    start, end : float
        Seconds since 1970.
    command : str
        The command line.
    engine : str
        Version of Snakemake.
    executor : str
        How jobs were started (``local``, ``slurm``).
    deployment : str
        Where the software of the jobs came from.
    code : Code
        The code that ran.
    machine : mapping
        The computer that Snakemake ran on.
    agent : mapping
        Name, kind and identifier of who ran it; empty if not told.
    """

    name: str
    start: float
    end: float
    command: str
    engine: str
    executor: str
    deployment: str
    code: Code
    machine: Mapping[str, str]
    agent: Mapping[str, str] = field(default_factory=dict)

    @property
    def archive(self) -> str:
        """Return the path of the code that ran."""
        return f"provenance/code/{self.code.digest[:12]}.zip"

    @property
    def folder(self) -> str:
        """Return the path of what else is kept of the run."""
        return f"provenance/runs/{self.name}"

    def to_plain(self) -> dict[str, Any]:
        """Return the run as JSON can hold it."""
        return {**asdict(self), "machine": dict(self.machine), "agent": dict(self.agent)}

    @classmethod
    def from_plain(cls, content: Mapping[str, Any]) -> "Run":
        """Return the run that :meth:`to_plain` wrote."""
        return cls(**{**content, "code": Code(**content["code"])})


@dataclass(frozen=True)
class Rule:
    """A rule of the workflow: its place among the rules, what it says, its script and software.

    ``script`` and ``environment`` are paths relative to the folder of results, or empty.
    """

    position: int
    words: str = ""
    script: str = ""
    environment: str = ""


@dataclass(frozen=True)
class Crate:
    """The terms of the whole: title, words, licence (SPDX) and version of the workflow."""

    title: str
    words: str
    license: str
    version: str
