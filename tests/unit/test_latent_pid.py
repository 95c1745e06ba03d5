"""Latents and calorimetry judge the same tracks, and factors belong to the beam particle."""

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.keys import TRACK_KEY
from latentscape.lartpc.factors import true_factors
from latentscape.lartpc.latent_pid import METHODS, compare_pid
from latentscape.lartpc.tables.identification import LATENT_PID, PID
from latentscape.lartpc.tables.truth import CLUSTER_TRUTH, TRUE_FACTORS, TRUTH

OPTIONS = {
    "hypotheses": ("proton", "kaon"),
    "parts": ("train", "held_out"),
    "prior": "flat",
    "folds": 3,
    "bootstrap": 100,
    "permutations": 100,
    "seed": 1,
}


def a_study(rows=60):
    """Tracks of three species, of which z0 tells all; χ² mistakes every tenth proton."""
    species = np.repeat(["proton", "kaon", "muon"], rows)
    number = np.arange(len(species))
    keys = pd.DataFrame({"sample": species, "run": 1, "subrun": 0, "event": number, "track": 0})
    means = np.random.default_rng(2).normal(size=(len(species), 2))
    means[:, 0] += 12 * (species == "kaon")
    empty = {name: PID.empty()[name] for name in PID.empty().columns}
    pid = pd.DataFrame({**empty, **keys}).reindex(range(len(keys)))
    mistaken = (species == "proton") & (number % 10 == 0)
    guess = np.where(species == "kaon", "kaon", "proton")
    for column in METHODS.values():
        pid[column] = guess
    pid["hypothesis"] = np.where(mistaken, "kaon", guess)
    latents = keys.assign(seed=0, part="held_out", mean=list(means))
    return latents, keys.assign(label=species), pid


def test_all_methods_judge_the_tracks_of_the_allowed_species():
    performance, confusion = compare_pid(*a_study(), **OPTIONS)
    pd.testing.assert_frame_equal(performance, LATENT_PID.check(performance))
    assert set(performance["n"]) == {120}
    assert set(confusion["label"]) == {"proton", "kaon"}
    value = performance.set_index(["method", "score"])["value"]
    assert value["latents", "accuracy"] == 1.0
    assert value["likelihood", "accuracy"] == 1.0
    # 6 of 60 protons
    assert value["chi2", "balanced_accuracy"] == pytest.approx(0.95)
    cells = confusion.set_index(["method", "label", "assigned"])["rows"]
    assert cells["chi2", "proton", "kaon"] == 6


def test_tracks_without_a_hypothesis_are_judged_by_no_method():
    latents, labels, pid = a_study()
    pid.loc[pid.index[:20], "hypothesis_likelihood"] = None
    performance, _ = compare_pid(latents, labels, pid.iloc[:-5], **OPTIONS)
    assert set(performance["n"]) == {100}


def test_one_species_gives_empty_tables():
    latents, labels, pid = a_study()
    performance, confusion = compare_pid(
        latents, labels, pid, **{**OPTIONS, "hypotheses": ("proton",)}
    )
    assert performance.empty
    assert confusion.empty


def some_truth(ends):
    columns = {column.name: 1 for column in TRUTH.columns}
    rows = [
        {
            **columns,
            "sample": "kaon",
            "event": event,
            "species": "kaon",
            "daughters": "",
            "end": end,
        }
        for event, end in enumerate(ends)
    ]
    truth = pd.DataFrame(rows).astype({"angle": float})
    return truth.assign(**dict.fromkeys(("end_z", "length"), 10.0 * truth["event"]))


def some_tracks(beam_shares):
    """One track per event, clusters 3 and 4, with such a share of the beam particle in both."""
    key = {"sample": "kaon", "run": 1, "subrun": 1}
    clusters = [
        {**key, "event": event, "plane": plane, "cluster": cluster, "signal": 10.0}
        | {"beam_signal": 10.0 * share, "daughter_signal": 0.0}
        for event, shares in enumerate(beam_shares)
        for plane, cluster, share in zip(("collection", "induction"), (3, 4), shares, strict=True)
    ]
    outside = [{**row, "cluster": -1, "signal": 0.0, "beam_signal": 0.0} for row in clusters]
    truth = CLUSTER_TRUTH.check(pd.DataFrame([*clusters, *outside]))
    tracks = [
        {**key, "event": event, "track": 3, "induction_cluster": 4}
        for event in range(len(beam_shares))
    ]
    selected = truth.loc[truth["cluster"] >= 0, ["sample", "run", "subrun", "event", "plane"]]
    selected = selected.assign(cluster=truth.loc[truth["cluster"] >= 0, "cluster"])
    return truth, selected, pd.DataFrame(tracks)


def test_factors_are_those_of_tracks_that_show_the_beam_particle():
    ends = ["stopped", "decayed_at_rest", "decayed_in_flight", "left"]
    factors = true_factors(some_truth(ends), *some_tracks([(0.9, 0.9)] * 3 + [(0.9, 0.2)]))
    pd.testing.assert_frame_equal(factors, TRUE_FACTORS.check(factors))
    assert factors["event"].tolist() == [0, 1, 2]
    assert factors["length"].tolist() == [0.0, 10.0, 20.0]
    assert factors["decays"].tolist() == [0.0, 1.0, 1.0]
    assert factors["decays_in_flight"].to_numpy() == pytest.approx([np.nan, 0, 1], nan_ok=True)
    assert factors["decay_depth"].to_numpy() == pytest.approx([np.nan, 10, 20], nan_ok=True)
    assert list(factors.columns[: len(TRACK_KEY)]) == list(TRACK_KEY)


def test_a_track_without_truth_is_refused():
    with pytest.raises(InputError, match="no truth"):
        true_factors(some_truth(["stopped"]), *some_tracks([(0.9, 0.9)] * 2))
