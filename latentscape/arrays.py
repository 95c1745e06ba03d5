"""Arrays whose first axis has keys: images, reconstructions, traversals.

The arrays are safetensors, the keys Parquet beside them. A digest of the keys is
stored with the arrays, so that the two files cannot be mixed up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype

from latentscape.errors import InputError, reading
from latentscape.files import digest_of_keys, read_metadata, read_tensors, write_tensors
from latentscape.parquet import read_parquet
from latentscape.tables import Column, Table


@dataclass(frozen=True)
class KeyedArrays:
    """Named arrays that share their first axis, and the key of each row.

    Parameters
    ----------
    keys : DataFrame
        One row per row of the arrays; only key columns.
    arrays : mapping of str to array
        Arrays whose first axis is as long as ``keys``.

    Raises
    ------
    InputError
        If lengths differ or a key is repeated.
    """

    keys: pd.DataFrame
    arrays: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        for name, array in self.arrays.items():
            if len(array) != len(self.keys):
                raise InputError(
                    f"array {name!r} has {len(array)} rows, its keys {len(self.keys)}."
                )
        if self.keys.duplicated().any():
            raise InputError("the keys of an array must be unique.")

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]

    def select(self, keys: pd.DataFrame) -> "KeyedArrays":
        """Return the rows with these keys, in their order.

        Raises
        ------
        InputError
            If a key is not found.
        """
        columns = list(self.keys.columns)
        position = self.keys.assign(_row=np.arange(len(self.keys)))
        found = keys[columns].merge(position, on=columns, how="left", validate="one_to_one")
        if found["_row"].isna().any():
            lost = found.loc[found["_row"].isna(), columns].iloc[0].to_dict()
            raise InputError(f"no array row has the key {lost}.")
        rows = found["_row"].to_numpy(dtype=np.int64)
        return KeyedArrays(
            keys[columns].reset_index(drop=True),
            {name: array[rows] for name, array in self.arrays.items()},
        )

    def write(self, path: str | Path, keys_path: str | Path) -> None:
        """Write arrays (safetensors) and keys (Parquet), in the order of the keys."""
        columns = list(self.keys.columns)
        order = self.keys.reset_index(drop=True).sort_values(columns, kind="stable").index
        keys = self.keys.iloc[order].reset_index(drop=True)
        arrays = {name: array[order.to_numpy()] for name, array in self.arrays.items()}
        _key_table(keys).write(keys.assign(row=np.arange(len(keys))), keys_path)
        write_tensors(arrays, path, {"keys": digest_of_keys(keys)})

    @classmethod
    def read(cls, path: str | Path, keys_path: str | Path, key: Sequence[str]) -> "KeyedArrays":
        """Read what :meth:`write` wrote.

        Raises
        ------
        InputError
            If a file is missing or damaged, or the keys are not those of the arrays.
        """
        keys = _read_keys(keys_path, key)
        arrays = read_tensors(path)
        if read_metadata(path).get("keys") != digest_of_keys(keys):
            raise InputError(f"{keys_path} holds other keys than those of {path}.")
        with reading(path, "not the arrays of its keys"):
            return cls(keys, arrays)

    @classmethod
    def read_all(
        cls, paths: Sequence[str | Path], keys_paths: Sequence[str | Path], key: Sequence[str]
    ) -> "KeyedArrays":
        """Read several files and put their rows behind each other.

        Only one file is held besides the result.
        """
        rows = [len(_read_keys(path, key)) for path in keys_paths]
        ends = list(accumulate(rows))
        keys: list[pd.DataFrame] = []
        arrays: dict[str, np.ndarray] = {}
        for path, keys_path, end in zip(paths, keys_paths, ends, strict=True):
            part = cls.read(path, keys_path, key)
            keys.append(part.keys)
            for name, array in part.arrays.items():
                if name not in arrays:
                    arrays[name] = np.empty((ends[-1], *array.shape[1:]), array.dtype)
            for name, whole in arrays.items():
                whole[end - len(part) : end] = part[name]
        return cls(pd.concat(keys, ignore_index=True), arrays)

    @classmethod
    def concatenate(cls, parts: Iterable["KeyedArrays"]) -> "KeyedArrays":
        """Put several keyed arrays behind each other."""
        several = list(parts)
        keys = pd.concat([part.keys for part in several], ignore_index=True)
        names = several[0].arrays.keys()
        return cls(keys, {name: np.concatenate([p[name] for p in several]) for name in names})


def _key_table(keys: pd.DataFrame) -> Table:
    columns = tuple(
        Column(str(name), "int64" if is_integer_dtype(keys[name]) else "string", "Key column")
        for name in keys.columns
    )
    row = Column("row", "int64", "Row of the arrays beside this table")
    return Table(
        "array_keys", "One row of the arrays beside it", (*columns, row), tuple(keys.columns)
    )


def read_keys(paths: Iterable[str | Path], key: Sequence[str]) -> pd.DataFrame:
    """Read only the keys of one or several keyed arrays."""
    return pd.concat([_read_keys(path, key) for path in paths], ignore_index=True)


def _read_keys(path: str | Path, key: Sequence[str]) -> pd.DataFrame:
    with reading(path, f"not a table of the keys {', '.join(key)}"):
        frame: pd.DataFrame = read_parquet(path).to_pandas()
        return frame.sort_values("row")[list(key)].reset_index(drop=True)
