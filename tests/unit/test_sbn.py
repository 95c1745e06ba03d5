"""Reading SBN's flat CAF files."""

import awkward as ak
import numpy as np
import pytest
import uproot

from latentscape.errors import InputError
from latentscape.lartpc.sbn import PLANES, SPECIES, TRACKS, read_sbn_calorimetry


def branches(first=((0, 2), (0,)), length=((2, 1), (0,)), points=((3, 2, 1), ())):
    """Two entries, with two tracks and one; their points lie behind each other."""
    rows = {}
    for plane in PLANES:
        calorimetry, pid = f"{TRACKS}.calo.{plane}.points", f"{TRACKS}.chi2pid.{plane}"
        rows[f"{calorimetry}..idx"] = first
        rows[f"{calorimetry}..length"] = length
        rows[f"{calorimetry}.rr"] = points
        rows[f"{calorimetry}.dedx"] = [[10.0 * value for value in entry] for entry in points]
        rows[f"{pid}.pid_ndof"] = [[1, 0], [0]]
        for species in SPECIES:
            rows[f"{pid}.chi2_{species}"] = [[4.5, 0.0], [0.0]]
    kinds = {"idx": np.int32, "length": np.int32, "pid_ndof": np.int32}
    return {
        name: ak.values_astype(
            ak.Array([list(entry) for entry in value]), kinds.get(name.split(".")[-1], np.float32)
        )
        for name, value in rows.items()
    }


def a_file(path, content, tree="recTree"):
    with uproot.recreate(path) as file:
        file.mktree(tree, {name: values.type.content for name, values in content.items()})
        file[tree].extend(content)
    return path


def test_points_of_each_track_are_told_apart(tmp_path):
    table = read_sbn_calorimetry(a_file(tmp_path / "caf.root", branches()))
    assert table["plane"].tolist() == [0, 1, 2, 0, 1, 2]
    assert table["track"].tolist() == [0, 0, 0, 1, 1, 1]
    assert table["residual_range"].iloc[0].tolist() == [3, 2]
    assert table["dedx"].iloc[3].tolist() == [10]


def test_chi2_is_missing_where_no_point_counted(tmp_path):
    table = read_sbn_calorimetry(a_file(tmp_path / "caf.root", branches()))
    assert table["n_points"].tolist() == [1, 1, 1, 0, 0, 0]
    assert table["chi2_kaon"].isna().tolist() == [False] * 3 + [True] * 3
    assert table["chi2_kaon"].iloc[0] == 4.5


def test_other_trees_and_files_are_refused(tmp_path):
    other = a_file(tmp_path / "other.root", branches(), tree="events")
    with pytest.raises(InputError, match="has no tree 'recTree'; is it a flat CAF file"):
        read_sbn_calorimetry(other)
    with pytest.raises(InputError, match="does not exist"):
        read_sbn_calorimetry(tmp_path / "none.root")


def test_a_missing_branch_is_named(tmp_path):
    content = branches()
    del content[f"{TRACKS}.chi2pid.1.chi2_pion"]
    with pytest.raises(InputError, match=r"no branch '.*chi2pid\.1\.chi2_pion'"):
        read_sbn_calorimetry(a_file(tmp_path / "caf.root", content))


def test_points_beyond_the_list_are_refused(tmp_path):
    content = branches(length=((2, 5), (0,)))
    with pytest.raises(InputError, match=r"entry 0, plane 0: the points 2 to 7 of track 1 lie bey"):
        read_sbn_calorimetry(a_file(tmp_path / "caf.root", content))
