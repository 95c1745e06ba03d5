"""The statistics of a track under each hypothesis, against sums by hand."""

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.lartpc.expected import expected_dedx
from latentscape.lartpc.pid import score_hypotheses, score_tracks
from latentscape.lartpc.settings.steps import Pid
from latentscape.lartpc.tables.calorimetry import CALORIMETRY
from latentscape.lartpc.tables.identification import EXPECTED_DEDX, PID, SPECIES
from latentscape.lartpc.templates import Templates

DEFAULT = {
    "species": ("proton", "kaon"),
    "hypotheses": ("proton", "kaon"),
    "likelihood_resolution": 0.1,
    "max_offset_cm": 1.0,
}


def key(event, sample="beam"):
    return {"sample": sample, "run": 1, "subrun": 2, "event": event}


def a_track(event=1, track=0, height=50):
    return {**key(event), "track": track, "collection_height": height}


def measured(residual_range, dedx, event=1, sample="beam"):
    return {**key(event, sample), "residual_range": residual_range, "dedx": dedx}


def curve(species, residual_range, dedx):
    """Expected dE/dx whose most probable value is the mean, with a narrow Landau part."""
    dedx = np.asarray(dedx)
    columns = {"residual_range": residual_range, "dedx": dedx, "most_probable": dedx}
    return pd.DataFrame({"species": species, **columns, "landau_width": 0.03 * dedx})


def flat_curves(**levels):
    """Expected dE/dx that is constant from 0.5 to 100 cm."""
    curves = [curve(name, [0.5, 100.0], [level, level]) for name, level in levels.items()]
    return pd.concat(curves, ignore_index=True)


def score(tracks, calorimetry, expected, **changes):
    return score_hypotheses(
        pd.DataFrame(tracks), pd.DataFrame(calorimetry), expected, **{**DEFAULT, **changes}
    )


def bethe(*species):
    return expected_dedx(species, step_cm=0.05, max_range_cm=60, thickness_cm=0.46)


def a_stopping_particle(species):
    """Hits every 4 mm with exactly the expected energy loss."""
    curve = bethe(species).iloc[7::8].head(40)
    return measured(curve["residual_range"].to_numpy(), curve["dedx"].to_numpy())


HITS = measured(
    # before the curves' first point at 0.4 cm, beyond their last at 101 cm
    residual_range=[3.0, 1.0, 2.0, 0.4, 101.0],
    dedx=[10.0, 12.0, 150.0, 9.0, 77.0],
)


def test_chi2_is_the_mean_of_squared_difference_over_expectation_and_drops_nothing():
    row = score([a_track()], [HITS], flat_curves(proton=10.0, kaon=5.0)).iloc[0]
    assert row["n_points"] == 4
    # (0² + 2² + 140² + 1²)/10 and (5² + 7² + 145² + 4²)/5, over 4 hits
    assert row["chi2_proton"] == pytest.approx(19605 / 10 / 4)
    assert row["chi2_kaon"] == pytest.approx(21115 / 5 / 4)
    assert row["hypothesis"] == "proton"


def test_hit_before_the_first_point_takes_the_expectation_there():
    expected = pd.concat(
        [curve("proton", [0.05, 1.0], [40.0, 20.0]), curve("kaon", [2, 3], [5, 4])]
    )
    row = score([a_track()], [measured([0.01, -0.3], [44.0, 46.0])], expected).iloc[0]
    assert row["n_points"] == 2
    assert row["chi2_proton"] == pytest.approx((4**2 + 6**2) / 40 / 2)
    assert row["chi2_kaon"] == pytest.approx((39**2 + 41**2) / 5 / 2)


def test_hit_beyond_the_shortest_curve_counts_for_no_species():
    expected = pd.concat(
        [curve("proton", [0.5, 2.5], [10.0, 10.0]), curve("kaon", [1.5, 9.0], [5.0, 5.0])]
    )
    row = score([a_track()], [measured([1.0, 2.5, 2.6], [12.0, 11.0, 99.0])], expected).iloc[0]
    assert row["n_points"] == 2
    assert row["chi2_proton"] == pytest.approx((2**2 + 1**2) / 10 / 2)
    assert row["chi2_kaon"] == pytest.approx((7**2 + 6**2) / 5 / 2)


