"""Shards of many files, clusters in batches, and the bench that shows how both grow."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.scale import files, limited, runs
from latentscape.errors import InputError
from latentscape.lartpc import clusters
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.raw import read_events, write_events
from latentscape.lartpc.shards import Shard, divide_files
from latentscape.lartpc.tables.reconstruction import CLUSTERS, HITS

SIZES = st.lists(st.integers(1, 1000), min_size=1, max_size=12)


def held_once(shards: list[Shard], number_of_files: int) -> bool:
    """Whether every part of every file is in one shard, in the order of the files."""
    groups = list(dict.fromkeys((shard.first, shard.stop, shard.parts) for shard in shards))
    wanted = [Shard(a, b, part, parts) for a, b, parts in groups for part in range(parts)]
    borders = [0, *(stop for _, stop, _ in groups)]
    joined = [first for first, _, _ in groups] == borders[:-1] and borders[-1] == number_of_files
    return shards == wanted and joined and all(a < b for a, b, _ in groups)


@settings(max_examples=50)
@given(SIZES, st.integers(1, 40))
def test_a_number_of_shards_is_met_and_every_part_of_a_file_is_in_one(sizes, number):
    shards = divide_files(sizes, shards=number, shard_bytes=1)
    assert len(shards) == number
    assert held_once(shards, len(sizes))


@settings(max_examples=50)
@given(SIZES, st.integers(1, 2000))
def test_without_a_number_no_shard_is_larger_than_asked(sizes, shard_bytes):
    shards = divide_files(sizes, shards=None, shard_bytes=shard_bytes)
    assert held_once(shards, len(sizes))
    assert all(sum(sizes[s.first : s.stop]) <= shard_bytes * s.parts for s in shards)
    # Of two neighbouring groups of whole files, one or both together fill a shard.
    for a, b in pairwise(shards):
        assert a.parts > 1 or b.parts > 1 or sum(sizes[a.first : b.stop]) > shard_bytes


def test_large_files_are_divided_and_small_ones_put_together():
    shards = divide_files([900, 100, 300, 200], shards=None, shard_bytes=500)
    assert shards == [Shard(0, 1, 0, 2), Shard(0, 1, 1, 2), Shard(1, 3, 0, 1), Shard(3, 4, 0, 1)]


def test_more_shards_than_files_go_to_the_largest_files():
    shards = divide_files([600, 100, 200], shards=5, shard_bytes=1)
    # 600 in 3 parts of 200: its third part makes no more difference than a second one of 200
    assert [shard.parts for shard in shards] == [3, 3, 3, 1, 1]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_fewer_shards_than_files_are_neighbouring_files_of_about_equal_size(number):
    shards = divide_files([10, 10, 10, 30, 30, 30], shards=number, shard_bytes=1)
    assert [shard.stop for shard in shards] == {1: [6], 2: [4, 6], 3: [3, 5, 6]}[number]


def toy() -> Detector:
    """Return the bench's detector with two wires of four ticks in each plane."""
    detector = files.lariat()
    planes = {
        name: detector.plane(name).model_copy(update={"wires": 2, "first_channel": first})
        for name, first in (("induction", 0), ("collection", 2))
    }
    return detector.model_copy(update={"ticks": 4, **planes})


def an_event(number: int) -> files.Written:
    adc = np.full((2, 4), number, dtype=np.int16)
    return files.Written(1, 0, number, {"induction": adc, "collection": adc})


def test_repeated_events_have_the_adc_in_turn_and_a_key_of_their_own():
    several = list(files.repeated([an_event(1), an_event(2)], 5))
    keys = [(one.subrun, one.event) for one in several]
    assert keys == [(0, 1), (0, 2), (1, 1), (1, 2), (2, 1)]
    assert [int(one.adc["collection"][0, 0]) for one in several] == [1, 2, 1, 2, 1]


