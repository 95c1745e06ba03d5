"""Beamline and calorimetry tables: both layouts, and every way in which they can be bad."""

import awkward as ak
import numpy as np
import pandas as pd
import pytest
import uproot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latentscape.errors import InputError
from latentscape.lartpc.side_inputs import (
    read_beamline,
    read_calorimetry,
    require_overlap,
    write_beamline,
    write_calorimetry,
    write_calorimetry_tree,
)
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.calorimetry import CALORIMETRY

BEAMLINE_HEADER = "run,subrun,event,momentum,picky,mass\n"
CALORIMETRY_HEADER = "run,subrun,event,trkrr,trkdedx\n"


def a_file(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, "utf-8")
    return path


def keys(*events, sample="proton", subrun=2):
    rows = [{"sample": sample, "run": 1, "subrun": subrun, "event": n} for n in events]
    return pd.DataFrame(rows, columns=["sample", "run", "subrun", "event"])


def beamline(tmp_path, text):
    return read_beamline(a_file(tmp_path, text), sample="proton", events=keys(3))


def calorimetry(path, *, tree=None, max_dedx=100.0, events=(3,)):
    events = keys(*events)
    return read_calorimetry(path, sample="proton", events=events, tree=tree, max_dedx=max_dedx)


def a_calorimetry_table(ranges, losses):
    rows = [
        {"sample": "proton", "run": 1, "subrun": 2, "event": n, "residual_range": r, "dedx": d}
        for n, (r, d) in enumerate(zip(ranges, losses, strict=True))
    ]
    return CALORIMETRY.check(pd.DataFrame(rows))


def a_tree(tmp_path, *, trees=("calo",), **replaced):
    path = tmp_path / "calo.root"
    content = {
        "run": np.array([1, 1], np.int32),
        "subrun": np.array([2, 2], np.int32),
        "event": np.array([4, 3], np.int32),
        "trkrr": ak.Array([[0.5], [0.25, 1.0]]),
        "trkdedx": ak.Array([[9.0], [150.0, 8.0]]),
        **replaced,
    }
    kept = {name: values for name, values in content.items() if values is not None}
    kinds = {
        name: v.type.content if isinstance(v, ak.Array) else np.dtype((v.dtype, v.shape[1:]))
        for name, v in kept.items()
    }
    with uproot.recreate(path) as file:
        for tree in trees:
            file.mktree(tree, kinds).extend(kept)
    return path


def test_a_beamline_table_is_read_with_its_key(tmp_path):
    text = BEAMLINE_HEADER + "1,2,4,700.5,1,-12\n1,2,3,650,0,938.3\n"

    frame = beamline(tmp_path, text)

    assert frame["event"].tolist() == [3, 4]
    assert frame["momentum"].tolist() == [650.0, 700.5]
    assert frame["is_picky"].tolist() == [False, True]
    assert frame["mass"].tolist() == [938.3, -12.0]
    assert set(frame["sample"]) == {"proton"}


def test_other_columns_other_names_and_blanks_do_not_matter(tmp_path):
    text = "tof, event,run,subrun,mass,p,is_picky\n30.1, 3,1,2,938.3,650, True\n"

    (row,) = beamline(tmp_path, text).to_dict("records")

    assert (row["event"], row["momentum"], row["is_picky"]) == (3, 650.0, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"not a readable CSV table"),
        ("run,subrun,event,momentum,mass\n", r"no column 'picky' or 'is_picky'; columns: run, s"),
        ("run,subrun,event,momentum,p,picky,mass\n", r"ambiguous columns 'momentum' and 'p'"),
        (BEAMLINE_HEADER + "1,2,3,700,1,NaN\n", r"column 'mass', line 2: found 'NaN'"),
        (BEAMLINE_HEADER + "1,2,3,700,1,5\n1,2,4,,1,5\n", r"column 'momentum', line 3: found ''"),
        (BEAMLINE_HEADER + "1,2,3,inf,1,5\n", r"'momentum', line 2: found 'inf', allowed are fin"),
        (BEAMLINE_HEADER + "1,2,3.5,700,1,5\n", r"'event', line 2: found '3.5', allowed are int"),
        (BEAMLINE_HEADER + "1,2,3,700,yes,5\n", r"'is_picky', line 2: found 'yes', allowed are 0"),
        (BEAMLINE_HEADER + "1,2,3,7,1,5\n1,2,3,8,1,5\n", r"= \(1, 2, 3\) stands in more than one"),
    ],
)
def test_a_bad_beamline_table_is_refused_in_one_line(tmp_path, text, message):
    with pytest.raises(InputError, match=message) as caught:
        beamline(tmp_path, text)

    assert str(caught.value).startswith(f"proton: {tmp_path / 'table.csv'}: ")
    assert "\n" not in str(caught.value)


