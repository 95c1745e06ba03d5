"""The tiny workflow, from nothing to figures."""

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from latentscape.evaluation.tables.anomaly import ANOMALY
from latentscape.evaluation.tables.probes import PROBES
from latentscape.keys import EVENT_KEY, TRACK_KEY, check_unique
from latentscape.lartpc.tables.features import FEATURES
from latentscape.lartpc.tables.models import LATENTS
from latentscape.lartpc.tables.reconstruction import CUT_FLOW, HITS, TRACKS
from latentscape.lartpc.tables.truth import STAGES, TRUTH

from .conftest import ROOT, run_workflow, tiny_config

OF_DATA = ("beam", "cut_flow", "dedx", "chi2", "gallery", "resizing", "features", "beam_checks")
OF_SAMPLES = ("event", "clusters", "entry_windows")
OF_MODELS = (
    *("losses", "reconstructions", "map", "feature_maps", "correlations", "label_correlations"),
    *("variance", "content", "importance", "within", "traversal", "walks", "interpolations"),
    *("probes", "agreement", "hard_cases", "hard_causes", "populations"),
    *("mixtures", "normal_pid", "factors", "anomaly", "anomaly_scores", "two_sample"),
    "shift_power",
)
FIGURES = {
    *(*OF_DATA, "leaderboard", "track_choice"),
    *(f"{name}_{sample}" for name in OF_SAMPLES for sample in ("proton", "kaon")),
    *(f"{name}_reference" for name in OF_MODELS),
}
# Axes, names and "no entries" are grey; only colour bars and marked windows need no data.
COLOURED_WITHOUT_DATA = {"event": 0.03, "entry_windows": 0.06}


@pytest.fixture(scope="module")
def tables(tiny: Path) -> Path:
    return tiny / "results" / "lartpc" / "tables"


def test_every_figure_is_made_and_none_is_blank(tiny: Path) -> None:
    folder = tiny / "results" / "figures" / "lartpc"
    assert {path.stem for path in folder.glob("*.png")} == FIGURES
    assert {path.stem for path in folder.glob("*.pdf")} == FIGURES
    for path in folder.glob("*.png"):
        pixels = imread(path)[..., :3]
        is_coloured = np.ptp(pixels, axis=2) > 0.1
        family = path.stem.removesuffix("_proton").removesuffix("_kaon")
        assert is_coloured.mean() > COLOURED_WITHOUT_DATA.get(family, 0.002), path.name
        assert (pixels.min(axis=2) < 0.9).mean() > 0.02, path.name


def test_each_cut_leaves_no_more_than_the_one_before(tables: Path) -> None:
    flow = CUT_FLOW.read_tsv(tables / "cut_flow.tsv")
    for _, steps in flow[flow["plane"] != "both"].groupby(["sample", "plane"]):
        assert steps.sort_values("step")["survivors"].is_monotonic_decreasing
    events = flow[flow["cut"] == "events"].set_index("sample")["survivors"]
    assert events.to_dict() == {"proton": 60, "kaon": 30}


def test_losses_and_overall_efficiency_add_up_to_all_events(tables: Path) -> None:
    stages = STAGES.read_tsv(tables / "stages.tsv")
    for sample in ("proton", "kaon"):
        own = stages[(stages["sample"] == sample) & (stages["plane"] == "both")]
        losses = own.loc[own["quantity"] == "loss", "value"].sum()
        overall = own.loc[(own["stage"] == "all") & (own["quantity"] == "efficiency"), "value"]
        assert losses + overall.item() == pytest.approx(1, abs=1e-4)


def test_most_simulated_protons_become_true_tracks(tables: Path) -> None:
    stages = STAGES.read_tsv(tables / "stages.tsv").set_index(
        ["sample", "stage", "quantity", "plane"]
    )
    assert stages.loc[("proton", "all", "efficiency", "both"), "value"] > 0.7
    assert stages.loc[("proton", "matching", "purity", "both"), "value"] > 0.8


