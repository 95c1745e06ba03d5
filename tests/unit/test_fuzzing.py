"""Damaged files of every format are refused by name, or read as if nothing had happened."""

import tarfile
import zlib
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from bench.fuzz.formats import DETECTOR, FORMATS
from bench.fuzz.mutations import ALIASES, mutate
from bench.fuzz.trials import ALLOWED, Outcome, Prepared, judge, prepare
from latentscape.config import validate
from latentscape.errors import InputError, reading
from latentscape.files import read_description, read_tensors, write_description, write_tensors
from latentscape.lartpc.raw import read_events
from latentscape.lartpc.raw_event import require_numbers
from latentscape.lartpc.root_files import opened
from latentscape.parquet import read_parquet
from latentscape.yaml_files import read_yaml

MUTANTS = 8


@pytest.fixture(scope="module")
def parquet_file(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(FORMATS["parquet"], tmp_path_factory.mktemp("parquet"))


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_are_refused_by_name_or_read_as_before(name: str, tmp_path: Path) -> None:
    prepared = prepare(FORMATS[name], tmp_path)
    for number in range(MUTANTS):
        rng = np.random.default_rng([7, zlib.crc32(name.encode()), number])
        form = prepared.format
        mutation, mutant = mutate(prepared.content, prepared.other, rng, form.structured)
        outcome, message = judge(prepared, mutant)
        assert outcome in ALLOWED, f"{mutation}, mutant {number}: {outcome}: {message}"


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_bit_of_a_parquet_file_can_change_unnoticed(
    parquet_file: Prepared, place: float, bit: int
) -> None:
    mutant = bytearray(parquet_file.content)
    mutant[int(place * len(mutant))] ^= 1 << bit
    assert judge(parquet_file, bytes(mutant))[0] == Outcome.REFUSED


def test_a_parquet_file_is_one_for_all_others_too(parquet_file: Prepared) -> None:
    parquet_file.path.write_bytes(parquet_file.content)
    table = pq.read_table(parquet_file.path, page_checksum_verification=True)
    assert table.equals(read_parquet(parquet_file.path))
    assert len(pq.read_metadata(parquet_file.path).metadata[b"sha256"]) == 64


def test_a_parquet_file_without_digest_is_refused(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match=r"t\.parquet: .* \(no digest of its own\)"):
        read_parquet(tmp_path / "t.parquet")


def test_tensors_are_held_against_their_digest_metadata_included(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    write_tensors({"a": np.arange(3)}, path, {"keys": "abc"})
    content = path.read_bytes()
    for old, new in ((b'"abc"', b'"abd"'), (b'"sha256"', b'"sha257"'), (b'"a":', b'"b":')):
        path.write_bytes(content.replace(old, new))
        with pytest.raises(InputError, match=r"t\.safetensors: .*not that which was written"):
            read_tensors(path)
    save_file({"a": np.arange(3)}, path)
    with pytest.raises(InputError, match="not that which was written"):
        read_tensors(path)


def test_the_same_tensors_and_metadata_give_the_same_bytes(tmp_path: Path) -> None:
    metadata = {f"note {number}": "x" for number in range(9)}
    for name in "ab":
        write_tensors({"a": np.arange(3)}, tmp_path / name, metadata)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_changed_description_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    write_description({"event": 17}, path)
    assert read_description(path) == {"event": 17}
    path.write_text(path.read_text().replace("17", "18"))
    with pytest.raises(InputError, match=r"event\.json: its content is not that"):
        read_description(path)


# Seven lines whose keys, merged, are copied 9^7 times.
MERGES = b"a0: &a0 {k: 1}\n" + b"".join(
    b"a%d: &a%d {<<: [%s]}\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 8)
)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (MERGES, "more than 1,000,000 values"),
        (b"", "holds no keys"),
        (ALIASES, "more than 1,000,000 values"),
        (b"a: &a [*a]\n", "more than 1,000,000 values"),
        (b"[" * 1000, "not YAML"),
        (b"a: 2024-13-45\n", "not YAML"),
        (b"a: !!python/object/apply:os.getcwd []\n", "not YAML"),
        (b"\xff\xfe\x00", "not YAML"),
        (b"[1, 2]\n", "holds no keys"),
    ],
)
def test_yaml_that_grows_or_breaks_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "c.yaml").write_bytes(content)
    with pytest.raises(InputError, match=rf"c\.yaml: .*{says}"):
        read_yaml(tmp_path / "c.yaml")


