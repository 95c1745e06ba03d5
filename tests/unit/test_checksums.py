"""Lists of checksums: what they look like, what they are held against."""

import hashlib
import os
from pathlib import Path

import pytest

from latentscape.checksums import (
    INPUT_FILES,
    hash_files,
    read_checksums,
    require_digests,
    require_listed,
    require_unchanged,
)
from latentscape.errors import InputError

A, B = (hashlib.sha256(word).hexdigest() for word in (b"a", b"b"))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.root").write_bytes(b"a")
    return tmp_path


def a_list(*lines: str, path: str = "data/SHA256SUMS") -> Path:
    Path(path).write_text("\n".join([*lines, ""]), "utf-8")
    return Path(path)


@pytest.mark.parametrize("name", ["data/a.root", "a.root", "./data/a.root", "../data/a.root"])
def test_a_path_is_below_the_working_folder_or_else_that_of_the_list(here: Path, name: str) -> None:
    assert read_checksums(a_list(f"{A}  {name}")) == {here / "data" / "a.root": A}


def test_binary_capital_and_escaped_lines_are_read(here: Path) -> None:
    lines = f"{A.upper()} *a.root", "", rf"\{B}  data/b\\c\nd.root"
    (here / "data" / "b\\c\nd.root").touch()
    assert list(read_checksums(a_list(*lines)).values()) == [A, B]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["hello"], "line 1: found 'hello'; allowed are 64 hexadecimal digits"),
        ([f"{A}  a.root", f"{A[:40]}  b.root"], "line 2: found"),
        ([f"{A}  a.root", f"{B}  data/a.root"], "line 2: 'data/a.root' has another digest above"),
        ([], "lists no file; make it with `sha256sum"),
    ],
)
def test_a_list_that_is_none_is_refused(lines: list[str], says: str) -> None:
    with pytest.raises(InputError, match=f"data/SHA256SUMS.*{says}"):
        read_checksums(a_list(*lines))


def test_a_file_that_the_list_leaves_out_is_named() -> None:
    require_listed(["data/a.root"], a_list(f"{A}  data/a.root"))
    with pytest.raises(InputError, match=r"SHA256SUMS does not list 'data/b\.root'"):
        require_listed(["data/a.root", "data/b.root"], a_list(f"{A}  data/a.root"))


def test_a_file_with_another_digest_is_named_with_both() -> None:
    record = hash_files(["data/a.root"])
    require_digests(record, a_list(f"{A}  a.root"), source="proton")
    with pytest.raises(InputError, match=rf"proton: data/a\.root: .* is {A}, but .* says {B}"):
        require_digests(record, a_list(f"{B}  a.root"), source="proton")


def test_a_file_is_hashed_in_blocks(here: Path) -> None:
    content = os.urandom(2_500_000)
    (here / "big").write_bytes(content)
    (row,) = hash_files(["big"]).to_dict("records")
    assert row == {"file": "big", "bytes": 2_500_000, "sha256": hashlib.sha256(content).hexdigest()}


def test_a_missing_file_is_named() -> None:
    with pytest.raises(InputError, match="nothing: not a readable file"):
        hash_files(["nothing"])


def recorded() -> Path:
    path = Path("record.tsv")
    INPUT_FILES.write_tsv(hash_files(["data/a.root"]), path)
    return path


def test_the_record_has_the_same_bytes_whenever_it_is_made() -> None:
    first = recorded().read_bytes()
    os.utime("data/a.root", (1, 1))
    assert recorded().read_bytes() == first


@pytest.mark.parametrize("content", [b"ab", b"b"], ids=["another size", "the same size"])
def test_a_file_that_changes_after_it_was_hashed_is_refused(content: bytes) -> None:
    record = recorded()
    require_unchanged(["data/a.root"], [record])
    Path("data/a.root").write_bytes(content)
    with pytest.raises(InputError, match=r"data/a\.root: has changed since .* was made"):
        require_unchanged(["data/a.root"], [record])


def test_a_file_that_was_only_touched_is_accepted() -> None:
    record = recorded()
    os.utime("data/a.root", (2e9, 2e9))
    require_unchanged(["data/a.root"], [record])


def test_a_file_that_is_not_recorded_is_refused_and_no_record_asks_for_nothing() -> None:
    require_unchanged(["nothing"], [])
    with pytest.raises(InputError, match=r"data/b\.root: not in record\.tsv"):
        require_unchanged(["data/b.root"], [recorded()])
