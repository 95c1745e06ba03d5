"""Who may import whom, and which words belong where."""

import re
from pathlib import Path

import pytest

from latentscape.provenance import imported_modules, reached_modules

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "latentscape"
STUDIES = ("lartpc", "jets", "calorimeter", "events")
SHARED = ("learning", "evaluation", "explorer", "figures", "crate")
DETECTOR_WORDS = re.compile(
    r"\b(wires?|drift|adc|protons?|kaons?|muons?|pions?|lartpc|dedx|bragg)\b", re.IGNORECASE
)


def modules(room: str) -> list[Path]:
    return sorted((PACKAGE / room).rglob("*.py"))


def rooms_imported_by(file: Path) -> set[str]:
    inside = (module.relative_to(PACKAGE).parts[0] for module in imported_modules(file, ROOT))
    return {part.removesuffix(".py") for part in inside}


@pytest.mark.parametrize("room", SHARED)
def test_shared_rooms_import_no_study(room: str) -> None:
    assert modules(room)
    breaches = {str(f): rooms_imported_by(f) & set(STUDIES) for f in modules(room)}
    assert not {file: found for file, found in breaches.items() if found}


@pytest.mark.parametrize("room", SHARED)
def test_shared_rooms_know_no_word_of_a_detector(room: str) -> None:
    breaches = {
        f"{file.name}: {found.group(0)}"
        for file in modules(room)
        if (found := DETECTOR_WORDS.search(file.read_text("utf-8")))
    }
    assert not breaches


@pytest.mark.parametrize("study", [study for study in STUDIES if (PACKAGE / study).is_dir()])
def test_a_study_imports_no_other_study(study: str) -> None:
    others = set(STUDIES) - {study}
    breaches = {str(f): rooms_imported_by(f) & others for f in modules(study)}
    assert not {file: found for file, found in breaches.items() if found}


@pytest.mark.parametrize("room", ["figures", "lartpc/figures"])
def test_figures_import_no_torch_even_through_others(room: str) -> None:
    pattern = re.compile(r"^\s*(import|from)\s+torch\b", re.MULTILINE)
    assert modules(room)
    reached = {module for file in modules(room) for module in [file, *reached_modules(file, ROOT)]}
    assert not [str(file) for file in sorted(reached) if pattern.search(file.read_text("utf-8"))]


def test_data_flow_one_way() -> None:
    order = ("raw", "hits", "clusters", "cuts", "matching", "images", "features")
    names = {name: number for number, name in enumerate(order)}
    breaches = [
        f"{name} imports {module.stem}"
        for name, number in names.items()
        for module in imported_modules(PACKAGE / "lartpc" / f"{name}.py", ROOT)
        if module.parent.name == "lartpc" and names.get(module.stem, -1) > number
    ]
    assert not breaches


def test_the_package_names_no_result_file() -> None:
    breaches = [
        file.name
        for file in PACKAGE.rglob("*.py")
        if re.search(r"[\"']results/", file.read_text("utf-8"))
    ]
    assert not breaches


def test_scripts_hold_no_more_than_forty_lines() -> None:
    scripts = sorted((ROOT / "workflow" / "scripts").rglob("*.py"))
    assert scripts
    lengths = {s.name: len(s.read_text("utf-8").splitlines()) for s in scripts}
    assert not {name: length for name, length in lengths.items() if length > 40}


def test_nothing_is_a_pickle() -> None:
    pattern = re.compile(r"\bpickle\b|torch\.(load|save)\(|allow_pickle=True|joblib\.(dump|load)")
    files = [*PACKAGE.rglob("*.py"), *(ROOT / "workflow").rglob("*.py")]
    assert not [file.name for file in files if pattern.search(file.read_text("utf-8"))]
