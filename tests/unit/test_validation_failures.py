"""Failures of the identification: which cause applies, how often, and the worst tracks."""

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.lartpc.tables.truth import CLUSTER_TRUTH, TRUTH
from latentscape.lartpc.validation.failures import (
    CAUSES,
    count_failures,
    find_causes,
    worst_cases,
)
from latentscape.lartpc.validation.tables import PID_CAUSES, PID_FAILURES, PID_SCORES

KEY = {"sample": "kaon", "run": 1, "subrun": 0}
LIMITS = {"foreign_share": 0.2, "daughters_share": 0.25, "few_points": 10}

# Track (collection) and induction cluster of every event, and what they hold: beam particle's
# signal and daughters' of 100.
TRACK, INDUCTION = 3, 5
CLEAN = (95, 0)


def truth_of(ends: dict[int, str]) -> pd.DataFrame:
    other = {column.name: 0 for column in TRUTH.columns} | {"daughters": "", "species": "kaon"}
    return TRUTH.check(
        pd.DataFrame([other | KEY | {"event": event, "end": end} for event, end in ends.items()])
    )


def pid_of(n_points: dict[int, int]) -> pd.DataFrame:
    rows = [KEY | {"event": e, "track": TRACK, "n_points": n} for e, n in n_points.items()]
    return pd.DataFrame(rows)


def tracks_of(events) -> pd.DataFrame:
    rows = [KEY | {"event": e, "track": TRACK, "induction_cluster": INDUCTION} for e in events]
    return pd.DataFrame(rows)


def cluster_truth_of(events, **held: dict[int, tuple[float, float]]) -> pd.DataFrame:
    numbers = {"collection": TRACK, "induction": INDUCTION}
    rows = []
    for event in events:
        for plane, number in numbers.items():
            beam, daughters = held.get(plane, {}).get(event, CLEAN)
            row = {"event": event, "plane": plane, "cluster": number, "signal": 100.0}
            rows.append(KEY | row | {"beam_signal": beam, "daughter_signal": daughters})
    return CLUSTER_TRUTH.check(pd.DataFrame(rows).astype({"beam_signal": float}))


def causes_of(source: str, ends=None, n_points=None, **held) -> dict[int, str]:
    ends = {1: "stopped"} | (ends or {})
    pid = pid_of(dict.fromkeys(ends, 20) | (n_points or {}))
    table = find_causes(
        {source: pid}, truth_of(ends), tracks_of(ends), cluster_truth_of(ends, **held), **LIMITS
    )
    pd.testing.assert_frame_equal(table, PID_CAUSES.check(table))
    return table.set_index("event")["cause"].to_dict()


def test_each_cause_is_found():
    found = causes_of(
        "collection",
        ends={2: "decayed_in_flight", 3: "left", 4: "decayed_at_rest", 5: "stopped", 6: "stopped"},
        n_points={6: 9},
        collection={4: (70, 30), 5: (70, 0)},
    )
    assert found == {
        1: "none",
        2: "decayed_in_flight",
        3: "left",
        4: "daughters",
        5: "other_particles",
        6: "few_points",
    }


def test_the_first_of_several_causes_counts():
    found = causes_of(
        "collection",
        ends={1: "left", 2: "decayed_in_flight"},
        n_points={1: 3, 2: 3},
        collection={1: (10, 10), 2: (40, 60)},
    )
    assert found == {1: "other_particles", 2: "decayed_in_flight"}


def test_what_lies_in_the_cluster_is_no_cause_for_an_external_calorimetry():
    assert causes_of("external", collection={1: (0, 0)}, induction={1: (0, 100)}) == {1: "none"}


def test_each_plane_has_its_own_cluster():
    held = {"induction": {1: (50, 50)}}
    assert causes_of("collection", **held) == {1: "none"}
    assert causes_of("induction", **held) == {1: "daughters"}


def test_a_cluster_of_noise_is_foreign():
    ends = {1: "stopped"}
    noise = cluster_truth_of(ends).assign(signal=0.0, beam_signal=0.0, daughter_signal=0.0)
    table = find_causes(
        {"collection": pid_of({1: 20})}, truth_of(ends), tracks_of(ends), noise, **LIMITS
    )
    assert table["cause"].tolist() == ["other_particles"]


