"""Clusters: 8-connected regions, their boxes, their order, and the choice among them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from latentscape.errors import InputError
from latentscape.lartpc.clusters import METHODS, find_clusters
from latentscape.lartpc.tables.reconstruction import CLUSTERS, HITS

Pixels = list[tuple[int, int, int]]


def a_plane(pixels: Pixels, *, event: int = 1, plane: str = "collection") -> dict:
    columns = np.array(pixels, dtype=np.int16).reshape(-1, 3).T
    return {
        "sample": "proton",
        "run": 1,
        "subrun": 2,
        "event": event,
        "plane": plane,
        "pedestal": 0.0,
        "noise": 1.0,
        "absent_wires": 0,
        "wire": columns[0],
        "tick": columns[1],
        "adc": columns[2],
    }


def hits_of(*events: Pixels) -> pd.DataFrame:
    """The collection planes of events 1, 2, …"""
    return pd.DataFrame([a_plane(pixels, event=n) for n, pixels in enumerate(events, start=1)])


def clusters_of(
    hits: pd.DataFrame,
    method: str = "connected",
    seed_threshold: float | None = None,
    min_pixels: int = 1,
) -> pd.DataFrame:
    return find_clusters(hits, method=method, seed_threshold=seed_threshold, min_pixels=min_pixels)


def pixels_of(cluster: pd.Series) -> Pixels:
    columns = (cluster["wire"].tolist(), cluster["tick"].tolist(), cluster["adc"].tolist())
    return list(zip(*columns, strict=True))


def as_plain(clusters: pd.DataFrame) -> list[list[object]]:
    return [
        [value.tolist() if isinstance(value, np.ndarray) else value for value in row]
        for row in clusters.itertuples(index=False)
    ]


images = (
    st.integers(1, 9)
    .flatmap(
        lambda ticks: st.lists(
            st.lists(st.integers(0, 3), min_size=ticks, max_size=ticks), min_size=1, max_size=9
        )
    )
    .map(lambda rows: np.array(rows, dtype=np.int16))
)


def pixels_in(image: np.ndarray) -> Pixels:
    return [(int(w), int(t), int(image[w, t])) for w, t in np.argwhere(image)]


events = st.lists(images, min_size=1, max_size=8)
quickly = settings(deadline=None, max_examples=25)


@quickly
@given(events)
def test_regions_equal_the_dense_labelling(events):
    clusters = clusters_of(hits_of(*map(pixels_in, events)))
    for event, image in enumerate(events, start=1):
        labels, n = ndimage.label(image, structure=np.ones((3, 3)))
        expected = [{(w, t) for w, t in np.argwhere(labels == k)} for k in range(1, n + 1)]
        of_event = clusters[clusters["event"] == event]
        found = [{(w, t) for w, t, _ in pixels_of(cluster)} for _, cluster in of_event.iterrows()]
        assert sorted(map(sorted, found)) == sorted(map(sorted, expected))


@quickly
@given(events)
def test_box_columns_equal_those_of_the_dense_cluster(events):
    for _, cluster in clusters_of(hits_of(*map(pixels_in, events))).iterrows():
        dense = np.zeros((9, 9), dtype=np.int16)
        dense[cluster["wire"], cluster["tick"]] = cluster["adc"]
        wires, ticks = np.nonzero(dense.any(1))[0], np.nonzero(dense.any(0))[0]
        profile = dense.max(1)[wires]
        assert cluster["first_wire"] == wires[0]
        assert cluster["last_wire"] == wires[-1]
        assert cluster["first_tick"] == ticks[0]
        assert cluster["last_tick"] == ticks[-1]
        assert cluster["height"] == wires[-1] - wires[0] + 1
        assert cluster["width"] == ticks[-1] - ticks[0] + 1
        assert cluster["entry_tick"] == np.argmax(dense[wires[0]])
        assert cluster["n_pixels"] == np.count_nonzero(dense)
        assert cluster["charge"] == dense.sum()
        assert cluster["max_adc"] == dense.max()
        assert cluster["min_adc"] == dense[dense > 0].min()
        assert cluster["varies"] == (profile.min() != profile.max())


@pytest.mark.parametrize("method", METHODS)
@quickly
@given(events=events, seed=st.integers(0, 99))
def test_shuffled_pixels_and_rows_give_the_same_clusters(method, events, seed):
    rng = np.random.default_rng(seed)
    pixels = [pixels_in(image) for image in events]
    shuffled = [[event[i] for i in rng.permutation(len(event))] for event in pixels]
    rows = rng.permutation(len(events))
    expected = clusters_of(hits_of(*pixels), method)
    assert as_plain(clusters_of(hits_of(*shuffled).iloc[rows], method)) == as_plain(expected)


def test_diagonal_neighbours_are_connected_and_a_gap_is_not():
    clusters = clusters_of(hits_of([(1, 1, 9), (2, 2, 9), (2, 4, 9), (4, 2, 9)]))
    assert clusters["n_pixels"].tolist() == [2, 1, 1]


def test_edges_of_neighbouring_wires_and_events_do_not_touch():
    edges = [(0, 0, 9), (0, 3071, 9), (1, 1000, 9), (2, 0, 9), (239, 3071, 9)]
    assert clusters_of(hits_of(edges, edges))["n_pixels"].tolist() == [1] * 10


def test_clusters_are_numbered_by_first_wire_then_first_tick():
    late, early, same_wire = (5, 1, 9), (2, 30, 9), (2, 10, 9)
    clusters = clusters_of(hits_of([late, early, same_wire]))
    assert clusters["cluster"].tolist() == [0, 1, 2]
    assert [pixels_of(c)[0] for _, c in clusters.iterrows()] == [same_wire, early, late]


def test_equal_first_wire_and_tick_are_numbered_by_the_lowest_tick_on_the_first_wire():
    # Both begin at wire 2 and reach back to tick 10, the first by a way round the second.
    short = [(2, 12, 9), (3, 11, 9), (4, 10, 9)]
    long = [(2, 16, 9), (3, 16, 9), (4, 15, 9), (5, 14, 9), (6, 13, 9), (7, 12, 9), (8, 11, 9)]
    long += [(9, 10, 9)]
    clusters = clusters_of(hits_of(long + short))
    assert clusters[["first_wire", "first_tick"]].to_numpy().tolist() == [[2, 10], [2, 10]]
    assert clusters["n_pixels"].tolist() == [3, 8]


def test_pixels_of_a_cluster_are_sorted_by_wire_then_tick():
    clusters = clusters_of(hits_of([(3, 5, 7), (2, 6, 8), (2, 4, 9), (2, 5, 1)]))
    assert pixels_of(clusters.iloc[0]) == [(2, 4, 9), (2, 5, 1), (2, 6, 8), (3, 5, 7)]


def test_entry_tick_is_the_earliest_of_equal_peaks_on_the_first_wire():
    clusters = clusters_of(hits_of([(2, 4, 8), (2, 5, 9), (2, 6, 9), (3, 6, 99)]))
    assert clusters["entry_tick"].tolist() == [5]


def test_a_cluster_on_one_wire_does_not_vary():
    assert clusters_of(hits_of([(2, 4, 8), (2, 5, 9)]))["varies"].tolist() == [False]


def test_profile_that_is_equal_on_every_wire_does_not_vary():
    flat = [(2, 4, 8), (2, 5, 9), (3, 5, 9), (4, 5, 9)]
    assert clusters_of(hits_of(flat))["varies"].tolist() == [False]
    assert clusters_of(hits_of([*flat, (5, 5, 10)]))["varies"].tolist() == [True]


def test_longest_keeps_the_cluster_with_most_wires_and_the_first_of_equals():
    short, first, second = [(0, 0, 9)], [(4, 0, 9), (5, 0, 9)], [(4, 9, 9), (5, 9, 9), (5, 10, 9)]
    clusters = clusters_of(hits_of(second + first + short), "longest")
    assert [pixels_of(c) for _, c in clusters.iterrows()] == [first]
    assert clusters["cluster"].tolist() == [0]


def test_max_adc_ratio_keeps_the_largest_ratio_not_the_largest_adc():
    bright, steep = [(0, 0, 900), (1, 0, 300)], [(5, 5, 40), (6, 5, 10)]
    clusters = clusters_of(hits_of(bright + steep), "max_adc_ratio")
    assert pixels_of(clusters.iloc[0]) == steep
    assert len(clusters) == 1


def test_seeded_grows_over_pixels_of_at_least_a_sixth_of_the_seed():
    track = [(0, 0, 600), (1, 1, 100), (2, 2, 99), (3, 3, 500)]
    clusters = clusters_of(hits_of(track), "seeded")
    assert pixels_of(clusters.iloc[0]) == track[:2]
    assert len(clusters) == 1


def test_seeded_uses_the_threshold_that_is_given():
    track = [(0, 0, 600), (1, 1, 100), (2, 2, 99), (3, 3, 500)]
    assert pixels_of(clusters_of(hits_of(track), "seeded", 99).iloc[0]) == track
    assert clusters_of(hits_of(track), "seeded", 601).empty


def test_each_event_and_plane_has_its_own_seed_threshold():
    dim = [(0, 0, 20), (0, 1, 4)]
    hits = pd.DataFrame(
        [a_plane([(0, 0, 600)]), a_plane(dim, plane="induction"), a_plane(dim, event=2)]
    )
    assert clusters_of(hits, "seeded")["n_pixels"].tolist() == [1, 2, 2]


@pytest.mark.parametrize("method", METHODS)
def test_clusters_below_the_smallest_size_are_not_recorded(method):
    hits = hits_of([(0, 0, 900), (0, 1, 1), (5, 5, 30), (5, 6, 20), (6, 6, 10)])
    assert clusters_of(hits, method, 1, min_pixels=4).empty
    assert clusters_of(hits, "connected", min_pixels=3)["n_pixels"].tolist() == [3]


@pytest.mark.parametrize("hits", [hits_of([]), hits_of([]).iloc[:0], hits_of([(1, 2, 30)])])
@pytest.mark.parametrize("method", METHODS)
def test_clusters_are_a_valid_table_with_and_without_pixels(hits, method):
    clusters = clusters_of(hits, method)
    assert as_plain(CLUSTERS.check(clusters)) == as_plain(clusters)
    assert CLUSTERS.check(clusters).dtypes.equals(clusters.dtypes)


def test_hits_read_from_their_file_give_the_same_clusters(tmp_path):
    hits = hits_of([(1, 1, 9), (2, 2, 7), (9, 9, 8)])
    HITS.write(hits, tmp_path / "hits.parquet")
    read = HITS.read(tmp_path / "hits.parquet")
    assert as_plain(clusters_of(read)) == as_plain(clusters_of(hits))


def test_a_pixel_that_is_listed_twice_is_refused_by_name():
    hits = hits_of([(1, 1, 9)], [(4, 7, 9), (1, 1, 9), (4, 7, 8)])
    with pytest.raises(InputError, match=r"wire=4, tick=7.*event=2.*listed twice"):
        clusters_of(hits)


def test_a_pixel_without_signal_is_refused_by_name():
    with pytest.raises(InputError, match=r"wire=4, tick=7.*event=1.*ADC ≤ 0"):
        clusters_of(hits_of([(1, 1, 9), (4, 7, 0)]))


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="'nearest'; allowed: connected, longest"):
        clusters_of(hits_of([]), "nearest")
