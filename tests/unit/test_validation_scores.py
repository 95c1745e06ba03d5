"""Scores of the PID statistics: what stands against what, and who decides on what."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.errors import InputError
from latentscape.lartpc.tables.identification import PID, SPECIES
from latentscape.lartpc.tables.truth import TRUTH
from latentscape.lartpc.validation.scores import (
    count_confusion,
    equal_error_threshold,
    of_primaries,
    score_pairs,
)
from latentscape.lartpc.validation.tables import PID_CONFUSION, PID_SCORES

KAON_PROTON = [("kaon", "proton")]


def truth_of(species: dict[int, str], left: tuple[int, ...] = ()) -> pd.DataFrame:
    other = {column.name: 0 for column in TRUTH.columns} | {"daughters": "", "sample": "beam"}
    rows = [
        other
        | {"event": event, "species": name, "momentum": 400.0, "length": 9}
        | {"end": "left" if event in left else "decayed_in_flight"}
        for event, name in species.items()
    ]
    return TRUTH.check(pd.DataFrame(rows))


def pid_of(*rows: dict) -> pd.DataFrame:
    """One row per track: the event, and whatever else is given; all other values are missing."""
    other = {column.name: np.nan for column in PID.columns} | {"pida": np.nan}
    other |= {"sample": "beam", "run": 0, "subrun": 0, "track": 0, "n_points": 20}
    return pd.DataFrame([other | row for row in rows], columns=list(other))


def chi2_of(event: int, *, proton: float, kaon: float) -> dict:
    return {"event": event, "chi2_proton": proton, "chi2_kaon": kaon}


def scores_of(pid: pd.DataFrame, truth: pd.DataFrame, pairs=KAON_PROTON, statistic="chi2"):
    scores = score_pairs({"external": pid}, truth, pairs=pairs, seed=1)
    return scores[scores["statistic"] == statistic].set_index("event")


@pytest.mark.parametrize(
    ("statistic", "pair", "expected"),
    [
        ("chi2", ("kaon", "proton"), 3.0 - 1.0),
        ("chi2", ("proton", "kaon"), 1.0 - 3.0),
        ("chi2_larsoft", ("kaon", "proton"), 9.0 - 4.0),
        ("log_likelihood", ("kaon", "proton"), -1.5 - -2.5),
        ("pida", ("kaon", "proton"), -14.0),  # PIDA grows with the mass
        ("pida", ("proton", "kaon"), 14.0),
    ],
)
def test_a_score_is_the_difference_that_grows_towards_the_signal(statistic, pair, expected):
    row = chi2_of(1, proton=3.0, kaon=1.0) | {"pida": 14.0}
    row |= {"chi2_larsoft_proton": 9.0, "chi2_larsoft_kaon": 4.0}
    row |= {"log_likelihood_proton": -2.5, "log_likelihood_kaon": -1.5}
    scores = scores_of(pid_of(row), truth_of({1: "kaon"}), [pair], statistic)
    assert scores.loc[1, "score"] == expected


def test_only_events_of_the_two_species_are_scored():
    truth = truth_of({1: "kaon", 2: "proton", 3: "muon"})
    pid = pid_of(*(chi2_of(event, proton=1, kaon=2) for event in (1, 2, 3)))
    assert scores_of(pid, truth).index.tolist() == [1, 2]


def test_an_event_without_a_track_has_a_row_without_score():
    scores = scores_of(pid_of(chi2_of(1, proton=1, kaon=2)), truth_of({1: "kaon", 2: "kaon"}))
    assert np.isnan(scores.loc[2, "score"])
    assert scores["track"].to_dict() == {1: 0, 2: -1}


def test_a_contamination_counts_as_what_it_is():
    scores = scores_of(pid_of(chi2_of(1, proton=1, kaon=2)), truth_of({1: "proton"}))
    assert scores.loc[1, "species"] == "proton"


def tracks_of(*heights: tuple[int, int, int]) -> pd.DataFrame:
    """Tracks as (event, track, wires in the collection plane)."""
    columns = ["event", "track", "collection_height"]
    return pd.DataFrame(heights, columns=columns).assign(sample="beam", run=0, subrun=0)


def test_every_source_speaks_of_the_track_on_most_collection_wires():
    tracks = tracks_of((1, 7, 30), (1, 3, 40), (1, 2, 12), (2, 0, 15))
    rows = [{"event": 1, "track": track, "n_points": n} for track, n in ((7, 99), (3, 5), (2, 9))]
    pid = {"collection": pid_of(*rows, {"event": 2}), "induction": pid_of(rows[0], rows[1])}
    found = of_primaries(pid, tracks)
    assert found["collection"][["event", "track"]].to_numpy().tolist() == [[1, 3], [2, 0]]
    assert found["induction"][["event", "track"]].to_numpy().tolist() == [[1, 3]]


def test_an_event_whose_primary_track_has_no_calorimetry_is_not_judged_by_another():
    tracks = tracks_of((1, 3, 40), (1, 7, 30))
    own = of_primaries({"induction": pid_of({"event": 1, "track": 7})}, tracks)
    scores = score_pairs(own, truth_of({1: "kaon"}), pairs=KAON_PROTON, seed=1)
    assert (scores["track"] == -1).all()
    assert scores["score"].isna().all()


def test_two_tracks_of_one_event_are_refused():
    rows = (chi2_of(1, proton=1, kaon=2) | {"track": track} for track in (0, 1))
    with pytest.raises(InputError, match="external PID with truth: 2 rows share their key"):
        scores_of(pid_of(*rows), truth_of({1: "kaon"}))


def test_a_particle_that_leaves_has_a_score_and_is_marked():
    truth = truth_of({1: "kaon", 2: "kaon"}, left=(2,))
    scores = scores_of(pid_of(*(chi2_of(e, proton=1, kaon=2) for e in (1, 2))), truth)
    assert scores["leaves"].to_dict() == {1: False, 2: True}
    assert scores["score"].notna().all()


def test_particles_that_leave_have_no_say_in_a_threshold():
    pid, truth = some_pida()
    left = truth.assign(end=truth["end"].where(truth["event"] >= 10, "left"))
    odd = pid.assign(pida=pid["pida"].where(pid["event"] >= 10, 90.0))
    before, after = (scores_of(table, left, statistic="pida")["threshold"] for table in (pid, odd))
    assert after.equals(before)
    assert not scores_of(odd, truth, statistic="pida")["threshold"].equals(before)


def test_tracks_without_truth_are_refused():
    with pytest.raises(InputError, match=r"external PID with truth: 1 events have a track"):
        scores_of(pid_of(chi2_of(5, proton=1, kaon=2)), truth_of({1: "kaon"}))


def some_pida(n: int = 40) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(2)
    truth = truth_of({event: ("kaon", "proton")[event % 2] for event in range(n)})
    pida = 14 + 3 * (np.arange(n) % 2) + rng.normal(0, 1.5, n)
    return pid_of(*({"event": event, "pida": value} for event, value in enumerate(pida))), truth


def test_a_track_has_no_say_in_the_threshold_that_decides_on_it():
    pid, truth = some_pida()
    before = scores_of(pid, truth, statistic="pida")["threshold"]
    for event in range(4):
        moved = pid.assign(pida=pid["pida"].where(pid["event"] != event, 90.0))
        after = scores_of(moved, truth, statistic="pida")["threshold"]
        assert after.loc[event] == before.loc[event]
    assert before.nunique() == 2


def test_scores_of_species_columns_are_decided_at_zero():
    scores = scores_of(pid_of(chi2_of(1, proton=1, kaon=2)), truth_of({1: "proton"}))
    assert scores["threshold"].tolist() == [0.0]


def test_shuffled_rows_give_the_same_scores():
    pid, truth = some_pida()
    one = score_pairs({"external": pid}, truth, pairs=KAON_PROTON, seed=1)
    other = score_pairs(
        {"external": pid.sample(frac=1, random_state=3)},
        truth.sample(frac=1, random_state=4),
        pairs=KAON_PROTON,
        seed=1,
    )
    pd.testing.assert_frame_equal(one, other)
    pd.testing.assert_frame_equal(one, PID_SCORES.check(one))


def test_the_equal_error_threshold_lies_where_both_are_mistaken_as_often():
    # Above 2.5: one of four signals is lost, one of four backgrounds is kept.
    signal, background = np.array([2.0, 3.0, 5.0, 6.0]), np.array([-1.0, 0.0, 1.0, 4.0])
    assert equal_error_threshold(signal, background) == 2.5


@settings(deadline=None, max_examples=50)
@given(
    signal=st.lists(st.floats(1, 9), min_size=1, max_size=9),
    background=st.lists(st.floats(-9, -1), min_size=1, max_size=9),
)
def test_species_that_do_not_overlap_are_told_apart_by_the_threshold(signal, background):
    threshold = equal_error_threshold(np.array(signal), np.array(background))
    # A score at the threshold is not accepted.
    assert max(background) <= threshold < min(signal)


@pytest.mark.parametrize(("signal", "background"), [([], [1.0]), ([1.0], []), ([1.0], [1.0])])
def test_there_is_no_threshold_between_nothing(signal, background):
    assert np.isnan(equal_error_threshold(np.array(signal), np.array(background)))


def confusion_of(pid: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    table = count_confusion({"external": pid}, truth)
    pd.testing.assert_frame_equal(table, PID_CONFUSION.check(table))
    return table.set_index(["statistic", "species", "assigned"])


def test_confusion_of_four_kaons_is_that_counted_by_hand():
    truth = truth_of(dict.fromkeys(range(4), "kaon"))
    columns = {f"chi2_{name}": 9.0 for name in SPECIES}
    rows = [
        columns | {"event": 0, "chi2_kaon": 1.0},
        columns | {"event": 1, "chi2_kaon": 2.0},
        columns | {"event": 2, "chi2_muon": 1.0},
    ]
    cells = confusion_of(pid_of(*rows), truth)
    assert cells.loc["chi2", "kaon"]["tracks"].to_dict() == {
        "deuteron": 0,
        "kaon": 2,
        "muon": 1,
        "pion": 0,
        "proton": 0,
    }
    kaon = cells.loc[("chi2", "kaon", "kaon")]
    assert (kaon["n"], kaon["without"], kaon["share"]) == (3, 1, pytest.approx(2 / 3))


def test_a_confusion_leaves_out_and_counts_particles_that_leave():
    columns = {f"chi2_{name}": 9.0 for name in SPECIES} | {"chi2_muon": 1.0}
    truth = truth_of(dict.fromkeys(range(4), "muon"), left=(0, 3))
    cells = confusion_of(pid_of(*(columns | {"event": event} for event in range(3))), truth)
    cell = cells.loc[("chi2", "muon", "muon")]
    assert (cell["tracks"], cell["n"], cell["without"], cell["left"]) == (2, 2, 0, 2)


def test_the_best_likelihood_is_the_largest():
    columns = {f"log_likelihood_{name}": -9.0 for name in SPECIES} | {"log_likelihood_pion": -1.0}
    cells = confusion_of(pid_of(columns | {"event": 1}), truth_of({1: "muon"}))
    assert cells.loc[("log_likelihood", "muon", "pion"), "tracks"] == 1


def test_a_hypothesis_without_any_value_is_no_hypothesis():
    columns = {f"chi2_larsoft_{name}": 9.0 for name in SPECIES if name != "deuteron"}
    cells = confusion_of(pid_of(columns | {"event": 1}), truth_of({1: "muon"}))
    assert set(cells.loc["chi2_larsoft", "muon"].index) == {"proton", "kaon", "pion", "muon"}
