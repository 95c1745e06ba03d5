"""Shuffling the rows of any intermediate table changes no later table but for the order of rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from latentscape.arrays import KeyedArrays
from latentscape.config import Config, load_detector, validate
from latentscape.evaluation.anomaly import anomaly_scores
from latentscape.evaluation.correlations import correlate
from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.probes import probe
from latentscape.evaluation.tables import CORRELATIONS, PROBES, scores_table
from latentscape.keys import TRACK_KEY
from latentscape.lartpc.clusters import find_clusters
from latentscape.lartpc.cuts import cut_clusters
from latentscape.lartpc.features import compute_features
from latentscape.lartpc.images import make_images
from latentscape.lartpc.matching import match_planes
from latentscape.lartpc.pid import score_hypotheses
from latentscape.lartpc.stages import assess_stages, attribute_signal
from latentscape.lartpc.tables import (
    CALORIMETRY,
    CLUSTER_TRUTH,
    CLUSTERS,
    CUT_FLOW,
    EXPECTED_DEDX,
    FEATURES,
    HITS,
    LATENTS,
    PID,
    SPLIT,
    STAGES,
    TRACKS,
    TRUE_PIXELS,
    TRUTH,
)
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
    names = ("species", "hypotheses", "max_dedx", "likelihood_resolution")
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
        return probe(order(latents), labels, key=TRACK_KEY, seed=1, **settings)

    assert_same(PROBES, make)


def test_anomaly_scores_do_not_depend_on_the_order_of_latents(config: Config, read: Any) -> None:
    latents = read(LATENTS, "latents/reference/*.parquet")
    settings = options(config.analyses.anomaly.scores)
    assert_same(
        scores_table(TRACK_COLUMNS),
        lambda o: anomaly_scores(o(latents), key=TRACK_KEY, seed=1, **settings),
    )


def test_images_on_disk_are_selected_by_key(tiny: Path) -> None:
    folder = tiny / "results" / "lartpc" / "images" / SAMPLE
    paths = folder / "000.safetensors", folder / "000.keys.parquet"
    images = KeyedArrays.read(*paths, TRACK_KEY)
    back = images.select(shuffled(images.keys)).select(images.keys)
    np.testing.assert_array_equal(back["images"], images["images"])
