"""The command that draws any event: it finds the event, and helps where there is none."""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY
from latentscape.lartpc.display_command import (
    add_display_command,
    draw_display,
    read_event,
    read_key,
)
from latentscape.lartpc.tables.identification import PID
from latentscape.lartpc.tables.reconstruction import CLUSTERS, HITS, TRACKS
from latentscape.lartpc.tables.truth import TRUTH

RESOURCES = Path(__file__).parents[2] / "resources"
PIXELS = {"wire": np.int16([20, 21]), "tick": np.int16([900, 905]), "adc": np.int16([40, 60])}


def filled(table, **values):
    """Return one row of a table; what is not given is 0 or a word."""
    empty = {"string": "proton", "bool": True}
    row = {c.name: empty.get(c.type, 0) for c in table.columns}
    for column in table.columns:
        if column.type.startswith("list<"):
            row[column.name] = PIXELS[column.name.rpartition("_")[2]]
    return {**row, **values}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Two files of a sample: events 0 to 3 and 10 to 13, each with a track 0."""
    folder = tmp_path_factory.mktemp("results")
    identified = []
    for shard, first in (("000", 0), ("001", 10)):
        keys = [dict(zip(EVENT_KEY, ("a", 7, 1, first + i), strict=True)) for i in range(4)]
        planes = ("collection", "induction")
        box = {"first_wire": 20, "last_wire": 21, "first_tick": 900, "last_tick": 905}
        rows = {
            HITS: [filled(HITS, **k, plane=p) for k in keys for p in planes],
            CLUSTERS: [filled(CLUSTERS, **k, plane=p, **box) for k in keys for p in planes],
            TRACKS: [filled(TRACKS, **k) for k in keys],
            TRUTH: [filled(TRUTH, **k) for k in keys],
        }
        identified += [filled(PID, **k) for k in keys]
        for table, of in rows.items():
            table.write(pd.DataFrame(of), folder / table.name / "a" / f"{shard}.parquet")
    PID.write(pd.DataFrame(identified), folder / "pid" / "a.parquet")
    return folder


def event(number):
    return dict(zip(EVENT_KEY, ("a", 7, 1, number), strict=True))


def drawn(results, *arguments):
    parser = argparse.ArgumentParser()
    add_display_command(parser)
    return draw_display(parser.parse_args([str(results), *arguments]), RESOURCES)


def test_the_tables_of_an_event_come_from_the_file_that_holds_it(results):
    tables = read_event(results, event(12))
    assert [len(table) for table in tables] == [2, 2, 1, 1, 1]
    assert {int(number) for table in tables for number in table["event"]} == {12}


def test_only_the_keys_of_other_files_are_read(results, monkeypatch):
    read = []
    whole = type(HITS).read
    monkeypatch.setattr(
        type(HITS), "read", lambda self, path: read.append(path) or whole(self, path)
    )
    read_event(results, event(12))
    assert {path.stem for path in read if path.parent.name == "a"} == {"001"}


def test_data_without_truth_and_identification_is_shown(results, tmp_path):
    for name in ("hits", "clusters", "tracks"):
        (tmp_path / name).symlink_to(results / name)
    tables = read_event(tmp_path, event(2))
    assert len(tables.hits) == 2
    assert tables.pid.empty
    assert tables.truth.empty


def test_an_unknown_event_names_those_there_are_and_the_nearest(results):
    with pytest.raises(InputError, match=r"run 7 to 7, subrun 1 to 1, event 0 to 13.*a/7/1/10"):
        read_event(results, event(8))


def test_an_unknown_sample_names_the_samples(results):
    with pytest.raises(InputError, match=r"no sample 'b'; samples: a\."):
        read_event(results, {**event(0), "sample": "b"})


def test_a_folder_without_hits_is_named(tmp_path):
    with pytest.raises(InputError, match="give the folder that holds hits"):
        read_event(tmp_path, event(0))


def test_an_unknown_track_names_the_tracks(results, tmp_path):
    with pytest.raises(InputError, match=r"has no track 5; its tracks: 0\."):
        drawn(results, "a", "7", "1", "0", "--track", "5", "--output", str(tmp_path / "e.png"))


def test_an_event_is_drawn_by_its_key(results, tmp_path):
    path = drawn(results, "--key", "a/7/1/3/0", "--zoom", "--output", str(tmp_path / "e.png"))
    assert path.read_bytes().startswith(b"\x89PNG")


def test_without_a_name_the_figure_is_named_after_the_event(results, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert drawn(results, "a", "7", "1", "3") == Path("a_7_1_3.png")
    assert Path("a_7_1_3.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "arguments",
    [["a", "7", "1", "3", "--key", "a/7/1/2"], ["--key", "a/7/1/3/0", "--track", "1"]],
)
def test_what_is_given_twice_is_refused(results, arguments):
    with pytest.raises(InputError, match="is given twice"):
        drawn(results, *arguments)


def test_a_key_is_an_event_and_maybe_a_track():
    assert read_key(["a", "7", "1", "3"]) == (event(3), None)
    assert read_key(["a", "7", "1", "3", "2"]) == (event(3), 2)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], r"key '' has 0 parts; allowed: sample/run/subrun/event"),
        (["a", "7"], r"key 'a/7' has 2 parts"),
        (["a", "7", "x", "3"], r"'x' is not a number"),
        (["a", "7", "1", 19 * "9"], r"'9{19}' is not a number"),
    ],
)
def test_a_key_that_cannot_be_read_is_explained(parts, message):
    with pytest.raises(InputError, match=message):
        read_key(parts)
