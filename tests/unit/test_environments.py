"""The conda files hold what their rules import and no more, in series of the pinned versions."""

import ast
import re
import sys
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from latentscape.provenance import reached_modules

ROOT = Path(__file__).parents[2]
CONDA_NAMES = {
    "matplotlib-base": "matplotlib",
    "python-isal": "isal",
    "pytorch": "torch",
    "snakemake-minimal": "snakemake",
}
PROVIDERS = packages_distributions()
# A requirement may say where it applies.
PIN = re.compile(r"^([A-Za-z0-9_.-]+) ?==([^ ;]+)( *;.*)?$")


def pins(file: str) -> dict[str, str]:
    """Return the pinned versions of a requirements file by normalised name."""
    lines = (ROOT / file).read_text("utf-8").splitlines()
    found = (PIN.match(line.strip()) for line in lines if not line.startswith(("#", "-r")))
    return {m[1].lower().replace("_", "-"): m[2] for m in found if m}


ENVIRONMENTS = sorted((ROOT / "envs").glob("*.yaml"))
CONTROLLER = ROOT / "envs" / "controller.yaml"
# Those that rules run in.
WORK = [path for path in ENVIRONMENTS if path != CONTROLLER]
BOUNDS = re.compile(r"([a-z0-9-]+) >=([0-9.]+),<([0-9.]+)")
IMPORT = re.compile(r"(from \S+ )?import ")
PYTHON = "python >=3.11,<3.14"
# What no line of code imports: uproot loads it to decompress, as lartpc.root_files tells it to.
LOADED_BY = {"uproot": {"isal"}}


def dependencies(path: Path) -> list[str | dict[str, list[str]]]:
    content: list[str | dict[str, list[str]]] = yaml.safe_load(path.read_text("utf-8"))[
        "dependencies"
    ]
    return content


def bounds(path: Path) -> dict[str, tuple[str, str]]:
    """Return the lowest version and the first too high one of each package, by conda's name."""
    lines = [line for line in dependencies(path) if isinstance(line, str)]
    assert lines[0] == PYTHON
    split = [BOUNDS.fullmatch(line) for line in lines if line not in {PYTHON, "pip"}]
    return {m[1]: (m[2], m[3]) for m in split if m}


def from_pip(path: Path) -> list[Requirement]:
    """Return what pip adds to an environment."""
    groups = [entry["pip"] for entry in dependencies(path) if isinstance(entry, dict)]
    return [Requirement(line) for group in groups for line in group]


def held(path: Path) -> set[str]:
    """Return what an environment asks for by name, by the names of PyPI."""
    conda = {CONDA_NAMES.get(name, name) for name in bounds(path)}
    return conda | {requirement.name for requirement in from_pip(path)}


def series_after(version: str, parts: int) -> str:
    """Return where the series of a version ends: 1.17 for 1.16.4 in two parts."""
    *first, last = version.split(".")[:parts]
    return ".".join([*first, str(int(last) + 1)])


@cache
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
    modules = {script, *reached_modules(script, ROOT)}
    inside = (folder / "__init__.py" for module in modules for folder in module.parents)
    return modules | {init for init in inside if init.is_file()}


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


@cache
def imported_by(rule: str) -> set[str]:
    """Return what the script of a rule imports from elsewhere, directly or through the package."""
    script, _ = rules()[rule]
    names = {name for file in executed(script) for name in third_party(file)}
    return names.union(*(LOADED_BY.get(name, set()) for name in names))


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_conda_files_are_bounded_to_the_series_of_the_requirements(path: Path) -> None:
    pinned = pins("requirements.txt")
    for name, (lowest, too_high) in bounds(path).items():
        version = pinned.pop(CONDA_NAMES.get(name, name), None) or pins("constraints.txt")[name]
        parts = lowest.count(".") + 1
        assert Version(lowest) == Version(".".join(version.split(".")[:parts])), name
        assert too_high == series_after(version, parts), name
        assert parts == 2 or (parts == 1 and name == "pyarrow"), name


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_every_line_of_a_conda_file_has_bounds(path: Path) -> None:
    lines = [line for line in dependencies(path) if isinstance(line, str)]
    assert len(lines) == len(bounds(path)) + 1 + ("pip" in lines)
    assert ("pip" in lines) == bool(from_pip(path))


@pytest.mark.parametrize("path", WORK, ids=lambda path: path.stem)
def test_rules_need_no_channel_but_conda_forge(path: Path) -> None:
    assert yaml.safe_load(path.read_text("utf-8"))["channels"] == ["conda-forge"]


def test_geant4_comes_from_pip_in_the_pinned_version_where_it_has_wheels() -> None:
    (geant4,) = from_pip(ROOT / "envs" / "simulation.yaml")
    assert str(geant4.specifier) == f"=={pins('requirements.txt')['geant4-pybind']}"
    machines = [("linux", "x86_64", True), ("linux", "aarch64", False), ("darwin", "arm64", True)]
    for system, machine, is_there in machines:
        place = {"sys_platform": system, "platform_machine": machine}
        assert geant4.marker is not None
        assert geant4.marker.evaluate(place) is is_there, place


@pytest.mark.parametrize("rule", rules())
def test_the_conda_file_of_a_rule_holds_all_that_its_script_imports(rule: str) -> None:
    imported = imported_by(rule)
    assert "pandas" in imported
    _, environment = rules()[rule]
    there = held(environment)
    lacking = {name for name in imported if not there & distributions_of(name)}
    assert not lacking, f"{environment.name} lacks them"


@pytest.mark.parametrize("path", WORK, ids=lambda path: path.stem)
def test_a_conda_file_holds_nothing_that_no_rule_imports(path: Path) -> None:
    served = [rule for rule, (_, environment) in rules().items() if environment == path]
    used = {name for rule in served for name in imported_by(rule)}
    assert held(path) == {d for name in used for d in distributions_of(name)} & held(path)


def test_every_environment_is_used_by_a_rule() -> None:
    assert set(WORK) == {environment for _, environment in rules().values()}


def test_the_controller_holds_what_the_snakefile_imports_and_no_more(tmp_path: Path) -> None:
    files = [ROOT / "Snakefile", *sorted((ROOT / "workflow" / "rules").glob("*.smk"))]
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    imports = tmp_path / "imports.py"
    imports.write_text("\n".join(ln for ln in lines if IMPORT.match(ln)), "utf-8")
    imported = {name for file in executed(imports) for name in third_party(file)}
    assert "pydantic" in imported
    used = set().union(*(distributions_of(name) for name in imported)) & set(
        pins("requirements.txt")
    )
    # For reports and for clusters: Snakemake asks for them itself.
    assert held(CONTROLLER) == used | {"pygments", "snakemake-executor-plugin-slurm"}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_constraints_hold_every_requirement(file: str) -> None:
    assert pins(file).items() <= pins("constraints.txt").items()


def test_requirements_are_exact() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / file).read_text("utf-8").splitlines()
        loose = [ln for ln in lines if ln and not ln.startswith(("#", "-r")) and not PIN.match(ln)]
        assert not loose
