"""A run of the workflow leaves a crate that tells how every result was made."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from latentscape.crate.listing import NOT_RESULTS
from latentscape.crate.verify import verify

from .conftest import ROOT


@pytest.fixture
def results(tiny: Path, tmp_path: Path) -> Path:
    """Return the results of the tiny workflow, with names and contents of their own."""
    copy = tmp_path / "results"
    for place, folders, names in os.walk(tiny / "results"):
        folders[:] = [folder for folder in folders if folder not in NOT_RESULTS]
        inside = copy / Path(place).relative_to(tiny / "results")
        inside.mkdir()
        for name in names:
            os.link(Path(place, name), inside / name)
    return copy


def graph(results: Path) -> dict[str, dict[str, Any]]:
    content = json.loads((results / "ro-crate-metadata.json").read_text("utf-8"))
    return {entity["@id"]: entity for entity in content["@graph"]}


def test_the_results_of_a_run_are_as_recorded(results: Path) -> None:
    assert verify(results).differences == ()


def test_one_changed_byte_of_one_result_is_found(results: Path) -> None:
    path = results / "lartpc" / "tracks" / "proton" / "000.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()  # a link to the shared results
    path.write_bytes(content)
    command = [sys.executable, "-m", "latentscape.crate", str(results), "--tsv"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    _, *rows = done.stdout.splitlines()
    assert [row.split("\t")[:2] for row in rows] == [
        ["changed", "lartpc/tracks/proton/000.parquet"]
    ]


def test_every_result_has_a_job_with_a_script_and_a_step(results: Path) -> None:
    found = graph(results)
    unknown = [e["@id"] for e in found.values() if "No record" in e.get("description", "")]
    assert unknown == []
    jobs = {name: entity for name, entity in found.items() if name.startswith("#job/")}
    assert len(jobs) > 100
    for job in jobs.values():
        script = found[job["instrument"]["@id"]]
        assert script["name"].endswith(".py")
        assert (results / job["instrument"]["@id"]).is_file()
        assert job["startTime"] <= job["endTime"]


def test_the_chain_from_a_figure_back_to_the_simulation_can_be_walked(results: Path) -> None:
    found = graph(results)
    makers: dict[str, dict[str, Any]] = {}
    for name, entity in found.items():
        if name.startswith("#job/"):
            made = entity["result"]
            makers.update({r["@id"]: entity for r in (made if isinstance(made, list) else [made])})
    waiting, rules = ["figures/lartpc/losses_reference.png"], set()
    while waiting:
        job = makers[waiting.pop()]
        rules.add(job["@id"].split("/")[1])
        read = job.get("object", [])
        waiting += [r["@id"] for r in (read if isinstance(read, list) else [read])]
    assert {"plot_losses", "train_model", "make_images", "match_planes", "simulate_beam"} <= rules


def test_the_run_keeps_its_configuration_its_code_and_its_software(
    results: Path, tiny: Path
) -> None:
    (run,) = [entity for name, entity in graph(results).items() if name.startswith("#run/")]
    kept = {Path(part["@id"]).name: results / part["@id"] for part in run["object"]}
    assert kept["config.yaml"].read_bytes() == (tiny / "config.yaml").read_bytes()
    validated = json.loads(kept["validated.json"].read_text("utf-8"))
    given = yaml.safe_load(kept["config.yaml"].read_text("utf-8"))
    assert validated["seed"] == given["seed"]
    assert "analyses" in validated
    assert "\nsnakemake==" in kept["python.txt"].read_text("utf-8")
    assert [name for name in kept if name.endswith(".zip")]
    assert "snakemake" in run["description"]
    assert str(Path.home()) not in run["description"] or str(Path.home()) == "/"
