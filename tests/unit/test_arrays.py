from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latentscape.arrays import KeyedArrays
from latentscape.digests import sha256
from latentscape.errors import InputError
from latentscape.files import read_tensors, replacing, write_json, write_tensors

KEY = ("sample", "event")


def keyed(events: list[int]) -> KeyedArrays:
    keys = pd.DataFrame({"sample": "p", "event": events})
    return KeyedArrays(keys, {"x": np.array([[float(e)] for e in events])})


def write(arrays: KeyedArrays, folder: Path) -> tuple[Path, Path]:
    paths = folder / "a.safetensors", folder / "a.keys.parquet"
    arrays.write(*paths)
    return paths


def test_rows_keep_their_key_through_a_file(tmp_path: Path) -> None:
    back = KeyedArrays.read(*write(keyed([3, 1, 2]), tmp_path), KEY)
    assert back.keys["event"].tolist() == [1, 2, 3]
    assert back["x"].ravel().tolist() == [1.0, 2.0, 3.0]


def test_shuffled_rows_give_the_same_bytes(tmp_path: Path) -> None:
    first = sha256(write(keyed([3, 1, 2]), tmp_path / "a")[0])
    assert sha256(write(keyed([1, 2, 3]), tmp_path / "b")[0]) == first


def test_keys_of_other_arrays_are_refused(tmp_path: Path) -> None:
    arrays, _ = write(keyed([1, 2]), tmp_path / "a")
    _, keys = write(keyed([1, 3]), tmp_path / "b")
    with pytest.raises(InputError, match="holds other keys"):
        KeyedArrays.read(arrays, keys, KEY)


def test_selecting_follows_the_keys_given() -> None:
    wanted = pd.DataFrame({"sample": "p", "event": [2, 3]})
    assert keyed([3, 1, 2]).select(wanted)["x"].ravel().tolist() == [2.0, 3.0]


def test_selecting_an_unknown_key_names_it() -> None:
    with pytest.raises(InputError, match="'event': 9"):
        keyed([1]).select(pd.DataFrame({"sample": ["p"], "event": [9]}))


def test_concatenation_keeps_pairs() -> None:
    both = KeyedArrays.concatenate([keyed([5]), keyed([1, 2])])
    assert both.keys["event"].tolist() == both["x"].ravel().tolist() == [5, 1, 2]


def test_unequal_lengths_and_repeated_keys_are_refused() -> None:
    with pytest.raises(InputError, match="2 rows, its keys 1"):
        KeyedArrays(pd.DataFrame({"event": [1]}), {"x": np.zeros(2)})
    with pytest.raises(InputError, match="unique"):
        keyed([1, 1])


def test_no_row_is_a_file_too(tmp_path: Path) -> None:
    empty = KeyedArrays(keyed([1]).keys.iloc[:0], {"x": np.zeros((0, 2), dtype=np.float32)})
    back = KeyedArrays.read(*write(empty, tmp_path), KEY)
    assert back["x"].shape == (0, 2)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_text("old")

    def write_half() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_truncated_tensor_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    write_tensors({"x": np.arange(100)}, path)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(InputError, match=r"t\.safetensors: not a readable safetensors"):
        read_tensors(path)


def test_json_is_sorted_so_that_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    write_json({"b": 1, "a": 2}, tmp_path / "1.json")
    write_json({"a": 2, "b": 1}, tmp_path / "2.json")
    assert sha256(tmp_path / "1.json") == sha256(tmp_path / "2.json")


def test_a_scalar_stays_a_scalar(tmp_path: Path) -> None:
    write_tensors({"count": np.array(3)}, tmp_path / "t.safetensors")
    assert read_tensors(tmp_path / "t.safetensors")["count"].shape == ()
