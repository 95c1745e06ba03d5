"""Stages: which true signal a cluster holds, and what each stage keeps and loses."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.errors import InputError
from latentscape.lartpc.intervals import measure_mean
from latentscape.lartpc.stages import OUTSIDE, assess_stages, attribute_signal
from latentscape.lartpc.tables.reconstruction import CLUSTERS
from latentscape.lartpc.tables.truth import CLUSTER_TRUTH, STAGES, TRUTH

PLANES = ("collection", "induction")


def key_of(event: int) -> dict:
    return {"sample": "kaon", "run": 1, "subrun": 1, "event": event}


def true_pixels_of(pixels: list[tuple[int, int, int, float, float]], **plane) -> pd.DataFrame:
    """Pixels as (wire, tick, particle, share, signal)."""
    columns = zip(*pixels, strict=True)
    names = ("wire", "tick", "particle", "share", "signal")
    lists = {name: list(values) for name, values in zip(names, columns, strict=True)}
    row = key_of(1) | {"plane": "collection"} | plane | lists
    return pd.DataFrame([row])


def clusters_of(*pixels: list[tuple[int, int]], **plane) -> pd.DataFrame:
    """One cluster per list of (wire, tick); their boxes do not matter here."""
    box = {column.name: 1 for column in CLUSTERS.columns} | {"varies": True}
    box |= key_of(1) | {"plane": "collection"} | plane
    rows = []
    for number, places in enumerate(pixels):
        wire, tick = (list(values) for values in zip(*places, strict=True))
        rows.append(box | {"cluster": number, "wire": wire, "tick": tick, "adc": [20] * len(wire)})
    return pd.DataFrame(rows, columns=[column.name for column in CLUSTERS.columns])


def signals_of(cluster_truth: pd.DataFrame) -> dict[int, tuple[float, float, float]]:
    return {
        row.cluster: (row.signal, row.beam_signal, row.daughter_signal)
        for row in cluster_truth.itertuples(index=False)
    }


def test_each_cluster_gets_the_true_signal_under_its_pixels():
    true_pixels = true_pixels_of(
        [(0, 5, 0, 1.0, 10.0), (1, 5, 0, 0.75, 20.0), (2, 5, 1, 1.0, 30.0), (9, 9, 2, 1.0, 7.0)]
    )
    clusters = clusters_of([(1, 5), (2, 5), (2, 6)], [(9, 9)])
    assert signals_of(attribute_signal(true_pixels, clusters)) == {
        OUTSIDE: (10.0, 10.0, 0.0),
        0: (50.0, 15.0, 30.0),  # 0.75 × 20 of the beam particle; (2, 6) is noise
        1: (7.0, 0.0, 0.0),
    }


def test_negative_signal_does_not_count():
    true_pixels = true_pixels_of([(0, 5, 0, 1.0, 10.0), (0, 9, 0, 1.0, -10.0)])
    cluster_truth = attribute_signal(true_pixels, clusters_of([(0, 5), (0, 9)]))
    assert signals_of(cluster_truth) == {OUTSIDE: (0.0, 0.0, 0.0), 0: (10.0, 10.0, 0.0)}


def test_a_plane_without_clusters_has_all_its_signal_outside():
    cluster_truth = attribute_signal(true_pixels_of([(0, 5, 0, 1.0, 10.0)]), clusters_of())
    assert signals_of(cluster_truth) == {OUTSIDE: (10.0, 10.0, 0.0)}


def test_the_same_place_in_another_plane_or_event_is_not_looked_up():
    pixels = [(0, 5, 0, 1.0, 10.0)]
    true_pixels = pd.concat(
        [
            true_pixels_of(pixels),
            true_pixels_of(pixels, plane="induction"),
            true_pixels_of(pixels, event=2),
        ]
    )
    cluster_truth = attribute_signal(true_pixels, clusters_of([(0, 5)], plane="induction"))
    in_clusters = cluster_truth[cluster_truth["beam_signal"] > 0]
    found = in_clusters[["event", "plane", "cluster"]].to_numpy().tolist()
    assert found == [[1, "collection", -1], [1, "induction", 0], [2, "collection", -1]]


@settings(deadline=None, max_examples=25)
@given(
    places=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=16, unique=True
    ),
    signals=st.lists(st.integers(-20, 50), min_size=16, max_size=16),
    split=st.integers(0, 16),
)
def test_no_signal_is_lost_or_counted_twice(places, signals, split):
    pixels = [(w, t, 0, 1.0, float(s)) for (w, t), s in zip(places, signals, strict=False)]
    clusters = clusters_of(*(part for part in (places[:split:2], places[1:split:2]) if part))
    cluster_truth = attribute_signal(true_pixels_of(pixels), clusters)
    assert cluster_truth["signal"].sum() == sum(max(pixel[-1], 0) for pixel in pixels)


def test_clusters_without_true_pixels_are_refused():
    with pytest.raises(InputError, match=r"no truth for .*event=8"):
        attribute_signal(true_pixels_of([(0, 5, 0, 1.0, 10.0)]), clusters_of([(0, 5)], event=8))


# Five events, each lost at another stage. Clusters as cluster number: (signal, beam signal).
FOUND = {OUTSIDE: (10.0, 10.0), 3: (100.0, 90.0)}  # charge efficiency 0.9, purity 0.9
BROKEN = {OUTSIDE: (0.0, 0.0), 3: (40.0, 40.0), 4: (30.0, 30.0), 5: (30.0, 30.0)}
MERGED = {OUTSIDE: (0.0, 0.0), 3: (300.0, 100.0)}
NO_BEAM = {OUTSIDE: (0.0, 0.0), 7: (50.0, 0.0)}


def cluster_truth_of(*rows: tuple[int, str, dict[int, tuple[float, float]]]) -> pd.DataFrame:
    return CLUSTER_TRUTH.check(
        pd.DataFrame(
            [
                key_of(event)
                | {"plane": plane, "cluster": cluster, "daughter_signal": (signal - beam) / 2}
                | {"signal": signal, "beam_signal": beam}
                for event, plane, clusters in rows
                for cluster, (signal, beam) in clusters.items()
            ]
        )
    )


def truth_of(ends: dict[int, str], species: dict[int, str] | None = None) -> pd.DataFrame:
    other = {column.name: 0 for column in TRUTH.columns} | {"daughters": ""}
    return TRUTH.check(
        pd.DataFrame(
            [
                other | key_of(event) | {"end": end, "species": (species or {}).get(event, "kaon")}
                for event, end in ends.items()
            ]
        )
    )


def keys_of(*rows: tuple[int, str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [key_of(e) | {"plane": p, "cluster": c} for e, p, c in rows],
        columns=["sample", "run", "subrun", "event", "plane", "cluster"],
    )


def tracks_of(*rows: tuple[int, int, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [key_of(e) | {"track": c, "induction_cluster": i} for e, c, i in rows],
        columns=["sample", "run", "subrun", "event", "track", "induction_cluster"],
    )


def five_events() -> dict[str, pd.DataFrame]:
    return {
        "cluster_truth": cluster_truth_of(
            (1, "collection", FOUND),
            (1, "induction", FOUND),
            (2, "collection", FOUND),
            (2, "induction", BROKEN),
            (3, "collection", FOUND),
            (3, "induction", FOUND),
            (4, "collection", FOUND | NO_BEAM | {OUTSIDE: (10.0, 10.0)}),
            (4, "induction", FOUND),
            (5, "collection", MERGED),
            (5, "induction", NO_BEAM),
        ),
        "truth": truth_of(
            {1: "stopped", 2: "left", 3: "stopped", 4: "decayed_at_rest", 5: "left"},
            species={4: "proton"},
        ),
        "selected": keys_of(
            *((event, plane, 3) for event in (1, 4) for plane in PLANES),
            (2, "collection", 3),
            (3, "collection", 3),
            (4, "collection", 7),
        ),
        "tracks": tracks_of((1, 3, 3), (4, 7, 3)),
    }


@pytest.fixture
def a_sample() -> dict[str, pd.DataFrame]:
    return five_events()


@pytest.fixture(scope="module")
def stages() -> pd.DataFrame:
    return assess(five_events())


def assess(sample: dict[str, pd.DataFrame], seed: int = 5) -> pd.DataFrame:
    return assess_stages(**sample, sample="kaon", species="kaon", seed=seed)


def row_of(stages: pd.DataFrame, *key: str) -> pd.Series:
    return stages.set_index(["stage", "plane", "quantity"]).loc[key]


@pytest.mark.parametrize(
    ("key", "value", "n"),
    [
        # Events 1 to 4 have 0.9, event 5 is merged but whole.
        (("clusters", "collection", "charge_efficiency"), (4 * 0.9 + 1) / 5, 5),
        (("clusters", "collection", "charge_found"), (4 * 0.9 + 1) / 5, 5),
        (("clusters", "collection", "charge_purity"), (4 * 0.9 + 1 / 3) / 5, 5),
        (("clusters", "collection", "charge_daughters"), (4 * 0.05 + 1 / 3) / 5, 5),
        # Event 5 has no signal of the beam particle; event 2 is broken in 40, 30 and 30.
        (("clusters", "induction", "charge_efficiency"), (3 * 0.9 + 0.4) / 4, 4),
        (("clusters", "induction", "charge_found"), (3 * 0.9 + 1) / 4, 4),
        (("clusters", "induction", "charge_purity"), (3 * 0.9 + 1) / 4, 4),
        (("clusters", "collection", "efficiency"), 4 / 5, 5),
        (("clusters", "induction", "efficiency"), 3 / 5, 5),
        (("clusters", "collection", "purity"), 4 / 6, 6),
        (("clusters", "induction", "purity"), 6 / 7, 7),
        (("clusters", "collection", "per_event"), 6 / 5, 5),
        (("clusters", "induction", "per_event"), 7 / 5, 5),
        (("clusters", "collection", "splits"), 0 / 5, 5),
        (("clusters", "induction", "splits"), 1 / 4, 4),
        (("clusters", "collection", "pieces"), 5 / 5, 5),
        (("clusters", "induction", "pieces"), (3 * 1 + 3) / 4, 4),
        # The merged cluster is of the beam particle, its daughters and others by a third each.
        (("clusters", "collection", "merges"), 1 / 5, 5),
        (("clusters", "induction", "merges"), 0 / 4, 4),
        (("clusters", "collection", "merges_daughters"), 1 / 5, 5),
        (("clusters", "induction", "merges_daughters"), 0 / 4, 4),
        (("cuts", "collection", "efficiency"), 4 / 4, 4),
        (("cuts", "induction", "efficiency"), 2 / 3, 3),
        (("cuts", "collection", "purity"), 4 / 5, 5),
        (("cuts", "induction", "purity"), 2 / 2, 2),
        (("matching", "both", "efficiency"), 1 / 2, 2),
        # Event 1 has one pair; in event 4 one of two collection clusters is the right one.
        (("matching", "both", "chance"), (1 + 1 / 2) / 2, 2),
        (("matching", "both", "purity"), 1 / 2, 2),
        (("matching", "both", "contamination"), 1 / 2, 2),
        (("clusters", "both", "loss"), 2 / 5, 5),
        (("cuts", "both", "loss"), 1 / 5, 5),
        (("matching", "both", "loss"), 1 / 5, 5),
        (("all", "both", "efficiency"), 1 / 5, 5),
        (("all", "both", "efficiency_stopped"), 1 / 2, 2),
        (("all", "both", "efficiency_left"), 0 / 2, 2),
        (("all", "both", "efficiency_decayed_at_rest"), 0 / 1, 1),
    ],
)
def test_stages_of_five_events_equal_those_by_hand(stages, key, value, n):
    row = row_of(stages, *key)
    assert row["value"] == pytest.approx(value)
    assert row["n"] == n
    assert row["low"] <= value + 1e-12
    assert value <= row["high"] + 1e-12


def test_a_tenth_of_the_signal_is_a_piece_and_less_is_none():
    tenth = {OUTSIDE: (0.0, 0.0), 0: (80.0, 80.0), 1: (10.0, 10.0), 2: (9.9, 9.9), 3: (0.1, 0.1)}
    stages = assess_stages(
        cluster_truth_of((1, "collection", tenth)),
        truth_of({1: "stopped"}),
        keys_of(),
        tracks_of(),
        sample="kaon",
        species="kaon",
        seed=1,
    )
    assert row_of(stages, "clusters", "collection", "pieces")["value"] == 2
    assert row_of(stages, "clusters", "collection", "splits")["value"] == 1


def test_losses_and_overall_efficiency_add_up_to_all_events(stages):
    values = stages.set_index(["stage", "plane", "quantity"])["value"]
    losses = values.loc[["clusters", "cuts", "matching"], "both", "loss"].sum()
    assert losses + values["all", "both", "efficiency"] == pytest.approx(1)


def test_interval_of_a_share_is_that_of_clopper_and_pearson(stages):
    # 1 of 5: the beta quantiles of the central 68.27 %, by scipy.stats.binomtest.
    from scipy.stats import binomtest

    row = row_of(stages, "all", "both", "efficiency")
    expected = binomtest(1, 5).proportion_ci(0.6827, "exact")
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))


def test_interval_of_a_mean_covers_its_standard_error():
    shares = np.linspace(0.6, 1.0, 200)
    cluster_truth = cluster_truth_of(
        *(
            (event, plane, {OUTSIDE: (1 - share, 1 - share), 0: (share, share)})
            for event, share in enumerate(shares)
            for plane in PLANES
        )
    )
    stages = assess_stages(
        cluster_truth,
        truth_of(dict.fromkeys(range(200), "stopped")),
        keys_of(),
        tracks_of(),
        sample="kaon",
        species="kaon",
        seed=1,
    )
    row = row_of(stages, "clusters", "induction", "charge_efficiency")
    error = shares.std() / np.sqrt(200)
    assert row["low"] == pytest.approx(0.8 - error, abs=0.1 * error)
    assert row["high"] == pytest.approx(0.8 + error, abs=0.1 * error)


def test_interval_of_a_mean_of_many_values_covers_its_standard_error():
    values = pd.Series(np.linspace(0.0, 1.0, 3000))
    mean = measure_mean(values, seed=2)
    error = values.std() / np.sqrt(3000)
    assert (mean.value, mean.n) == (pytest.approx(0.5), 3000)
    assert (mean.low, mean.high) == pytest.approx((0.5 - error, 0.5 + error), abs=0.1 * error)


def test_a_sample_in_which_nothing_is_found_says_so(a_sample):
    a_sample["selected"], a_sample["tracks"] = keys_of(), tracks_of()
    stages = assess(a_sample)
    purity = row_of(stages, "matching", "both", "purity")
    assert purity["n"] == 0
    assert np.isnan([purity["value"], purity["low"], purity["high"]]).all()
    assert row_of(stages, "all", "both", "efficiency")["value"] == 0


def test_events_without_any_signal_are_lost_at_the_clusters(a_sample):
    a_sample["truth"] = truth_of({**dict.fromkeys(range(1, 6), "stopped"), 6: "left"})
    stages = assess(a_sample)
    assert row_of(stages, "clusters", "both", "loss")["value"] == pytest.approx(3 / 6)
    assert row_of(stages, "clusters", "collection", "charge_found")["n"] == 5


def test_shuffled_rows_give_the_same_stages(a_sample, stages):
    shuffled = {name: table.sample(frac=1, random_state=3) for name, table in a_sample.items()}
    pd.testing.assert_frame_equal(assess(shuffled), stages)


def test_stages_are_a_valid_table_in_which_every_row_has_a_meaning(stages):
    pd.testing.assert_frame_equal(STAGES.check(stages), stages)
    assert stages["meaning"].str.len().between(20, 120).all()


@pytest.mark.parametrize("table", ["cluster_truth", "tracks"])
def test_rows_without_truth_are_refused(a_sample, table):
    a_sample["truth"] = a_sample["truth"].query("event != 4")
    if table == "tracks":
        a_sample["cluster_truth"] = a_sample["cluster_truth"].query("event != 4")
    with pytest.raises(InputError, match=r"no truth for .*event=4"):
        assess(a_sample)


def test_the_truth_of_another_sample_is_refused(a_sample):
    with pytest.raises(InputError, match=r"proton: its truth is of the samples \['kaon'\]"):
        assess_stages(**a_sample, sample="proton", species="proton", seed=1)
