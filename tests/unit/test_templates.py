"""Expected dE/dx from text, from LArSoft's ROOT file, and in LArSoft's bins."""

import numpy as np
import pytest
import uproot

from latentscape.errors import InputError
from latentscape.lartpc.expected import dedx_at
from latentscape.lartpc.settings.steps import Pid
from latentscape.lartpc.templates import (
    PROFILES,
    SPREAD,
    expected_curves,
    make_templates,
    read_larsoft_templates,
    read_template,
)

LAYER = {"thickness_cm": 0.46}
GRID = {"step_cm": 0.5, "max_range_cm": 2.0, **LAYER}


def a_profile(hits, bins=4):
    """Return a ROOT profile with bins of 1 cm and the spread as error, from hits per bin.

    ``hits`` maps a bin (0 is the underflow) to its values of dE/dx.
    """
    values = [np.array(hits.get(i, []), dtype=float) for i in range(bins + 2)]
    sums = np.array([v.sum() for v in values])
    squares = np.array([(v**2).sum() for v in values])
    entries = np.array([float(len(v)) for v in values])
    axis = uproot.writing.identify.to_TAxis("xaxis", "", bins, 0.0, float(bins))
    return uproot.writing.identify.to_TProfile(
        fName=None, fTitle="", data=sums, fEntries=entries.sum(), fTsumw=entries.sum(),
        fTsumw2=entries.sum(), fTsumwx=0.0, fTsumwx2=0.0, fTsumwy=sums.sum(),
        fTsumwy2=squares.sum(), fSumw2=squares, fBinEntries=entries, fBinSumw2=entries,
        fXaxis=axis, fErrorMode=1,
    )  # fmt: skip


def write_profiles(path, hits, **others):
    with uproot.recreate(path) as file:
        for species, name in PROFILES.items():
            file[name] = others.get(species, a_profile(hits))
    return path


def test_template_is_the_mean_of_the_curve_over_the_bin():
    # a straight line from 10 at 0 cm to 0 at 20 cm: the mean is the value at the centre
    line = {"kaon": (np.array([0.0, 20.0]), np.array([10.0, 0.0]))}
    templates = make_templates(line)
    assert len(templates.edges) == 326
    assert templates.edges[-1] == pytest.approx(26)
    assert templates.dedx["kaon"][0] == pytest.approx(10 - 0.04 / 2)
    assert templates.dedx["kaon"][100] == pytest.approx(10 - 8.04 / 2)
    np.testing.assert_allclose(templates.error["kaon"], SPREAD["kaon"] * templates.dedx["kaon"])


def test_bin_that_the_curve_covers_in_part_takes_that_part():
    # from 0.06 to 0.08 cm the mean of 4 + 100 (r - 0.06) is 5; bins from 0.16 cm on are empty
    line = {"muon": (np.array([0.06, 0.1]), np.array([4.0, 8.0]))}
    dedx = make_templates(line).dedx["muon"]
    np.testing.assert_allclose(dedx[:2], [5.0, 7.0])
    assert np.isnan(dedx[2:]).all()


def test_larsoft_profiles_give_mean_and_spread(tmp_path):
    # spread of (2, 4) is 1, that of (10, 16) is 3
    hits = {1: [2, 4], 2: [10, 16], 3: [5, 7], 4: [1, 3]}
    templates = read_larsoft_templates(write_profiles(tmp_path / "t.root", hits))
    np.testing.assert_allclose(templates.edges, [0, 1, 2, 3, 4])
    assert set(templates.dedx) == {"proton", "kaon", "pion", "muon"}
    np.testing.assert_allclose(templates.dedx["pion"], [3, 13, 6, 2])
    np.testing.assert_allclose(templates.error["pion"], [1, 3, 1, 1])


def test_empty_bin_and_empty_error_take_the_mean_of_their_neighbours(tmp_path):
    # bin 2 is empty; bin 3 has one hit and so no spread: (0 + 1) / 2, its neighbour counts as 0
    hits = {1: [2, 4], 3: [6], 4: [1, 3]}
    templates = read_larsoft_templates(write_profiles(tmp_path / "t.root", hits))
    np.testing.assert_allclose(templates.dedx["muon"], [3, 4.5, 6, 2])
    np.testing.assert_allclose(templates.error["muon"], [1, 0.5, 0.5, 1])


def test_bin_between_empty_bins_stays_empty(tmp_path):
    templates = read_larsoft_templates(write_profiles(tmp_path / "t.root", {1: [2, 4]}))
    np.testing.assert_allclose(templates.dedx["kaon"], [3, 1.5, np.nan, np.nan])


def test_larsoft_file_reads_as_published(reference_data):
    templates = read_larsoft_templates(reference_data / "dedx" / "dEdxrestemplates.root")
    at_5_cm = np.searchsorted(templates.edges, 5.0, side="right") - 1
    found = {species: float(values[at_5_cm]) for species, values in templates.dedx.items()}
    published = {"proton": 8.61, "kaon": 6.52, "pion": 4.05, "muon": 3.74}
    assert found == pytest.approx(published, abs=0.005)
    for species, dedx in templates.dedx.items():
        assert np.isfinite(dedx).all()
        spread = np.median(templates.error[species] / dedx)
        assert spread == pytest.approx(SPREAD[species], abs=0.001)


def test_file_that_is_not_root_is_refused(tmp_path):
    (tmp_path / "t.root").write_text("not ROOT")
    with pytest.raises(InputError, match=r"t\.root: not a readable ROOT file"):
        read_larsoft_templates(tmp_path / "t.root")
    with pytest.raises(InputError, match=r"absent\.root: not a readable ROOT file"):
        read_larsoft_templates(tmp_path / "absent.root")


