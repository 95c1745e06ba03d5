"""Verification finds every change, and nothing where there is none."""

import argparse
import errno
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.crate import verify_command
from latentscape.crate.listing import hash_files, read_listed, results_in
from latentscape.crate.machine import pack_code
from latentscape.crate.verify import Difference, verify
from latentscape.digests import format_sums
from latentscape.errors import InputError

from .small_crate import START, a_run, describe, note_job, write_results

ROOT = Path(__file__).parents[2]
FILES = {"a.tsv": b"x\n1\n", "deep/b.parquet": b"PAR1", "deep/er/ü c.txt": b"", "o%20.json": b"{}"}
# Any name of a file, with what shells, URIs and lists of hashes treat in their own way.
NAMES = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20
).filter(lambda name: not name.startswith(".") and len(name.encode()) < 100)


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_results(tmp_path / "results", FILES)
    note_job(tmp_path, ["results/a.tsv"], ["results/deep/b.parquet"], start=START + 1)
    describe(tmp_path, a_run())
    return tmp_path / "results"


def kinds(results: Path) -> dict[str, str]:
    return {difference.path: difference.kind for difference in verify(results).differences}


def answer(results: Path, *options: str) -> tuple[int, str, str]:
    parser = argparse.ArgumentParser()
    verify_command.add_arguments(parser)
    out, progress = io.StringIO(), io.StringIO()
    status = verify_command.run(parser.parse_args([str(results), *options]), out, progress)
    return status, out.getvalue(), progress.getvalue()


def test_untouched_results_are_as_recorded(results: Path) -> None:
    verdict = verify(results)
    assert verdict.differences == ()
    assert verdict.files == len(results_in(results)) + 1  # the metadata file is one of them
    status, out, progress = answer(results)
    assert status == 0
    assert "is as recorded" in out
    assert "files/s" in progress


@pytest.mark.parametrize("path", [*FILES, "ro-crate-metadata.json", "provenance/Snakefile"])
def test_one_changed_byte_is_found_wherever_it_is(results: Path, path: str) -> None:
    content = (results / path).read_bytes()
    (results / path).write_bytes(content[:-1] + bytes([(content or b"\0")[-1] ^ 1]))
    assert kinds(results) == {path: "changed"}


def test_every_single_bit_of_a_file_counts(results: Path) -> None:
    for position in range(8 * len(FILES["a.tsv"])):
        content = bytearray(FILES["a.tsv"])
        content[position // 8] ^= 1 << position % 8
        (results / "a.tsv").write_bytes(content)
        assert kinds(results) == {"a.tsv": "changed"}


def test_a_changed_list_of_hashes_contradicts_the_metadata(results: Path) -> None:
    (results / "a.tsv").write_bytes(b"forged")
    sums = read_listed(results / "SHA256SUMS")
    forged = subprocess.run(
        ["sha256sum", "a.tsv"], cwd=results, capture_output=True, text=True, check=True
    )
    sums["a.tsv"] = forged.stdout.split()[0]
    (results / "SHA256SUMS").write_bytes(format_sums(sums))
    assert kinds(results) == {"a.tsv": "contradictory"}


def test_line_ends_of_windows_in_the_list_change_nothing(results: Path) -> None:
    sums = results / "SHA256SUMS"
    sums.write_bytes(sums.read_bytes().replace(b"\n", b"\r\n"))
    assert kinds(results) == {}


def test_a_missing_and_an_added_file_are_told_apart(results: Path) -> None:
    (results / "a.tsv").rename(results / "b.tsv")
    assert kinds(results) == {"a.tsv": "missing", "b.tsv": "extra"}
    assert answer(results, "--allow-extra")[0] == 1
    (results / "b.tsv").rename(results / "a.tsv")
    (results / "note.txt").write_text("mine")
    assert answer(results)[0] == 1
    assert answer(results, "--allow-extra")[0] == 0


def test_logs_benchmarks_and_hidden_files_are_no_results(results: Path) -> None:
    write_results(results, {"logs/x.log": b"", "benchmarks/x.tsv": b"", "deep/.x.part": b""})
    assert kinds(results) == {}


@pytest.mark.parametrize("gone", ["SHA256SUMS", "ro-crate-metadata.json"])
def test_one_of_both_lists_is_enough_to_find_a_change(results: Path, gone: str) -> None:
    (results / gone).unlink()
    (results / "a.tsv").write_bytes(b"other")
    assert kinds(results) == {"a.tsv": "changed", gone: "missing"}


def test_a_folder_or_a_broken_link_in_place_of_a_file_is_a_missing_file(results: Path) -> None:
    (results / "a.tsv").unlink()
    (results / "a.tsv").mkdir()
    shutil.rmtree(results / "deep")
    (results / "deep").symlink_to("nowhere")
    assert kinds(results) == {
        "a.tsv": "missing",
        "deep/b.parquet": "missing",
        "deep/er/ü c.txt": "missing",
    }


def test_answers_for_machines_name_each_difference(results: Path) -> None:
    (results / "a.tsv").write_bytes(b"other")
    status, out, _ = answer(results, "--json")
    content = json.loads(out)
    assert status == 1
    assert content["counts"] == {"changed": 1}
    assert content["differences"][0]["path"] == "a.tsv"
    lines = answer(results, "--tsv")[1].splitlines()
    assert lines[0] == "kind\tpath\trecorded\tfound"
    assert lines[1].split("\t")[:2] == ["changed", "a.tsv"]


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({}, "Run the workflow to its end"),
        ({"SHA256SUMS": b""}, "is empty"),
        ({"SHA256SUMS": b"no hash  a.tsv\n"}, "line 1: found 'no hash  a.tsv'; allowed"),
        ({"SHA256SUMS": b"0" * 64 + b"  ../a\n"}, "'../a' leads out of the folder"),
        ({"SHA256SUMS": b"0" * 64 + b"  /etc/passwd\n"}, "leads out of the folder"),
        ({"ro-crate-metadata.json": b"{"}, "no metadata of a crate"),
        ({"ro-crate-metadata.json": b'{"@graph": []}'}, "lists no file"),
        ({"ro-crate-metadata.json": b'{"@graph": [3]}'}, "no metadata of a crate"),
        ({"ro-crate-metadata.json": b"[" * 100_000}, "no metadata of a crate"),
    ],
)
def test_a_folder_without_a_usable_record_says_what_to_do(
    tmp_path: Path, files: dict[str, bytes], problem: str
) -> None:
    write_results(tmp_path, files)
    with pytest.raises(InputError, match=problem.replace("(", r"\(")):
        verify(tmp_path)
    status, out, progress = answer(tmp_path)
    assert (status, out) == (2, "")
    assert problem in progress


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert answer(tmp_path / "none")[0] == 2
    with pytest.raises(InputError, match="none: there is no such folder"):
        verify(tmp_path / "none")


