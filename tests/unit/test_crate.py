"""The crate tells who made each file, from what, and when."""

import errno
import json
import os
import platform
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from latentscape.crate.facts import Rule
from latentscape.crate.hook import readable_command, record_run
from latentscape.crate.listing import results_in
from latentscape.crate.machine import (
    Code,
    code_files,
    conda_packages,
    describe_code,
    describe_machine,
    pack_code,
    without_places,
)
from latentscape.crate.media import encoding
from latentscape.crate.settings import Provenance
from latentscape.errors import InputError

from .small_crate import (
    RULES,
    START,
    a_run,
    describe,
    note_job,
    start_project,
    write_results,
)

CODE = {"Snakefile": b"rule all: ...\n", "envs/root.yaml": b""}
Entity = dict[str, Any]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    start_project(tmp_path)
    return tmp_path


def of(graph: list[Entity]) -> dict[str, Entity]:
    return {entity["@id"]: entity for entity in graph}


def jobs(graph: list[Entity]) -> dict[str, Entity]:
    return {e["name"]: e for e in graph if e["@id"].startswith("#job/")}


def maker(graph: list[Entity], path: str) -> Entity | None:
    """Return the job that a file is a result of."""
    for job in jobs(graph).values():
        results = job["result"] if isinstance(job["result"], list) else [job["result"]]
        if {"@id": path} in results:
            return job
    return None


def runs(graph: list[Entity]) -> list[str]:
    return [e["@id"] for e in graph if e["@id"].startswith("#run/")]


def test_each_job_names_its_script_inputs_outputs_settings_and_times(project: Path) -> None:
    job = maker(describe(project, a_run()), "a.parquet")
    assert job is not None
    assert job["instrument"] == {"@id": "provenance/workflow/scripts/make.py"}
    assert job["object"]["@id"].startswith("#input/")
    assert {"@id": "#removed/gone.root"} in job["result"]
    assert "{'size': 48}" in job["description"]
    assert job["startTime"] == "2023-11-14T22:13:21.000+00:00"
    assert job["endTime"] == "2023-11-14T22:13:26.000+00:00"


def test_files_carry_hash_size_and_type(project: Path) -> None:
    file = of(describe(project, a_run()))["a.parquet"]
    assert file["sha256"] == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert file["contentSize"] == "1"
    assert file["encodingFormat"] == "application/vnd.apache.parquet"


def test_an_input_from_elsewhere_is_named_without_its_folder(project: Path) -> None:
    graph = describe(project, a_run())
    inputs = [e for e in graph if e["@id"].startswith("#input/")]
    assert [e["name"] for e in inputs] == ["raw.root"]
    assert len(inputs[0]["sha256"]) == 64
    everything = (project / "results" / "ro-crate-metadata.json").read_text()
    assert str(project) not in everything


def test_a_folder_made_by_a_job_is_described_with_its_files(project: Path) -> None:
    graph = describe(project, a_run())
    job = maker(graph, "page/")
    assert job is not None
    assert job["object"] == {"@id": "a.parquet"}
    assert {"@id": "page/x.js"} in of(graph)["page/"]["hasPart"]


def test_a_file_of_unknown_making_says_so(project: Path) -> None:
    write_results(project / "results", {"mine.txt": b""})
    graph = describe(project, a_run())
    assert maker(graph, "mine.txt") is None
    assert of(graph)["mine.txt"]["description"] == "No record says how this file was made"
    assert "description" not in of(graph)["a.parquet"]


def test_logs_are_mentioned_but_not_hashed(project: Path) -> None:
    graph = of(describe(project, a_run()))
    assert graph["logs/"]["@type"] == "Dataset"
    assert "logs/make.log" not in graph


def test_a_later_run_keeps_what_the_earlier_one_said_of_its_files(project: Path) -> None:
    later = a_run(START + 1000, command="snakemake b", code=Code("1.3", "beef" * 16))
    write_results(project / "results", {"b.tsv": b"b"})
    note_job(project, ["results/b.tsv"], ["results/a.parquet"], start=START + 1001)
    graph = describe(project, later)
    assert runs(graph) == ["#run/run1700000000", "#run/run1700001000"]
    first, second = (of(graph)[name] for name in runs(graph))
    assert {"@id": "a.parquet"} in first["result"]
    assert second["result"] == {"@id": "b.tsv"}
    assert {"@id": "provenance/code/c0dec0dec0de.zip"} in first["object"]
    assert {"@id": "provenance/code/beefbeefbeef.zip"} in second["object"]


