"""What the explorer shows of tracks and events."""

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.evaluation.tables.anomaly import scores_table
from latentscape.keys import EVENT_KEY, TRACK_KEY
from latentscape.lartpc.explorer import (
    TRACK_TEXTS,
    explored_pixels,
    explored_points,
    explorer_words,
)
from latentscape.lartpc.geometry import Detector, PlaneSettings
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.features import FEATURE_NAMES
from latentscape.lartpc.tables.identification import PID
from latentscape.lartpc.tables.reconstruction import CLUSTERS, HITS
from latentscape.lartpc.tables.truth import TRUTH
from latentscape.tables import TRACK_COLUMNS


def keys(events):
    rows = [("p", 1, 0, event, track) for event, tracks in events.items() for track in tracks]
    return pd.DataFrame(rows, columns=list(TRACK_KEY))


ROWS = keys({3: [0, 2], 5: [1]})


def latents(rows=ROWS):
    means = list(np.arange(2.0 * len(rows)).reshape(-1, 2))
    numbers = {"reconstruction_error": 1.0, "weighted_error": 2.0, "kl": 3.0, "elbo": -5.0}
    one = rows.assign(seed=0, part="held_out", mean=means, **numbers)
    return pd.concat([one, one.assign(seed=1)], ignore_index=True)


def known(**tables):
    given = {
        "pid": PID.empty(),
        "scores": scores_table(TRACK_COLUMNS, None).empty(),
        "beamline": BEAMLINE.empty(),
        "truth": TRUTH.empty(),
        **tables,
    }
    umap = ROWS.assign(seed=0, x=[1.0, 2.0, 3.0], y=0.0)
    features = ROWS.assign(**dict.fromkeys(FEATURE_NAMES, 1.5))
    tracks = ROWS.assign(**dict.fromkeys(TRACK_TEXTS, 7))
    training = given.pop("training", 0)
    return explored_points(latents(), umap, features, tracks, **given, training=training)


def test_a_track_has_its_place_latents_features_and_clusters():
    table = known().table
    assert table["x"].tolist() == [1, 2, 3]
    assert table["z1"].tolist() == [1, 3, 5]
    assert table["total_adc"].tolist() == [1.5] * 3
    assert table["track_induction_cluster"].tolist() == [7] * 3


def test_both_tracks_of_an_event_have_its_truth_and_data_has_none():
    truth = pd.DataFrame({"sample": "p", "run": 1, "subrun": 0, "event": [3]})
    for column in TRUTH.columns:
        if column.name not in EVENT_KEY:
            truth[column.name] = "muon" if column.type == "string" else 4
    table = known(truth=TRUTH.check(truth)).table
    assert table["true_species"].tolist()[:2] == ["muon", "muon"]
    assert pd.isna(table["true_species"][2])
    assert "true_species" not in known().table


def test_what_no_table_knows_is_not_listed():
    groups = {quantity.group for quantity in known().quantities}
    assert groups == {"Sample", "Map", "Latents", "Features", "Errors", "Track"}


def test_a_training_without_a_map_has_no_place_on_it():
    assert "x" not in known(training=1).table


def test_a_training_that_is_not_there_is_named():
    with pytest.raises(InputError, match=r"no training 7 in the latents; trainings: 0, 1\."):
        known(training=7)


def pixels_of(wire):
    return {"wire": np.int16(wire), "tick": np.int16(wire) + 100, "adc": np.int16(wire) * 2}


def an_event(event):
    columns = {"sample": "p", "run": 1, "subrun": 0, "event": event}
    noise = {"pedestal": 0.0, "noise": 1.0, "absent_wires": 0}
    hits = [
        {**columns, **noise, "plane": "collection", **pixels_of([4, 5, 6, 9])},
        {**columns, **noise, "plane": "induction", **pixels_of([7])},
    ]
    empty = {c.name: 0 for c in CLUSTERS.columns if c.name not in CLUSTERS.key}
    clusters = [
        {**columns, **empty, "plane": "collection", "cluster": 0, **pixels_of([4, 5])},
        {**columns, **empty, "plane": "collection", "cluster": 1, **pixels_of([9])},
        {**columns, **empty, "plane": "induction", "cluster": 3, **pixels_of([7])},
    ]
    return pd.DataFrame(hits), pd.DataFrame(clusters)


def test_the_pixels_of_an_event_know_their_plane_and_cluster():
    [found] = explored_pixels([an_event(5)], ROWS)
    table = found.table.sort_values(["panel", "x"])
    assert table["panel"].tolist() == [0, 0, 0, 0, 1]
    assert table["x"].tolist() == [4, 5, 6, 9, 7]
    assert table["y"].tolist() == [104, 105, 106, 109, 107]
    assert table["value"].tolist() == [8, 10, 12, 18, 14]
    assert table["group"].tolist() == [0, 0, -1, 1, 3]


def test_events_without_a_track_on_the_map_are_left_out():
    parts = [pd.concat(both) for both in zip(an_event(5), an_event(4), an_event(3), strict=True)]
    [found] = explored_pixels([tuple(parts)], ROWS)
    assert found.keys["event"].tolist() == [3, 5]
    assert found.table["row"].value_counts().to_dict() == {0: 5, 1: 5}


def test_an_event_without_any_cluster_shows_its_pixels():
    hits, _ = an_event(5)
    [found] = explored_pixels([(HITS.check(hits), CLUSTERS.empty())], ROWS)
    assert found.table["group"].tolist() == [-1] * 5


def test_the_planes_of_the_detector_are_the_panels():
    plane = PlaneSettings(wires=240, first_channel=0, angle=60, wire_at_origin=25, threshold=12)
    detector = Detector(
        name="Test", ticks=3072, tick_ns=128, trigger_tick=134, pitch_cm=0.4,
        size_cm=(47, 40, 90), drift_velocity=1.5, field=0.486, lifetime_us=1000,
        induction=plane, collection=plane.model_copy(update={"wires": 120}),
    )  # fmt: skip
    words = explorer_words({"p": "proton"}, detector=detector, model="m", training=2)
    assert [(p.name, p.columns) for p in words.panels] == [("collection", 120), ("induction", 240)]
    assert words.subtitle == "model m, training 2"
