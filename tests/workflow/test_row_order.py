"""Shuffling the rows of any intermediate table changes no later table but for the order of rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch

from latentscape.arrays import KeyedArrays
from latentscape.config import Config, load_detector, validate
from latentscape.evaluation.anomaly_performance import anomaly_performance
from latentscape.evaluation.anomaly_scores import anomaly_scores
from latentscape.evaluation.correlations import correlate
from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.maps import latent_map
from latentscape.evaluation.probes import probe
from latentscape.evaluation.tables.anomaly import ANOMALY, ROC, scores_table
from latentscape.evaluation.tables.content import CORRELATIONS
from latentscape.evaluation.tables.maps import map_table
from latentscape.evaluation.tables.probes import PROBES
from latentscape.keys import EVENT_KEY, TRACK_KEY
from latentscape.lartpc.clusters import find_clusters
from latentscape.lartpc.cuts import add_cut_flows, complete_cut_flow, cut_clusters
from latentscape.lartpc.features import compute_features
from latentscape.lartpc.images import make_images
from latentscape.lartpc.matching import match_planes
from latentscape.lartpc.pid import score_hypotheses
from latentscape.lartpc.stages import assess_stages, attribute_signal
from latentscape.lartpc.tables.calorimetry import CALORIMETRY
from latentscape.lartpc.tables.features import FEATURES
from latentscape.lartpc.tables.identification import EXPECTED_DEDX, PID
from latentscape.lartpc.tables.models import LATENTS, SPLIT
from latentscape.lartpc.tables.reconstruction import CLUSTERS, CUT_FLOW, HITS, TRACKS
from latentscape.lartpc.tables.truth import CLUSTER_TRUTH, STAGES, TRUE_PIXELS, TRUTH
from latentscape.learning.checkpoints import SavedModel, load_model
from latentscape.learning.keyed import infer_latents, train_model, traverse_latents
from latentscape.learning.scores import model_scores_table
from latentscape.learning.settings import Model
from latentscape.learning.splits import split_samples
from latentscape.tables import TRACK_COLUMNS, Table

from .conftest import ROOT, tiny_config

Shuffle = Callable[[pd.DataFrame], pd.DataFrame]
SAMPLE = "proton"


@pytest.fixture(scope="module")
def config() -> Config:
    return validate(tiny_config())


@pytest.fixture(scope="module")
def read(tiny: Path) -> Callable[[Table, str], pd.DataFrame]:
    """Return a function that reads a table of the tiny workflow."""
    folder = tiny / "results" / "lartpc"

    def from_results(table: Table, pattern: str) -> pd.DataFrame:
        return table.read(sorted(folder.glob(pattern)))

    return from_results


def as_it_is(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[np.random.default_rng(1).permutation(len(frame))]


def assert_same(table: Table, make: Callable[[Shuffle], pd.DataFrame]) -> None:
    """Compare a table made from rows in order with the one made from shuffled rows, to the bit."""
    first, second = (table.check(make(order)) for order in (as_it_is, shuffled))
    assert len(first)
    arrow = [pa.Table.from_pandas(frame, preserve_index=False) for frame in (first, second)]
    assert arrow[0].equals(arrow[1])


def shuffled_images(images: KeyedArrays) -> KeyedArrays:
    return images.select(shuffled(images.keys))


@pytest.fixture(scope="module")
def images(tiny: Path) -> KeyedArrays:
    """Return the images of both samples, in the order of their files."""
    folder = tiny / "results" / "lartpc" / "images"
    arrays, keys = (
        sorted(folder.glob(f"*/*{suffix}")) for suffix in (".safetensors", ".keys.parquet")
    )
    return KeyedArrays.read_all(arrays, keys, TRACK_KEY)


@pytest.fixture(scope="module")
def saved(tiny: Path) -> SavedModel:
    """Return the first training of the tiny workflow."""
    folder = tiny / "results" / "lartpc" / "models" / "reference" / "0"
    return load_model(folder / "weights.safetensors", folder / "model.json")


def options(part: Any) -> dict[str, Any]:
    return dict(part.model_dump(mode="json"))


def test_clusters_do_not_depend_on_the_order_of_hits(config: Config, read: Any) -> None:
    hits = read(HITS, f"hits/{SAMPLE}/000.parquet")
    assert_same(CLUSTERS, lambda o: find_clusters(o(hits), **options(config.lartpc.clustering)))


@pytest.mark.parametrize(("table", "number"), [(CLUSTERS, 0), (CUT_FLOW, 1)])
def test_cuts_do_not_depend_on_the_order_of_clusters(
    config: Config, read: Any, table: Table, number: int
) -> None:
    clusters = read(CLUSTERS, f"clusters/{SAMPLE}/*.parquet")
    detector = load_detector("lariat", ROOT / "resources")
    cuts = options(config.lartpc.cuts)
    assert_same(
        table,
        lambda o: cut_clusters(o(clusters), sample=SAMPLE, detector=detector, **cuts)[number],
    )


@pytest.mark.parametrize("method", ["greedy", "optimal"])
def test_tracks_do_not_depend_on_the_order_of_clusters(
    config: Config, read: Any, method: str
) -> None:
    clusters = read(CLUSTERS, f"selected/{SAMPLE}/*.parquet")
    matching = {**options(config.lartpc.matching), "method": method}
    assert_same(TRACKS, lambda o: match_planes(o(clusters), **matching))


def test_images_do_not_depend_on_the_order_of_tracks(config: Config, read: Any) -> None:
    tracks = read(TRACKS, f"tracks/{SAMPLE}/*.parquet")
    first = make_images(tracks, **options(config.lartpc.images))
    second = make_images(shuffled(tracks), **options(config.lartpc.images)).select(first.keys)
    np.testing.assert_array_equal(first["images"], second["images"])


def test_features_do_not_depend_on_the_order_of_tracks(read: Any) -> None:
    tracks = read(TRACKS, f"tracks/{SAMPLE}/*.parquet")
    assert_same(FEATURES, lambda o: compute_features(o(tracks))[0])


def test_hypotheses_do_not_depend_on_the_order_of_tables(config: Config, read: Any) -> None:
    tracks = read(TRACKS, f"tracks/{SAMPLE}/*.parquet")[[*TRACK_KEY, "collection_height"]]
    calorimetry = read(CALORIMETRY, f"calorimetry/{SAMPLE}.parquet")
    expected = read(EXPECTED_DEDX, "pid/expected_dedx.parquet")
    names = ("species", "hypotheses", "likelihood_resolution", "max_offset_cm")
    pid = {name: value for name, value in options(config.lartpc.pid).items() if name in names}
    assert_same(PID, lambda o: score_hypotheses(o(tracks), o(calorimetry), o(expected), **pid))


def test_stages_do_not_depend_on_the_order_of_tables(read: Any) -> None:
    truth = read(TRUTH, f"truth/{SAMPLE}/*.parquet")
    pixels = read(TRUE_PIXELS, f"true_pixels/{SAMPLE}/*.parquet")
    clusters = read(CLUSTERS, f"clusters/{SAMPLE}/*.parquet")
    selected = read(CLUSTERS, f"selected/{SAMPLE}/*.parquet")
    tracks = read(TRACKS, f"tracks/{SAMPLE}/*.parquet")

    def assess(order: Shuffle) -> pd.DataFrame:
        attributed = CLUSTER_TRUTH.check(attribute_signal(order(pixels), order(clusters)))
        tables = (order(attributed), order(truth), order(selected), order(tracks))
        return assess_stages(*tables, sample=SAMPLE, species="proton", seed=1)

    assert_same(STAGES, assess)


def test_the_split_does_not_depend_on_the_order_of_keys(read: Any) -> None:
    keys = read(SPLIT, "splits/reference.parquet")[list(TRACK_KEY)]
    settings = {"validation": 0.1, "fraction": 0.8, "balanced": False, "seed": 3}
    labels = {"proton": "proton", "kaon": "kaon"}
    assert_same(
        SPLIT, lambda o: split_samples(o(keys), trained_on=["proton"], labels=labels, **settings)
    )


def test_a_training_does_not_depend_on_the_order_of_images_or_split(
    config: Config, read: Any, images: KeyedArrays
) -> None:
    split = read(SPLIT, "splits/reference.parquet")
    settings = options(config.models["reference"])
    settings["training"]["epochs"] = 1

    def trained(images: KeyedArrays, split: pd.DataFrame) -> tuple[SavedModel, pd.DataFrame]:
        model, device = Model(**settings), torch.device("cpu")
        return train_model(
            images, split, model=model, seed=1, device=device, checkpoint=None, inputs={}
        )

    first, first_history = trained(images, split)
    second, second_history = trained(shuffled_images(images), shuffled(split))
    weights = second.network.state_dict()
    assert all(torch.equal(w, weights[name]) for name, w in first.network.state_dict().items())
    assert first.transform == second.transform
    assert first.training_keys == second.training_keys
    pd.testing.assert_frame_equal(first_history, second_history, check_exact=True)


def test_latents_do_not_depend_on_the_order_of_images_or_split(
    read: Any, images: KeyedArrays, saved: SavedModel
) -> None:
    split = read(SPLIT, "splits/reference.parquet")
    given = {as_it_is: images, shuffled: shuffled_images(images)}
    made = {
        order: infer_latents(some, order(split), saved, number=0, device=torch.device("cpu"))
        for order, some in given.items()
    }
    assert_same(LATENTS, lambda o: made[o][0])
    first, second = made[as_it_is][1], made[shuffled][1].select(images.keys)
    np.testing.assert_array_equal(first["images"], second["images"])


def test_traversals_do_not_depend_on_the_order_of_latents(
    config: Config, read: Any, saved: SavedModel
) -> None:
    latents = read(LATENTS, "latents/reference/0.parquet")
    settings = {**options(config.analyses.traversal), "device": torch.device("cpu")}
    first, second = (traverse_latents(o(latents), saved, **settings) for o in (as_it_is, shuffled))
    np.testing.assert_array_equal(first, second)


def test_maps_do_not_depend_on_the_order_of_latents(config: Config, read: Any) -> None:
    latents = read(LATENTS, "latents/reference/*.parquet")
    settings = options(config.analyses.map)
    assert_same(
        map_table(TRACK_COLUMNS),
        lambda o: latent_map(o(latents), key=TRACK_KEY, seed=1, **settings),
    )


def test_correlations_do_not_depend_on_the_order_of_tables(read: Any) -> None:
    latents = read(LATENTS, "latents/reference/*.parquet")
    features = read(FEATURES, "features/*/*.parquet")
    names = ["n_pixels", "solidity"]
    settings = {"names": names, "bootstrap": 20, "permutations": 20, "seed": 1}

    def make(order: Shuffle) -> pd.DataFrame:
        labels = order(labels_by_sample(latents, TRACK_KEY))
        tables = (order(latents), order(features[[*TRACK_KEY, *names]]), labels)
        return correlate(*tables, key=TRACK_KEY, **settings)

    assert_same(CORRELATIONS, make)


def test_probes_do_not_depend_on_the_order_of_tables(config: Config, read: Any) -> None:
    latents = read(LATENTS, "latents/reference/0.parquet")
    settings = {**options(config.analyses.probes), "tasks": [["kaon", "proton"]], "bootstrap": 20}

    def make(order: Shuffle) -> pd.DataFrame:
        labels = order(labels_by_sample(latents, TRACK_KEY))
        return probe(order(latents), labels, key=TRACK_KEY, seed=1, **settings)[0]

    assert_same(PROBES, make)


def test_anomaly_scores_do_not_depend_on_the_order_of_latents(config: Config, read: Any) -> None:
    latents = read(LATENTS, "latents/reference/*.parquet")
    others = read(
        model_scores_table(TRACK_COLUMNS, None), "anomaly/reference/*/model_scores.parquet"
    )
    settings = options(config.analyses.anomaly.scores)
    of_model = ("flow", "importance", "regret")
    settings = {name: value for name, value in settings.items() if name not in of_model}
    assert_same(
        scores_table(TRACK_COLUMNS, None),
        lambda o: anomaly_scores(o(latents), o(others), key=TRACK_KEY, seed=1, **settings),
    )


@pytest.mark.parametrize(("table", "number"), [(ANOMALY, 0), (ROC, 1)])
def test_anomaly_performance_does_not_depend_on_the_order_of_scores(
    config: Config, read: Any, table: Table, number: int
) -> None:
    scores = read(scores_table(TRACK_COLUMNS, None), "anomaly/reference/scores.parquet")
    settings = {**options(config.analyses.anomaly.performance), "bootstrap": 20, "seed": 1}

    def make(order: Shuffle) -> pd.DataFrame:
        labels = order(labels_by_sample(scores, TRACK_KEY))
        tables = order(scores), labels
        return anomaly_performance(*tables, key=TRACK_KEY, trained_on=["proton"], **settings)[
            number
        ]

    assert_same(table, make)


def test_the_complete_cut_flow_does_not_depend_on_the_order_of_tables(
    tiny: Path, read: Any
) -> None:
    folder = tiny / "results" / "lartpc" / "cut_flow"
    flows = [CUT_FLOW.read(path) for path in sorted(folder.glob("*/*.parquet"))]
    events = read(HITS, "hits/*/*.parquet")[list(EVENT_KEY)]
    tracks = read(TRACKS, "tracks/*/*.parquet")[list(TRACK_KEY)]
    identified = read(PID, "pid/[pk][ra]*.parquet")[list(TRACK_KEY)]

    def make(order: Shuffle) -> pd.DataFrame:
        total = add_cut_flows([order(flow) for flow in flows])
        others = {"events": events, "tracks": tracks, "with_calorimetry": identified}
        return complete_cut_flow(order(total), **{k: order(v) for k, v in others.items()})

    assert_same(CUT_FLOW, make)


def test_images_on_disk_are_selected_by_key(tiny: Path) -> None:
    folder = tiny / "results" / "lartpc" / "images" / SAMPLE
    paths = folder / "000.safetensors", folder / "000.keys.parquet"
    images = KeyedArrays.read(*paths, TRACK_KEY)
    back = images.select(shuffled(images.keys)).select(images.keys)
    np.testing.assert_array_equal(back["images"], images["images"])