def test_expectation_is_linear_between_the_points_of_the_curve():
    expected = pd.concat([curve("proton", [1, 2], [12.0, 4.0]), curve("kaon", [2, 1], [2.0, 6.0])])
    row = score([a_track()], [measured([1.25], [12.0])], expected).iloc[0]
    # proton 12 → 4 gives 10, kaon 6 → 2 gives 5
    assert row["chi2_proton"] == pytest.approx(4 / 10)
    assert row["chi2_kaon"] == pytest.approx(49 / 5)


def test_larsoft_chi2_drops_ends_and_large_or_uncovered_hits():
    templates = Templates(
        edges=np.array([0.0, 10.0, 20.0, 26.0]),
        dedx={"proton": np.array([10.0, np.nan, 8.0])},
        error={"proton": np.array([0.5, np.nan, 0.0])},
    )
    hits = {
        0.1: 50.0,  # last hit of the track: dropped
        1.0: 12.0,
        2.0: 150.0,
        3.0: 1001.0,  # above LArSoft's bound
        12.0: 10.0,  # empty bin
        22.0: 9.0,
        26.0: 9.0,  # the bins end here
        30.0: 50.0,  # first hit of the track: dropped
    }
    calorimetry = [measured(list(hits), list(hits.values()))]
    row = score(
        [a_track()], calorimetry, flat_curves(proton=10.0, kaon=5.0), templates=templates
    ).iloc[0]
    # widths (0.04231 + 0.0001783 d²) d: 0.815823 at 12, 608.1090 at 150, 0.510771 at 9
    by_hand = [
        2**2 / (0.5**2 + 0.815823**2),
        140**2 / (0.5**2 + 608.1090**2),
        1**2 / 0.510771**2,
    ]
    assert row["chi2_larsoft_proton"] == pytest.approx(np.mean(by_hand), rel=1e-5)
    assert np.isnan(row["chi2_larsoft_kaon"])


def test_default_templates_are_the_expected_curves_with_their_spread():
    calorimetry = [measured([1.0, 2.0, 3.0], [50.0, 12.0, 50.0])]
    row = score([a_track()], calorimetry, flat_curves(proton=10.0, kaon=5.0)).iloc[0]
    # 4.8 % of 10 for protons, 6.4 % of 5 for kaons, and 0.815823 for the measurement of 12
    assert row["chi2_larsoft_proton"] == pytest.approx(4 / (0.48**2 + 0.815823**2), rel=1e-5)
    assert row["chi2_larsoft_kaon"] == pytest.approx(49 / (0.32**2 + 0.815823**2), rel=1e-5)


@pytest.mark.parametrize("species", SPECIES)
def test_ideal_curve_has_no_chi2_and_is_recognised(species):
    calorimetry = [a_stopping_particle(species)]
    every = {"species": SPECIES, "hypotheses": SPECIES, "max_offset_cm": 0.0}
    row = score([a_track()], calorimetry, bethe(*SPECIES), **every).iloc[0]
    assert row["n_points"] == 40
    assert row[f"chi2_{species}"] == pytest.approx(0, abs=1e-20)
    assert row["hypothesis"] == species
    assert row["hypothesis_larsoft"] == species
    assert row["hypothesis_likelihood"] == species


def test_likelihood_leaves_out_the_ends_of_a_track():
    expected = flat_curves(proton=10.0, kaon=5.0)
    inner = [(1.0, 11.0), (2.0, 9.0), (3.0, 12.0)]
    both = [measured(*zip((0.5, end), *inner, (4.0, end), strict=True)) for end in (1.0, 90.0)]
    rows = [score([a_track()], [track], expected).iloc[0] for track in both]
    assert rows[0]["log_likelihood_proton"] == rows[1]["log_likelihood_proton"]
    assert rows[0]["chi2_proton"] < rows[1]["chi2_proton"]


