"""Beam checks: expected ranges, masses, ratios, and what the anomaly score sees."""

import numpy as np
import pandas as pd
import pytest

from latentscape.config import load_detector
from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY, TRACK_KEY
from latentscape.lartpc.beam_checks import (
    _spread_of,
    check_masses,
    check_ranges,
    check_scores,
    measure_beam_tracks,
)
from latentscape.lartpc.energy_loss import MASSES, csda_range
from latentscape.lartpc.settings.checks import BeamChecks
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.calorimetry import TRACK_CALORIMETRY

WINDOWS = BeamChecks().mass_windows
SPECIES_OF = {"kaons": "kaon", "protons": "proton"}


@pytest.fixture(scope="module")
def detector(request):
    return load_detector("lariat", request.config.rootpath / "resources")


def keys(sample, n):
    return pd.DataFrame({"sample": sample, "run": 1, "subrun": 0, "event": np.arange(n)})


def a_beamline(sample, masses, momentum=600.0):
    rows = keys(sample, len(masses)).assign(momentum=momentum, is_picky=True, mass=masses)
    return BEAMLINE.check(rows)


def own_calorimetry(sample, lengths, end=(20.0, 0.0, 40.0)):
    rows = keys(sample, len(lengths)).assign(track=0, plane="collection", length=lengths)
    rows = rows.assign(n_points=0, angle=0.0, end_x=end[0], end_y=end[1], end_z=end[2])
    for column in TRACK_CALORIMETRY.columns:
        if column.type.startswith("list"):
            rows[column.name] = [np.empty(0)] * len(rows)
    return TRACK_CALORIMETRY.check(rows)


def measured(sample, lengths, detector, **changed):
    options = {"detector": detector, "upstream_cm": 0.0, "edge_cm": 2.0} | changed
    line = a_beamline(sample, np.full(len(lengths), MASSES[SPECIES_OF[sample]]))
    return measure_beam_tracks([own_calorimetry(sample, lengths)], line, **options)


def proton_range(momentum=600.0):
    energy = np.hypot(momentum, MASSES["proton"]) - MASSES["proton"]
    return float(csda_range(energy, species="proton"))


def test_a_proton_that_stops_after_its_range_has_ratio_one(detector):
    path = proton_range()
    tracks = measured("protons", [path, 1.05 * path, 0.5 * path], detector)
    ranges = check_ranges(tracks, tolerance=0.1, bootstrap=20, seed=1)
    own = ranges[(ranges["hypothesis"] == "proton") & (ranges["tracks"] == "contained")].iloc[0]
    assert own["median"] == pytest.approx(1.0)
    assert own["share"] == pytest.approx(2 / 3)
    assert own["n"] == 3
    muon = ranges[(ranges["hypothesis"] == "muon") & (ranges["tracks"] == "all")].iloc[0]
    assert muon["median"] < 0.3


def test_what_lies_in_front_is_taken_off_every_expected_range(detector):
    free = measured("protons", [1.0], detector).iloc[0]
    behind = measured("protons", [1.0], detector, upstream_cm=5.0).iloc[0]
    assert free["expected_proton"] - behind["expected_proton"] == pytest.approx(5.0)
    # A deuteron of this momentum stops in front of the volume.
    assert free["expected_deuteron"] < 5.0
    assert np.isnan(behind["expected_deuteron"])


@pytest.mark.parametrize(
    ("end", "is_contained"),
    [
        ((20, 0, 40), True),
        ((1, 0, 40), False),
        ((20, 19, 40), False),
        ((20, 0, 89), False),
        ((20, 17.9, 87.9), True),
    ],
)
def test_a_track_is_contained_if_its_end_keeps_off_all_walls(detector, end, is_contained):
    own = own_calorimetry("protons", [5.0], end=end)
    line = a_beamline("protons", [938.0])
    rows = measure_beam_tracks([own], line, detector=detector, upstream_cm=0.0, edge_cm=2.0)
    assert rows["is_contained"].tolist() == [is_contained]


def test_masses_are_those_of_all_events_and_of_those_with_a_track():
    line = a_beamline("kaons", [494.0, 490.0, 900.0, 492.0])
    line["is_picky"] = [True, False, True, True]
    tracks = keys("kaons", 4).iloc[[0, 1, 1, 3]]
    found = check_masses(
        line, tracks, species=SPECIES_OF, mass_windows=WINDOWS, bootstrap=50, seed=1
    ).set_index("events")
    assert found["n"].to_dict() == {"all": 4, "picky": 2, "track": 3}
    assert found.loc["all", "share"] == 0.75
    assert found.loc["track", "median"] == 492.0
    assert found.loc["track", "median_low"] >= 490.0
    assert found["known"].unique() == pytest.approx(MASSES["kaon"])