def test_every_row_has_its_own_key(tiny: Path) -> None:
    folder = tiny / "results" / "lartpc"
    tracks = TRACKS.read_columns(sorted(folder.glob("tracks/*/*.parquet")), TRACK_KEY)
    check_unique(tracks, TRACK_KEY, what="tracks")
    features = FEATURES.read(sorted(folder.glob("features/*/*.parquet")))
    assert len(features) == len(tracks)
    latents = LATENTS.read(sorted(folder.glob("latents/reference/*.parquet")))
    assert set(latents["seed"]) == {0, 1}
    assert set(latents["part"]) == {"train", "validation", "held_out"}


def test_scores_stand_beside_their_floors(tables: Path) -> None:
    probes = PROBES.read_tsv(tables / "probes_reference.tsv")
    anomaly = ANOMALY.read_tsv(tables / "anomaly_reference.tsv")
    for table in (probes, anomaly):
        assert (table["low"] <= table["auc"]).all()
        assert (table["auc"] <= table["high"]).all()
        assert ((table["null_low"] < 0.5) & (table["null_high"] > 0.5)).all()


def test_simulated_raw_files_are_gone(tiny: Path) -> None:
    assert not list(tiny.glob("results/lartpc/raw/**/*.root"))


@pytest.mark.parametrize("rule", ["simulate_beam", "extract_hits", "train_model"])
def test_long_steps_log_progress_with_a_rate(tiny: Path, rule: str) -> None:
    logs = sorted((tiny / "results" / "logs" / rule).rglob("*.log"))
    assert logs
    for log in logs:
        assert re.search(r"\d+ of \d+ (events|epochs), [\d.,]+ (events|epochs)/s", log.read_text())


def test_nothing_is_left_to_do(tiny: Path) -> None:
    result = run_workflow(tiny, tiny_config(), "--dry-run")
    assert "Nothing to be done" in result.stdout + result.stderr


def test_only_assessment_and_validation_read_the_truth() -> None:
    text = "".join(p.read_text("utf-8") for p in (ROOT / "workflow" / "rules").glob("*.smk"))
    rules = re.split(r"^rule ", text, flags=re.MULTILINE)[1:]
    inputs = {r.split(":")[0]: re.search(r"input:(.*?)output:", r, re.DOTALL) for r in rules}
    readers = {
        name for name, found in inputs.items() if found and re.search(r"truth|true_", found[1])
    }
    assert readers == {
        "assess_contamination",
        "assess_identification",
        "assess_stages",
        "assess_track_choice",
        "attribute_signal",
        "compare_calorimetry",
        "explain_hard_cases",
        "explore_latents",
        "relate_truth",
        "scan_stages",
    }


def test_every_rule_is_complete() -> None:
    parts = (
        "message:",
        "output:",
        "params:",
        "log:",
        "benchmark:",
        "resources:",
        "conda:",
        "script:",
    )
    text = "".join(p.read_text("utf-8") for p in (ROOT / "workflow" / "rules").glob("*.smk"))
    rules = re.split(r"^rule ", text, flags=re.MULTILINE)[1:]
    lacking = {r.split(":")[0]: [p for p in parts if f"\n    {p}" not in r] for r in rules}
    assert len(lacking) > 30
    assert not {name: parts for name, parts in lacking.items() if parts}


def test_event_keys_are_the_same_in_truth_and_hits(tiny: Path) -> None:
    folder = tiny / "results" / "lartpc"
    for sample in ("proton", "kaon"):
        hits = HITS.read_columns(sorted(folder.glob(f"hits/{sample}/*.parquet")), EVENT_KEY)
        truth = TRUTH.read_columns(sorted(folder.glob(f"truth/{sample}/*.parquet")), EVENT_KEY)
        pairs = hits.drop_duplicates().merge(truth, on=list(EVENT_KEY), how="outer", indicator=True)
        assert (pairs["_merge"] == "both").all()