def test_a_missing_side_table_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.csv does not exist"):
        read_beamline(tmp_path / "nothing.csv", sample="proton", events=keys(3))
    with pytest.raises(InputError, match=r"nothing\.csv does not exist"):
        calorimetry(tmp_path / "nothing.csv")


def test_a_written_beamline_table_is_read_again(tmp_path):
    frame = BEAMLINE.check(
        pd.DataFrame(
            {
                "sample": "proton",
                "run": [1, 1],
                "subrun": [2, 2],
                "event": [5, 6],
                "momentum": [1 / 3, 700.0],
                "is_picky": [True, False],
                "mass": [-0.1, 938.272],
            }
        )
    )
    path = tmp_path / "b.csv"

    write_beamline(frame, path)

    assert path.read_text().startswith(BEAMLINE_HEADER + "1,2,5,0.3333333333333333,1,-0.1\n")
    found = read_beamline(path, sample="proton", events=keys(5))
    pd.testing.assert_frame_equal(found, frame)


def test_joined_text_becomes_lists_and_too_large_dedx_goes_with_its_range(tmp_path):
    text = CALORIMETRY_HEADER + "1,2,4,0.5;1;1.5;,101;100;8\n1,2,3,,\n"

    frame = calorimetry(a_file(tmp_path, text))

    assert [cell.tolist() for cell in frame["residual_range"]] == [[], [1.0, 1.5]]
    assert [cell.tolist() for cell in frame["dedx"]] == [[], [100.0, 8.0]]


@pytest.mark.parametrize("trees", [("calo",), ("ana/calo", "ana/meta")])
def test_jagged_branches_become_lists(tmp_path, trees):
    name = trees[0] if len(trees) > 1 else None

    frame = calorimetry(a_tree(tmp_path, trees=trees), tree=name)

    assert frame["event"].tolist() == [3, 4]
    assert [cell.tolist() for cell in frame["residual_range"]] == [[1.0], [0.5]]
    assert [cell.tolist() for cell in frame["dedx"]] == [[8.0], [9.0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("run,subrun,event,trkrr\n", r"no column 'trkdedx' or 'dedx'; columns: run, subrun"),
        (CALORIMETRY_HEADER + "1,2,3,1;2,8\n", r"line 2: 2 residual ranges but 1 dE/dx"),
        (CALORIMETRY_HEADER + "1,2,3,1;2,8;nan\n", r"line 2: dedx holds nan"),
        (CALORIMETRY_HEADER + "1,2,3,inf;2,8;7\n", r"line 2: residual_range holds inf"),
        (CALORIMETRY_HEADER + "1,2,3,1;;2,8;7;6\n", r"'residual_range', line 2: '1;;2' is no list"),
        (CALORIMETRY_HEADER + "1,2,,1,8\n", r"'event', line 2: found '', allowed"),
        (CALORIMETRY_HEADER + "1,2,3,1,8\n1,2,3,1,8\n", r"= \(1, 2, 3\) stands in more than one"),
    ],
)
def test_a_bad_calorimetry_text_is_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        calorimetry(a_file(tmp_path, text))


