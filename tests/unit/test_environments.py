"""The conda files hold what their rules import, in the versions of the pinned requirements."""

import ast
import re
import sys
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

from latentscape.provenance import imported_modules

ROOT = Path(__file__).parents[2]
CONDA_NAMES = {"pytorch": "torch", "python-isal": "isal"}
PROVIDERS = packages_distributions()
PIN = re.compile(r"^([A-Za-z0-9_.-]+) ?==([^ ;]+)$")


def pins(file: str) -> dict[str, str]:
    """Return the pinned versions of a requirements file by normalised name."""
    lines = (ROOT / file).read_text("utf-8").splitlines()
    found = (PIN.match(line.strip()) for line in lines if not line.startswith(("#", "-r")))
    return {m[1].lower().replace("_", "-"): m[2] for m in found if m}


ENVIRONMENTS = sorted((ROOT / "envs").glob("*.yaml"))


def conda_pins(path: Path) -> dict[str, str]:
    """Return the pinned versions of a conda file by the names of PyPI."""
    content = yaml.safe_load(path.read_text("utf-8"))
    entries = [e for e in content["dependencies"] if isinstance(e, str)]
    from_pip = [
        e for group in content["dependencies"] if isinstance(group, dict) for e in group["pip"]
    ]
    pinned = [PIN.match(entry) for entry in [*entries, *from_pip]]
    return {CONDA_NAMES.get(m[1], m[1]).lower(): m[2] for m in pinned if m}


def rules() -> dict[str, tuple[Path, Path]]:
    """Return the script and the conda file of each rule that has a script."""
    text = "".join(p.read_text("utf-8") for p in (ROOT / "workflow" / "rules").glob("*.smk"))
    found = {}
    for rule in re.split(r"^rule ", text, flags=re.MULTILINE)[1:]:
        script = re.search(r"scripts/(\w+/\w+\.py)", rule)
        environment = re.search(r"envs/(\w+\.yaml)", rule)
        assert script, rule
        assert environment, rule
        paths = ROOT / "workflow" / "scripts" / script[1], ROOT / "envs" / environment[1]
        found[rule.split(":")[0]] = paths
    return found


def executed(script: Path) -> set[Path]:
    """Return a script and the package's files it imports, with the packages they lie in."""
    found, waiting = {script}, [script]
    while waiting:
        for module in imported_modules(waiting.pop(), ROOT):
            inside = [
                folder / "__init__.py"
                for folder in module.parents
                if folder.is_relative_to(ROOT / "latentscape")
            ]
            new = {module, *(init for init in inside if init.is_file())} - found
            found |= new
            waiting += new
    return found


@cache
def third_party(file: Path) -> set[str]:
    """Return the first parts of what a file imports from elsewhere, wherever in the file."""
    names: list[str] = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "importlib.import_module":
            names.append(ast.literal_eval(node.args[0]))
    return {name.split(".")[0] for name in names} - {"latentscape", *sys.stdlib_module_names}


@cache
def distributions_of(name: str) -> set[str]:
    """Return the distributions that install what is imported by a name."""
    found = PROVIDERS.get(name, [name])
    return {distribution.lower().replace("_", "-") for distribution in found}


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_conda_files_agree_with_the_requirements(path: Path) -> None:
    assert yaml.safe_load(path.read_text("utf-8"))["channels"] == ["conda-forge"]
    versions = conda_pins(path)
    assert versions
    assert versions.items() <= pins("requirements.txt").items()


@pytest.mark.parametrize("rule", rules())
def test_the_conda_file_of_a_rule_holds_all_that_its_script_imports(rule: str) -> None:
    script, environment = rules()[rule]
    imported = {name for file in executed(script) for name in third_party(file)}
    assert "pandas" in imported
    held = set(conda_pins(environment))
    lacking = {name for name in imported if not held & distributions_of(name)}
    assert not lacking, f"{environment.name} lacks them for {script.name}"


def test_every_environment_is_used_by_a_rule() -> None:
    assert set(ENVIRONMENTS) == {environment for _, environment in rules().values()}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_constraints_hold_every_requirement(file: str) -> None:
    assert pins(file).items() <= pins("constraints.txt").items()


def test_requirements_are_exact() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / file).read_text("utf-8").splitlines()
        loose = [ln for ln in lines if ln and not ln.startswith(("#", "-r")) and not PIN.match(ln)]
        assert not loose
