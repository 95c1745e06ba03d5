"""The package away from its clone: installed from a wheel."""

import tomllib
from pathlib import Path

import pytest

from latentscape import __main__ as command
from latentscape.config import load_detector
from latentscape.errors import InputError

ROOT = Path(__file__).parents[2]


def test_every_data_file_of_the_package_is_part_of_the_wheel() -> None:
    package = ROOT / "latentscape"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["latentscape"]
    packed = {path for pattern in patterns for path in package.glob(pattern)}
    files = (path for path in package.rglob("*") if path.is_file())
    data = {path for path in files if path.suffix != ".py" and "__pycache__" not in path.parts}
    assert data
    assert data <= packed


@pytest.mark.parametrize("name", ["schema", "reference"])
def test_no_file_is_rewritten_outside_a_clone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "ROOT", tmp_path)
    assert command.main([name]) == 1
    assert f"error: {tmp_path}: no clone of the project" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_without_the_clone_a_detector_is_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'lariat' is neither a file nor one of those .* none"):
        load_detector("lariat", tmp_path / "resources")
    path = ROOT / "resources" / "detectors" / "lariat.yaml"
    assert load_detector(str(path), tmp_path) == load_detector("lariat", ROOT / "resources")
