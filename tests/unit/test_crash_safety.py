"""Outputs appear whole or not at all, and a training that was cut off loses little."""

import ast
import errno
import gc
import logging
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.figure import Figure

from latentscape import files
from latentscape.arrays import KeyedArrays
from latentscape.errors import InputError
from latentscape.figures.style import save
from latentscape.files import replacing, write_json, write_tensors, write_text
from latentscape.learning import training
from latentscape.learning.settings import Model
from latentscape.learning.tables import HISTORY
from latentscape.learning.training import train
from latentscape.workflow import logged

ROOT = Path(__file__).parents[2]
HOST = socket.gethostname()
DAY = 24 * 3600


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def run_killed(program: str, *arguments: Path | str) -> None:
    """Run a program that kills itself."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == -signal.SIGKILL, result.stderr


KILLED_WHILE_WRITING = """
import os, signal, sys
from latentscape.files import replacing
with replacing(sys.argv[1]) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_writer_leaves_nothing_finished_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    run_killed(KILLED_WHILE_WRITING, path)
    (leftover,) = names(tmp_path)
    assert leftover.startswith(".a.txt.")
    assert leftover.endswith(".part")
    write_text("whole", path)
    assert names(tmp_path) == ["a.txt"]
    assert path.read_text() == "whole"


def a_dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("host", "is_alive", "age", "stays"),
    [
        (HOST, False, 0, False),
        (HOST, True, 0, True),
        (HOST, True, 2 * DAY, False),
        # A process number of another machine says nothing here.
        ("another.machine", False, 0, True),
        ("another.machine", False, 2 * DAY, False),
    ],
)
def test_temporary_files_of_the_same_output_go_if_their_writer_is_surely_dead(
    tmp_path: Path, host: str, is_alive: bool, age: float, stays: bool
) -> None:
    pid = os.getppid() if is_alive else a_dead_pid()
    part = tmp_path / f".a.txt.{host}.{pid}.part"
    part.write_text("half")
    then = time.time() - age
    os.utime(part, (then, then))
    write_text("whole", tmp_path / "a.txt")
    assert part.exists() == stays


def test_temporary_files_of_other_outputs_are_left_alone(tmp_path: Path) -> None:
    pid = a_dead_pid()
    others = [f".b.a.txt.{HOST}.{pid}.part", f".a.txt.tsv.{HOST}.{pid}.parts", ".a.txt", "a.txt.1"]
    for name in others:
        (tmp_path / name).touch()
    write_text("whole", tmp_path / "a.txt")
    assert names(tmp_path) == sorted([*others, "a.txt"])


def test_two_writers_of_one_output_on_two_machines_do_not_meet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    with replacing(path) as temporary:
        temporary.write_text("first")
        monkeypatch.setattr(files, "_HOST", "another.machine")
        write_text("second", path)
        assert path.read_text() == "second"
    assert path.read_text() == "first"
    assert names(tmp_path) == ["a.txt"]


def test_a_writer_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")

    def fail() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "before"
    assert names(tmp_path) == ["a.txt"]


def test_a_folder_appears_as_a_whole_and_replaces_the_one_before(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for content in ("first", "second"):
        with replacing(folder) as temporary:
            write_text(content, temporary / "data" / content)
            assert not (folder / "data" / content).exists()
        assert names(tmp_path) == ["folder"]
        assert names(folder / "data") == [content]


def test_the_leftover_folder_of_a_killed_process_with_the_same_number_is_emptied(
    tmp_path: Path,
) -> None:
    old = tmp_path / f".folder.{HOST}.{os.getpid()}.part"
    write_text("old", old / "old.txt")
    with replacing(tmp_path / "folder") as temporary:
        write_text("new", temporary / "new.txt")
    assert names(tmp_path / "folder") == ["new.txt"]


def test_the_content_is_on_the_disk_before_its_name_and_its_name_before_the_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[tuple[str, int]] = []
    true_fsync, true_replace = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        order.append(("flushed", os.fstat(descriptor).st_ino))
        true_fsync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        order.append(("renamed", self.stat().st_ino))
        return true_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    path = tmp_path / "a.txt"
    write_text("whole", path)
    file, folder = path.stat().st_ino, tmp_path.stat().st_ino
    assert order == [("flushed", file), ("renamed", file), ("flushed", folder)]


def test_a_file_system_that_cannot_flush_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(descriptor: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", fsync)
    write_text("whole", tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == "whole"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "the disk is full; make room and start again, finished files stay"),
        (errno.EDQUOT, "your quota on this disk is used up; make room"),
        (errno.EACCES, "you may not write there"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EIO, "the disk reports a fault"),
    ],
)
@pytest.mark.parametrize("moment", ["opened", "written", "flushed", "in a library"])
def test_a_disk_that_refuses_is_named_with_the_file_and_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str, moment: str
) -> None:
    path = tmp_path / "tables" / "a.txt"

    text = os.strerror(number)

    def fsync(descriptor: int) -> None:
        if moment == "flushed":
            raise OSError(number, text)

    def write() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half")
            if moment == "opened":
                raise OSError(number, text, str(temporary))
            if moment == "written":
                raise OSError(number, text)
            if moment == "in a library":
                raise files.SafetensorError(f"I/O error: {text} (os error {number})")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(InputError) as caught:
        write()
    assert str(caught.value).startswith(f"{path}: not written, because {reason}")
    assert names(path.parent) == []


