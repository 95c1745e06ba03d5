"""Cuts: bounds, order of the steps, and how the cut flow counts."""

import pandas as pd
import pytest

from latentscape.lartpc.cuts import add_cut_flows, complete_cut_flow, cut_clusters
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.tables.reconstruction import CLUSTERS, CUT_FLOW

# Inside every window of ``a_detector`` and every bound of ``cut``.
GOOD = {"first_wire": 20, "entry_tick": 1000, "height": 50, "width": 100, "varies": True}


def a_detector() -> Detector:
    def plane(angle: float, first_wire: tuple[int, int], entry_tick: tuple[int, int]) -> dict:
        return {
            "wires": 240,
            "first_channel": 0,
            "angle": angle,
            "wire_at_origin": 20.0,
            "threshold": 15,
            "window": {"first_wire": first_wire, "entry_tick": entry_tick},
        }

    return Detector(
        name="test",
        ticks=3072,
        tick_ns=128.0,
        trigger_tick=700.0,
        pitch_cm=0.4,
        size_cm=(47.0, 40.0, 90.0),
        drift_velocity=1.5,
        field=0.486,
        lifetime_us=1000.0,
        induction=plane(60, (11, 35), (786, 1794)),
        collection=plane(-60, (12, 37), (789, 1927)),
    )


def a_cluster(*, sample="proton", event=1, plane="collection", cluster=0, **box) -> dict:
    values = {**GOOD, **box}
    row = {column.name: 1 for column in CLUSTERS.columns}
    row |= {"sample": sample, "event": event, "plane": plane, "cluster": cluster}
    row |= {name: [1] for name in ("wire", "tick", "adc")}
    row["last_wire"] = values["first_wire"] + values["height"] - 1
    return row | values


def clusters_of(*rows: dict) -> pd.DataFrame:
    numbered = [{**row, "cluster": number} for number, row in enumerate(rows)]
    return CLUSTERS.check(pd.DataFrame(numbered)) if rows else CLUSTERS.empty()


def cut(clusters: pd.DataFrame, **changed) -> tuple[pd.DataFrame, pd.DataFrame]:
    options = {
        "sample": "proton",
        "detector": a_detector(),
        "height": (10, 179),
        "width": None,
        "varying_profile": True,
        "entry_window": True,
    }
    return cut_clusters(clusters, **(options | changed))


def steps_of(cut_flow: pd.DataFrame, plane: str) -> dict[str, tuple[int, int]]:
    rows = cut_flow[cut_flow["plane"] == plane].sort_values("step")
    return {row.cut: (row.survivors, row.events) for row in rows.itertuples(index=False)}


@pytest.mark.parametrize(
    ("column", "values", "kept"),
    [
        ("height", [10, 11, 178, 179], [11, 178]),
        ("width", [5, 6, 8, 9], [6, 8]),
        ("first_wire", [12, 13, 36, 37], [13, 36]),
        ("entry_tick", [789, 790, 1926, 1927], [790, 1926]),
    ],
)
def test_both_bounds_of_a_cut_are_excluded(column, values, kept):
    clusters = clusters_of(*(a_cluster(**{column: value}) for value in values))
    survivors, _ = cut(clusters, width=(5, 9) if column == "width" else None)
    assert survivors[column].tolist() == kept


@pytest.mark.parametrize(("plane", "kept"), [("induction", [12]), ("collection", [36])])
def test_each_plane_has_its_own_window(plane, kept):
    clusters = clusters_of(*(a_cluster(plane=plane, first_wire=wire) for wire in (12, 36)))
    assert cut(clusters)[0]["first_wire"].tolist() == kept


def test_constant_profiles_are_refused_only_if_asked():
    clusters = clusters_of(a_cluster(varies=False), a_cluster())
    assert cut(clusters)[0]["cluster"].tolist() == [1]
    assert cut(clusters, varying_profile=False)[0]["cluster"].tolist() == [0, 1]


def test_clusters_outside_the_window_are_refused_only_if_asked():
    clusters = clusters_of(a_cluster(first_wire=200), a_cluster(entry_tick=5))
    assert cut(clusters)[0].empty
    assert cut(clusters, entry_window=False)[0]["cluster"].tolist() == [0, 1]


