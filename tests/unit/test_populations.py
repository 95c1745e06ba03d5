"""Populations of tracks, and the tasks between them."""

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.evaluation.tables.probes import DIFFERENCES, PROBES
from latentscape.keys import TRACK_KEY
from latentscape.lartpc.population_probes import probe_populations
from latentscape.lartpc.populations import labels_by_population, population_tasks
from latentscape.lartpc.tables.beamline import BEAMLINE

SPECIES = {
    "proton": "proton",
    "kaon": "kaon",
    "muon": "muon",
    "clean_kaon": "kaon",
    "data": "proton",
}


def tracks(**counts):
    rows = [(name, 1, 0, event, 0) for name, count in counts.items() for event in range(count)]
    return pd.DataFrame(rows, columns=list(TRACK_KEY))


def a_beamline(rows, every=2):
    events = rows[["sample", "run", "subrun", "event"]]
    return BEAMLINE.check(
        events.assign(momentum=400.0, is_picky=events["event"] % every == 0, mass=494.0)
    )


def test_a_track_stands_in_its_sample_and_among_its_picky_tracks():
    rows = tracks(kaon=4, proton=2)
    labels = labels_by_population(rows, a_beamline(tracks(kaon=4)))
    assert labels["label"].value_counts().to_dict() == {"kaon": 4, "kaon_picky": 2, "proton": 2}
    picky = labels.loc[labels["label"] == "kaon_picky", "event"]
    assert picky.tolist() == [0, 2]


def test_shuffled_tables_give_the_same_populations():
    rows = tracks(kaon=9)
    first = labels_by_population(rows, a_beamline(rows))
    shuffled = (frame.sample(frac=1, random_state=1) for frame in (rows, a_beamline(rows)))
    pd.testing.assert_frame_equal(labels_by_population(*shuffled), first)


def test_a_sample_may_not_be_called_as_anothers_picky_tracks():
    with pytest.raises(InputError, match="'kaon_picky' has the name of the picky tracks of 'kaon'"):
        labels_by_population(tracks(kaon=1, kaon_picky=1), a_beamline(tracks(kaon=1)))


def test_default_tasks_compare_picky_and_further_samples_with_all_tracks():
    groups = population_tasks(
        SPECIES, trained_on=["proton"], with_beamline=["proton", "kaon", "muon"]
    )
    assert groups == [
        [
            ("kaon", "proton"),
            ("kaon_picky", "proton"),
            ("kaon_picky", "proton_picky"),
            ("clean_kaon", "proton"),
            ("kaon", "data"),
        ],
        [("muon", "proton"), ("muon_picky", "proton_picky")],
    ]


def test_without_beamline_only_samples_are_compared():
    groups = population_tasks(SPECIES, trained_on=["clean_kaon"], with_beamline=["kaon"])
    assert groups == [
        [("proton", "clean_kaon"), ("data", "clean_kaon"), ("proton", "kaon")],
        [("muon", "clean_kaon")],
    ]


def some_latents(rows, far=1.0):
    rng = np.random.default_rng(1)
    own = rows.assign(part="held_out", seed=0)
    shift = far * (rows["sample"] != "proton").to_numpy()[:, None]
    # Picky tracks lie further away.
    shift = shift * (1 + (rows["event"] % 2 == 0).to_numpy()[:, None])
    means = rng.normal(size=(len(rows), 2)) + shift
    return own.assign(mean=list(means.astype(np.float32)))


def test_populations_are_probed_and_small_ones_left_out(caplog):
    rows = tracks(proton=60, kaon=60, clean_kaon=3)
    groups = [
        [("kaon", "proton"), ("kaon_picky", "proton"), ("clean_kaon", "proton")],
        [("clean_kaon", "proton"), ("clean_kaon", "kaon")],
    ]
    with caplog.at_level("WARNING", logger="latentscape"):
        probes, differences = probe_populations(
            some_latents(rows),
            a_beamline(rows),
            groups,
            parts=["held_out"],
            folds=4,
            hidden=[2],
            penalty=1.0,
            subsets=3,
            bootstrap=100,
            permutations=50,
            seed=2,
        )
    pd.testing.assert_frame_equal(probes, PROBES.check(probes))
    pd.testing.assert_frame_equal(differences, DIFFERENCES.check(differences))
    assert set(probes["task"]) == {"kaon vs proton", "kaon_picky vs proton"}
    assert "population 'clean_kaon' has 3 tracks, fewer than 4 folds" in caplog.text
    assert set(differences["task"]) == {"kaon_picky vs proton"}
    row = differences.set_index("probe").loc["logistic"]
    areas = probes.set_index(["probe", "task"])["auc"]
    expected = areas["logistic", "kaon_picky vs proton"] - areas["logistic", "kaon vs proton"]
    assert row["difference"] == pytest.approx(expected)
    assert (row["n_positive"], row["n_negative"]) == (30, 60)
    # Picky tracks are easier because they are picky, not because they are few.
    assert row["difference"] > row["null_high"]
