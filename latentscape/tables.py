"""Tables with a declared schema: columns, types, units and meaning.

A table is declared once. The declaration is checked on writing and on reading,
stored in the file's metadata and printed into the reference documentation.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import TextIOBase
from pathlib import Path
from typing import TextIO

import pandas as pd
import pyarrow as pa

from latentscape.errors import InputError, reading
from latentscape.files import replacing
from latentscape.keys import EVENT_KEY, TRACK_KEY, check_unique, sort_by_key
from latentscape.parquet import read_parquet, write_parquet

_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "bool": pa.bool_(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "list<int16>": pa.list_(pa.int16()),
    "list<int32>": pa.list_(pa.int32()),
    "list<float32>": pa.list_(pa.float32()),
    "list<float64>": pa.list_(pa.float64()),
}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Column name.
    type : str
        One of ``string bool int16 int32 int64 float32 float64`` or ``list<…>`` of a number.
    meaning : str
        One line for the reference documentation.
    unit : str
        Unit, empty for a pure number.
    nullable : bool
        Whether a value may be missing (NaN or None).
    """

    name: str
    type: str
    meaning: str
    unit: str = ""
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """A declared table.

    Parameters
    ----------
    name : str
        Name of the table, used in messages and in the documentation.
    meaning : str
        What one row is.
    columns : tuple of Column
        All columns, in order, key columns included.
    key : tuple of str
        Columns that identify a row; may be empty for a table without key.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def schema(self) -> pa.Schema:
        """Return the Arrow schema, with the declaration in its metadata."""
        fields = [
            pa.field(
                column.name,
                _TYPES[column.type],
                nullable=column.nullable,
                metadata={"unit": column.unit, "meaning": column.meaning},
            )
            for column in self.columns
        ]
        metadata = {"table": self.name, "meaning": self.meaning, "key": json.dumps(self.key)}
        return pa.schema(fields, metadata=metadata)

    def empty(self) -> pd.DataFrame:
        """Return the table without a row."""
        frame: pd.DataFrame = self.schema().empty_table().to_pandas()
        return frame

    def concatenate(self, frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
        """Put several frames of this table behind each other; none gives the empty table."""
        return pd.concat([self.empty(), *frames], ignore_index=True)

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame in declared column order and row order, or refuse it.

        Parameters
        ----------
        frame : DataFrame
            Must hold exactly the declared columns, in any order.

        Returns
        -------
        DataFrame
            Declared column order, rows sorted by key.

        Raises
        ------
        InputError
            For a missing, unknown, ill-typed or unexpectedly empty column, or a repeated key.
        """
        return self._to_frame(self._to_arrow(frame))

    def write(self, frame: pd.DataFrame, path: str | Path) -> None:
        """Check the frame and write it as Parquet, whole or not at all."""
        table = self._to_arrow(frame)
        with replacing(path) as temporary:
            write_parquet(table, temporary)

    def read(self, paths: str | Path | Iterable[str | Path]) -> pd.DataFrame:
        """Read one or several Parquet files of this table.

        Parameters
        ----------
        paths : path or iterable of paths
            Files written by :meth:`write`.

        Returns
        -------
        DataFrame
            All rows, sorted by key. List columns hold NumPy arrays.

        Raises
        ------
        InputError
            If a file is not Parquet or was changed since it was written, its columns are not
            those declared, or two rows (of one file or of several) share their key.
        """
        return self._to_frame(pa.concat_tables([self._read_one(path) for path in _several(paths)]))

    def read_any(self, paths: Iterable[str | Path]) -> pd.DataFrame:
        """Read some Parquet files of this table; none gives the empty table."""
        several = list(paths)
        return self.read(several) if several else self.empty()

    def read_columns(
        self, paths: str | Path | Iterable[str | Path], columns: Sequence[str]
    ) -> pd.DataFrame:
        """Read only some columns, which saves memory where the others are pixel lists.

        Each file is held against its digest as a whole. The rows keep the order of the files. Keys
        are checked if all key columns are read.
        """
        tables = [self._read_one(path, columns) for path in _several(paths)]
        frame: pd.DataFrame = pa.concat_tables(tables).to_pandas()
        if self.key and set(self.key) <= set(columns):
            check_unique(frame, self.key, what=f"table {self.name}")
        return frame

    def write_tsv(self, frame: pd.DataFrame, path: str | Path) -> None:
        """Check the frame and write it as TSV with units in the header."""
        header = [f"{c.name} [{c.unit}]" if c.unit else c.name for c in self.columns]
        checked = self.check(frame)
        with replacing(path) as temporary:
            checked.to_csv(temporary, sep="\t", index=False, header=header, float_format="%.6g")

    def read_tsv(self, path: str | Path | TextIO) -> pd.DataFrame:
        """Read a TSV file written by :meth:`write_tsv`, or its open text.

        Raises
        ------
        InputError
            If the file is no such text, or its columns are not those declared.
        """
        # a text may look like a number
        words = {c.name: "str" for c in self.columns if c.type == "string"}
        name = f"table {self.name}" if isinstance(path, TextIOBase) else str(path)
        with reading(name, "not a readable TSV table"):
            frame = pd.read_csv(path, sep="\t", keep_default_na=True, dtype=words)
            frame.columns = pd.Index([str(name).split(" [")[0] for name in frame.columns])
            # an empty text and a missing one look alike in the file
            texts = [c.name for c in self.columns if c.type == "string" and not c.nullable]
            return self.check(frame.fillna(dict.fromkeys(texts, "")))

    def _to_arrow(self, frame: pd.DataFrame) -> pa.Table:
        names = [column.name for column in self.columns]
        missing = [name for name in names if name not in frame.columns]
        unknown = [str(name) for name in frame.columns if name not in names]
        if missing or unknown:
            raise InputError(
                f"table {self.name}: missing columns {missing}, undeclared columns {unknown}."
            )
        if self.key:
            check_unique(frame, self.key, what=f"table {self.name}")
            frame = sort_by_key(frame, self.key)
        for column in self.columns:
            empty = int(frame[column.name].isna().sum())
            if empty and not column.nullable:
                raise InputError(f"table {self.name}: {empty} rows have no {column.name!r}.")
        try:
            table = pa.Table.from_pandas(frame[names], schema=self.schema(), preserve_index=False)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise InputError(f"table {self.name}: {error}") from error
        return table.replace_schema_metadata(self.schema().metadata)

    def _to_frame(self, table: pa.Table) -> pd.DataFrame:
        frame: pd.DataFrame = table.to_pandas()
        if not self.key:
            return frame
        check_unique(frame, self.key, what=f"table {self.name}")
        return sort_by_key(frame, self.key)

    def _read_one(self, path: str | Path, columns: Sequence[str] | None = None) -> pa.Table:
        table = read_parquet(path, columns)
        declared = self.schema()
        if columns:
            declared = pa.schema([declared.field(name) for name in columns])
        if table.schema.names != declared.names or table.schema.types != declared.types:
            raise InputError(
                f"{path}: not a table {self.name!r}; its columns are {table.schema.names}."
            )
        return table


def _several(paths: str | Path | Iterable[str | Path]) -> list[str | Path]:
    several = [paths] if isinstance(paths, str | Path) else list(paths)
    if not several:
        raise InputError("no table to read: the list of files is empty.")
    return several


SAMPLE = Column("sample", "string", "Sample name, as in the configuration")
EVENT_COLUMNS = (
    SAMPLE,
    Column("run", "int64", "Run number"),
    Column("subrun", "int64", "Subrun number"),
    Column("event", "int64", "Event number"),
)
TRACK_COLUMNS = (
    *EVENT_COLUMNS,
    Column("track", "int64", "Track number: that of its collection cluster"),
)

__all__ = ["EVENT_COLUMNS", "EVENT_KEY", "SAMPLE", "TRACK_COLUMNS", "TRACK_KEY", "Column", "Table"]