def test_proton_like_track_is_preferred_over_kaon_in_spite_of_noise():
    rng = np.random.default_rng(1)
    ideal = a_stopping_particle("proton")
    tracks = [a_track(event) for event in range(100)]
    calorimetry = [
        measured(ideal["residual_range"], ideal["dedx"] * rng.normal(1, 0.1, 40), event)
        for event in range(100)
    ]
    scores = score(tracks, calorimetry, bethe("proton", "kaon"))
    assert (scores["hypothesis"] == "proton").sum() == 100
    assert (scores["chi2_larsoft_proton"] < scores["chi2_larsoft_kaon"]).all()
    assert (scores["log_likelihood_proton"] > scores["log_likelihood_kaon"]).all()


def test_calorimetry_belongs_to_the_track_with_most_collection_wires():
    tracks = [
        a_track(event=1, track=3, height=20),
        a_track(event=1, track=5, height=90),
        a_track(event=2, track=7, height=40),
        a_track(event=2, track=6, height=40),
        a_track(event=3, track=0, height=40),
    ]
    calorimetry = [
        measured([1.0], [10.0], event=1),
        measured([1.0], [5.0], event=2),
        measured([1.0], [5.0], event=4),
        measured([1.0], [5.0], event=3, sample="other"),
    ]
    scores = score(tracks, calorimetry, flat_curves(proton=10.0, kaon=5.0))
    assert list(scores["event"]) == [1, 2]
    assert list(scores["track"]) == [5, 6]
    assert list(scores["hypothesis"]) == ["proton", "kaon"]


def test_shuffled_rows_and_hits_give_the_same_scores():
    rng = np.random.default_rng(2)
    tracks = pd.DataFrame(
        [a_track(event, t, 30 + t * event) for event in range(20) for t in range(3)]
    )
    calorimetry = pd.DataFrame(
        [measured(rng.uniform(0, 60, 30), rng.uniform(2, 120, 30), event) for event in range(20)]
    )
    expected = bethe("proton", "kaon")
    scores = score_hypotheses(tracks, calorimetry, expected, **DEFAULT)
    order = rng.permutation(30)
    shuffled = calorimetry.assign(
        residual_range=[hits[order] for hits in calorimetry["residual_range"]],
        dedx=[hits[order] for hits in calorimetry["dedx"]],
    )
    again = score_hypotheses(
        tracks.sample(frac=1, random_state=3),
        shuffled.sample(frac=1, random_state=4),
        expected.sample(frac=1, random_state=5),
        **DEFAULT,
    )
    assert len(scores) == 20
    pd.testing.assert_frame_equal(scores, again, check_exact=True)


def test_track_without_usable_hit_has_empty_scores():
    tracks = [a_track(event) for event in (1, 2, 3)]
    calorimetry = [
        measured([], [], event=1),
        measured([101.0, 102.0], [10.0, 10.0], event=2),  # beyond the curves
        measured([1.0], [10.0], event=3),
    ]
    scores = score(tracks, calorimetry, flat_curves(proton=10.0, kaon=5.0))
    assert list(scores["n_points"]) == [0, 0, 1]
    for column in ("hypothesis", "chi2_proton"):
        assert scores[column].isna().tolist() == [True, True, False]
    # one hit is both ends of its track, two hits are one each
    for column in ("chi2_larsoft", "log_likelihood", "offset"):
        assert scores[f"{column}_proton"].isna().all()
    assert scores[["hypothesis_larsoft", "hypothesis_likelihood", "pida"]].isna().all(axis=None)
    assert not scores["is_reversed"].any()


def test_first_of_the_hypotheses_wins_a_tie():
    for hypotheses in (("proton", "kaon"), ("kaon", "proton")):
        row = score(
            [a_track()], [HITS], flat_curves(proton=7.0, kaon=7.0), hypotheses=hypotheses
        ).iloc[0]
        assert row["hypothesis"] == hypotheses[0]
        assert row["hypothesis_likelihood"] == hypotheses[0]


def test_each_statistic_chooses_its_own_hypothesis():
    # the second hit, like a proton's, counts for all, the others are ends and for chi2 alone
    calorimetry = [measured([1.0, 2.0, 3.0], [4.0, 10.0, 4.0])]
    row = score([a_track()], calorimetry, flat_curves(proton=10.0, kaon=5.0)).iloc[0]
    assert row["hypothesis"] == "kaon"
    assert row["hypothesis_likelihood"] == "proton"
    assert row["hypothesis_larsoft"] == "proton"


