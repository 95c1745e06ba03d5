"""The computer, the software and the code of a run."""

import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from latentscape.crate.listing import hash_file

# What a run needs of the project; the rest is tests and documents.
CODE = ("Snakefile", "workflow", "latentscape", "envs", "resources")
BESIDE_CODE = ("requirements.txt", "constraints.txt", "LICENSE", "CITATION.cff")


def describe_machine(with_name: bool = False) -> dict[str, str]:
    """Return what this computer is; its name only if that is wanted."""
    pages = os.sysconf("SC_PHYS_PAGES") if "SC_PHYS_PAGES" in os.sysconf_names else 0
    memory = f"{pages * os.sysconf('SC_PAGE_SIZE') / 2**30:.1f} GiB" if pages else "unknown"
    said = {
        "operating system": platform.platform(),
        "architecture": platform.machine(),
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "memory": memory,
        "graphics processors": ", ".join(graphics_processors()) or "none",
        "Python": platform.python_version(),
    }
    return {**said, "host name": platform.node()} if with_name else said


def processor(source: Path = Path("/proc/cpuinfo")) -> str:
    """Return the model of the processor, or its architecture where the system does not say."""
    if source.is_file():
        found = re.search(r"^model name\s*: (.+)$", source.read_text("utf-8"), re.MULTILINE)
        if found:
            return found[1]
    return platform.processor() or platform.machine()


def graphics_processors() -> list[str]:
    """Return the NVIDIA processors that the driver lists."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    command = [program, "--query-gpu=name,memory.total", "--format=csv,noheader"]
    return _lines(command)


def installed_versions() -> list[str]:
    """Return the packages of this Python with their versions, as pip would freeze them."""
    found = {f"{package.name}=={package.version}" for package in distributions() if package.name}
    return sorted(found, key=str.lower)


def without_places(text: str) -> str:
    """Return a text with the working folder as ``.`` and the user's folder as ``~``."""
    home = os.path.expanduser("~")  # noqa: PTH111 - a user without a home is no error here
    # The longer one first: either of them may lie in the other.
    places = sorted([(str(Path.cwd()), "."), (home, "~")], key=lambda pair: -len(pair[0]))
    for place, sign in places:
        if place not in {"/", "~"}:
            text = re.sub(rf"{re.escape(place)}(?![\w.-])", sign, text)
    return text


def conda_packages(environment: Path) -> list[str]:
    """Return the packages of a conda environment: name, version and build of each."""
    return sorted(path.stem for path in (environment / "conda-meta").glob("*.json"))


@dataclass(frozen=True)
class Code:
    """The code of a run.

    Parameters
    ----------
    version : str
        Version of the package.
    digest : str
        SHA-256 over the names and hashes of all files of the code.
    commit : str
        Git commit, empty where there is none.
    is_dirty : bool
        Whether files differ from that commit.
    """

    version: str
    digest: str
    commit: str = ""
    is_dirty: bool = False

    @property
    def words(self) -> str:
        """Return the version in words."""
        if not self.commit:
            return f"{self.version}, no git commit, SHA-256 of the code {self.digest}"
        state = "with changes" if self.is_dirty else "unchanged"
        return f"{self.version}, git commit {self.commit} ({state}), SHA-256 {self.digest}"


def describe_code(root: Path, version: str) -> Code:
    """Return which code lies in a folder.

    Parameters
    ----------
    root : path
        The folder that holds the Snakefile.
    version : str
        Version of the package.
    """
    digest = hashlib.sha256()
    for path in code_files(root):
        listed = f"{hash_file(path).sha256}  {path.relative_to(root).as_posix()}\n"
        digest.update(os.fsencode(listed))
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():
        return Code(version, digest.hexdigest())
    here = [git, "-C", str(root)]
    commit = _lines([*here, "rev-parse", "HEAD"])
    dirty = bool(_lines([*here, "status", "--porcelain", "--", *CODE])) if commit else False
    return Code(version, digest.hexdigest(), "".join(commit), dirty)


def code_files(root: Path) -> list[Path]:
    """Return the files of the code, sorted."""
    found = []
    for name in CODE:
        path = root / name
        inside = path.rglob("*") if path.is_dir() else [path]
        found += [file for file in inside if file.is_file() and _is_code(file.relative_to(root))]
    return sorted(found)


def _is_code(path: Path) -> bool:
    return not any(part == "__pycache__" or part.startswith(".") for part in path.parts)


def pack_code(root: Path) -> bytes:
    """Return the code and what it needs to be installed as a zip archive, the same each time."""
    beside = [root / name for name in BESIDE_CODE if (root / name).is_file()]
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for file in [*code_files(root), *beside]:
            entry = zipfile.ZipInfo(file.relative_to(root).as_posix())
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    return memory.getvalue()


def _lines(command: list[str]) -> list[str]:
    """Return what a program prints, or nothing if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return []
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]
