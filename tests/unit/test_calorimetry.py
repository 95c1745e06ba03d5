"""Own calorimetry on noiseless simulated tracks of known charge, and its parts by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from latentscape.errors import InputError
from latentscape.lartpc.argon import DENSITY, IONISATION_ENERGY
from latentscape.lartpc.calorimetry import (
    calorimetry_of_primaries,
    measure_tracks,
    primary_tracks,
    seen_charge,
)
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.recombination import birks, modified_box
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.settings.steps import Calorimetry, Pid
from latentscape.lartpc.simulation.response import Charges, PlaneResponse, pulse_shapes
from latentscape.lartpc.tables.calorimetry import CALORIMETRY, TRACK_CALORIMETRY
from latentscape.lartpc.tables.reconstruction import BOX, TRACKS

LARIAT = Path(__file__).parents[2] / "resources" / "detectors" / "lariat.yaml"
DETECTOR = Detector(**yaml.safe_load(LARIAT.read_text()))
# Longitudinal diffusion lowers induction pulses; these tests are on what remains without it.
SHARP = Simulation(
    diffusion_longitudinal=0,
    dead_wires=dict.fromkeys(PLANES, ()),
    noisy_wires=dict.fromkeys(PLANES, ()),
)
RESPONSES = [PlaneResponse(plane, detector=DETECTOR, simulation=SHARP) for plane in PLANES]
DEFAULTS = {**Calorimetry().model_dump(), "max_dedx": Pid().max_dedx}


def charges_of(*, dedx=6.0, start=(20.0, 0.0, 2.0), stop=(22.0, 3.0, 32.0), model=modified_box):
    """Return a straight track that loses the same energy everywhere, in pieces of 0.04 mm."""
    ends = np.array([start, stop])
    length = float(np.linalg.norm(ends[1] - ends[0]))
    pieces = int(length / 0.004)
    at = ends[0] + (np.arange(pieces) + 0.5)[:, None] / pieces * (ends[1] - ends[0])
    energy = dedx * length / pieces
    electrons = energy / IONISATION_ENERGY * model(dedx, field=DETECTOR.field, density=DENSITY)
    return Charges(
        *at.T, np.zeros(pieces), np.full(pieces, float(electrons)), np.zeros(pieces, dtype=int)
    )


def a_track(charges, *, event=1, track=0):
    """Return one row of the table TRACKS: what both planes show above their thresholds."""
    row = {"sample": "s", "run": 1, "subrun": 0, "event": event, "track": track}
    row |= {"induction_cluster": 0, "score": 0.0}
    for response in RESPONSES:
        plane = response.plane
        adc = np.rint(response.signals(charges).total).astype(np.int16)
        wire, tick = np.nonzero(adc > DETECTOR.plane(plane).threshold)
        lists = {"wire": wire, "tick": tick, "adc": adc[wire, tick]}
        box = {column.name: 0 for column in BOX} | {"varies": True}
        box["height"] = int(wire.max() - wire.min() + 1)
        row |= {f"{plane}_{name}": value for name, value in box.items()}
        row |= {f"{plane}_{name}": value.astype(np.int16) for name, value in lists.items()}
    return row


def measured(*rows, detector=DETECTOR, **changes):
    # A track that loses the same everywhere has no Bragg peak.
    settings = DEFAULTS | {"end": "last_wire"} | changes
    return measure_tracks(TRACKS.check(pd.DataFrame(rows)), detector=detector, **settings)


def in_plane(own, plane):
    return own[own["plane"] == plane].iloc[0]


@pytest.fixture(scope="module")
def straight():
    return a_track(charges_of())


def test_the_gain_of_lariat_is_that_of_the_simulated_response():
    # Electrons per ADC of the height, over the area of the pulse of height 1 above its baseline.
    simulation = Simulation()
    for plane in PLANES:
        pulses, _ = pulse_shapes(
            bipolar=plane == "induction",
            peaking_ticks=1000 * simulation.shaping_us / DETECTOR.tick_ns,
            sigmas=np.zeros(1),
        )
        area = pulses.clip(0).sum(axis=2).mean()
        gain = simulation.electrons_per_adc[plane] / area
        assert DETECTOR.plane(plane).electrons_per_adc_tick == pytest.approx(gain, rel=5e-4)


def test_a_gaussian_pulse_is_seen_by_the_error_function():
    # erf(√ln 1) = 0, erf(√ln e) = erf(1) = 0.842701, and everything without a threshold
    np.testing.assert_allclose(seen_charge([10, 10 * np.e], 10), [0, 0.842701], atol=1e-6)
    assert seen_charge([3.0], 0).tolist() == [1]


def test_the_seen_share_of_a_sampled_gaussian_is_the_formula():
    tick = np.arange(-200, 201)
    for height in (30, 200, 3000):
        pulse = height * np.exp(-((tick / 25) ** 2) / 2)
        share = pulse[pulse > 15].sum() / pulse.sum()
        assert seen_charge(height, 15) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    ("bipolar", "ratio", "off"), [(False, 10, 0.004), (True, 10, 0.023), (True, 32, 0.008)]
)
def test_the_seen_share_of_shaped_pulses_is_within_the_stated_error(bipolar, ratio, off):
    pulses, _ = pulse_shapes(bipolar=bipolar, peaking_ticks=15.625, sigmas=np.zeros(1))
    lobe = pulses[0, 0].clip(0)
    share = lobe[lobe > lobe.max() / ratio].sum() / lobe.sum()
    assert float(seen_charge(ratio, 1)) == pytest.approx(share, abs=off)


@pytest.mark.parametrize("dedx", [2.1, 6.0, 15.0])
def test_the_energy_loss_of_a_straight_track_comes_back(dedx):
    # 1 % in the charge, which recombination makes 2 % at 15 MeV/cm. The outermost wires lose up
    # to 5 % of theirs, by diffusion across the border at which the track ends.
    own = measured(a_track(charges_of(dedx=dedx)))
    for plane in PLANES:
        row = in_plane(own, plane)
        assert row["dedx"][1:-1] == pytest.approx(np.full(row["n_points"] - 2, dedx), rel=0.02)
        assert row["dedx"] == pytest.approx(np.full(row["n_points"], dedx), rel=0.12)


def test_length_pitch_and_ends_of_a_straight_track_come_back(straight):
    # (2, 3, 30) cm are 30.216 cm long; across the wires are 30 sin 60° ± 3 cos 60° cm.
    for plane, side in (("collection", 1), ("induction", -1)):
        own = in_plane(measured(straight), plane)
        wires = (30 * np.sin(np.pi / 3) + side * 1.5) / 0.4
        assert own["length"] == pytest.approx(30.216, abs=0.05)
        assert own["pitch"] == pytest.approx(np.full(own["n_points"], 30.216 / wires), rel=3e-3)
        assert own[["end_y", "end_z"]].tolist() == pytest.approx([3, 32], abs=0.05)
        # The mean of the samples above half the height lags the peak of a pulse by 1 tick.
        assert own["end_x"] == pytest.approx(22, abs=0.05)
        assert own["angle"] == pytest.approx(np.arccos(30 / 30.216), abs=2e-3)


def test_residual_ranges_count_down_to_the_end_by_the_path_across_a_wire(straight):
    own = in_plane(measured(straight), "collection")
    assert (np.diff(own["wire"]) == 1).all()
    np.testing.assert_allclose(-np.diff(own["residual_range"]), own["pitch"][1:], rtol=5e-3)
    assert 0.5 * own["pitch"][-1] <= own["residual_range"][-1] <= 1.6 * own["pitch"][-1]


def test_the_lifetime_is_corrected_for():
    near, far = (
        a_track(charges_of(start=(x, 0.0, 2.0), stop=(x, 0.0, 20.0)), event=int(x)) for x in (5, 42)
    )
    for plane in PLANES:
        losses = [np.median(in_plane(measured(track), plane)["dqdx"]) for track in (near, far)]
        assert losses[0] == pytest.approx(losses[1], rel=0.01)
        assert near[f"{plane}_adc"].max() > 1.2 * far[f"{plane}_adc"].max()


def test_the_recombination_model_that_made_the_charge_gives_the_energy_back():
    track = a_track(charges_of(dedx=10.0, model=birks))
    own = in_plane(measured(track, recombination="birks"), "collection")
    assert np.median(own["dedx"]) == pytest.approx(10, rel=0.01)
    box = in_plane(measured(track, recombination="box"), "collection")
    assert abs(np.median(box["dedx"]) - 10) > 0.2


def test_the_order_of_rows_and_pixels_does_not_matter(straight):
    rows = [straight, a_track(charges_of(stop=(21.0, -2.0, 22.0)), event=2)]
    mixed = []
    for seed, row in enumerate(reversed(rows)):
        shuffled = dict(row)
        for plane in PLANES:
            order = np.random.default_rng(seed).permutation(len(row[f"{plane}_wire"]))
            for name in ("wire", "tick", "adc"):
                shuffled[f"{plane}_{name}"] = row[f"{plane}_{name}"][order]
        mixed.append(shuffled)
    tracks = pd.DataFrame(mixed)
    again = measure_tracks(tracks, detector=DETECTOR, **(DEFAULTS | {"end": "last_wire"}))
    pd.testing.assert_frame_equal(measured(*rows), again)


def test_losses_above_the_largest_accepted_one_are_dropped(straight):
    own = measured(straight)
    highest = float(np.sort(in_plane(own, "collection")["dedx"])[-3])
    fewer = measured(straight, max_dedx=highest)
    points = [in_plane(table, "collection")["n_points"] for table in (own, fewer)]
    assert points[1] == points[0] - 2


def test_planes_with_too_few_measured_wires_have_no_row(straight):
    wires = [in_plane(measured(straight), plane)["n_points"] for plane in PLANES]
    assert measured(straight, min_wires=max(wires))["plane"].tolist() == [
        plane for plane, n in zip(PLANES, wires, strict=True) if n == max(wires)
    ]


def test_no_track_gives_the_empty_table():
    own = measure_tracks(TRACKS.empty(), detector=DETECTOR, **DEFAULTS)
    assert own.empty
    assert list(own.columns) == [column.name for column in TRACK_CALORIMETRY.columns]


def test_a_detector_without_gain_is_refused(straight):
    induction = DETECTOR.induction.model_copy(update={"electrons_per_adc_tick": None})
    with pytest.raises(InputError, match=r"LArIAT: induction\.electrons_per_adc_tick is not given"):
        measured(straight, detector=DETECTOR.model_copy(update={"induction": induction}))


def test_the_primary_track_is_the_one_on_most_collection_wires():
    tracks = pd.DataFrame(
        {"sample": "s", "run": 1, "subrun": 0, "event": [1, 1, 1, 2], "track": [3, 5, 4, 0]}
    ).assign(collection_height=[20, 60, 60, 15])
    assert primary_tracks(tracks)["track"].tolist() == [4, 0]


def test_the_calorimetry_of_primary_tracks_reads_like_an_experiments_table(straight):
    short = a_track(charges_of(stop=(21.0, -2.0, 12.0)), track=7)
    own = measured(straight, short)
    tracks = pd.DataFrame([straight, short])
    table = calorimetry_of_primaries(own, tracks, plane="collection")
    assert list(table.columns) == [column.name for column in CALORIMETRY.columns]
    expected = in_plane(own[own["track"] == 0], "collection")
    np.testing.assert_array_equal(table["dedx"].iloc[0], expected["dedx"])
