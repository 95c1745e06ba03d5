"""Run one command of a shell within a memory limit of its own, and note what it used.

    python limited.py cgroup|data MB RECORD.tsv COMMAND

It stands alone, because it starts before every job: ``bash`` calls it through ``BASH_ENV``.
"""

import os
import re
import resource
import signal
import sys
import time
from pathlib import Path

FIELDS = ("rule", "seconds", "cpu_s", "peak_mb", "charged_mb", "killed", "status")
SCRIPT = re.compile(r"\.(\w+)\.py\b")
MB = 1_000_000


def memory_folder() -> Path:
    """Return this process's folder of the memory controller of cgroup v1.

    Raises
    ------
    SystemExit
        If the machine has no such controller, or it may not be used.
    """
    lines = Path("/proc/self/cgroup").read_text("utf-8").splitlines()
    own = [line.split(":", 2)[2] for line in lines if line.split(":")[1] == "memory"]
    folder = Path("/sys/fs/cgroup/memory", *(path.lstrip("/") for path in own))
    if not own or not os.access(folder, os.W_OK):
        sys.exit("no memory controller (cgroup v1) that this user may use: take --limit data")
    return folder


def limit_group(folder: Path, limit_mb: int) -> Path:
    """Return a new group of processes that the kernel keeps below the limit."""
    group = folder / f"latentscape-{os.getpid()}"
    group.mkdir()
    (group / "memory.limit_in_bytes").write_text(str(limit_mb * MB), "utf-8")
    return group


def run(kind: str, limit_mb: int, command: str) -> dict[str, object]:
    """Run the command to its end, and return what one line of the record holds."""
    group = limit_group(memory_folder(), limit_mb) if kind == "cgroup" else None
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        if group is not None:
            (group / "cgroup.procs").write_text(str(os.getpid()), "utf-8")
        else:
            resource.setrlimit(resource.RLIMIT_DATA, (limit_mb * MB, limit_mb * MB))
        os.execvp("bash", ["bash", "-c", command])  # noqa: S606, S607 - the command of the job
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to the child as well
    _, status, usage = os.wait4(child, 0)
    script = SCRIPT.search(command)
    return {
        "rule": script[1] if script else "",
        "seconds": round(time.monotonic() - start, 3),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 3),
        # the highest of bash and all that it waited for; in units of 1024 bytes
        "peak_mb": round(usage.ru_maxrss * 1024 / MB, 1),
        "charged_mb": "" if group is None else _charged_mb(group),
        "killed": 0 if group is None else _kills(group),
        "status": os.waitstatus_to_exitcode(status),
    }


def _charged_mb(group: Path) -> float:
    """Return the most that the group was charged for, its share of the page cache included."""
    return int((group / "memory.max_usage_in_bytes").read_text("utf-8")) // MB


def _kills(group: Path) -> int:
    """Return how many processes the kernel killed for memory, and remove the group."""
    control = dict(
        line.split() for line in (group / "memory.oom_control").read_text("utf-8").splitlines()
    )
    group.rmdir()
    return int(control["oom_kill"])


def main() -> None:
    """Run the command, add a line to the record, and end as the command did."""
    kind, limit_mb, record, command = sys.argv[1:]
    line = run(kind, int(limit_mb), command)
    if line["rule"]:
        with open(record, "a", encoding="utf-8") as file:
            file.write("\t".join(str(line[field]) for field in FIELDS) + "\n")
    status = int(str(line["status"]))
    sys.exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main()
