"""The validation as a target of the workflow."""

from pathlib import Path
from typing import Any

import pytest

from latentscape.lartpc.validation.tables import VALIDATION

from .conftest import run_workflow, tiny_config

CLOSURE = {"particles": 40, "layers": 400, "decays": 300, "scattered": 100, "pull_events": 40}
FEW = {
    "closure": CLOSURE,
    "stages": {"events": 6, "threshold_factors": [0.5, 1.0]},
    "fidelity": {"epochs": 2, "bootstrap": 50},
    "identification": {"bootstrap": 50, "permutations": 50},
    "samples": {
        "stopping_muon": {"species": "muon", "simulate": {"events": 20, "momentum": [120, 260]}}
    },
}
NOT_STATISTICAL = ["expected dE/dx", "LArSoft templates", "LArSoft χ²", "recombination"]


def small(**changes: Any) -> dict[str, Any]:
    """Return the tiny configuration with a small validation."""
    return tiny_config(lartpc={"simulation": {"shard_events": 30}, "validation": FEW}, **changes)


def planned(folder: Path, config: dict[str, Any]) -> set[str]:
    """Return the names of the rules that a run of the validation would use."""
    result = run_workflow(folder, config, "validation", "--dry-run", "--quiet", "reason")
    assert result.returncode == 0, result.stderr[-5000:]
    lines = (result.stdout + result.stderr).splitlines()
    return {line.split()[0] for line in lines if len(line.split()) == 2}


def test_a_plan_leaves_out_what_the_configuration_cannot_be_asked(tmp_path: Path) -> None:
    # one sample, so nothing to tell apart; a detector without gain, so no calorimetry of its own
    proton = {"proton": tiny_config()["samples"]["proton"]}
    plan = planned(tmp_path, small(samples=proton, detector="pixlar"))
    assert {"summarise_validation", "scan_stages", "simulate_closure"} <= plan
    assert not {"compare_learning", "measure_tracks", "assess_identification"} & plan


@pytest.mark.slow
def test_the_validation_runs_and_what_is_exact_passes(tmp_path: Path) -> None:
    result = run_workflow(tmp_path, small(), "validation", cores=2)
    assert result.returncode == 0, result.stderr[-5000:]
    checks = VALIDATION.read_tsv(tmp_path / "results" / "lartpc" / "tables" / "validation.tsv")
    assert len(checks) >= 40
    assert set(checks["verdict"]) <= {"pass", "fail", "explained"}
    exact = checks[checks["group"].isin(NOT_STATISTICAL)]
    assert set(exact["group"]) == set(NOT_STATISTICAL)
    assert set(exact["verdict"]) == {"pass"}
    figures = {path.stem for path in (tmp_path / "results/figures/validation").glob("*.png")}
    assert {"verdicts", "closure_ranges", "pid_roc", "stage_methods", "aliasing"} <= figures
