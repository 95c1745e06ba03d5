"""Answer the calls that Snakemake makes to conda, on a machine that has none.

A real solver and a real installer (py-rattler) do the work. What this proves is that the
environments solve and install, and that jobs run in them; it proves nothing of conda itself.
Channels, the packages taken from them and the commands lie in the folder LOCAL_CONDA.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from rattler import Channel, ChannelConfig, Gateway, MatchSpec, VirtualPackage, install, solve
from rattler.platform import Platform
from rattler.repo_data import RepoDataRecord

# Snakemake wants three numbers and no older conda than 24.7.1.
VERSION = "24.7.1"
HOME = Path(os.environ["LOCAL_CONDA"])
PACKAGES = HOME / "packages"


async def solution(specs: Sequence[str], channels: Sequence[str]) -> list[RepoDataRecord]:
    """Return the packages that meet some specifications."""
    alias = ChannelConfig(channel_alias=f"{HOME.as_uri()}/")
    return await solve(
        [Channel(channel, alias) for channel in channels],
        [MatchSpec(spec) for spec in specs],
        gateway=Gateway(cache_dir=PACKAGES / "repodata"),
        virtual_packages=VirtualPackage.detect(),
        add_pip_as_python_dependency=True,
    )


def create(specs: Sequence[str], channels: Sequence[str], prefix: str) -> None:
    """Solve specifications and install the packages into a folder."""
    records = asyncio.run(solution(specs, channels))
    asyncio.run(install(records, target_prefix=prefix, cache_dir=PACKAGES, show_progress=False))
    # By this file conda knows its environments.
    (Path(prefix) / "conda-meta" / "history").touch()


def create_from_file(file: str, prefix: str) -> None:
    """Make the environment of a conda file, with what pip adds to it."""
    content = yaml.safe_load(Path(file).read_text("utf-8"))
    entries = content["dependencies"]
    create([e for e in entries if isinstance(e, str)], content["channels"], prefix)
    from_pip = [line for entry in entries if isinstance(entry, dict) for line in entry["pip"]]
    if from_pip:
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as listed:
            listed.write("\n".join(from_pip))
            listed.flush()
            python = f"{prefix}/bin/python"
            command = [python, "-m", "pip", "install", "--quiet", "--requirement", listed.name]
            subprocess.run(command, check=True)


def create_from_pins(file: str, prefix: str) -> None:
    """Make the environment of an explicit list of packages."""
    lines = Path(file).read_text("utf-8").splitlines()
    urls = [line.split("#")[0] for line in lines if line and line[0] not in "#@"]
    names = [url.rsplit("/", 1)[1].removesuffix(".conda").rsplit("-", 2) for url in urls]
    specs = [f"{name} =={version} {build}" for name, version, build in names]
    create(specs, sorted({url.rsplit("/", 2)[0] for url in urls}), prefix)


def installed(prefix: str) -> list[dict[str, Any]]:
    """Return the records of the packages in an environment."""
    files = sorted((Path(prefix) / "conda-meta").glob("*.json"))
    return [json.loads(file.read_text("utf-8")) for file in files]


def exported(prefix: str) -> str:
    """Return an environment as a conda file."""
    packages = [f"{p['name']}={p['version']}={p['build']}" for p in installed(prefix)]
    return yaml.safe_dump({"channels": ["conda-forge"], "dependencies": packages})


def information() -> dict[str, Any]:
    """Return what Snakemake asks of a conda."""
    return {
        "conda_prefix": str(HOME),
        "root_prefix": str(HOME),
        "platform": str(Platform.current()),
        "conda_version": VERSION,
        "pkgs_dirs": [str(PACKAGES)],
    }


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what a call asks for."""
    parser = argparse.ArgumentParser(prog="conda", description=__doc__)
    parser.add_argument("--version", "-V", action="version", version=f"conda {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("clean", "config", "create", "env", "info", "list"):
        command = commands.add_parser(name)
        if name == "env":
            command.add_argument("action", choices=["create", "export"])
        command.add_argument("--file", "-f")
        command.add_argument("--prefix", "-p")
        command.add_argument("--get")
        for flag in ("--explicit", "--json", "--no-default-packages", "--packages", "--quiet"):
            command.add_argument(flag, action="store_true")
        command.add_argument("--tarballs", action="store_true")
        command.add_argument("--yes", "-y", action="store_true")
    return parser.parse_args(arguments)


def answer(arguments: Sequence[str]) -> str:
    """Do what a call asks for and return what conda would print."""
    given = parsed(arguments)
    match given.command, vars(given).get("action"):
        case "info", _:
            return json.dumps(information())
        case "config", _:
            return json.dumps({"get": {"channel_priority": "strict"}, "success": True})
        case "env", "create":
            create_from_file(given.file, given.prefix)
        case "env", "export":
            return exported(given.prefix)
        case "create", _:
            create_from_pins(given.file, given.prefix)
        case "list", _:
            return "\n".join(["@EXPLICIT", *(p["url"] for p in installed(given.prefix))])
    return ""


if __name__ == "__main__":
    sys.stdout.write(answer(sys.argv[1:]) + "\n")
    sys.stdout.flush()
    sys.stderr.flush()
    # The threads of py-rattler may crash an interpreter that ends the usual way.
    os._exit(0)
