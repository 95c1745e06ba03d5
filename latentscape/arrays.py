"""Arrays whose first axis has keys: images, reconstructions, traversals.

The arrays are safetensors, the keys Parquet beside them. A digest of the keys is
stored with the arrays, so that the two files cannot be mixed up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype
from safetensors import safe_open

from latentscape.errors import InputError
from latentscape.files import digest_of_keys, read_tensors, write_tensors
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
            If the keys are not those of the arrays.
        """
        keys = pd.read_parquet(keys_path).sort_values("row")[list(key)].reset_index(drop=True)
        arrays = read_tensors(path)
        with safe_open(path, framework="numpy") as file:
            digest = (file.metadata() or {}).get("keys")
        if digest != digest_of_keys(keys):
            raise InputError(f"{keys_path} holds other keys than those of {path}.")
        return cls(keys, arrays)

    @classmethod
    def read_all(
        cls, paths: Sequence[str | Path], keys_paths: Sequence[str | Path], key: Sequence[str]
    ) -> "KeyedArrays":
        """Read several files and put their rows behind each other."""
        pairs = zip(paths, keys_paths, strict=True)
        return cls.concatenate(cls.read(path, keys_path, key) for path, keys_path in pairs)

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
    return pd.concat([pd.read_parquet(path)[list(key)] for path in paths], ignore_index=True)
