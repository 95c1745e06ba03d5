"""One damaged file, read once: what came of it."""

import dataclasses
import hashlib
import logging
import multiprocessing
import os
import resource
import time
from collections.abc import Iterable, Mapping
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from bench.fuzz.formats import Format
from latentscape.checksums import hash_files, require_digests
from latentscape.errors import InputError


class Outcome(StrEnum):
    """What can come of reading a damaged file."""

    IDENTICAL = "identical"
    REFUSED = "refused"
    DIFFERENT = "different"
    UNNOTICED = "unnoticed"
    UNNAMED = "unnamed"
    UNTYPED = "untyped"
    MEMORY = "memory"
    HANG = "hang"
    CRASH = "crash"


MEANINGS = {
    Outcome.IDENTICAL: "the result is that of the undamaged file",
    Outcome.REFUSED: "an InputError names the file",
    Outcome.DIFFERENT: "another result; allowed for foreign formats, which have no checksums",
    Outcome.UNNOTICED: "another result of a file with checksums, or a list of them that agrees",
    Outcome.UNNAMED: "an InputError that does not name the file",
    Outcome.UNTYPED: "another exception",
    Outcome.MEMORY: "more memory than a small file can need",
    Outcome.HANG: "no end within the time limit",
    Outcome.CRASH: "the interpreter died",
}
ALLOWED = (Outcome.IDENTICAL, Outcome.REFUSED, Outcome.DIFFERENT)
LIST = "LIST"
PATIENCE = 20  # how many times the processor time may pass on the clock


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A valid file, and what is needed to judge damaged ones.

    Parameters
    ----------
    format : Format
        How it is read.
    path : Path
        Where damaged files are put. Files that belong to it lie beside it.
    content, other : bytes
        The file, and another valid one.
    expected : str
        Digest of what reading it gives.
    """

    format: Format
    path: Path
    content: bytes
    other: bytes
    expected: str


def prepare(form: Format, folder: Path) -> Prepared:
    """Make the valid files of a format, and read one."""
    contents = []
    for number in (1, 0):
        folder.mkdir(parents=True, exist_ok=True)
        form.make(folder, number)
        contents.append((folder / form.file).read_bytes())
    path = folder / form.file
    other, content = contents
    listed = hashlib.sha256(content).hexdigest()
    (folder / LIST).write_text(f"{listed}  {path}\n", "utf-8")
    return Prepared(form, path, content, other, digest(form.read(path)))


def judge(prepared: Prepared, mutant: bytes) -> tuple[Outcome, str]:
    """Read a damaged file, and say what came of it, with the message if there is one."""
    form, path = prepared.format, prepared.path
    path.write_bytes(mutant)
    try:
        try:
            found = digest(form.read(path))
        except InputError as error:
            if _is_caused_by_memory(error):
                return Outcome.MEMORY, str(error)
            if str(path) not in str(error):
                return Outcome.UNNAMED, str(error)
            outcome, message = Outcome.REFUSED, str(error)
        else:
            is_same = found == prepared.expected
            outcome, message = Outcome.IDENTICAL if is_same else Outcome.DIFFERENT, ""
        if outcome == Outcome.DIFFERENT and form.is_protected:
            return Outcome.UNNOTICED, "a file with checksums of its own"
        if not form.is_protected and not _is_refused_by_list(path):
            return Outcome.UNNOTICED, "its digest stands in a list"
    except KeyboardInterrupt:
        raise
    # What is looked for here is what nobody thought of; a panic of Rust is no Exception.
    except BaseException as error:  # noqa: BLE001
        return Outcome.UNTYPED, f"{type(error).__name__}: {error}"
    return outcome, message


def _is_caused_by_memory(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__
    return False


def _is_refused_by_list(path: Path) -> bool:
    try:
        require_digests(hash_files([str(path)]), path.with_name(LIST), source="p")
    except InputError as error:
        return str(path) in str(error)
    return False


def digest(value: Any) -> str:
    """Return a digest of what a reader returns, whatever it is made of."""
    found = hashlib.sha256()
    for part in _parts(value):
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


def _parts(value: Any) -> Iterable[bytes]:
    if isinstance(value, pd.DataFrame):
        value = {str(name): value[name].to_numpy() for name in value.columns}
    elif isinstance(value, BaseModel):
        value = value.model_dump()
    elif dataclasses.is_dataclass(value):
        value = vars(value)
    if isinstance(value, Mapping):
        for name, held in value.items():
            yield repr(name).encode()
            yield from _parts(held)
    elif isinstance(value, np.ndarray) and value.dtype != object:
        yield repr((value.dtype.str, value.shape)).encode()
        yield value.tobytes()
    elif isinstance(value, list | tuple | np.ndarray):
        yield b"%d" % len(value)
        for held in value:
            yield from _parts(held)
    else:
        yield repr(value).encode()


class Worker:
    """A process that reads damaged files, within limits of time and memory.

    Parameters
    ----------
    formats : mapping of str to Format
        The formats by name.
    folder : Path
        A folder of its own.
    seconds : float
        Processor time for one file.
    memory : int
        Memory that reading may need [B].
    """

    def __init__(
        self, formats: Mapping[str, Prepared], folder: Path, *, seconds: float, memory: int
    ) -> None:
        self.formats, self.folder, self.seconds, self.memory = formats, folder, seconds, memory
        self._start()

    def _start(self) -> None:
        # A new interpreter would import everything anew after each file that ends one.
        context = multiprocessing.get_context("fork")
        self.connection, theirs = context.Pipe()
        arguments = (theirs, self.formats, self.folder, self.memory)
        self.process = context.Process(target=_work, args=arguments, daemon=True)
        self.process.start()
        theirs.close()

    def judge(self, name: str, mutant: bytes) -> tuple[Outcome, str]:
        """Have a damaged file read, and return what came of it."""
        try:
            self.connection.send((name, mutant))
            start, begun = time.monotonic(), self._seconds_worked()
            # On a busy machine a file takes long without being to blame; what sleeps is.
            while time.monotonic() - start < PATIENCE * self.seconds:
                if self.connection.poll(self.seconds / 4):
                    return self.connection.recv()
                if self._seconds_worked() - begun > self.seconds:
                    break
            outcome = Outcome.HANG, f"not done after {self._seconds_worked() - begun:.3g} s of work"
        except (EOFError, OSError):
            self.process.join(5)
            outcome = Outcome.CRASH, f"exit status {self.process.exitcode}"
        self.stop()
        self._start()
        return outcome

    def _seconds_worked(self) -> float:
        """Return the processor time that the process used."""
        state = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
        return (int(state[11]) + int(state[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()
        self.connection.close()


def _work(
    connection: Connection, formats: Mapping[str, Prepared], folder: Path, memory: int
) -> None:
    logging.getLogger("latentscape").setLevel(logging.WARNING)
    own = {}
    for name, prepared in formats.items():
        path = folder / name / prepared.path.name
        path.parent.mkdir(parents=True, exist_ok=True)
        for file in prepared.path.parent.iterdir():
            (path.parent / file.name).write_bytes(file.read_bytes())
        listed = hashlib.sha256(prepared.content).hexdigest()
        path.with_name(LIST).write_text(f"{listed}  {path}\n", "utf-8")
        own[name] = dataclasses.replace(prepared, path=path)
    used = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
    while True:
        try:
            name, mutant = connection.recv()
        except EOFError:
            return
        connection.send(judge(own[name], mutant))