def test_a_plane_without_window_keeps_what_enters_anywhere():
    detector = a_detector()
    open_plane = detector.collection.model_copy(update={"window": None})
    clusters = clusters_of(a_cluster(first_wire=200), a_cluster(plane="induction", first_wire=200))
    selected, _ = cut(clusters, detector=detector.model_copy(update={"collection": open_plane}))
    assert selected["plane"].tolist() == ["collection"]


def test_steps_are_cumulative_and_in_fixed_order():
    failures = [
        {},
        {"height": 5, "first_wire": 1},
        {"width": 900, "entry_tick": 1},
        {"varies": False},
        {"first_wire": 1, "entry_tick": 1},
        {"entry_tick": 1},
    ]
    _, cut_flow = cut(clusters_of(*(a_cluster(**box) for box in failures)), width=(0, 500))
    assert list(steps_of(cut_flow, "collection").items()) == [
        ("all", (6, 1)),
        ("height", (5, 1)),
        ("width", (4, 1)),
        ("varying_profile", (3, 1)),
        ("first_wire", (2, 1)),
        ("entry_tick", (1, 1)),
    ]


def test_cuts_that_are_off_have_no_step():
    _, cut_flow = cut(clusters_of(a_cluster()), varying_profile=False, entry_window=False)
    assert list(steps_of(cut_flow, "collection")) == ["all", "height"]


def test_a_plane_without_clusters_is_counted_as_zero():
    _, cut_flow = cut(clusters_of(a_cluster()))
    assert set(steps_of(cut_flow, "induction").values()) == {(0, 0)}


def test_events_are_counted_once_however_many_clusters_they_hold():
    clusters = clusters_of(
        a_cluster(), a_cluster(), a_cluster(event=2), a_cluster(event=3, height=5)
    )
    steps = steps_of(cut(clusters)[1], "collection")
    assert steps["all"] == (4, 3)
    assert steps["height"] == (3, 2)


def test_shuffled_rows_give_the_same_cuts():
    clusters = clusters_of(*(a_cluster(height=height, event=height % 3) for height in range(5, 30)))
    survivors, cut_flow = cut(clusters)
    shuffled_survivors, shuffled_cut_flow = cut(clusters.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(survivors, shuffled_survivors)
    pd.testing.assert_frame_equal(cut_flow, shuffled_cut_flow)


def test_cut_flows_of_shards_add_up_to_that_of_the_sample():
    shards = [
        clusters_of(a_cluster(event=1), a_cluster(event=1, height=5)),
        clusters_of(a_cluster(event=2), a_cluster(event=2, plane="induction")),
        clusters_of(),
    ]
    whole = cut(pd.concat(shards))[1]
    parts = [cut(shard)[1] for shard in shards]
    pd.testing.assert_frame_equal(add_cut_flows(parts), whole)
    assert steps_of(whole, "collection")["entry_tick"] == (2, 2)


def test_clusters_and_cut_flow_are_valid_tables_with_and_without_rows():
    for clusters in (clusters_of(), clusters_of(a_cluster())):
        survivors, cut_flow = cut(clusters)
        assert len(CLUSTERS.check(survivors)) == len(clusters)
        pd.testing.assert_frame_equal(CUT_FLOW.check(cut_flow), cut_flow)


def keys_of(*events: int) -> pd.DataFrame:
    return pd.DataFrame({"sample": "proton", "run": 1, "subrun": 1, "event": list(events)})


def test_complete_cut_flow_counts_events_tracks_and_calorimetry():
    _, cut_flow = cut(clusters_of(a_cluster()))
    completed = complete_cut_flow(
        cut_flow, events=keys_of(1, 1, 2, 3), tracks=keys_of(1, 1, 2), with_calorimetry=keys_of(2)
    )
    assert steps_of(completed, "both") == {
        "events": (3, 3),
        "matched": (3, 2),
        "calorimetry": (1, 1),
    }
    assert completed.loc[completed["cut"] == "matched", "step"].tolist() == [5]
    assert steps_of(completed, "collection") == steps_of(cut_flow, "collection")


def test_complete_cut_flow_of_a_sample_without_clusters_says_zero_tracks():
    completed = complete_cut_flow(
        CUT_FLOW.empty(), events=keys_of(1, 2), tracks=keys_of(), with_calorimetry=None
    )
    assert steps_of(completed, "both") == {"events": (2, 2), "matched": (0, 0)}