def test_a_run_whose_files_were_all_made_anew_is_forgotten(project: Path) -> None:
    again = START + 1000
    note_job(project, ["results/a.parquet", "results/gone.root"], [], start=again + 1)
    note_job(project, ["results/page"], [], start=again + 2, rule="draw")
    graph = describe(project, a_run(again, code=Code("1.3", "beef" * 16)))
    assert runs(graph) == ["#run/run1700001000"]
    kept = [path for path in results_in(project / "results") if path.startswith("provenance/")]
    assert not [path for path in kept if "run1700000000" in path or "c0de" in path]


def test_what_a_user_puts_beside_the_record_stays(project: Path) -> None:
    place = project / "results" / "provenance"
    write_results(place, {"notes/mine.txt": b"mine", "runs/.DS_Store": b"", "code/old.zip": b""})
    describe(project, a_run(START + 1000))
    assert (place / "notes" / "mine.txt").read_bytes() == b"mine"
    assert not (place / "code" / "old.zip").exists()


def test_jobs_of_two_runs_are_two_though_snakemake_gave_them_the_same_number(
    project: Path,
) -> None:
    for start, name in ((1001, "b"), (2001, "c")):
        write_results(project / "results", {f"{name}.tsv": name.encode()})
        note_job(project, [f"results/{name}.tsv"], [name], start=START + start, number=7)
    graph = describe(project, a_run(START + 2000))
    assert {"make: b.tsv", "make: c.tsv"} <= set(jobs(graph))


def test_a_run_that_made_nothing_leaves_the_record_as_it_was(project: Path) -> None:
    assert runs(describe(project, a_run(START + 1000))) == ["#run/run1700000000"]


def test_without_snakemakes_records_the_former_crate_tells_of_unchanged_files(
    project: Path,
) -> None:
    shutil.rmtree(project / ".snakemake")
    graph = describe(project, a_run(START + 1000))
    assert maker(graph, "a.parquet") is not None
    assert maker(graph, "page/") is not None
    write_results(project / "results", {"a.parquet": b"changed"})
    graph = describe(project, a_run(START + 2000))
    assert maker(graph, "a.parquet") is None
    assert maker(graph, "page/") is not None


def test_a_file_changed_after_its_job_is_not_passed_off_as_its_result(project: Path) -> None:
    write_results(project / "results", {"a.parquet": b"forged"})
    for start in (START + 1000, START + 2000):  # nor is it by the run after
        graph = describe(project, a_run(start))
        assert of(graph)["a.parquet"]["description"] == "Changed after the job that made it"


def test_a_touched_file_keeps_its_job(project: Path) -> None:
    outputs = ["results/a.parquet", "results/gone.root"]
    note_job(project, outputs, ["results/page"], start=START + 500)
    graph = describe(project, a_run(START + 1000))
    job = maker(graph, "a.parquet")
    assert job is not None
    assert job["startTime"] == "2023-11-14T22:13:21.000+00:00"
    assert job["object"]["@id"].startswith("#input/")


def test_a_job_of_a_run_that_failed_belongs_to_no_run(project: Path) -> None:
    write_results(project / "results", {"b.tsv": b"b"})
    note_job(project, ["results/b.tsv"], [], start=START + 500)
    graph = describe(project, a_run(START + 1000))
    job = maker(graph, "b.tsv")
    assert job is not None
    assert "did not end with success" in job["description"]
    results = [of(graph)[run].get("result") for run in runs(graph)]
    assert {"@id": "b.tsv"} not in results


def test_an_unchanged_file_is_not_read_again_and_a_changed_one_is(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(
        "latentscape.crate.listing.sha256", lambda path: read.append(path.name) or "0" * 64
    )
    os.utime(project / "results" / "page" / "x.js", ns=(1, 1))
    describe(project, a_run())
    of_results = {"a.parquet", "x.js", "index.html", "README.md"}
    assert of_results & set(read) == {"x.js"}


def test_a_broken_former_crate_is_written_anew(project: Path) -> None:
    before = describe(project, a_run())
    (project / "results" / "provenance" / "jobs.json").write_text("{")
    assert jobs(describe(project, a_run())) == jobs(before)


def test_nobody_is_named_unless_they_said_so(project: Path) -> None:
    assert not [e for e in describe(project, a_run()) if e["@type"] == "Person"]
    me = {"name": "Ada", "kind": "Person", "identifier": "https://orcid.org/0000-0000-0000-0000"}
    graph = of(describe(project, a_run(agent=me)))
    assert graph[me["identifier"]]["name"] == "Ada"
    assert graph["#run/run1700000000"]["agent"] == {"@id": me["identifier"]}
    assert graph["./"]["author"] == {"@id": me["identifier"]}


def test_the_host_name_is_told_only_if_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: "my-computer")
    assert "my-computer" not in describe_machine().values()
    assert describe_machine(with_name=True)["host name"] == "my-computer"


