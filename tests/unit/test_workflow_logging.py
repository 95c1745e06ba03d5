import logging
from pathlib import Path
from types import SimpleNamespace

import pytest

from latentscape.errors import InputError
from latentscape.workflow import logged, several


def job(folder: Path) -> SimpleNamespace:
    return SimpleNamespace(rule="train", wildcards=["proton", "0"], log=[folder / "logs" / "t.log"])


def test_messages_reach_log_and_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with logged(job(tmp_path)):
        logging.getLogger("latentscape").info("epoch 1")
    log = (tmp_path / "logs" / "t.log").read_text()
    assert "train proton, 0: epoch 1" in log
    assert capsys.readouterr().err == log


def test_a_mistake_of_the_user_ends_without_traceback(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught, logged(job(tmp_path)):
        raise InputError("proton: no such tree.")
    log = (tmp_path / "logs" / "t.log").read_text()
    assert caught.value.code == 1
    assert "error: proton: no such tree." in log
    assert "Traceback" not in log


def test_a_defect_keeps_its_traceback_in_the_log(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), logged(job(tmp_path)):
        _ = 1 / 0
    assert "ZeroDivisionError" in (tmp_path / "logs" / "t.log").read_text()


def test_handlers_are_taken_away_again(tmp_path: Path) -> None:
    before = list(logging.getLogger("latentscape").handlers)
    with logged(job(tmp_path)):
        pass
    assert logging.getLogger("latentscape").handlers == before


def test_one_file_or_many_become_a_list() -> None:
    assert several("a") == ["a"]
    assert several(["a", "b"]) == ["a", "b"]
