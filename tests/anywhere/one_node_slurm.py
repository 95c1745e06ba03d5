"""A SLURM cluster of one node on this machine, to try the workflow's SLURM profile on.

    python tests/anywhere/one_node_slurm.py FOLDER COMMAND …

starts the cluster, runs the command and stops the cluster again. Its key, sockets and logs lie in
FOLDER; only links to its configuration lie in /etc/slurm, because the jobs of Snakemake's SLURM
plugin do not get to see an environment variable that names another place. Two GPUs are pretended
(their devices are /dev/null), as may be processors. Debian's packages: slurm-wlm and munge, and
with --accounting also slurmdbd and mariadb-server.
"""

import argparse
import contextlib
import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ETC = Path("/etc/slurm")
# What is there where a SLURM is; the last is what a node without files of its own is sent.
SIGNS = (
    *(ETC / name for name in ("slurm.conf", "gres.conf", "slurmdbd.conf")),
    Path("/run/slurm/conf/slurm.conf"),
)
NODE = socket.gethostname().split(".")[0]
NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "squeue")
NEEDED_FOR_ACCOUNTING = ("slurmdbd", "mariadbd", "mariadb-install-db", "mariadb")

SLURM_CONF = """\
ClusterName=onenode
SlurmctldHost={node}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
MpiDefault=none
# Without control groups: memory is looked at each second, and a job with too much is killed.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
# Ended jobs stay visible to squeue for this many seconds.
MinJobAge=86400
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
# More processors than the machine has.
SlurmdParameters=config_overrides
# The jobs of a node that dies fail, so that it is Snakemake which tries them again.
JobRequeue=0
KillWait=3
OverTimeLimit=0
GresTypes=gpu
NodeName={node} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} Gres=gpu:fake:2 State=UNKNOWN
PartitionName=main Nodes={node} Default=YES MaxTime=1440 State=UP
PartitionName=gpu  Nodes={node} Default=NO  MaxTime=1440 State=UP
"""
SLURMDBD_CONF = """\
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
DbdHost=localhost
DbdAddr=127.0.0.1
SlurmUser={user}
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StorageLoc=slurm
PidFile={folder}/slurmdbd.pid
LogFile={folder}/slurmdbd.log
"""
WITHOUT_ACCOUNTING = "AccountingStorageType=accounting_storage/none\n"
WITH_ACCOUNTING = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePass={folder}/munge.socket
AccountingStorageTRES=gres/gpu
AccountingStoreFlags=job_comment
"""


def what_is_missing(accounting: bool = False) -> str:
    """Return why no cluster can be started here, empty if one can."""
    needed = (*NEEDED, *(NEEDED_FOR_ACCOUNTING if accounting else ()))
    missing = [name for name in needed if not shutil.which(name)]
    if missing:
        packages = "slurm-wlm munge" + (" slurmdbd mariadb-server" if accounting else "")
        return f"{', '.join(missing)} not found (Debian: apt-get install {packages})"
    if os.geteuid() != 0:
        return "only root may write /etc/slurm and start the daemons"
    if "SLURM_CONF" in os.environ:
        return f"SLURM_CONF={os.environ['SLURM_CONF']} names a SLURM that is there already"
    for sign in SIGNS:
        if os.path.lexists(sign):
            return f"{sign} exists: this machine has a SLURM of its own, or one of ours runs"
    return ""


@contextlib.contextmanager
def one_node_slurm(
    folder: Path, *, cpus: int = 8, memory: int = 8000, accounting: bool = False
) -> Iterator[None]:
    """Run a cluster of one node as long as the context lasts.

    Parameters
    ----------
    folder : Path
        Where everything of the cluster is written: a new or empty folder, or that of an earlier
        cluster, which is emptied. Its path must be short (sockets).
    cpus : int
        Processors of the node, as many as one likes.
    memory : int
        Memory of the node in MB.
    accounting : bool
        Whether to keep accounts of jobs (sacct), with a database of its own.

    Raises
    ------
    RuntimeError
        If the machine lacks something, the folder holds something else, or a daemon does not start.
    """
    if reason := what_is_missing(accounting):
        raise RuntimeError(reason)
    if folder.exists() and any(folder.iterdir()) and not (folder / "munge.key").exists():
        raise RuntimeError(f"{folder} is not empty and holds no cluster; give a new folder")
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("state", "spool"):
        (folder / name).mkdir(parents=True)
    folder.chmod(0o755)
    values = {"node": NODE, "user": getpass.getuser(), "folder": folder}
    values |= {"cpus": str(cpus), "memory": str(memory)}
    try:
        _start_munge(folder)
        _write_configuration(folder, accounting, values)
        if accounting:
            _start_accounting(folder)
        _run("slurmctld", "-c")
        _run("slurmd", "-c")
        if accounting:
            _wait(
                "the cluster in the database",
                lambda: "onenode" in _run("sacctmgr", "-n", "list", "cluster"),
            )
            _run("sacctmgr", "-i", "add", "account", "demo")
            _run("sacctmgr", "-i", "add", "user", getpass.getuser(), "account=demo")
        _wait("an idle node", lambda: _run("sinfo", "-h", "-o", "%T").split()[:1] == ["idle"])
        yield
    finally:
        _stop(folder)


def _start_munge(folder: Path) -> None:
    key = folder / "munge.key"
    key.touch(mode=0o600)
    key.write_bytes(secrets.token_bytes(1024))
    options = {"key-file": key, "socket": folder / "munge.socket", "seed-file": folder / "seed"}
    options |= {"pid-file": folder / "munged.pid", "log-file": folder / "munged.log"}
    _run("munged", "--force", *(f"--{name}={value}" for name, value in options.items()))


def _write_configuration(folder: Path, accounting: bool, values: dict[str, object]) -> None:
    for number in range(2):
        os.mknod(folder / f"gpu{number}", 0o020666, os.makedev(1, 3))
    texts = {
        "slurm.conf": SLURM_CONF + (WITH_ACCOUNTING if accounting else WITHOUT_ACCOUNTING),
        "gres.conf": "NodeName={node} Name=gpu Type=fake File={folder}/gpu[0-1]\n",
    }
    if accounting:
        texts["slurmdbd.conf"] = SLURMDBD_CONF
    ETC.mkdir(exist_ok=True)
    for name, text in texts.items():
        file = folder / name
        file.touch(mode=0o600 if name == "slurmdbd.conf" else 0o644)
        file.write_text(text.format(**values), "utf-8")
        (ETC / name).symlink_to(file)


def _start_accounting(folder: Path) -> None:
    """Start a database that only this cluster sees, and the daemon that writes to it."""
    user, data, mysql = getpass.getuser(), folder / "mysql", f"--socket={folder}/mysql.socket"
    install = ("--auth-root-authentication-method=normal", f"--user={user}", f"--datadir={data}")
    _run("mariadb-install-db", "--no-defaults", *install)
    options = ("--skip-networking", f"--user={user}", f"--datadir={data}", mysql)
    options += (f"--pid-file={folder}/mariadbd.pid", "--innodb-lock-wait-timeout=900")
    with (folder / "mariadbd.log").open("w") as log:
        subprocess.Popen(["mariadbd", "--no-defaults", *options], stdout=log, stderr=log)
    client = ("mariadb", "--no-defaults", mysql, "-u", "root", "-e")
    _wait("the database", (folder / "mysql.socket").exists)
    _run(*client, "create database slurm; create user slurm@localhost")
    _run(*client, "grant all on slurm.* to slurm@localhost")
    subprocess.run(
        ["slurmdbd"], env={**os.environ, "MYSQL_UNIX_PORT": f"{folder}/mysql.socket"}, check=True
    )
    _wait("slurmdbd", lambda: "started" in (folder / "slurmdbd.log").read_text("utf-8"))


def _stop(folder: Path) -> None:
    """Stop jobs and daemons, by their process numbers, and take the links away in any case."""
    try:
        if (folder / "slurmctld.pid").exists():
            subprocess.run(["scancel", "-u", getpass.getuser()], capture_output=True, check=False)
            with contextlib.suppress(RuntimeError):
                _wait("the end of the jobs", lambda: not _run("squeue", "--noheader"), 30)
        for name in ("slurmd", "slurmctld", "slurmdbd", "munged", "mariadbd"):
            file = folder / f"{name}.pid"
            if file.exists():
                _end(int(file.read_text("utf-8")))
    finally:
        for link in ETC.glob("*.conf"):
            if link.is_symlink() and link.readlink().parent == folder:
                link.unlink()


def _end(process: int) -> None:
    """Ask a process to stop, and kill it if it does not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, RuntimeError):
            os.kill(process, number)
            _wait(f"the end of process {process}", lambda: not _is_running(process), 30)
            return


def _is_running(process: int) -> bool:
    """Return whether a process runs; one that only waits to be fetched does not."""
    try:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process, os.WNOHANG)
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _run(*command: str) -> str:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)}: {result.stderr.strip() or result.stdout.strip()}")
    return result.stdout


def _wait(what: str, is_there: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_there():
        if time.monotonic() > end:
            raise RuntimeError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.1)


def main(arguments: Sequence[str]) -> int:
    """Run a command while a cluster runs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of the cluster, with a short path")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what to run on the cluster")
    parser.add_argument("--cpus", type=int, default=8, help="processors to pretend (8)")
    parser.add_argument("--memory", type=int, default=8000, help="memory of the node in MB (8000)")
    parser.add_argument("--accounting", action="store_true", help="keep accounts (sacct)")
    options = parser.parse_args(arguments)
    chosen = {"cpus": options.cpus, "memory": options.memory, "accounting": options.accounting}
    try:
        with one_node_slurm(options.folder.absolute(), **chosen):
            return subprocess.run(options.command, check=False).returncode
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
