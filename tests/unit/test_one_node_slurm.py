"""The cluster that tests start leaves alone what it finds, and leaves nothing behind."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.anywhere import one_node_slurm


@pytest.fixture
def etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for /etc/slurm, on a machine that has all that is needed."""
    folder = tmp_path / "etc"
    folder.mkdir()
    monkeypatch.setattr(one_node_slurm, "ETC", folder)
    monkeypatch.setattr(one_node_slurm, "SIGNS", (folder / "slurm.conf",))
    monkeypatch.setattr(one_node_slurm, "NEEDED", ())
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.delenv("SLURM_CONF", raising=False)
    return folder


def test_none_is_started_where_a_slurm_is_or_was(
    etc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert one_node_slurm.what_is_missing() == ""
    (etc / "slurm.conf").symlink_to(etc / "gone" / "slurm.conf")
    assert "slurm.conf exists" in one_node_slurm.what_is_missing()
    (etc / "slurm.conf").unlink()
    monkeypatch.setenv("SLURM_CONF", "/shared/slurm.conf")
    assert "SLURM_CONF=/shared/slurm.conf" in one_node_slurm.what_is_missing()


def test_a_folder_with_something_else_is_not_emptied(etc: Path, tmp_path: Path) -> None:
    kept = tmp_path / "mine" / "thesis.tex"
    kept.parent.mkdir()
    kept.touch()
    with pytest.raises(RuntimeError, match="not empty"), one_node_slurm.one_node_slurm(kept.parent):
        pytest.fail("it was started")
    assert kept.exists()


def test_its_links_go_although_a_daemon_cannot_be_stopped_and_others_stay(
    etc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cluster"
    folder.mkdir()
    (folder / "slurmd.pid").write_text("no number")
    (etc / "slurm.conf").symlink_to(folder / "slurm.conf")
    (etc / "plugstack.conf").touch()
    (etc / "other.conf").symlink_to(tmp_path / "other.conf")
    with pytest.raises(ValueError, match="no number"):
        one_node_slurm._stop(folder)
    assert sorted(path.name for path in etc.iterdir()) == ["other.conf", "plugstack.conf"]


def test_a_daemon_that_does_not_stop_when_asked_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    true_wait = one_node_slurm._wait
    monkeypatch.setattr(one_node_slurm, "_wait", lambda what, so, _: true_wait(what, so, 0.3))
    with subprocess.Popen(["sh", "-c", "trap '' TERM; echo; sleep 60"], stdout=-1) as process:
        assert process.stdout is not None
        process.stdout.readline()
        one_node_slurm._end(process.pid)
        assert not one_node_slurm._is_running(process.pid)
