"""The detector's answer: projection, drift, pulses, noise, digitiser, truth, calorimetry."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.errors import InputError
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation.reconstruction import collect_hits, reconstruct_track
from latentscape.lartpc.simulation.response import (
    Charges,
    PlaneResponse,
    ionisation_electrons,
    join_charges,
)
from latentscape.lartpc.simulation.transport import Ending, Passage

LARIAT = Path(__file__).parents[2] / "resources" / "detectors" / "lariat.yaml"
DETECTOR = Detector(**yaml.safe_load(LARIAT.read_text()))
COLLECTION = PlaneResponse("collection", detector=DETECTOR, simulation=Simulation())
INDUCTION = PlaneResponse("induction", detector=DETECTOR, simulation=Simulation())

# ∫ (t/τ)⁴ exp(4 (1 - t/τ)) dt = τ e⁴ 4!/4⁵, with τ = 2 µs / 128 ns = 15.625 ticks
PULSE_AREA = 15.625 * np.exp(4) * 24 / 1024


def response(**changes):
    return PlaneResponse("collection", detector=DETECTOR, simulation=Simulation(**changes))


def a_point(*, x=23.5, y=0.0, z=20.0, time_ns=0.0, electrons=1e5, origin=0):
    return Charges(
        *(np.array([float(value)]) for value in (x, y, z, time_ns, electrons)), np.array([origin])
    )


def a_straight_track(*, length=20.0, dedx=5.0, steps=400):
    """Return a beam particle along z that loses the same energy everywhere."""
    edges = np.linspace(0, length, steps + 1)
    start = np.stack([np.full(steps, 23.5), np.zeros(steps), edges[:-1]], axis=1)
    one = np.ones(steps, dtype=np.int64)
    return Passage(
        start=start,
        stop=start + np.array([0, 0, length / steps]),
        energy=np.full(steps, dedx * length / steps),
        length=np.full(steps, length / steps),
        kinetic_energy=dedx * (length - edges[:-1]),
        time=np.zeros(steps),
        track=one,
        parent=0 * one,
        pdg=2212 * one,
        primary=0 * one,
        is_daughter=np.zeros(steps, dtype=bool),
        ending=Ending("stopped", (23.5, 0.0, length), length, ()),
    )


def reconstructed(passage, **changes):
    exact = {
        "calorimetry_smearing": 0,
        "calorimetry_hit_loss": 0,
        "calorimetry_end_point_cm": 0,
    }
    electrons = ionisation_electrons(passage.energy, passage.length, model="box", field=0.486)
    return reconstruct_track(
        passage,
        electrons,
        np.random.default_rng(1),
        simulation=Simulation(**(exact | changes)),
        detector=DETECTOR,
        is_dead=np.zeros(240, dtype=bool),
    )


def test_charge_lands_on_its_collection_wire_and_tick():
    # 25 + 20 sin 60° / 0.4 + 2 cos 60° / 0.4 = 70.80; 134 + 235 / 1.5 / 0.128 = 1357.96
    total = COLLECTION.signals(a_point(z=20, y=2)).total
    assert np.unravel_index(total.argmax(), total.shape) == (71, 1358)


def test_charge_lands_on_its_induction_wire_and_crosses_zero_at_its_tick():
    # 24 + 20 sin 60° / 0.4 - 2 cos 60° / 0.4 = 64.80
    total = INDUCTION.signals(a_point(z=20, y=2)).total
    wire, peak = np.unravel_index(total.argmax(), total.shape)
    assert wire == 65
    assert peak < 1358 < total[wire].argmin()
    assert np.abs(total[wire, 1357:1360]).min() < 0.05 * total.max()


def test_late_charge_appears_later_by_its_delay():
    early = COLLECTION.signals(a_point()).total
    late = COLLECTION.signals(a_point(time_ns=128.0 * 50)).total
    np.testing.assert_allclose(late[:, 50:], early[:, :-50], atol=1e-3)


@settings(deadline=None)
@given(st.floats(1, 46), st.floats(-5, 5), st.floats(10, 60))
def test_collection_area_is_the_arriving_charge_over_the_gain(x, y, z):
    gain = Simulation().electrons_per_adc["collection"]
    arriving = 1e5 * np.exp(-x * 10 / 1.5 / 1000)
    area = COLLECTION.signals(a_point(x=x, y=y, z=z)).total.sum(dtype=float)
    assert area == pytest.approx(arriving / gain * PULSE_AREA, rel=0.01)


@settings(deadline=None)
@given(st.floats(1, 46), st.floats(10, 60))
def test_induction_pulses_integrate_to_nothing(x, z):
    total = INDUCTION.signals(a_point(x=x, z=z)).total.astype(float)
    assert abs(total.sum()) < 1e-3 * np.abs(total).sum()


def test_diffusion_widens_pulses_with_the_drift():
    immortal = DETECTOR.model_copy(update={"lifetime_us": 1e9})
    plane = PlaneResponse("collection", detector=immortal, simulation=Simulation())
    on_wire = 20 * 0.4 / np.sin(np.pi / 3)
    near, far = (plane.signals(a_point(x=x, z=on_wire)).total for x in (1.0, 46.0))
    assert far.max() < near.max()
    assert far.sum(dtype=float) == pytest.approx(near.sum(dtype=float), rel=1e-3)


def test_charge_outside_the_read_out_leaves_nothing():
    assert not COLLECTION.signals(a_point(time_ns=1e6)).total.any()
    assert not COLLECTION.signals(a_point(z=500)).total.any()


def test_a_minimum_ionising_centimetre_frees_the_electrons_of_the_box_model():
    # ξ = 0.212 × 2.1 / (1.3954 × 0.486) = 0.65647; ln(0.93 + ξ)/ξ = 0.70303
    found = ionisation_electrons(np.array([2.1]), np.array([1.0]), model="box", field=0.486)
    assert found[0] == pytest.approx(2.1 / 23.6e-6 * 0.70303, rel=1e-4)


def test_a_minimum_ionising_centimetre_frees_the_electrons_of_birks_law():
    # 0.8 / (1 + 0.0486 × 2.1 / (1.3954 × 0.486)) = 0.69535
    found = ionisation_electrons(np.array([2.1]), np.array([1.0]), model="birks", field=0.486)
    assert found[0] == pytest.approx(2.1 / 23.6e-6 * 0.69535, rel=1e-4)


@pytest.mark.parametrize(("pedestal", "lowest", "highest"), [(1800, 0, 4095), (0, -2048, 2047)])
def test_samples_are_clipped_to_twelve_bits(pedestal, lowest, highest):
    plane = response(pedestal=pedestal)
    signal = np.zeros((240, 3072), dtype=np.float32)
    signal[100, :10], signal[100, 10:20] = 9000, -9000
    samples = plane.digitise(signal, np.random.default_rng(1))
    assert samples.dtype == np.int16
    assert (samples[100, :10] == highest).all()
    assert (samples[100, 10:20] == lowest).all()


def test_dead_wires_show_only_their_baseline():
    plane = response(dead_wires={"induction": (), "collection": (71,)})
    signals = plane.signals(a_point(z=20, y=2, electrons=1e7))
    samples = plane.digitise(signals.total, np.random.default_rng(1))
    assert np.ptp(samples[71]) == 0
    assert np.ptp(samples[70]) > 100
    assert 71 not in plane.true_pixels(signals)["wire"]


def test_a_dead_wire_beyond_the_plane_is_refused():
    with pytest.raises(
        InputError, match=r"dead_wires.collection: no wire 240; allowed are 0 to 239"
    ):
        response(dead_wires={"induction": (), "collection": (240,)})


def test_noise_has_the_configured_widths_and_boards():
    plane = response(
        white_noise={"induction": 1, "collection": 4},
        coherent_noise={"induction": 1, "collection": 3},
        noisy_wires={"induction": (), "collection": (50,)},
    )
    quiet = np.zeros((240, 3072), dtype=np.float32)
    samples = plane.digitise(quiet, np.random.default_rng(1)).astype(float)
    # rounding adds 1/12
    assert samples[20].std() == pytest.approx(np.sqrt(16 + 9 + 1 / 12), rel=0.05)
    assert samples[50].std() == pytest.approx(np.sqrt(64 + 9 + 1 / 12), rel=0.05)
    correlation = np.corrcoef(samples[[20, 21, 120]])
    assert correlation[0, 1] == pytest.approx(9 / 25, abs=0.06)
    assert correlation[0, 2] == pytest.approx(0, abs=0.06)


@pytest.mark.parametrize("plane", [COLLECTION, INDUCTION])
def test_noise_alone_is_rarely_above_threshold(plane):
    quiet = np.zeros((240, 3072), dtype=np.float32)
    samples = plane.digitise(quiet, np.random.default_rng(1))
    above = samples - np.median(samples, axis=1, keepdims=True)
    assert (above > DETECTOR.plane(plane.plane).threshold).sum() < 5


def test_the_larger_charge_owns_the_pixel_with_its_share():
    both = join_charges([a_point(origin=1, electrons=3e5), a_point(origin=2, electrons=1e5)])
    pixels = COLLECTION.true_pixels(COLLECTION.signals(both))
    assert set(pixels["particle"]) == {1}
    np.testing.assert_allclose(pixels["share"], 0.75, rtol=1e-5)


def test_true_pixels_are_those_above_a_third_of_the_threshold():
    signals = COLLECTION.signals(a_point())
    pixels = COLLECTION.true_pixels(signals)
    assert len(pixels["wire"]) == (signals.total > 5).sum() > 0
    assert pixels["signal"].min() > 5


def test_reconstruction_gives_back_the_energy_loss_and_counts_down_to_the_end():
    found = reconstructed(a_straight_track(length=20, dedx=5))
    # 25 … 25 + 20 sin 60° / 0.4 = 68.3: wires 25 to 68
    assert len(found["dedx"]) == 68 - 25 + 1
    np.testing.assert_allclose(found["dedx"][1:-1], 5, rtol=1e-3)
    assert (np.diff(found["residual_range"]) < 0).all()
    assert found["residual_range"][0] == pytest.approx(20 - 0.5 * 0.2 / np.sin(np.pi / 3), abs=0.05)


def test_a_partly_crossed_last_wire_shows_too_little_energy():
    assert reconstructed(a_straight_track(length=20))["dedx"][-1] < 4.9


def test_a_track_on_two_wires_is_not_reconstructed():
    assert reconstructed(a_straight_track(length=0.5)) is None


def test_chance_blurs_the_hits_then_moves_the_end_then_loses_hits():
    found = reconstructed(
        a_straight_track(),
        calorimetry_smearing=0.03,
        calorimetry_hit_loss=0.02,
        calorimetry_end_point_cm=0.15,
    )
    exact = reconstructed(a_straight_track())
    rng = np.random.default_rng(1)
    dedx = exact["dedx"] * (1 + 0.03 * rng.standard_normal(44))
    residual_range = exact["residual_range"] + 0.15 * rng.standard_normal()
    kept = (rng.random(44) >= 0.02) & (residual_range > 0)
    np.testing.assert_array_equal(found["dedx"], dedx[kept])
    np.testing.assert_array_equal(found["residual_range"], residual_range[kept])


def test_hits_hold_wire_path_and_deposited_energy_of_the_track():
    passage = a_straight_track(length=20, dedx=5)
    hits = collect_hits(
        passage,
        ionisation_electrons(passage.energy, passage.length, model="box", field=0.486),
        simulation=Simulation(),
        detector=DETECTOR,
        is_dead=np.zeros(240, dtype=bool),
    )
    assert hits.wire.tolist() == list(range(25, 69))
    assert hits.path.sum() == pytest.approx(20)
    assert hits.energy.sum() == pytest.approx(100)
    np.testing.assert_allclose(hits.energy / hits.path, 5)


def test_lost_hits_shorten_the_list():
    track = a_straight_track()
    lossy = reconstructed(track, calorimetry_hit_loss=0.5)
    assert len(lossy["dedx"]) < 0.8 * len(reconstructed(track)["dedx"])


def test_steps_are_cut_into_pieces_that_add_up():
    passage = a_straight_track(length=10, steps=10)
    pieces = passage.divided(0.3)
    assert len(pieces.energy) == 40
    assert pieces.energy.sum() == pytest.approx(passage.energy.sum())
    np.testing.assert_allclose(pieces.position[:4, 2], [0.125, 0.375, 0.625, 0.875])


@pytest.mark.parametrize(
    "name", ["electrons_per_adc", "white_noise", "coherent_noise", "dead_wires", "noisy_wires"]
)
def test_settings_of_one_plane_alone_are_refused(name):
    value = (3,) if name.endswith("wires") else 3.0
    with pytest.raises(
        ValueError, match=f"{name}: give a value for both planes, missing induction"
    ):
        Simulation(**{name: {"collection": value}})