def test_commands_and_settings_name_no_folder_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    said = readable_command([f"{tmp_path}/bin/snakemake", "--directory", f"{work}", "a b"])
    assert said == "snakemake --directory . 'a b'"
    assert readable_command(["/x/snakemake/__main__.py", "-n"]) == "snakemake -n"
    assert without_places(f"'{tmp_path}/data/x.root'") == "'~/data/x.root'"
    assert without_places(f"{tmp_path}-other") == f"{tmp_path}-other"
    assert without_places(f"--bind {tmp_path}:{work},{work}") == "--bind ~:.,."
    monkeypatch.setenv("HOME", str(work / "me"))
    assert without_places(f"{work}/me/x") == "~/x"


def test_the_digest_of_the_code_follows_every_file_and_no_cache(tmp_path: Path) -> None:
    write_results(tmp_path, {"Snakefile": b"a", "workflow/rules/x.smk": b"b"})
    first = describe_code(tmp_path, "1")
    write_results(tmp_path, {"workflow/__pycache__/x.pyc": b"c", "results/x": b"d"})
    assert describe_code(tmp_path, "1") == first
    assert (first.commit, first.is_dirty) == ("", False)
    write_results(tmp_path, {"workflow/rules/x.smk": b"c"})
    assert describe_code(tmp_path, "1").digest != first.digest


def test_the_archive_of_the_code_is_the_same_each_time(tmp_path: Path) -> None:
    write_results(tmp_path, {"Snakefile": b"a", "envs/x.yaml": b"b", "tests/x.py": b"c"})
    packed = pack_code(tmp_path)
    os.utime(tmp_path / "Snakefile", ns=(1, 1))
    assert pack_code(tmp_path) == packed
    assert [path.name for path in code_files(tmp_path)] == ["Snakefile", "x.yaml"]


def test_packages_of_a_conda_environment_are_listed(tmp_path: Path) -> None:
    write_results(tmp_path, {"conda-meta/numpy-2.4.6-py311_0.json": b"{}", "bin/x": b""})
    assert conda_packages(tmp_path) == ["numpy-2.4.6-py311_0"]


def a_workflow(folder: Path, *rules: Any) -> Any:
    """Return what Snakemake would give to the hook after a run in a folder."""
    return SimpleNamespace(
        touch=False,
        remote_execution_settings=SimpleNamespace(immediate_submit=False),
        deployment_settings=SimpleNamespace(deployment_method=set()),
        executor_plugin=SimpleNamespace(name="local"),
        start_time=datetime.fromtimestamp(START, UTC),
        overwrite_configfiles=[],
        configfiles=[],
        persistence=SimpleNamespace(path=folder / ".snakemake"),
        rules=rules,
    )


def record(project: Path, workflow: Any) -> None:
    """Call the hook for a workflow whose code lies in the project."""
    write_results(project, {**CODE, "CITATION.cff": b"license: MIT"})
    places = {"code": project, "results": project / "results"}
    record_run(workflow, given={}, validated={}, provenance=Provenance(), **places)


def test_a_rule_of_the_user_with_a_script_beside_the_code_is_recorded(project: Path) -> None:
    write_results(project, {"mine/draw.py": b""})
    basedir = SimpleNamespace(get_path_or_uri=lambda **_: str(project))
    about = {"basedir": basedir, "message": None, "docstring": None, "conda_env": None}
    rule = SimpleNamespace(name="draw", script="mine/draw.py", **about)
    record(project, a_workflow(project, rule))
    content = json.loads((project / "results" / "ro-crate-metadata.json").read_text("utf-8"))
    assert of(content["@graph"])["#tool/draw"]["name"] == "draw"


def test_a_record_that_cannot_be_written_says_that_the_results_are_complete(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(root: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", "Snakefile")

    monkeypatch.setattr("latentscape.crate.hook.pack_code", refuse)
    with pytest.raises(InputError, match=r"results are complete, but .* denied: 'Snakefile'"):
        record(project, a_workflow(project))


def test_a_rule_without_a_script_is_still_a_tool(project: Path) -> None:
    assert RULES["make"] != Rule(0)
    graph = of(describe(project, a_run()))
    assert graph["#tool/draw"]["@type"] == "SoftwareSourceCode"
    assert graph["#step/draw"]["workExample"] == {"@id": "#tool/draw"}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("x.parquet", "application/vnd.apache.parquet"),
        ("x.tsv", "text/tab-separated-values"),
        ("x.png", "image/png"),
        ("x.pdf", "application/pdf"),
        ("x.html", "text/html"),
        ("x.json", "application/json"),
        ("x.unknown", "application/octet-stream"),
    ],
)
def test_media_types(path: str, kind: str) -> None:
    assert encoding(path) == kind


def test_a_format_without_media_type_is_named_by_its_home() -> None:
    home = {"@id": "https://github.com/huggingface/safetensors"}
    assert encoding("x.safetensors") == ["application/octet-stream", home]