def test_a_species_without_mass_window_is_refused():
    with pytest.raises(InputError, match="mass_windows has no window for kaon"):
        check_masses(
            a_beamline("kaons", [494.0]),
            keys("kaons", 1),
            species=SPECIES_OF,
            mass_windows={"proton": WINDOWS["proton"]},
            bootstrap=10,
            seed=1,
        )


def test_bootstrap_intervals_cover_median_and_width_of_normal_values():
    rng = np.random.default_rng(2)
    covered = np.zeros(2, dtype=int)
    for seed in range(60):
        spread = _spread_of(rng.normal(494.0, 12.0, 100), bootstrap=100, seed=seed)
        covered += [
            spread["median_low"] <= 494.0 <= spread["median_high"],
            # Half of the central 68 % of a normal distribution is 0.9945 standard deviations.
            spread["width_low"] <= 0.9945 * 12.0 <= spread["width_high"],
        ]
    # Expected 57; below 48 is more than five standard deviations away.
    assert (covered >= 48).all()


def two_kinds(detector):
    """Half of the 'kaons' have mass and range of a proton."""
    path = proton_range()
    own = own_calorimetry("kaons", [path] * 40)
    masses = np.repeat([938.0, 494.0], 20)
    line = a_beamline("kaons", masses)
    lengths = np.where(masses > 900, path, 40.0)
    own["length"] = lengths
    line["momentum"] = np.where(masses > 900, 600.0, 500.0)
    tracks = measure_beam_tracks([own], line, detector=detector, upstream_cm=0.0, edge_cm=2.0)
    scores = tracks[list(TRACK_KEY)].assign(seed=0, score=np.arange(40, 0, -1.0))
    return tracks, scores


def test_the_anomalous_half_is_named_by_mass_and_range(detector):
    tracks, scores = two_kinds(detector)
    found = check_scores(tracks, scores, mass_windows=WINDOWS)
    share = found.set_index(["half", "check", "species"])["share"]
    assert share["upper", "mass", "proton"] == 1.0
    assert share["lower", "mass", "kaon"] == 1.0
    assert share["difference", "mass", "proton"] == 1.0
    assert share["upper", "range", "proton"] == 1.0
    by_half = found[found["half"] != "difference"].groupby(["half", "check"])["share"].sum()
    assert by_half.to_numpy() == pytest.approx(1)


def test_newcombes_interval_is_that_of_his_paper(detector):
    """Table II (a), method 10: 56/70 - 48/80 has the interval 0.0524 to 0.3339."""
    masses = np.repeat([938.0, 494.0, 938.0, 494.0], [48, 32, 56, 14])
    line = a_beamline("kaons", masses)
    own = own_calorimetry("kaons", np.full(150, 10.0))
    tracks = measure_beam_tracks([own], line, detector=detector, upstream_cm=0.0, edge_cm=2.0)
    scores = tracks[list(TRACK_KEY)].assign(seed=0, score=np.repeat([0.0, 1.0], [80, 70]))
    row = check_scores(tracks, scores, mass_windows=WINDOWS).set_index(["half", "check", "species"])
    row = row.loc[("difference", "mass", "proton")]
    assert row["share"] == pytest.approx(0.2)
    assert (row["share_low"], row["share_high"]) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_the_order_of_rows_does_not_matter(detector):
    tracks, scores = two_kinds(detector)
    mixed = [frame.sample(frac=1, random_state=3) for frame in (tracks, scores)]
    pd.testing.assert_frame_equal(
        check_scores(tracks, scores, mass_windows=WINDOWS),
        check_scores(*mixed, mass_windows=WINDOWS),
    )
    options = {"tolerance": 0.1, "bootstrap": 20, "seed": 1}
    pd.testing.assert_frame_equal(
        check_ranges(tracks, **options), check_ranges(mixed[0], **options)
    )


def test_events_without_beam_line_have_no_beam_track(detector):
    own = own_calorimetry("protons", [5.0, 6.0])
    line = a_beamline("protons", [938.0])
    rows = measure_beam_tracks([own], line, detector=detector, upstream_cm=0.0, edge_cm=2.0)
    assert rows[list(EVENT_KEY)]["event"].tolist() == [0]


def test_without_calorimetry_of_its_own_a_beam_is_held_against_masses_alone(detector):
    line = a_beamline("kaons", np.full(3, MASSES["kaon"]))
    tracks = measure_beam_tracks([], line, detector=detector, upstream_cm=0.0, edge_cm=2.0)
    assert tracks.empty
    assert check_ranges(tracks, tolerance=0.1, bootstrap=10, seed=1).empty
    scores = keys("kaons", 3).assign(track=0, seed=0, score=1.0)
    assert check_scores(tracks, scores, mass_windows=WINDOWS).empty
