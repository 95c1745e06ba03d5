"""What hard tracks are, and how calorimetry calls the same tracks."""

import math

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY, TRACK_KEY
from latentscape.lartpc.calorimetric_calls import calorimetric_calls
from latentscape.lartpc.hard_causes import ENDS, TRAITS, explain_hard_cases, track_traits
from latentscape.lartpc.tables.truth import HARD_CAUSES

SPECIES = {"kaon": "kaon", "proton": "proton", "clean_kaon": "kaon", "muon": "muon"}


def events(count, sample="kaon"):
    rows = pd.DataFrame({"event": np.arange(count)})
    return rows.assign(sample=sample, run=1, subrun=0)[list(EVENT_KEY)]


def a_truth(count=8):
    return events(count).assign(
        end=[ENDS[i % 4] for i in range(count)],
        kinetic_energy=np.arange(count) * 10.0,
        halo_muons=0,
        pile_up=np.arange(count) % 2,
    )


def a_cluster_truth(count=8, beam=(80.0, 80.0), daughters=(15.0, 15.0)):
    """Clusters 3 (collection) and 5 (induction) of every event, each with a signal of 100."""
    planes = [
        events(count).assign(
            plane=plane, cluster=cluster, signal=100.0, beam_signal=b, daughter_signal=d
        )
        for plane, cluster, b, d in zip(
            ("collection", "induction"), (3, 5), beam, daughters, strict=True
        )
    ]
    return pd.concat(planes, ignore_index=True)


def some_tracks(count=8):
    return events(count).assign(track=3, induction_cluster=5)


def traits_of(**charge):
    return track_traits(
        a_truth(),
        a_cluster_truth(**charge),
        some_tracks(),
        extreme_energy=0.25,
        other_charge=0.1,
    )


def test_traits_follow_from_truth_event_by_event():
    traits = traits_of()
    assert list(traits.columns) == [*TRACK_KEY, *TRAITS]
    assert np.flatnonzero(traits["left"]).tolist() == [3, 7]
    assert np.flatnonzero(traits["low_energy"]).tolist() == [0, 1]
    assert np.flatnonzero(traits["high_energy"]).tolist() == [6, 7]
    assert np.flatnonzero(traits["pile_up"]).tolist() == [1, 3, 5, 7]
    assert not traits["halo"].any()


@pytest.mark.parametrize(
    ("beam", "daughters", "has_daughters", "has_foreign"),
    [
        ((80, 80), (15, 15), True, False),
        ((100, 85), (0, 15), False, False),
        ((80, 80), (0, 0), False, True),
        ((100, 79), (0, 0), False, True),
    ],
)
def test_charge_of_others_is_summed_over_both_clusters(beam, daughters, has_daughters, has_foreign):
    traits = traits_of(beam=beam, daughters=daughters)
    assert set(traits["daughters"]) == {has_daughters}
    assert set(traits["foreign_charge"]) == {has_foreign}


def test_a_track_whose_cluster_has_no_truth_is_refused():
    tracks = some_tracks().assign(induction_cluster=[5] * 7 + [6])
    with pytest.raises(InputError, match="induction clusters: 1 tracks have none"):
        track_traits(a_truth(), a_cluster_truth(), tracks, extreme_energy=0.25, other_charge=0.1)


def verdicts_of(hard):
    return (
        some_tracks(len(hard))
        .drop(columns="induction_cluster")
        .assign(task="kaon vs proton", label="kaon", is_wrong=hard, is_unsure=False)
    )


def test_odds_are_those_of_fishers_tea_tasting():
    # Three of four hard tracks have the trait, and one of four others: R's fisher.test gives
    # an odds ratio of 6.408, with 0.2117 to 621.9 (its search for the end is coarse), p = 0.4857.
    traits = traits_of().assign(pile_up=[True, True, True, False, True, False, False, False])
    causes = explain_hard_cases(verdicts_of([True] * 4 + [False] * 4), traits)
    pd.testing.assert_frame_equal(causes, HARD_CAUSES.check(causes))
    row = causes.set_index(["kind", "trait"]).loc[("wrong", "pile_up")]
    found = (row["odds_ratio"], row["odds_low"], row["p_value"])
    assert found == pytest.approx((6.408309, 0.21173, 0.4857143), rel=1e-4)
    assert row["odds_high"] == pytest.approx(621.93, rel=0.01)
    assert (row["hard_share"], row["other_share"]) == (0.75, 0.25)
    # Wilson's interval of 3 of 4.
    assert (row["hard_low"], row["hard_high"]) == pytest.approx((0.3006, 0.9544), abs=1e-4)
    assert row["p_holm"] == 1


def test_traits_of_all_or_no_tracks_are_left_out():
    causes = explain_hard_cases(verdicts_of([True, False] * 4), traits_of())
    assert not set(causes["trait"]) & {"halo", "daughters", "foreign_charge"}


def test_a_kind_without_hard_tracks_has_no_odds():
    causes = explain_hard_cases(verdicts_of([True, False] * 4), traits_of())
    unsure = causes[causes["kind"] == "unsure"]
    assert set(unsure["n_hard"]) == {0}
    assert unsure[["hard_share", "odds_ratio", "odds_low"]].isna().all(axis=None)
    assert set(unsure["p_value"]) == {1}


def test_a_trait_that_all_hard_and_no_other_tracks_have_has_infinite_odds():
    causes = explain_hard_cases(verdicts_of([False, True] * 4), traits_of())
    row = causes.set_index(["kind", "trait"]).loc[("wrong", "pile_up")]
    assert math.isinf(row["odds_ratio"])
    assert math.isinf(row["odds_high"])
    assert row["odds_low"] > 1


def test_shuffled_rows_give_the_same_causes():
    verdicts, traits = verdicts_of([True, False, False, True] * 2), traits_of()
    again = explain_hard_cases(
        verdicts.sample(frac=1, random_state=1), traits.sample(frac=1, random_state=2)
    )
    pd.testing.assert_frame_equal(again, explain_hard_cases(verdicts, traits))


def a_pid():
    keys = pd.concat(
        [events(2, sample) for sample in ("kaon", "proton", "muon")], ignore_index=True
    )
    return keys.assign(
        track=0,
        hypothesis=["kaon", "proton", "proton", "pion", "kaon", "proton"],
        hypothesis_larsoft="kaon",
        hypothesis_likelihood=None,
    )


def test_calls_are_hypotheses_of_the_species_of_a_task():
    calls = calorimetric_calls(
        a_pid(), ["kaon vs proton"], SPECIES, hypotheses=["proton", "kaon", "pion"]
    )
    own = calls[calls["method"] == "chi2"]
    # The pion is a third species; the muons are of another task.
    assert own[["sample", "event", "is_called_positive"]].to_numpy().tolist() == [
        ["kaon", 0, True],
        ["kaon", 1, False],
        ["proton", 0, False],
    ]
    assert calls["method"].value_counts().to_dict() == {"chi2_larsoft": 4, "chi2": 3}


@pytest.mark.parametrize("task", ["muon vs proton", "clean_kaon vs kaon"])
def test_tasks_that_hypotheses_cannot_tell_apart_have_no_calls(task):
    assert calorimetric_calls(a_pid(), [task], SPECIES, hypotheses=["proton", "kaon"]).empty