@given(st.dictionaries(NAMES, st.text("0123456789abcdef", min_size=64, max_size=64), min_size=1))
def test_any_file_name_survives_the_list_of_hashes(
    tmp_path_factory: pytest.TempPathFactory, hashes: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("sums") / "SHA256SUMS"
    path.write_bytes(format_sums(hashes))
    assert read_listed(path) == hashes


@settings(max_examples=50)
@given(st.dictionaries(NAMES, st.binary(max_size=50), min_size=1, max_size=5), st.data())
def test_of_any_files_exactly_the_changed_one_is_found(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], data: st.DataObject
) -> None:
    results = tmp_path_factory.mktemp("results")
    write_results(results, {f"x/{name}": text for name, text in files.items()})
    listed = hash_files(results, results_in(results), {})
    sums = format_sums({path: file.sha256 for path, file in listed.items()})
    (results / "SHA256SUMS").write_bytes(sums)
    without_metadata = {"ro-crate-metadata.json": "missing"}
    assert kinds(results) == without_metadata
    chosen = data.draw(st.sampled_from(sorted(files)))
    other = data.draw(st.binary(max_size=50).filter(lambda content: content != files[chosen]))
    (results / "x" / chosen).write_bytes(other)
    assert kinds(results) == {**without_metadata, f"x/{chosen}": "changed"}


def test_the_tool_sha256sum_agrees(results: Path) -> None:
    write_results(results, {"line\nbreak\\.txt": b"x"})
    describe(results.parent, a_run())
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    done = subprocess.run(command, cwd=results, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    (results / "a.tsv").write_bytes(b"other")
    assert subprocess.run(command, cwd=results, capture_output=True, check=False).returncode == 1


def test_the_archived_code_verifies_with_the_standard_library_alone(
    results: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "code.zip"
    archive.write_bytes(pack_code(ROOT))
    assert "latentscape/crate/__main__.py" in zipfile.ZipFile(archive).namelist()
    # -S: no installed package can be imported.
    command = [sys.executable, "-S", "-m", "latentscape.crate", str(results)]
    surroundings = {"PYTHONPATH": str(archive)}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=surroundings, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "is as recorded" in done.stdout


def test_an_unreadable_file_is_a_difference(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> str:
        raise PermissionError(path)

    with monkeypatch.context() as patched:
        patched.setattr("latentscape.crate.verify.sha256", refuse)
        patched.setattr("latentscape.crate.verify.read_record", lambda _: ({"a.tsv": "0"}, []))
        patched.setattr("latentscape.crate.verify.SUMS", "none")
        found = verify(results).differences
    assert Difference("unreadable", "a.tsv", "0") in found


def test_a_folder_that_cannot_be_listed_is_a_difference(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(root: Path) -> list[str]:
        raise PermissionError(errno.EACCES, "Permission denied", str(root / "deep"))

    monkeypatch.setattr("latentscape.crate.verify.results_in", refuse)
    assert kinds(results) == {"deep": "unreadable"}
