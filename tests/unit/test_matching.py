"""Matching: scores by hand, one-to-one pairs, ties, bounds and order independence."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.lartpc.matching import METHODS, match_planes
from latentscape.lartpc.tables.reconstruction import CLUSTERS, TRACKS

WEIGHTS = {
    "first_tick": 1.0,
    "last_tick": 1.0,
    "first_wire": 1.0,
    "last_wire": 1.0,
    "height": 1.0,
}


def a_cluster(
    plane: str,
    cluster: int,
    *,
    event: int = 1,
    wires: tuple[int, int] = (20, 60),
    ticks: tuple[int, int] = (900, 1000),
) -> dict:
    row = {column.name: 1 for column in CLUSTERS.columns}
    row |= {"sample": "proton", "event": event, "plane": plane, "cluster": cluster}
    row |= {"first_wire": wires[0], "last_wire": wires[1], "height": wires[1] - wires[0] + 1}
    row |= {"first_tick": ticks[0], "last_tick": ticks[1], "width": ticks[1] - ticks[0] + 1}
    return row | {"varies": True, "wire": [wires[0]], "tick": [ticks[0]], "adc": [1]}


def clusters_of(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[column.name for column in CLUSTERS.columns])


def match(
    clusters: pd.DataFrame,
    method: str = "greedy",
    max_score: float | None = None,
    **weights: float,
) -> pd.DataFrame:
    return match_planes(clusters, method=method, weights=WEIGHTS | weights, max_score=max_score)


def pairs_of(tracks: pd.DataFrame) -> list[tuple[int, int]]:
    columns = (tracks["track"].tolist(), tracks["induction_cluster"].tolist())
    return list(zip(*columns, strict=True))


def shifted(collection: list[int], induction: list[int]) -> pd.DataFrame:
    """Clusters that differ in their first tick alone, so scores are squared distances."""
    return clusters_of(
        *(a_cluster("collection", n, ticks=(t, 1000)) for n, t in enumerate(collection)),
        *(a_cluster("induction", n, ticks=(t, 1000)) for n, t in enumerate(induction)),
    )


def test_score_is_the_weighted_sum_of_squared_differences():
    clusters = clusters_of(
        a_cluster("collection", 0, wires=(20, 60), ticks=(900, 1000)),
        a_cluster("induction", 0, wires=(21, 63), ticks=(904, 1005)),
    )
    # first tick 4, last tick 5, first wire 1, last wire 3, height 43 - 41 = 2
    assert match(clusters)["score"].tolist() == [16 + 25 + 1 + 9 + 4]
    weighted = match(clusters, first_tick=0.5, last_tick=2, first_wire=3, last_wire=0, height=10)
    assert weighted["score"].tolist() == [8 + 50 + 3 + 0 + 40]


def test_greedy_takes_the_lowest_score_first_and_optimal_the_least_sum():
    # Scores: 0-0 4, 0-1 100, 1-0 1, 1-1 49
    clusters = shifted([900, 903], [902, 910])
    assert pairs_of(match(clusters)) == [(0, 1), (1, 0)]
    assert match(clusters)["score"].sum() == 101
    assert pairs_of(match(clusters, "optimal")) == [(0, 0), (1, 1)]
    assert match(clusters, "optimal")["score"].sum() == 53


def test_two_equal_scores_are_matched_by_cluster_number():
    assert pairs_of(match(shifted([900, 900], [900]))) == [(0, 0)]
    assert pairs_of(match(shifted([900], [900, 900]))) == [(0, 0)]
    # Every pair has score 1; collection cluster 0 goes first and takes induction cluster 0.
    assert pairs_of(match(shifted([900, 902], [901, 901]))) == [(0, 0), (1, 1)]


@pytest.mark.parametrize("method", METHODS)
def test_a_pair_at_the_bound_is_matched_and_one_above_is_not(method):
    clusters = shifted([900], [903])
    assert pairs_of(match(clusters, method, max_score=9)) == [(0, 0)]
    assert match(clusters, method, max_score=8.99).empty


def test_optimal_makes_every_allowed_pair_before_it_saves_score():
    # Scores: 0-0 0, 0-1 9, 1-0 9, 1-1 36. With 36 forbidden the best pair alone would cost 0.
    assert pairs_of(match(shifted([900, 903], [900, 897]), "optimal", 9)) == [(0, 1), (1, 0)]


def test_clusters_of_different_events_are_never_matched():
    clusters = clusters_of(
        a_cluster("collection", 0, event=1),
        a_cluster("induction", 0, event=2),
        a_cluster("collection", 4, event=3),
        a_cluster("induction", 7, event=3),
    )
    tracks = match(clusters)
    assert tracks["event"].tolist() == [3]
    assert pairs_of(tracks) == [(4, 7)]


def test_a_track_holds_the_boxes_and_pixels_of_both_clusters():
    clusters = clusters_of(
        a_cluster("collection", 3, wires=(20, 60)), a_cluster("induction", 5, wires=(30, 70))
    )
    track = match(clusters).iloc[0]
    assert (track["collection_first_wire"], track["collection_last_wire"]) == (20, 60)
    assert (track["induction_first_wire"], track["induction_last_wire"]) == (30, 70)
    assert track["collection_wire"] == [20]
    assert track["induction_wire"] == [30]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "clusters", [CLUSTERS.empty(), shifted([900], []), shifted([900, 950], [949])]
)
def test_tracks_are_a_valid_table_with_and_without_pairs(method, clusters):
    tracks = match(CLUSTERS.check(clusters), method)
    assert len(TRACKS.check(tracks)) == len(tracks)
    assert TRACKS.check(tracks).dtypes.equals(tracks.dtypes)


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="'best'; allowed: greedy, optimal"):
        match(CLUSTERS.empty(), "best")


# Few different ticks, so that many scores are equal.
ticks = st.lists(st.integers(900, 906), min_size=0, max_size=5)
bounds = st.one_of(st.none(), st.integers(1, 20).map(float))
quickly = settings(deadline=None, max_examples=20)


def score(collection: list[int], induction: list[int], pair: tuple[int, int]) -> int:
    return (collection[pair[0]] - induction[pair[1]]) ** 2


@pytest.mark.parametrize("method", METHODS)
@quickly
@given(collection=ticks, induction=ticks.filter(bool), bound=bounds)
def test_matching_is_one_to_one_and_within_the_bound(method, collection, induction, bound):
    tracks = match(shifted(collection, induction), method, bound)
    assert tracks["track"].is_unique
    assert tracks["induction_cluster"].is_unique
    expected = [score(collection, induction, pair) for pair in pairs_of(tracks)]
    assert tracks["score"].tolist() == expected
    assert max(expected, default=0) <= (bound or np.inf)


@pytest.mark.parametrize("method", METHODS)
@quickly
@given(collection=ticks, induction=ticks.filter(bool), bound=bounds, seed=st.integers(0, 99))
def test_shuffled_rows_give_the_same_tracks(method, collection, induction, bound, seed):
    clusters = shifted(collection, induction)
    shuffled = clusters.sample(frac=1, random_state=seed)
    assert pairs_of(match(clusters, method, bound)) == pairs_of(match(shuffled, method, bound))


@pytest.mark.parametrize("method", METHODS)
@quickly
@given(collection=ticks, induction=ticks.filter(bool), bound=bounds)
def test_no_allowed_pair_is_left_unmatched(method, collection, induction, bound):
    pairs = pairs_of(match(shifted(collection, induction), method, bound))
    free = [
        (i, j)
        for i in set(range(len(collection))) - {i for i, _ in pairs}
        for j in set(range(len(induction))) - {j for _, j in pairs}
    ]
    assert all(score(collection, induction, pair) > (bound or np.inf) for pair in free)


@quickly
@given(collection=ticks, induction=ticks.filter(bool), bound=bounds)
def test_optimal_matches_no_fewer_than_greedy_and_at_no_higher_sum(collection, induction, bound):
    clusters = shifted(collection, induction)
    greedy, optimal = match(clusters, "greedy", bound), match(clusters, "optimal", bound)
    assert len(optimal) >= len(greedy)
    if len(optimal) == len(greedy):
        assert optimal["score"].sum() <= greedy["score"].sum()


@quickly
@given(data=st.data(), n=st.integers(1, 4))
def test_optimal_sum_is_the_least_of_all_permutations(data, n):
    several = st.lists(st.integers(900, 930), min_size=n, max_size=n)
    collection, induction = data.draw(several), data.draw(several)
    least = min(
        sum(score(collection, induction, pair) for pair in enumerate(order))
        for order in permutations(range(n))
    )
    assert match(shifted(collection, induction), "optimal")["score"].sum() == least
