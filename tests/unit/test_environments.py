"""The conda files, the pinned requirements and the constraints name the same versions."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONDA_NAMES = {"pytorch": "torch", "python-isal": "isal"}
PIN = re.compile(r"^([A-Za-z0-9_.-]+) ?==([^ ;]+)$")


def pins(file: str) -> dict[str, str]:
    """Return the pinned versions of a requirements file by normalised name."""
    lines = (ROOT / file).read_text("utf-8").splitlines()
    found = (PIN.match(line.strip()) for line in lines if not line.startswith(("#", "-r")))
    return {m[1].lower().replace("_", "-"): m[2] for m in found if m}


ENVIRONMENTS = sorted((ROOT / "envs").glob("*.yaml"))


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_conda_files_agree_with_the_requirements(path: Path) -> None:
    content = yaml.safe_load(path.read_text("utf-8"))
    assert content["channels"] == ["conda-forge"]
    entries = [e for e in content["dependencies"] if isinstance(e, str)]
    from_pip = [
        e for group in content["dependencies"] if isinstance(group, dict) for e in group["pip"]
    ]
    pinned = [PIN.match(entry) for entry in [*entries, *from_pip]]
    versions = {CONDA_NAMES.get(m[1], m[1]).lower(): m[2] for m in pinned if m}
    assert versions
    assert versions.items() <= pins("requirements.txt").items()


def test_every_environment_is_used_by_a_rule() -> None:
    rules = "".join(p.read_text("utf-8") for p in (ROOT / "workflow" / "rules").glob("*.smk"))
    assert {path.stem for path in ENVIRONMENTS} == set(re.findall(r"envs/(\w+)\.yaml", rules))


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_constraints_hold_every_requirement(file: str) -> None:
    assert pins(file).items() <= pins("constraints.txt").items()


def test_requirements_are_exact() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / file).read_text("utf-8").splitlines()
        loose = [ln for ln in lines if ln and not ln.startswith(("#", "-r")) and not PIN.match(ln)]
        assert not loose