@pytest.mark.parametrize("number", [None, 1, 2, 5])
def test_the_shards_of_several_files_hold_every_event_once(tmp_path, number):
    paths = [tmp_path / f"{name}.root" for name in "abc"]
    numbers = [range(4), range(4, 11), range(11, 13)]
    for path, those in zip(paths, numbers, strict=True):
        events = [an_event(event) for event in those]
        write_events(path, events, tree="ana/raw", layout="flat", detector=toy())
    source = {"tree": "ana/raw", "detector": toy(), "sample": "p"}
    source |= {"histograms": None, "frames": None}
    shards = divide_files([4, 7, 2], shards=number, shard_bytes=6)
    found = [
        event.event
        for one in shards
        for event in read_events(
            paths[one.first : one.stop], shard=one.part, shards=one.parts, **source
        )
    ]
    assert found == list(range(13))


def test_an_empty_file_among_others_is_read_as_no_events(tmp_path):
    source = {"tree": "ana/raw", "detector": toy(), "sample": "p"}
    source |= {"histograms": None, "frames": None, "shard": 0, "shards": 1}
    path = tmp_path / "empty.root"
    write_events(path, [], tree="ana/raw", layout="flat", detector=toy())
    assert list(read_events([path], other_files=1, **source)) == []
    with pytest.raises(InputError, match="zero events"):
        list(read_events([path], **source))


def test_clusters_do_not_depend_on_the_batches(monkeypatch):
    rng = np.random.default_rng(1)
    rows = []
    for event in range(6):
        wire, tick = np.divmod(rng.choice(400, 120, replace=False), 20)
        pixels = {"wire": wire, "tick": tick, "adc": rng.integers(1, 99, 120)}
        key = {"sample": "p", "run": 1, "subrun": 0, "event": event, "plane": "collection"}
        rows.append({**key, "pedestal": 0.0, "noise": 1.0, "absent_wires": 0, **pixels})
    hits = HITS.check(pd.DataFrame(rows))
    settings_of = {"method": "connected", "seed_threshold": None, "min_pixels": 2}
    whole = clusters.find_clusters(hits, **settings_of)
    monkeypatch.setattr(clusters, "BATCH_PIXELS", 250)
    assert len(list(clusters._batches(hits))) == 3
    parts = clusters.find_clusters(hits, **settings_of)
    pd.testing.assert_frame_equal(CLUSTERS.check(parts), CLUSTERS.check(whole))


def run_limited(folder: Path, megabytes: int, content: str) -> tuple[int, pd.Series]:
    """Run a program of a job, within 200 MB of data, and return its status and its record."""
    script, record = folder / "tmp1.greedy.py", folder / "record.tsv"
    script.write_text(content, "utf-8")
    command = f"{sys.executable} -S {script}"
    limit = ["data", str(megabytes), str(record), command]
    result = subprocess.run([sys.executable, limited.__file__, *limit], check=False)
    return result.returncode, pd.read_csv(record, sep="\t", names=limited.FIELDS).iloc[0]


def test_a_job_beyond_its_limit_fails(tmp_path):
    status, record = run_limited(tmp_path, 100, "bytearray(300_000_000)")
    assert status == record["status"] == 1


def test_a_job_within_its_limit_is_recorded_with_its_peak(tmp_path):
    status, record = run_limited(tmp_path, 200, "bytearray(b'x' * 60_000_000)")
    assert (status, record["rule"]) == (0, "greedy")
    assert 120 < record["peak_mb"] < 200  # the bytes and their copy, and Python itself


def test_the_lines_of_a_run_are_sums_and_maxima_of_its_jobs(tmp_path):
    record = tmp_path / "record.tsv"
    jobs = [("a", 1, 1, 100, 50, 0, 0), ("b", 3, 1, 400, 60, 0, 0), ("a", 2, 1, 300, 70, 1, 1)]
    record.write_text("".join("\t".join(map(str, job)) + "\n" for job in jobs), "utf-8")
    table = runs.summarise(record, wall=5.0).set_index("rule")
    assert table.loc["all", ["jobs", "job_s", "wall_s", "peak_mb"]].tolist() == [3, 6, 5, 400]
    assert table.loc["a", ["jobs", "job_s", "peak_mb", "killed"]].tolist() == [2, 3, 300, 1]