def test_missing_profile_is_named_with_what_was_found(tmp_path):
    with uproot.recreate(tmp_path / "t.root") as file:
        file["dedx_range_pro"] = a_profile({})
    with pytest.raises(InputError, match="no TProfile 'dedx_range_ka'; found dedx_range_pro"):
        read_larsoft_templates(tmp_path / "t.root")


def test_profiles_with_different_bins_are_refused(tmp_path):
    path = write_profiles(tmp_path / "t.root", {}, pion=a_profile({}, bins=5))
    with pytest.raises(InputError, match="the bins of 'dedx_range_pi' are not the proton's"):
        read_larsoft_templates(path)


def test_text_template_is_read_in_order_of_residual_range(tmp_path):
    (tmp_path / "p").write_text("# range dedx\n2.0 8\n\n1.0\t12.5  # peak\n")
    (tmp_path / "k").write_text("1 6\n2 5\n")
    curve = read_template({"proton": tmp_path / "p", "kaon": tmp_path / "k"}, **LAYER)
    assert list(curve["species"]) == ["kaon", "kaon", "proton", "proton"]
    assert list(curve["residual_range"]) == [1, 2, 1, 2]
    assert list(curve["dedx"]) == [6, 5, 12.5, 8]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 2\n3\n", r"t\.txt, line 2: found '3'; expected two numbers"),
        ("1 2 3\n", r"line 1: found '1 2 3'; expected two numbers"),
        ("1 2\n2 two\n", r"line 2: found '2 two'; expected two numbers"),
        ("-1 2\n", r"line 1: found '-1 2'; expected residual range ≥ 0"),
        ("1 0\n", r"line 1: found '1 0'; expected residual range ≥ 0 and dE/dx > 0"),
        ("1 nan\n", r"line 1: found '1 nan'; expected"),
        ("inf 1\n", r"line 1: found 'inf 1'; expected"),
        ("# nothing\n1 2\n", r"t\.txt: 1 points; a curve needs at least two"),
        ("1 2\n1 3\n", r"t\.txt: 2 rows share their key"),
    ],
)
def test_bad_text_template_is_refused(tmp_path, text, message):
    (tmp_path / "t.txt").write_text(text)
    with pytest.raises(InputError, match=message):
        read_template({"proton": tmp_path / "t.txt"}, **LAYER)


def test_unreadable_text_template_is_refused(tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name in ("absent", "binary"):
        with pytest.raises(InputError, match=f"{name}: not a readable text file"):
            read_template({"proton": tmp_path / name}, **LAYER)


def test_templates_keep_the_ratio_of_the_formula_to_its_mean(tmp_path):
    # a file with 1.02 times the formula's mean: all else is 1.02 times the formula's, too
    formula = dedx_at(np.array([1.0, 2.0]), species="muon", **LAYER)
    lines = [f"{r} {1.02 * d}" for r, d in zip((1, 2), formula["dedx"], strict=True)]
    (tmp_path / "m.txt").write_text("\n".join(lines))
    curve = read_template({"muon": tmp_path / "m.txt"}, **LAYER)
    for column in ("dedx", "most_probable", "landau_width"):
        np.testing.assert_allclose(curve[column], 1.02 * formula[column])


def test_template_may_start_at_the_end_of_the_track(tmp_path):
    (tmp_path / "m.txt").write_text("0 30\n1 7\n")
    curve = read_template({"muon": tmp_path / "m.txt"}, **LAYER)
    assert np.isfinite(curve["most_probable"]).all()


def test_every_source_gives_curves_with_fluctuations(tmp_path):
    for name in ("muon", "kaon"):
        (tmp_path / name).write_text("0.5 9\n1.5 6\n2.5 5\n")
    root = write_profiles(tmp_path / "t.root", {1: [9], 2: [6], 3: [5]}, kaon=a_profile({1: [9]}))
    sources = ([], [tmp_path / "muon", tmp_path / "kaon"], [root])
    for templates in sources:
        curves = expected_curves(["muon", "kaon"], templates, **GRID)
        assert set(curves["species"]) == {"muon", "kaon"}
        assert (curves["most_probable"] < curves["dedx"]).all()
        assert (curves["landau_width"] > 0).all()


def test_larsoft_curves_stand_on_the_centres_of_filled_bins(tmp_path):
    # bin 3 has no hits and takes the mean of its neighbours, 6 and nothing
    root = write_profiles(tmp_path / "t.root", {1: [8, 10], 2: [6]})
    curve = expected_curves(["proton"], [root], **GRID)
    np.testing.assert_allclose(curve["residual_range"], [0.5, 1.5, 2.5])
    np.testing.assert_allclose(curve["dedx"], [9, 6, 3])


def test_species_that_a_larsoft_file_lacks_is_named_with_the_key(tmp_path):
    root = write_profiles(tmp_path / "t.root", {1: [2, 4]})
    message = r"lartpc\.pid\.template: .*t\.root has no 'deuteron'; it has proton, kaon, pion, muon"
    with pytest.raises(InputError, match=message):
        expected_curves(["proton", "deuteron"], [root], **GRID)


def test_template_setting_names_one_root_file_or_one_text_per_species():
    assert Pid().template_files == ()
    assert Pid(template="t.root").template_files == ("t.root",)
    two = Pid(template="{species}.txt", species=("kaon", "proton"))
    assert two.template_files == ("kaon.txt", "proton.txt")
    with pytest.raises(
        ValueError, match=r"template: 't.txt' is no .root file and has no {species}"
    ):
        Pid(template="t.txt")