@pytest.mark.parametrize(
    ("trees", "replaced", "message"),
    [
        (("calo",), {"trkrr": None}, r"no branch 'trkrr' or 'residual_range'; branches: .*run"),
        (("calo",), {"trkrr": ak.Array([[1.0, 2.0], [1.0, 2.0]])}, r"entry 0: 2 residual ranges"),
        (("calo",), {"trkdedx": ak.Array([[2.0], [np.nan, 1.0]])}, r"entry 1: dedx holds nan"),
        (("calo",), {"event": np.array([3, 3], np.int32)}, r"= \(1, 2, 3\) stands in more than"),
        (("calo",), {"trkrr": np.ones((2, 2, 3))}, r"'trkrr' has 2 dimensions per entry"),
        (("a/calo", "b/calo"), {}, r"ambiguous tree: 'a/calo', 'b/calo' fit. Set samples.proton.c"),
    ],
)
def test_a_bad_calorimetry_tree_is_refused(tmp_path, trees, replaced, message):
    with pytest.raises(InputError, match=message):
        calorimetry(a_tree(tmp_path, trees=trees, **replaced))


def test_a_named_calorimetry_tree_that_is_missing_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"no tree 'other'.*Set samples\.proton\.calorimetry_tree"):
        calorimetry(a_tree(tmp_path), tree="other")


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    tracks=st.lists(
        st.lists(st.tuples(st.floats(0, 1e3), st.floats(0, 100)), max_size=4),
        min_size=1,
        max_size=4,
    ),
    tree=st.sampled_from([None, "ana/calo"]),
)
def test_written_calorimetry_is_read_again(tmp_path, tracks, tree):
    ranges = [np.array([r for r, _ in track]) for track in tracks]
    losses = [np.array([d for _, d in track]) for track in tracks]
    table = a_calorimetry_table(ranges, losses)
    path = tmp_path / "calo.any"

    if tree:
        write_calorimetry_tree(table, path, tree=tree)
    else:
        write_calorimetry(table, path)
    found = calorimetry(path, tree=tree, events=(0,))

    for column, expected in (("residual_range", ranges), ("dedx", losses)):
        assert [cell.tolist() for cell in found[column]] == [cell.tolist() for cell in expected]


def test_one_common_event_is_overlap():
    require_overlap(keys(1, 2), keys(2, 2, 3), what="beamline", path="b.csv")


@pytest.mark.parametrize("side", [keys(7), keys(2, sample="kaon")])
def test_a_side_table_without_a_common_event_is_refused(side):
    with pytest.raises(InputError, match=r"b.csv: none of the 1 rows of the beamline table"):
        require_overlap(side, keys(2, 3), what="beamline", path="b.csv")


def test_an_empty_side_table_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"none of the 0 rows .* the first are \(none\) and \(s"):
        beamline(tmp_path, BEAMLINE_HEADER)
    with pytest.raises(InputError, match=r"none of the 0 rows of the calorimetry table"):
        calorimetry(a_file(tmp_path, CALORIMETRY_HEADER))


def test_a_table_that_matches_no_event_is_refused_on_reading(tmp_path):
    with pytest.raises(InputError, match=r"table\.csv: none of the 1 rows .* subrun=9, event=3"):
        beamline(tmp_path, BEAMLINE_HEADER + "1,9,3,700,1,5\n")


def test_several_files_are_one_table_and_may_not_repeat_an_event(tmp_path):
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text(CALORIMETRY_HEADER + "1,2,4,0.5,9\n")
    second.write_text(CALORIMETRY_HEADER + "1,2,3,0.5,8\n")

    assert calorimetry([first, second])["event"].tolist() == [3, 4]
    with pytest.raises(InputError, match="share their key"):
        calorimetry([first, first])
