from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from latentscape.errors import InputError
from latentscape.tables import Column, Table

TABLE = Table(
    "test",
    "One row of a test",
    (
        Column("event", "int64", "Event"),
        Column("energy", "float64", "Energy", "MeV"),
        Column("note", "string", "Remark", nullable=True),
        Column("adc", "list<int16>", "Samples", "ADC"),
    ),
    ("event",),
)


def rows() -> pd.DataFrame:
    lists = [np.array([3, 4], dtype=np.int16), np.array([], dtype=np.int16)]
    return pd.DataFrame({"adc": lists, "note": ["x", None], "energy": [1.5, 2.5], "event": [2, 1]})


def test_what_is_written_is_read_in_the_order_of_the_key(tmp_path: Path) -> None:
    TABLE.write(rows(), tmp_path / "t.parquet")
    back = TABLE.read(tmp_path / "t.parquet")
    assert back.columns.tolist() == ["event", "energy", "note", "adc"]
    assert back["event"].tolist() == [1, 2]
    assert back["adc"][1].tolist() == [3, 4]


def test_shuffled_rows_give_the_same_bytes(tmp_path: Path) -> None:
    TABLE.write(rows(), tmp_path / "a.parquet")
    TABLE.write(rows().iloc[::-1], tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_units_and_meaning_travel_with_the_file(tmp_path: Path) -> None:
    TABLE.write(rows(), tmp_path / "t.parquet")
    schema = pq.read_schema(tmp_path / "t.parquet")
    assert schema.field("energy").metadata == {b"unit": b"MeV", b"meaning": b"Energy"}
    assert schema.metadata[b"key"] == b'["event"]'


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (rows().drop(columns="energy"), r"missing columns \['energy'\]"),
        (rows().assign(extra=1), r"undeclared columns \['extra'\]"),
        (rows().assign(event=1), "2 rows share their key"),
        (rows().assign(energy=[np.nan, 1.0]), "1 rows have no 'energy'"),
        (rows().assign(energy=["a", "b"]), "table test"),
        (rows().assign(event=[1.5, 2.0]), "table test"),
    ],
)
def test_a_frame_that_is_not_as_declared_is_refused(frame: pd.DataFrame, says: str) -> None:
    with pytest.raises(InputError, match=says):
        TABLE.check(frame)


def test_a_missing_value_is_allowed_where_declared() -> None:
    assert TABLE.check(rows())["note"].isna().tolist() == [True, False]


def test_another_table_is_refused_on_reading(tmp_path: Path) -> None:
    other = Table("other", "Other", (Column("event", "int32", "Event"),), ("event",))
    other.write(pd.DataFrame({"event": [1]}), tmp_path / "o.parquet")
    with pytest.raises(InputError, match="not a table 'test'"):
        TABLE.read(tmp_path / "o.parquet")


@pytest.mark.parametrize("content", [b"", b"hello", b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_a_file_that_is_not_parquet_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.parquet").write_bytes(content)
    with pytest.raises(InputError, match=r"t\.parquet: not a readable Parquet file"):
        TABLE.read(tmp_path / "t.parquet")


def test_a_refused_table_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        TABLE.write(rows().assign(event=1), tmp_path / "t.parquet")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_table_keeps_its_types(tmp_path: Path) -> None:
    TABLE.write(TABLE.empty(), tmp_path / "t.parquet")
    assert TABLE.read(tmp_path / "t.parquet").dtypes.equals(TABLE.empty().dtypes)


def test_text_tables_name_units_and_read_back(tmp_path: Path) -> None:
    table = Table("short", "Short", TABLE.columns[:3], ("event",))
    table.write_tsv(rows().drop(columns="adc"), tmp_path / "t.tsv")
    assert (tmp_path / "t.tsv").read_text().splitlines()[0] == "event\tenergy [MeV]\tnote"
    assert table.read_tsv(tmp_path / "t.tsv")["energy"].tolist() == [2.5, 1.5]


def test_an_empty_list_of_files_is_refused() -> None:
    with pytest.raises(InputError, match="list of files is empty"):
        TABLE.read([])


def test_one_key_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        TABLE.write(rows(), tmp_path / f"{name}.parquet")
    paths = sorted(tmp_path.glob("*.parquet"))
    with pytest.raises(InputError, match="4 rows share their key"):
        TABLE.read(paths)
    with pytest.raises(InputError, match="4 rows share their key"):
        TABLE.read_columns(paths, ["event", "energy"])
    assert len(TABLE.read_columns(paths, ["energy"])) == 4


def test_empty_text_survives_the_way_through_tsv(tmp_path):
    table = Table(
        "notes",
        "Text that may be empty",
        (Column("name", "string", "Name"), Column("unit", "string", "Unit, or empty")),
        ("name",),
    )
    notes = pd.DataFrame({"name": ["a", "b"], "unit": ["", "cm"]})
    table.write_tsv(notes, tmp_path / "notes.tsv")
    assert table.read_tsv(tmp_path / "notes.tsv")["unit"].tolist() == ["", "cm"]


def test_no_file_at_all_is_the_empty_table_where_that_is_asked_for(tmp_path: Path) -> None:
    assert TABLE.read_any([]).columns.tolist() == ["event", "energy", "note", "adc"]
    TABLE.write(rows(), tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(
        TABLE.read_any([tmp_path / "t.parquet"]), TABLE.read(tmp_path / "t.parquet")
    )