@pytest.mark.parametrize("lacking", ["truth", "tracks", "cluster_truth"])
def test_a_track_of_which_nothing_is_known_is_refused(lacking):
    ends = {1: "stopped", 2: "stopped"}
    tables = {"truth": truth_of(ends), "tracks": tracks_of(ends)}
    tables["cluster_truth"] = cluster_truth_of(ends)
    tables[lacking] = tables[lacking].query("event == 1")
    with pytest.raises(InputError, match="1 of 2 rows have no partner"):
        find_causes({"induction": pid_of(dict.fromkeys(ends, 20))}, **tables, **LIMITS)


def scores_of(*events: tuple[str, float]) -> pd.DataFrame:
    """Events as (species, score) of kaon against proton, numbered from 0."""
    columns = {"source": "external", "statistic": "chi2", "signal": "kaon", "background": "proton"}
    rows = [
        columns | KEY | {"event": event, "track": TRACK, "species": species, "score": score}
        for event, (species, score) in enumerate(events)
    ]
    truth = {"momentum": 1.0, "length": 1.0, "leaves": False}
    return PID_SCORES.check(pd.DataFrame(rows).assign(**truth, threshold=0.0))


def known_causes(*causes: str) -> pd.DataFrame:
    rows = [
        KEY | {"source": "external", "event": event, "track": TRACK, "cause": cause}
        for event, cause in enumerate(causes)
    ]
    return PID_CAUSES.check(pd.DataFrame(rows))


SCORES = (
    ("kaon", -1.0),
    ("kaon", 2.0),
    ("kaon", -3.0),
    ("kaon", 0.5),
    ("proton", -4.0),
    ("proton", 0.25),
    ("kaon", np.nan),
)
KNOWN = ("left", "left", "none", "none", "none", "few_points", "left")


def failures() -> pd.DataFrame:
    return count_failures(scores_of(*SCORES), known_causes(*KNOWN))


@pytest.mark.parametrize(
    ("species", "cause", "n", "failed", "share"),
    [
        ("kaon", "left", 2, 1, 0.5),
        ("kaon", "none", 2, 1, 0.5),
        ("kaon", "few_points", 0, 0, 0.0),
        ("proton", "none", 1, 0, 0.0),
        ("proton", "few_points", 1, 1, 1.0),
    ],
)
def test_failures_of_six_tracks_are_those_counted_by_hand(species, cause, n, failed, share):
    row = failures().set_index(["species", "cause"]).loc[(species, cause)]
    assert (row["n"], row["failed"], row["share"]) == (n, failed, share)
    assert row["rate"] == pytest.approx(failed / n if n else np.nan, nan_ok=True)


def test_every_cause_has_a_row_and_a_meaning_in_a_valid_table():
    table = failures()
    pd.testing.assert_frame_equal(table, PID_FAILURES.check(table))
    assert set(table["cause"]) == set(CAUSES)
    reinteracted = table[table["cause"] == "reinteracted"]
    assert (reinteracted["n"] == 0).all()
    assert reinteracted["meaning"].str.contains("not simulated").all()


def test_species_without_a_mistake_share_nothing():
    table = count_failures(scores_of(("kaon", 1.0)), known_causes("none"))
    assert table["share"].isna().all()


def test_particles_that_leave_the_volume_count_among_the_failures():
    scores = scores_of(("kaon", -1.0), ("kaon", 1.0)).assign(leaves=[True, False])
    row = count_failures(scores, known_causes("left", "none")).set_index("cause").loc["left"]
    assert (row["n"], row["failed"]) == (1, 1)


def test_scores_without_a_cause_are_refused():
    with pytest.raises(InputError, match="1 scores have none"):
        count_failures(scores_of(("kaon", 1.0), ("kaon", 1.0)), known_causes("none"))


def worst_of(scores: pd.DataFrame, worst: int) -> pd.DataFrame:
    return worst_cases(
        scores,
        known_causes(*KNOWN),
        source="external",
        statistic="chi2",
        pair=("kaon", "proton"),
        worst=worst,
    )


def test_the_worst_cases_come_first_and_say_whether_they_are_mistaken():
    cases = worst_of(scores_of(*SCORES), worst=3)
    assert cases["event"].tolist() == [2, 0, 3, 5, 4]
    assert cases["is_mistaken"].tolist() == [True, True, False, True, False]
    assert cases["cause"].tolist() == ["none", "left", "none", "few_points", "none"]


def test_the_worst_cases_do_not_depend_on_row_order():
    tied = scores_of(*(("kaon", -1.0) for _ in KNOWN))
    shuffled = tied.sample(frac=1, random_state=1)
    assert worst_of(shuffled, worst=3)["event"].tolist() == [0, 1, 2]