def test_a_folder_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mkdir(self: Path, *arguments: Any, **keywords: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.raises(InputError, match=r"a/b\.txt: not written, because the file system is read"):
        write_text("", tmp_path / "a" / "b.txt")


def test_an_input_that_may_not_be_read_is_no_error_of_the_output(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), replacing(tmp_path / "a.txt"):
        raise PermissionError(errno.EACCES, "Permission denied", "/data/other.root")


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let the system refuse longer files, as a full disk does."""
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))


NUMBERS = np.random.default_rng(1).normal(size=5000)


def a_figure() -> Figure:
    figure = Figure()
    figure.add_subplot().plot(NUMBERS)
    return figure


def a_history() -> pd.DataFrame:
    names = [column.name for column in HISTORY.columns]
    columns = dict.fromkeys(names, NUMBERS) | {"epoch": np.arange(len(NUMBERS)), "is_best": True}
    return pd.DataFrame(columns)


def keyed() -> KeyedArrays:
    return KeyedArrays(pd.DataFrame({"event": np.arange(len(NUMBERS))}), {"x": NUMBERS})


WRITERS: dict[str, Callable[[Path], None]] = {
    "a.txt": lambda path: write_text("x" * 5000, path),
    "a.json": lambda path: write_json(NUMBERS.tolist(), path),
    "a.safetensors": lambda path: write_tensors({"x": NUMBERS}, path),
    "keyed.safetensors": lambda path: keyed().write(path, path.with_suffix(".parquet")),
    "a.parquet": lambda path: HISTORY.write(a_history(), path),
    "a.tsv": lambda path: HISTORY.write_tsv(a_history(), path),
    "a.png": lambda path: save(a_figure(), [path]),
    "a.pdf": lambda path: save(a_figure(), [path]),
}


# A library may leave the file open that it could not write.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", WRITERS)
def test_a_writer_that_runs_out_of_space_names_the_file_and_leaves_none(
    tmp_path: Path, name: str
) -> None:
    expected = r"\.\w+: not written, because it grew larger than a file may be here"
    with pytest.raises(InputError, match=expected), files_of_at_most(1000):
        WRITERS[name](tmp_path / name)
    gc.collect()
    assert names(tmp_path) == []


# What makes or changes a file, in the libraries that this project uses.
MAKERS = {
    *("write_bytes", "to_csv", "to_parquet", "to_json", "to_html", "to_pickle", "write_table"),
    *("savefig", "save_file", "recreate", "savetxt", "savez", "tofile", "copy2", "copyfile"),
}

# Functions that are given a temporary name, so that what holds for makers holds for their callers.
GIVEN = {"write_parquet", "_sort_metadata"}


def makes_a_file(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name == "write_text":
        # The function of that name is one of ours, the method is not.
        return isinstance(call.func, ast.Attribute)
    if name == "open":
        modes = [a.value for a in call.args if isinstance(a, ast.Constant)]
        modes += [k.value.value for k in call.keywords if isinstance(k.value, ast.Constant)]
        return any(isinstance(m, str) and len(m) < 4 and set(m) & set("wax+") for m in modes)
    # Without a path, a table becomes a text.
    return name in MAKERS | GIVEN and not (name.startswith("to_") and not call.args)


def replaces(node: ast.AST) -> bool:
    return isinstance(node, ast.With) and any(
        isinstance(call, ast.Call) and getattr(call.func, "id", "") == "replacing"
        for item in node.items
        for call in ast.walk(item.context_expr)
    )


def makers_outside(node: ast.AST) -> Iterator[int]:
    """Yield the lines that make a file and lie in no block that gives a temporary name."""
    if isinstance(node, ast.Call) and makes_a_file(node):
        yield node.lineno
    is_given = isinstance(node, ast.FunctionDef) and node.name in GIVEN
    if not is_given and not replaces(node):
        for child in ast.iter_child_nodes(node):
            yield from makers_outside(child)


def test_the_search_for_makers_finds_them() -> None:
    text = """
p.write_text("")
open(p, "w")
frame.to_csv(p)
with replacing(p) as t, uproot.recreate(t) as file:
    t.write_text("")
write_text("", p)
open(p, "rb")
frame.to_csv(index=False)
"""
    assert list(makers_outside(ast.parse(text))) == [2, 3, 4]


def test_no_code_makes_a_file_under_its_final_name() -> None:
    modules = [*(ROOT / "latentscape").rglob("*.py"), *(ROOT / "workflow").rglob("*.py")]
    assert len(modules) > 200
    found = {str(m): list(makers_outside(ast.parse(m.read_text("utf-8")))) for m in modules}
    assert {module: lines for module, lines in found.items() if lines} == {}


def test_no_rule_writes_a_file_by_itself() -> None:
    rules = [*(ROOT / "workflow" / "rules").glob("*.smk"), ROOT / "Snakefile"]
    texts = {path.name: path.read_text("utf-8") for path in rules}
    assert not [name for name, text in texts.items() if "\n    shell:" in text]
    assert not [name for name, text in texts.items() if "\n    run:" in text]


MODEL = Model.model_validate(
    {
        "trained_on": ["a"],
        "latent": 2,
        "channels": [4, 8],
        "dropout": 0.2,
        "training": {"epochs": 8, "batch": 16, "learning_rate": 0.01},
    }
)


def trained(checkpoint: Path | None) -> tuple[Any, pd.DataFrame]:
    rng = np.random.default_rng(3)
    images = rng.random((50, 1, 8, 8), dtype=np.float32)
    device = torch.device("cpu")
    return train(
        images[:40], images[40:], model=MODEL, seed=1, device=device, checkpoint=checkpoint
    )


@cache
def undisturbed() -> tuple[Any, pd.DataFrame]:
    return trained(None)


def assert_as_undisturbed(found: tuple[Any, pd.DataFrame]) -> None:
    network, history = undisturbed()
    state = network.state_dict()
    assert all(torch.equal(state[name], value) for name, value in found[0].state_dict().items())
    pd.testing.assert_frame_equal(history, found[1], check_exact=True)


class Killed(BaseException):
    """Stands for SIGKILL."""


def test_a_training_killed_inside_its_fourth_checkpoint_resumes_after_its_third_epoch(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    checkpoint = tmp_path / "0.safetensors"
    count, true_save = 0, files.save_file

    def save_file(tensors: Any, path: Path, metadata: Any) -> None:
        nonlocal count
        count += 1
        true_save(tensors, path, metadata)
        if count == 4:
            os.truncate(path, path.stat().st_size // 2)
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "CHECKPOINT_SHARE", 1e6)
        patch.setattr(files, "save_file", save_file)
        # A killed process removes nothing.
        patch.setattr(files, "_remove", lambda _: None)
        with pytest.raises(Killed):
            trained(checkpoint)
    assert len(names(tmp_path)) == 2
    found = trained(checkpoint)
    assert "resuming after epoch 3" in caplog.text
    assert names(tmp_path) == [checkpoint.name]
    assert_as_undisturbed(found)


def test_a_training_killed_before_its_result_was_written_trains_no_epoch_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(training, "CHECKPOINT_SHARE", 1e6)
    trained(tmp_path / "0")
    found = trained(tmp_path / "0")
    assert "resuming after epoch 8" in caplog.text
    assert caplog.text.count(" in validation") == 8
    assert_as_undisturbed(found)


def test_a_training_with_a_damaged_checkpoint_starts_afresh_and_equals_an_undisturbed_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    checkpoint = tmp_path / "0"
    checkpoint.write_bytes(b"\0" * 500)
    found = trained(checkpoint)
    assert "Starting from the first epoch." in caplog.text
    assert_as_undisturbed(found)


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        # An epoch takes one second. 0.04 s of writing are never more than 5% of the time.
        (0.04, [1, 2, 3, 4, 5, 6, 7, 8]),
        # After epoch 1 0.2 s are spent, which is 5% of 4 s; after epoch 4, 0.4 s, 5% of 8 s.
        (0.2, [1, 4, 8]),
    ],
)
def test_a_checkpoint_is_left_out_where_writing_took_over_a_twentieth_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cost: float, expected: list[int]
) -> None:
    clock, saved = [0.0], []
    true_evaluate = training.evaluate

    def evaluate(*arguments: Any, **keywords: Any) -> dict[str, float]:
        clock[0] += 1
        return true_evaluate(*arguments, **keywords)

    def save_checkpoint(*arguments: Any, history: list[dict[str, Any]], **keywords: Any) -> None:
        clock[0] += cost
        saved.append(len(history))

    monkeypatch.setattr(training, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(training, "evaluate", evaluate)
    monkeypatch.setattr(training, "save_checkpoint", save_checkpoint)
    trained(tmp_path / "0")
    assert saved == expected


def job(log: Path) -> SimpleNamespace:
    return SimpleNamespace(rule="train", wildcards=[], log=[log])


def test_a_full_disk_that_refuses_the_log_as_well_does_not_hide_what_happened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        with logged(job(tmp_path / "logs" / "train.log")):
            logging.getLogger("latentscape").info("x" * 2000)
            write_text("x" * 2000, tmp_path / "a.txt")

    with pytest.raises(SystemExit) as caught, files_of_at_most(1000):
        fail()
    assert caught.value.code == 1
    *_, last = capsys.readouterr().err.splitlines()
    assert re.match(rf"\S+ train: error: {tmp_path}/a.txt: not written, because it grew ", last)


def test_a_log_that_cannot_be_opened_ends_the_job_before_its_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def mkdir(self: Path, *arguments: Any, **keywords: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    def work() -> None:
        with logged(job(tmp_path / "logs" / "train.log")):
            pytest.fail("the work was begun")

    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.raises(SystemExit):
        work()
    assert "logs/train.log: not written, because the disk is full" in capsys.readouterr().err
