from pathlib import Path

import pytest

from latentscape.provenance import fingerprint, reached_modules


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project: script → a → b, and c which nobody imports."""
    package = tmp_path / "latentscape"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "a.py").write_text(
        '"""A."""\nfrom latentscape import b\n\ndef f():\n    return b.g()\n'
    )
    (package / "b.py").write_text('def g():\n    """Say one."""\n    return 1\n')
    (package / "c.py").write_text("x = 1\n")
    (tmp_path / "script.py").write_text("from latentscape.a import f\nf()\n")
    return tmp_path


def test_modules_are_reached_through_others(project: Path) -> None:
    reached = reached_modules(project / "script.py", project)
    assert [path.stem for path in reached] == ["__init__", "a", "b"]


def change(project: Path, module: str, text: str) -> bool:
    """Return whether rewriting a module changes the script's fingerprint."""
    before = fingerprint(project / "script.py", project)
    (project / "latentscape" / module).write_text(text)
    return fingerprint(project / "script.py", project) != before


def test_a_changed_function_of_an_indirect_import_changes_the_fingerprint(project: Path) -> None:
    assert change(project, "b.py", "def g():\n    return 2\n")


def test_a_module_that_is_not_reached_does_not_count(project: Path) -> None:
    assert not change(project, "c.py", "x = 2\n")


def test_words_do_not_count(project: Path) -> None:
    assert not change(project, "b.py", 'def g():\n    """Say it."""\n    # Why.\n    return 1\n')


def test_a_data_file_that_a_module_names_counts(project: Path) -> None:
    package = project / "latentscape"
    (package / "look.style").write_text("a")
    (package / "other.style").write_text("a")
    (package / "b.py").write_text('STYLE = "look.style"\n')
    before = fingerprint(project / "script.py", project)
    (package / "other.style").write_text("b")
    assert fingerprint(project / "script.py", project) == before
    (package / "look.style").write_text("b")
    assert fingerprint(project / "script.py", project) != before
