"""Clean samples: listed events, candidates, choices, and the tracks that come of them."""

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.lartpc.features import compute_features
from latentscape.lartpc.matching import match_planes
from latentscape.lartpc.settings.steps import Weights
from latentscape.lartpc.tables.features import FEATURE_NAMES
from latentscape.lartpc.tables.labelling import CHOICES
from latentscape.lartpc.tables.reconstruction import CLUSTERS
from latentscape.lartpc.track_choice import (
    choices_for,
    choose_tallest,
    chosen_pairs,
    list_candidates,
    only_events,
    read_events,
    take_tracks,
)

WEIGHTS = Weights().model_dump()


def a_cluster(event, plane, cluster, *, first_wire=20, height=30, tick=1000):
    """A straight track of one pixel per wire, brighter towards its end."""
    wire = np.arange(first_wire, first_wire + height)
    adc = np.linspace(50, 300, height).astype(int)
    return {
        "sample": "kaons",
        "run": 1,
        "subrun": 0,
        "event": event,
        "plane": plane,
        "cluster": cluster,
        "first_wire": first_wire,
        "last_wire": first_wire + height - 1,
        "first_tick": tick,
        "last_tick": tick,
        "height": height,
        "width": 1,
        "entry_tick": tick,
        "n_pixels": height,
        "charge": adc.sum(),
        "max_adc": 300,
        "min_adc": 50,
        "varies": True,
        "wire": wire,
        "tick": np.full(height, tick),
        "adc": adc,
    }


def some_clusters():
    """Event 0: two clusters per plane and a short one. Event 1: one pair. Event 2: no induction."""
    return CLUSTERS.check(
        pd.DataFrame(
            [
                a_cluster(0, "collection", 0, height=30),
                a_cluster(0, "collection", 1, height=60, tick=1400),
                a_cluster(0, "collection", 2, height=3, tick=200),
                a_cluster(0, "induction", 0, height=30, tick=1001),
                a_cluster(0, "induction", 1, height=62, tick=1402),
                a_cluster(1, "collection", 0, first_wire=22),
                a_cluster(1, "induction", 0),
                a_cluster(2, "collection", 0),
            ]
        )
    )


def candidates_of(clusters):
    return list_candidates(clusters, min_height=6, weights=WEIGHTS)


def test_every_pair_of_tall_clusters_is_a_candidate():
    found = candidates_of(some_clusters())
    pairs = found[["event", "collection_cluster", "induction_cluster"]].to_numpy().tolist()
    assert pairs == [[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0]]


def test_a_candidate_has_the_features_of_its_collection_cluster_and_the_score_of_matching():
    clusters = some_clusters()
    found = candidates_of(clusters)
    tracks = match_planes(
        clusters[clusters["event"] == 1], method="greedy", weights=WEIGHTS, max_score=None
    )
    last = found.iloc[-1]
    features = compute_features(tracks)[0].iloc[0]
    for name in FEATURE_NAMES:
        assert last[name] == pytest.approx(features[name], nan_ok=True)
    assert np.expm1(last["log_score"]) == pytest.approx(tracks.iloc[0]["score"])
    assert last["collection_first_wire"] == 22
    assert last["induction_height"] == 30


def test_candidates_do_not_depend_on_the_order_of_clusters():
    clusters = some_clusters()
    pd.testing.assert_frame_equal(
        candidates_of(clusters), candidates_of(clusters.sample(frac=1, random_state=1))
    )


def test_no_cluster_gives_no_candidate():
    assert candidates_of(CLUSTERS.empty()).empty


def test_the_tallest_pair_is_that_with_the_best_partner():
    chosen = choose_tallest(candidates_of(some_clusters()))
    assert chosen[["collection_cluster", "induction_cluster"]].to_numpy().tolist() == [
        [1, 1],
        [0, 0],
    ]


def some_choices(*rows):
    names = ["event", "collection_cluster", "induction_cluster"]
    table = pd.DataFrame(rows, columns=names).assign(sample="kaons", run=1, subrun=0)
    return CHOICES.check(table.astype(dict.fromkeys(names[1:], "Int64")))


def test_only_complete_choices_of_clusters_become_pairs():
    choices = some_choices((0, 1, 1), (1, -1, 0), (2, 0, None), (3, None, None))
    assert chosen_pairs(choices)["event"].tolist() == [0]


def test_the_chosen_pair_is_the_only_track_of_its_event():
    tracks = take_tracks(some_clusters(), some_choices((0, 0, 1), (9, 0, 0)), weights=WEIGHTS)
    assert tracks[["event", "track", "induction_cluster"]].to_numpy().tolist() == [[0, 0, 1]]
    # 400 ticks twice, 32 wires twice: last wire and height; the same first wire.
    assert tracks.iloc[0]["score"] == 2 * 402**2 + 2 * 32**2
    assert len(tracks.iloc[0]["induction_wire"]) == 62


def test_a_chosen_cluster_that_is_not_there_is_refused():
    with pytest.raises(InputError, match=r"1 chosen clusters are not there.*event=0.*cluster=7"):
        take_tracks(some_clusters(), some_choices((0, 7, 1)), weights=WEIGHTS)


def test_labels_of_another_sample_are_left_out_and_none_is_refused():
    labels = some_choices((0, 0, 1))
    assert len(choices_for(labels, sample="kaons")) == 1
    with pytest.raises(InputError, match="protons: none of the 1 labels is for this sample"):
        choices_for(labels, sample="protons")


def test_a_list_of_events_keeps_these_alone(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("event,run,subrun,remark\n2,1,0,good\n1,1,0,better\n")
    events = read_events(path, sample="kaons")
    assert events["event"].tolist() == [1, 2]
    assert sorted(only_events(some_clusters(), events)["event"]) == [1, 1, 2]
    assert len(only_events(some_clusters())) == 8


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("run,event\n1,2\n", "no column 'subrun'; columns: run, event"),
        ("run,subrun,event\n1,0,x\n", "column 'event' holds what is no integer"),
        ("run,subrun,event\n1,0,2\n1,0,2\n", "2 rows share their key"),
        ("", "not a readable CSV table"),
    ],
)
def test_a_wrong_list_of_events_is_refused(tmp_path, text, words):
    path = tmp_path / "events.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        read_events(path, sample="kaons")


def test_choices_survive_their_file(tmp_path):
    choices = some_choices((0, 1, 1), (1, -1, 0), (2, 0, None))
    path = tmp_path / "choices.tsv"
    CHOICES.write_tsv(choices, path)
    pd.testing.assert_frame_equal(CHOICES.read_tsv(path), CHOICES.check(choices), check_dtype=False)