def test_species_without_template_is_not_chosen_by_the_larsoft_chi2():
    templates = Templates(np.array([0.0, 26.0]), {"kaon": np.array([5.0])}, {"kaon": np.ones(1)})
    row = score([a_track()], [HITS], flat_curves(proton=10.0, kaon=5.0), templates=templates)
    assert row.iloc[0]["hypothesis"] == "proton"
    assert row.iloc[0]["hypothesis_larsoft"] == "kaon"


def test_orientation_is_that_of_the_likeliest_allowed_hypothesis():
    ideal = a_stopping_particle("proton")
    turned = measured(ideal["residual_range"], ideal["dedx"][::-1], event=2)
    scores = score([a_track(1), a_track(2)], [ideal, turned], bethe("proton", "kaon"))
    assert scores["is_reversed"].tolist() == [False, True]
    assert scores["hypothesis_likelihood"].tolist() == ["proton", "proton"]
    np.testing.assert_allclose(*scores["log_likelihood_proton"])


def test_any_table_of_tracks_can_be_scored():
    expected = flat_curves(proton=10.0, kaon=5.0)
    tracks = [{**HITS, "track": 3, "plane": "induction"}, {**HITS, "track": 4, "plane": "other"}]
    scores = score_tracks(pd.DataFrame(tracks), expected, **DEFAULT)
    assert scores["track"].tolist() == [3, 4]
    of_the_event = score([a_track(track=3)], [HITS], expected)
    pd.testing.assert_frame_equal(scores.iloc[:1], of_the_event)


def test_species_that_are_not_scored_stay_empty():
    scores = score([a_track()], [HITS], flat_curves(proton=10.0, kaon=5.0))
    assert scores[[f"chi2_{s}" for s in ("pion", "muon", "deuteron")]].isna().all(axis=None)
    assert len(PID.check(scores)) == 1


def test_no_calorimetry_gives_an_empty_table():
    scores = score_hypotheses(
        pd.DataFrame([a_track()]), CALORIMETRY.empty(), bethe("proton", "kaon"), **DEFAULT
    )
    pd.testing.assert_frame_equal(scores, PID.empty())


def test_unusable_input_is_refused():
    expected = flat_curves(proton=10.0, kaon=5.0)
    with pytest.raises(InputError, match="no expected dE/dx for 'muon'; there are curves of pro"):
        score([a_track()], [HITS], expected, species=("proton", "muon"))
    with pytest.raises(InputError, match="hypothesis 'muon' is not scored; allowed: proton, kaon"):
        score([a_track()], [HITS], expected, hypotheses=("proton", "muon"))
    with pytest.raises(InputError, match=r"lists of different length, the first is .*event=1"):
        score([a_track()], [measured([1.0, 2.0], [1.0])], expected)
    with pytest.raises(InputError, match=r"1 tracks holds NaN or infinity, the first is .*event=1"):
        score([a_track()], [measured([1.0, 2.0], [np.nan, 1.0])], expected)
    with pytest.raises(InputError, match="tracks: 2 rows share their key"):
        score([a_track(), a_track()], [HITS], expected)
    with pytest.raises(InputError, match="tracks with calorimetry: 2 rows share their key"):
        score([a_track()], [HITS, HITS], expected)
    with pytest.raises(InputError, match="calorimetry of tracks: 2 rows share their key"):
        score_tracks(pd.DataFrame([{**HITS, "track": 1}] * 2), expected, **DEFAULT)


def test_settings_must_agree_with_each_other():
    with pytest.raises(ValueError, match="hypotheses: 'muon' is not among species"):
        Pid(species=("proton", "kaon"), hypotheses=("proton", "muon"))
    with pytest.raises(ValueError, match=r"template: 'p\.txt' .* no \{species\} in its name"):
        Pid(template="p.txt")
    with pytest.raises(ValueError, match=r"max_range_cm: 0\.01 is below step_cm 0\.05"):
        Pid(max_range_cm=0.01)


def test_default_settings_give_curves_of_all_their_species():
    pid = Pid()
    curve = expected_dedx(
        pid.species,
        step_cm=pid.step_cm,
        max_range_cm=pid.max_range_cm,
        thickness_cm=pid.thickness_cm,
    )
    assert len(EXPECTED_DEDX.check(curve)) == 5 * 2000
