"""The environments solve, install and hold what the rules need that run in them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from latentscape.config import load_detector
from latentscape.digests import sha256
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.raw import write_events
from latentscape.lartpc.tables.reconstruction import TRACKS

from .local_conda import make_conda

pytestmark = [pytest.mark.anywhere, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = sorted((ROOT / "envs").glob("*.yaml"))
# The smallest that a file's way from pixels to images needs.
TRIED = [ROOT / "envs" / f"{name}.yaml" for name in ("controller", "root", "imaging")]
PLATFORMS = ("linux-64", "linux-aarch64", "osx-arm64")
IMAGES = "results/lartpc/images/proton/000.safetensors"


def run(*command: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command with some variables changed and return what it said."""
    return subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


@cache
def conda_that_reaches_its_channel() -> bool:
    search = ("conda", "search", "--override-channels", "--channel", "conda-forge", "zuko")
    return shutil.which("conda") is not None and run(*search).returncode == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder that does not stay: environments take more than a gigabyte."""
    place = tmp_path_factory.mktemp("conda")
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def path(folder: Path) -> str:
    """Return a PATH with a conda: the machine's own, or one made from PyPI's wheels."""
    if conda_that_reaches_its_channel():
        return os.environ["PATH"]
    try:
        programs = make_conda(folder / "channel", TRIED)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"neither conda-forge nor PyPI can be reached from here ({error})")
    return f"{programs}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_conda_forge_serves_every_environment(
    environment: Path, platform: str, tmp_path: Path
) -> None:
    if not conda_that_reaches_its_channel():
        pytest.skip("no conda that reaches conda-forge: its own packages were NOT tried")
    create = ("conda", "env", "create", "--dry-run", "--file", environment, "--prefix", tmp_path)
    solved = run(*create, CONDA_SUBDIR=platform, CONDA_OVERRIDE_OSX="14.0")
    assert solved.returncode == 0, solved.stderr[-3000:]


@dataclass(frozen=True)
class Digitised:
    run: int
    subrun: int
    event: int
    adc: dict[str, np.ndarray]


def a_track(event: int, *, detector: Detector) -> Digitised:
    """Return an event with one straight track, the same in both planes."""
    wires = np.arange(20, 140)[:, None]
    ticks = 1000 + 100 * event + 3 * wires + np.arange(8)
    adc = {}
    for plane in PLANES:
        adc[plane] = np.zeros((detector.plane(plane).wires, detector.ticks), np.int16)
        adc[plane][wires, ticks] = 60
    return Digitised(1, 1, event, adc)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a ROOT file of four events."""
    detector = load_detector("lariat", ROOT / "resources")
    events = (a_track(number, detector=detector) for number in range(4))
    file = tmp_path_factory.mktemp("raw") / "events.root"
    write_events(file, events, tree="ana/raw", layout="flat", detector=detector)
    return file


def make_images(folder: Path, raw: Path, python: object, *arguments: str, **variables: str) -> str:
    """Run the workflow from a raw file to images and return what Snakemake said."""
    folder.mkdir()
    sample = {"species": "proton", "files": [str(raw)], "tree": "ana/raw"}
    # Made by hand, the tracks enter anywhere and do not straggle.
    cuts = {"entry_window": False, "varying_profile": False}
    config = {"samples": {"proton": sample}, "lartpc": {"cuts": cuts}}
    (folder / "config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    command = (python, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--cores", 2, IMAGES)
    made = run(*command, "--directory", folder, *arguments, **variables)
    assert made.returncode == 0, made.stderr[-3000:]
    return made.stderr


def results(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of the tables and arrays that the rules made."""
    made = sorted((folder / "results" / "lartpc").rglob("*"))
    return {str(p.relative_to(folder)): sha256(p) for p in made if p.is_file()}


def test_rules_run_in_their_environments_and_give_the_same_results(
    path: str, raw: Path, folder: Path
) -> None:
    make_images(folder / "plain", raw, sys.executable)
    controller = folder / "controller"
    file = ROOT / "envs" / "controller.yaml"
    created = run("conda", "env", "create", "--file", file, "--prefix", controller, PATH=path)
    assert created.returncode == 0, created.stderr[-3000:]
    python = controller / "bin" / "python"
    said = make_images(folder / "conda", raw, python, "--use-conda", PATH=path)
    assert said.count("Creating conda environment") == 2
    assert said.count("Activating conda environment") >= 5
    assert len(TRACKS.read(folder / "conda" / "results/lartpc/tracks/proton/000.parquet")) == 4
    plain, inside = results(folder / "plain"), results(folder / "conda")
    assert inside.keys() == plain.keys()
    # conda-forge's builds may differ in the last bits; packages made from the same wheels may not.
    if not conda_that_reaches_its_channel():
        assert inside == plain
