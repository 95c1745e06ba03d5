"""The forest that chooses tracks: out of fold, one per event, and held against truth."""

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY
from latentscape.lartpc.attribution import Followed
from latentscape.lartpc.tables.labelling import CANDIDATES, CHOICES
from latentscape.lartpc.track_forest import (
    assess_choice,
    choices_of,
    score_candidates,
    true_choices,
)

FOREST = {"trees": 10, "min_leaf": 1, "folds": 3, "min_probability": 0.0, "seed": 1}


def some_candidates(events=30, telling=True):
    """Two candidates per event; the right one has wire 20 and the other 100."""
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {
            "sample": "kaons",
            "run": 1,
            "subrun": 0,
            "event": np.repeat(np.arange(events), 2),
            "collection_cluster": np.tile([0, 1], events),
            "induction_cluster": 0,
        }
    )
    for column in CANDIDATES.columns[6:]:
        rows[column.name] = 0.0 if telling else rng.normal(size=len(rows))
    right = rows["collection_cluster"] == rows["event"] % 2
    if telling:
        rows["collection_first_wire"] = np.where(right, 20.0, 100.0)
    rows["n_local_maxima"] = np.nan
    return CANDIDATES.check(rows)


def right_choices(events=30):
    numbers = np.arange(events)
    return CHOICES.check(
        pd.DataFrame(
            {
                "sample": "kaons",
                "run": 1,
                "subrun": 0,
                "event": numbers,
                "collection_cluster": numbers % 2,
                "induction_cluster": 0,
            }
        )
    )


def assert_same(first, second):
    pd.testing.assert_frame_equal(first, second, check_dtype=False)


def test_the_right_candidate_is_chosen_out_of_fold():
    scored = score_candidates(some_candidates(), right_choices(), **FOREST)
    assert scored["is_labelled"].all()
    assert_same(choices_of(scored), right_choices())
    chosen = scored[scored["is_chosen"]]
    assert (chosen["probability"] > 0.5).all()
    assert (chosen["margin"] > 0).all()
    assert not scored.duplicated([*EVENT_KEY, "is_chosen"]).any()


def test_features_that_tell_nothing_do_not_beat_chance_out_of_fold():
    scored = score_candidates(some_candidates(100, telling=False), right_choices(100), **FOREST)
    hits = len(choices_of(scored).merge(right_choices(100)))
    # 50 of 100 by chance; seen in training, all 100 would be right.
    assert 30 <= hits <= 70


def test_unlabelled_events_are_scored_by_all_labelled_ones():
    labels = right_choices().head(12)
    scored = score_candidates(some_candidates(), labels, **FOREST)
    assert scored["is_labelled"].sum() == 24
    assert_same(choices_of(scored), right_choices())


def test_a_choice_of_none_makes_every_candidate_wrong():
    labels = right_choices()
    labels.loc[labels["event"] < 5, ["collection_cluster", "induction_cluster"]] = -1
    scored = score_candidates(some_candidates(), labels, **FOREST)
    first = scored[scored["event"] < 5]
    assert first["is_labelled"].all()
    assert first["is_chosen"].sum() == 5


def test_events_without_a_likely_candidate_have_no_track():
    options = FOREST | {"min_probability": 0.6}
    scored = score_candidates(some_candidates(telling=False), right_choices(), **options)
    kept = scored[scored["is_chosen"]]
    assert 0 < len(kept) < 30
    assert (kept["probability"] >= 0.6).all()


def test_shuffled_candidates_give_the_same_scores():
    candidates = some_candidates(telling=False)
    first, second = (
        score_candidates(rows, right_choices(), **FOREST)
        for rows in (candidates, candidates.sample(frac=1, random_state=2))
    )
    pd.testing.assert_frame_equal(first, second)


def test_a_lone_candidate_leads_by_one():
    candidates = some_candidates().drop(index=1)
    scored = score_candidates(candidates, right_choices(), **FOREST)
    assert scored.iloc[0]["margin"] == 1.0
    assert scored.iloc[0]["is_chosen"]


@pytest.mark.parametrize("labels", [right_choices().head(2), right_choices().head(0)])
def test_too_few_labels_are_refused(labels):
    with pytest.raises(InputError, match="3 folds need at least 3 events"):
        score_candidates(some_candidates(), labels, **FOREST)


def a_followed(events=4):
    """In the last event no beam particle is well found; cluster 0 is always the beam's."""
    keys = right_choices(events)[list(EVENT_KEY)]
    numbers = np.arange(events)
    pairs = pd.DataFrame(
        {
            "number": numbers,
            "track": 0,
            "induction_cluster": 0,
            "is_well_found": numbers < events - 1,
        }
    )
    planes = [
        pd.DataFrame({"number": numbers, "plane": plane, "cluster": 0, "is_beam": True})
        for plane in ("collection", "induction")
    ]
    empty = pd.DataFrame()
    return Followed(keys, pd.concat(planes), empty, pairs, empty)


def test_the_true_choice_is_none_where_the_particle_is_not_found():
    choices = true_choices(a_followed())
    assert choices["collection_cluster"].tolist() == [0, 0, 0, -1]


def test_efficiency_and_purity_count_events_and_pairs():
    candidates = some_candidates(4)
    scored = candidates[[*EVENT_KEY, "collection_cluster", "induction_cluster"]].assign(
        probability=0.4, margin=0.0, is_labelled=True
    )
    # Right in events 0 and 1, wrong in 2, none in 3.
    scored["is_chosen"] = [True, False, True, False, False, True, False, False]
    tracks = candidates.loc[[0], list(EVENT_KEY)].assign(
        track=0, induction_cluster=0, collection_height=50
    )
    table = assess_choice(scored, candidates, tracks, a_followed(), sample="kaons", seed=1)
    value = table.set_index(["method", "quantity"])["value"]
    assert value["forest", "efficiency"] == 2 / 4
    assert value["forest", "efficiency_found"] == 2 / 3
    assert value["forest", "purity"] == 2 / 3
    assert value["forest", "chosen"] == 3 / 4
    assert value["selection", "efficiency"] == 1 / 4
    assert np.isnan(value["forest_sure", "purity"])
    assert value["random", "chosen"] == 1.0
