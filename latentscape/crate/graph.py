"""The description of a crate: a list of entities in the words of schema.org.

The terms are those of the profile Provenance Run Crate: a run and each job are a ``CreateAction``,
each script is a tool, each rule a step of the workflow.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from latentscape.crate.facts import Crate, Job, OutsideFile, Rule, Run
from latentscape.crate.listing import METADATA, ListedFile, in_words
from latentscape.crate.media import encoding, formats

Entity = dict[str, Any]
CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"},
]
WORKFLOW = "provenance/Snakefile"
_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
_WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
_COMPUTATIONAL_WORKFLOW = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
_LANGUAGE = "https://w3id.org/workflowhub/workflow-ro-crate#snakemake"
_CONFIGURATION = "#parameter/configuration"
_DONE = "http://schema.org/CompletedActionStatus"


class Description:
    """Collects the entities of a crate.

    Parameters
    ----------
    crate : Crate
        Terms of the whole.
    files : mapping
        Every file by its path.
    runs, jobs : list
        What happened, in the order of time.
    rules : mapping
        Rules by name.
    outside : mapping
        Files that jobs read from elsewhere, by identifier.
    folders : iterable of str
        Folders that exist and are described as a whole.
    altered : iterable of str
        Outputs that were changed after their jobs.
    """

    def __init__(
        self,
        crate: Crate,
        *,
        files: Mapping[str, ListedFile],
        runs: list[Run],
        jobs: list[Job],
        rules: Mapping[str, Rule],
        outside: Mapping[str, OutsideFile],
        folders: Iterable[str] = (),
        altered: Iterable[str] = (),
    ) -> None:
        self.crate = crate
        self.files = files
        self.runs = runs
        self.jobs = jobs
        self.outside = outside
        self.folders = set(folders)
        self.altered = set(altered)
        used = {job.rule for job in jobs}
        self.rules = {name: rules.get(name, Rule(len(rules))) for name in sorted(used)}

    def entities(self) -> list[Entity]:
        """Return all entities, those of the whole first."""
        found = [
            self._descriptor(),
            self._root(),
            *_profiles(),
            *self._terms(),
            self._workflow(),
            *self._tools(),
            *self._steps(),
            *(entity for run in self.runs for entity in self._run(run)),
            *(self._job(job) for job in self.jobs),
            *self._outside(),
            *self._parts(),
        ]
        # A file that is a script or the workflow has its own entity; the general one is dropped.
        unique = {entity["@id"]: entity for entity in reversed(found)}
        return [_compact(entity) for entity in reversed(unique.values())]

    def _descriptor(self) -> Entity:
        return {
            "@id": METADATA,
            "@type": "CreativeWork",
            "about": ref("./"),
            "conformsTo": [ref("https://w3id.org/ro/crate/1.1"), ref(_WORKFLOW_CRATE)],
        }

    def _root(self) -> Entity:
        actions = [*(f"#run/{run.name}" for run in self.runs), *(j.identifier for j in self.jobs)]
        inside = self._inside_folders()
        parts = [file_id(path) for path in self.files if path not in inside]
        return {
            "@id": "./",
            "@type": "Dataset",
            "name": self.crate.title,
            "description": self.crate.words,
            "datePublished": in_words(max(run.end for run in self.runs)),
            "author": [
                ref(agent) for agent in sorted({_agent(r.agent) for r in self.runs if r.agent})
            ],
            "license": ref(_license(self.crate.license)),
            "conformsTo": [ref(profile) for profile in _PROFILES],
            "mainEntity": ref(file_id(WORKFLOW)),
            "mentions": [ref(action) for action in actions],
            "hasPart": [ref(part) for part in [*parts, *map(folder_id, sorted(self.folders))]],
        }

    def _inside_folders(self) -> set[str]:
        starts = tuple(f"{folder}/" for folder in self.folders)
        return {path for path in self.files if path.startswith(starts)} if starts else set()

    def _terms(self) -> Iterator[Entity]:
        yield {
            "@id": _license(self.crate.license),
            "@type": "CreativeWork",
            "name": self.crate.license,
            "description": f"The licence with the SPDX name {self.crate.license}",
        }
        yield {
            "@id": _LANGUAGE,
            "@type": "ComputerLanguage",
            "name": "Snakemake",
            "identifier": ref("https://doi.org/10.1093/bioinformatics/bts480"),
            "url": ref("https://snakemake.github.io"),
        }
        yield {
            "@id": _CONFIGURATION,
            "@type": "FormalParameter",
            "name": "configuration",
            "additionalType": "File",
            "description": "The configuration with every default filled in",
        }
        for engine in sorted({run.engine for run in self.runs}):
            yield {
                "@id": _engine(engine),
                "@type": "SoftwareApplication",
                "name": "Snakemake",
                "softwareVersion": engine,
                "url": "https://snakemake.github.io",
            }
        for agent in {run.agent["name"]: run.agent for run in self.runs if run.agent}.values():
            yield {"@id": _agent(agent), "@type": agent["kind"], "name": agent["name"]}
        yield from formats([*self.files, *(file.name for file in self.outside.values())])

    def _workflow(self) -> Entity:
        return {
            **self._file(WORKFLOW),
            "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
            "name": self.crate.title,
            "version": self.crate.version,
            "programmingLanguage": ref(_LANGUAGE),
            "conformsTo": ref(_COMPUTATIONAL_WORKFLOW),
            "input": ref(_CONFIGURATION),
            "hasPart": [ref(tool) for tool in sorted({*map(self._tool_id, self.rules)})],
            "step": [ref(f"#step/{name}") for name in self._in_order()],
        }

    def _in_order(self) -> list[str]:
        return sorted(self.rules, key=lambda name: self.rules[name].position)

    def _tool_id(self, rule: str) -> str:
        script = self.rules[rule].script
        return file_id(script) if script else f"#tool/{rule}"

    def _tools(self) -> Iterator[Entity]:
        for name, rule in self.rules.items():
            if not rule.script:
                yield {
                    "@id": self._tool_id(name),
                    "@type": "SoftwareSourceCode",
                    "name": name,
                    "version": self.crate.version,
                    "description": "A rule that the workflow has no script of (any more)",
                }
                continue
            needs = {"softwareRequirements": ref(file_id(rule.environment))}
            yield {
                **self._file(rule.script),
                "@type": ["File", "SoftwareSourceCode"],
                "version": self.crate.version,
                **(needs if rule.environment else {}),
            }

    def _steps(self) -> Iterator[Entity]:
        for position, name in enumerate(self._in_order(), start=1):
            yield {
                "@id": f"#step/{name}",
                "@type": "HowToStep",
                "name": name,
                "description": self.rules[name].words or name,
                "position": position,
                "workExample": ref(self._tool_id(name)),
            }

    def _run(self, run: Run) -> Iterator[Entity]:
        own = [job for job in self.jobs if job.run == run.name]
        by_rule: dict[str, list[Job]] = defaultdict(list)
        for job in own:
            by_rule[job.rule].append(job)
        kept = [path for path in self.files if path.startswith(f"{run.folder}/")]
        read = sorted({name for job in own for name in job.inputs if name.startswith("#")})
        times = {"startTime": in_words(run.start), "endTime": in_words(run.end)}
        by_whom = {"agent": ref(_agent(run.agent))} if run.agent else {}
        yield {
            "@id": f"#run/{run.name}",
            "@type": "CreateAction",
            "name": f"Run of the workflow on {in_words(run.start, 'seconds')}",
            "description": (
                f"Command: {run.command}; executor: {run.executor}; software: {run.deployment}; "
                f"code: {run.code.words}"
            ),
            **times,
            **by_whom,
            "instrument": ref(file_id(WORKFLOW)),
            "object": [ref(file_id(path)) for path in [*kept, run.archive]] + list(map(ref, read)),
            "result": [ref(self._output(path)) for job in own for path in job.outputs],
            "actionStatus": _DONE,
            "additionalProperty": [ref(_property(run, name)) for name in run.machine],
        }
        for name, value in run.machine.items():
            yield {
                "@id": _property(run, name),
                "@type": "PropertyValue",
                "name": name,
                "value": value,
            }
        if not own:
            return
        for rule, jobs in by_rule.items():
            yield {
                "@id": f"#control/{run.name}/{rule}",
                "@type": "ControlAction",
                "name": f"Start of the jobs of {rule}",
                "instrument": ref(f"#step/{rule}"),
                "object": [ref(job.identifier) for job in jobs],
            }
        yield {
            "@id": f"#engine/{run.name}",
            "@type": "OrganizeAction",
            "name": f"Snakemake {run.engine}",
            **times,
            **by_whom,
            "instrument": ref(_engine(run.engine)),
            "object": [ref(f"#control/{run.name}/{rule}") for rule in by_rule],
            "result": ref(f"#run/{run.name}"),
        }

    def _job(self, job: Job) -> Entity:
        words = [self.rules[job.rule].words or job.rule]
        if not job.run:
            words.append("Made by a run that did not end with success or was not recorded.")
        if job.parameters:
            words.append(f"Parameters: {', '.join(job.parameters)}")
        agents = {run.name: run.agent for run in self.runs if run.agent}
        by_whom = {"agent": ref(_agent(agents[job.run]))} if job.run in agents else {}
        return {
            "@id": job.identifier,
            "@type": "CreateAction",
            "name": f"{job.rule}: {job.outputs[0]}",
            "description": " | ".join(words),
            "startTime": in_words(job.start),
            "endTime": in_words(job.end),
            **by_whom,
            "instrument": ref(self._tool_id(job.rule)),
            "object": [ref(self._input(name)) for name in job.inputs],
            "result": [ref(self._output(path)) for path in job.outputs],
            "actionStatus": _DONE,
        }

    def _input(self, name: str) -> str:
        return name if name.startswith("#") else self._output(name)

    def _output(self, path: str) -> str:
        if path in self.files:
            return file_id(path)
        return folder_id(path) if path in self.folders else f"#removed/{file_id(path)}"

    def _outside(self) -> Iterator[Entity]:
        """Describe what jobs read from elsewhere, and what is not there any more."""
        for file in self.outside.values():
            yield {
                "@id": file.identifier,
                "@type": "CreativeWork",
                "name": file.name,
                "description": "An input file, which is not part of this folder",
                "encodingFormat": encoding(file.name),
                "contentSize": str(file.size),
                "dateModified": file.modified,
                "sha256": file.sha256,
            }
        named = {name for job in self.jobs for name in (*job.inputs, *job.outputs)}
        for name in sorted(named - set(self.outside)):
            identifier = self._input(name)
            if identifier.startswith("#"):
                yield {
                    "@id": identifier,
                    "@type": "CreativeWork",
                    "name": name.rpartition("/")[2],
                    "description": "A file that was removed since, as temporary ones are",
                }

    def _parts(self) -> Iterator[Entity]:
        made = {path for job in self.jobs for path in job.outputs}
        starts = tuple(f"{path}/" for path in made & self.folders)
        for path in self.files:
            entity = self._file(path)
            is_made = path in made or (bool(starts) and path.startswith(starts))
            if path == "README.md":
                entity["about"] = ref("./")
            elif path.startswith("provenance/"):
                entity["description"] = "Kept of a run"
            elif path in self.altered:
                entity["description"] = "Changed after the job that made it"
            elif not is_made:
                entity["description"] = "No record says how this file was made"
            yield entity
        for folder in sorted(self.folders):
            inside = [path for path in self.files if path.startswith(f"{folder}/")]
            parts = {"hasPart": [ref(file_id(path)) for path in inside]} if inside else {}
            yield {"@id": folder_id(folder), "@type": "Dataset", "name": folder, **parts}

    def _file(self, path: str) -> Entity:
        listed = self.files[path]
        entity: Entity = {
            "@id": file_id(path),
            "@type": "File",
            "name": path.rpartition("/")[2],
            "encodingFormat": encoding(path),
            "contentSize": str(listed.size),
            "dateModified": listed.modified,
            "sha256": listed.sha256,
        }
        if path.startswith("provenance/runs/") and path.endswith("/validated.json"):
            entity["exampleOfWork"] = ref(_CONFIGURATION)
        return entity


def _compact(entity: Entity) -> Entity:
    """Return an entity without empty lists, and with the one value of a list of one."""
    short = {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in entity.items()
    }
    return {key: value for key, value in short.items() if value != []}


def _profiles() -> Iterator[Entity]:
    for identifier, name in _PROFILES.items():
        version = identifier.rpartition("/")[2]
        yield {"@id": identifier, "@type": "CreativeWork", "name": name, "version": version}


def ref(identifier: str) -> Entity:
    """Return a reference to an entity."""
    return {"@id": identifier}


def file_id(path: str) -> str:
    """Return the identifier of a file: its path as a quoted URI."""
    return quote(os.fsencode(path))


def folder_id(path: str) -> str:
    """Return the identifier of a folder."""
    return f"{file_id(path)}/"


def _license(name: str) -> str:
    return f"https://spdx.org/licenses/{name}"


def _engine(version: str) -> str:
    return f"https://pypi.org/project/snakemake/{version}/"


def _agent(agent: Mapping[str, str]) -> str:
    return agent.get("identifier") or f"#agent/{quote(agent['name'])}"


def _property(run: Run, name: str) -> str:
    return f"#machine/{run.name}/{name.replace(' ', '-')}"