def test_a_configuration_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(InputError, match="config: samples"):
        validate({"samples": [[[]]], "models": {"a": 3}, "sweeps": None})


def test_what_follows_a_damaged_header_of_an_archive_is_not_lost_in_silence(tmp_path: Path) -> None:
    prepared = prepare(FORMATS["frames-plain"], tmp_path)
    with tarfile.open(prepared.path) as archive:
        fourth = archive.getmembers()[3]
    mutant = bytearray(prepared.content)
    mutant[fourth.offset + 148] ^= 1  # the first digit of its checksum
    assert judge(prepared, bytes(mutant))[0] == Outcome.REFUSED


def test_a_damaged_basket_names_its_branch_and_entries(tmp_path: Path) -> None:
    prepared = prepare(FORMATS["root-tree-flat"], tmp_path)
    place = int(0.85 * len(prepared.content))  # in the ADC, which end the file
    noise = np.random.default_rng(0).bytes(64)
    prepared.path.write_bytes(prepared.content[:place] + noise + prepared.content[place + 64 :])
    source = {"tree": "raw", "histograms": None, "frames": None, "shard": 0, "shards": 1}
    with pytest.raises(InputError, match=r"branch 'rawadc1', entries 0 to 3 of tree 'ana/raw;1'"):
        list(read_events([prepared.path], sample="p", detector=DETECTOR, **source))


def test_no_more_is_read_of_a_root_file_than_it_has(tmp_path: Path) -> None:
    prepared = prepare(FORMATS["root-tree"], tmp_path)
    with opened(prepared.path, sample="p") as file:
        source = file.file.source
        assert source.chunk(10, 2**31).stop == len(prepared.content)
        with pytest.raises(OSError, match=r"bytes 0 to 2147483648 of \d+ are wanted"):
            source.chunks([(0, 2**31)], SimpleQueue())


@pytest.mark.parametrize("wrong", [-1, 2**63, 1.0, np.nan, "1"])
def test_numbers_of_an_event_are_integers_that_a_table_holds(wrong: object) -> None:
    assert require_numbers((np.int32(1), 0, 2**63 - 1), where="x") == (1, 0, 2**63 - 1)
    with pytest.raises(InputError, match=r"x: \(run, subrun, event\) = "):
        require_numbers((1, 2, wrong), where="x")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RecursionError("too\ndeep"), "not readable (too deep)."),
        (KeyError("row"), "not readable (KeyError: 'row')."),
        (OSError(), "not readable (OSError)."),
        # A whole file may be too large for what a job was given.
        (MemoryError("8 GiB"), "too little memory to read it (8 GiB). Allow more; if the file is "),
    ],
)
def test_whatever_reading_raises_becomes_one_line(error: Exception, says: str) -> None:
    with pytest.raises(InputError) as caught, reading("f.root", "not readable", sample="p"):
        raise error
    assert str(caught.value).startswith(f"p: f.root: {says}")
    assert "\n" not in str(caught.value)


def test_an_interrupt_passes_through() -> None:
    with pytest.raises(KeyboardInterrupt), reading("f.root", "not readable"):
        raise KeyboardInterrupt


def test_an_error_from_inside_gets_the_name_of_the_file() -> None:
    with pytest.raises(InputError, match=r"^f\.root: two rows"), reading("f.root", "x"):
        raise InputError("two rows")
