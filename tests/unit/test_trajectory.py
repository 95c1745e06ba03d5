"""A track's pulses, its ends and the path between them, on tracks made by hand."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.pulses import Pulses, follow
from latentscape.lartpc.trajectory import reconstruct_trajectory

LARIAT = Path(__file__).parents[2] / "resources" / "detectors" / "lariat.yaml"
DETECTOR = Detector(**yaml.safe_load(LARIAT.read_text()))


def pixels(*runs):
    """Return wire, tick and ADC of runs (wire, first tick, ADC of each tick)."""
    rows = [
        (wire, first + i, adc) for wire, first, samples in runs for i, adc in enumerate(samples)
    ]
    return tuple(np.array(column, dtype=np.int16) for column in zip(*rows, strict=True))


def followed(*runs, farthest=50.0):
    return follow(*pixels(*runs), farthest_ticks=farthest)


def pulses_of(height, *, first_wire=30, tick=1000.0, slope=0.0):
    """Return one pulse per wire with these heights along a straight drift."""
    height = np.asarray(height, dtype=np.float64)
    wire = first_wire + np.arange(len(height))
    return Pulses(wire, tick + slope * np.arange(len(height)), 20 * height, height)


def both(height, **along):
    return {plane: pulses_of(height, **along) for plane in PLANES}


def end_of(pulses, end, plane="collection"):
    """Return the wire coordinate of the end in a plane."""
    stop = reconstruct_trajectory(pulses, detector=DETECTOR, end=end).stop
    return float(DETECTOR.wire(plane, stop[1], stop[2]))


def a_line(start, stop):
    """Return the pulses of a straight line from start to stop (x, y, z), at the full height where
    a wire is crossed from border to border."""
    planes = {}
    for plane in PLANES:
        low, high = (float(DETECTOR.wire(plane, end[1], end[2])) for end in (start, stop))
        wire = np.arange(round(low), round(high) + 1)
        part = np.minimum(wire + 0.5, high) - np.maximum(wire - 0.5, low)
        ticks = DETECTOR.drift_ticks(np.array([start[0], stop[0]]))
        tick = ticks[0] + (wire - low) / (high - low) * (ticks[1] - ticks[0])
        planes[plane] = Pulses(wire, tick, 2000 * part, 100 * part)
    return planes


def test_a_pulse_is_summed_and_centred_above_half_its_height():
    # Of 2, 8, 10, 4 the samples above half of 10 are 8 and 10: (8 × 101 + 10 × 102) / 18.
    found = followed((5, 100, [2, 8, 10, 4]))
    assert (found.wire[0], found.charge[0], found.height[0]) == (5, 24, 10)
    assert found.tick[0] == pytest.approx(1828 / 18)


def test_the_order_of_the_pixels_does_not_matter():
    wire, tick, adc = pixels(*((w, 100 + 3 * w, [5, 20, 8]) for w in range(10, 30)))
    shuffled = np.random.default_rng(1).permutation(len(wire))
    first = follow(wire, tick, adc, farthest_ticks=50)
    second = follow(wire[shuffled], tick[shuffled], adc[shuffled], farthest_ticks=50)
    for name in ("wire", "tick", "charge", "height"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


@pytest.mark.parametrize(("missing", "charge"), [(3, 60), (4, 30)])
def test_up_to_three_missing_ticks_do_not_end_a_pulse(missing, charge):
    found = followed((5, 100, [10, 20]), (5, 102 + missing, [10, 20]))
    assert found.charge.tolist() == [charge]


def test_a_daughter_that_runs_back_over_the_same_wires_is_left_out():
    track = [(w, 100 + 2 * (w - 10), [10, 30, 10]) for w in range(10, 31)]
    daughter = [(w, 100 + 40 - 8 * (w - 30), [10, 35, 10]) for w in range(15, 29)]
    np.testing.assert_array_equal(followed(*track, *daughter).tick, followed(*track).tick)


def test_the_track_begins_at_the_highest_pulse_of_its_first_wire():
    found = followed((10, 100, [9]), (10, 140, [30]), (11, 100, [30]), (11, 142, [9]))
    assert found.tick.tolist() == [140, 142]


def test_a_pulse_far_from_the_track_is_not_its_own():
    track = [(w, 100, [30]) for w in range(10, 20)]
    assert followed(*track, (20, 180, [30]), (21, 101, [30])).wire.tolist() == [*range(10, 20), 21]


def test_a_track_ends_where_four_wires_are_missing():
    near = [(w, 100, [30]) for w in range(10, 20)]
    assert followed(*near, (23, 100, [30])).wire[-1] == 23
    assert followed(*near, (24, 100, [30])).wire[-1] == 19


def test_a_steep_track_is_followed_along_its_slope():
    found = followed(*((w, 100 + 45 * w, [30]) for w in range(10, 30)), farthest=50.0)
    assert len(found) == 20


def test_the_height_of_the_last_pulse_says_how_much_of_its_wire_is_crossed():
    # 30 % of wire 39, which begins at 38.5; the first wire, 30, is crossed by half.
    pulses = both([50, *[100] * 8, 30])
    trajectory = reconstruct_trajectory(pulses, detector=DETECTOR, end="last_wire")
    for ends, wire in ((trajectory.start, 30.0), (trajectory.stop, 38.8)):
        seen = [float(DETECTOR.wire(plane, ends[1], ends[2])) for plane in PLANES]
        assert seen == pytest.approx([wire, wire])


def test_the_bragg_peak_leaves_out_what_follows_it():
    # The peak is on wires 40 to 42; 43 has a quarter of it and is the first of the daughter's.
    height = [*[100] * 10, 200, 300, 300, *[75] * 20]
    assert end_of(both(height), "bragg_peak") == pytest.approx(42.5 + 0.25)
    assert end_of(both(height), "last_wire") == pytest.approx(62.5)


def test_without_a_drop_the_bragg_peak_ends_on_the_last_wire():
    height = [*[100] * 10, 150, 200, 300, 90]
    ends = [end_of(both(height), end) for end in ("bragg_peak", "last_wire")]
    assert ends[0] == pytest.approx(ends[1])


def test_of_several_peaks_those_with_the_same_drift_are_the_end():
    # Behind its peak on wire 41 the collection plane sees a daughter along the drift, with a
    # higher peak on wire 46 that the induction plane does not have.
    common = [*[100] * 10, 280, 300, 80, 80, 80]
    pulses = both(common)
    drifting = pulses_of([*common, 350, 400, 70], slope=0.0)
    tick = drifting.tick + np.where(drifting.wire > 41, 40.0 * (drifting.wire - 41), 0.0)
    pulses["collection"] = Pulses(drifting.wire, tick, drifting.charge, drifting.height)
    assert end_of(pulses, "bragg_peak") == pytest.approx(41.5 + 80 / 300)


@settings(max_examples=60)
@given(
    st.floats(5, 40),
    st.floats(-5, 5),
    st.floats(-0.4, 0.4),
    st.floats(-0.4, 0.4),
    st.floats(6, 60),
)
def test_a_straight_line_is_measured_exactly(x, y, tan_x, tan_y, depth):
    start = np.array([x, y, 1.0])
    stop = start + depth * np.array([tan_x, tan_y, 1.0])
    length = float(np.linalg.norm(stop - start))
    found = reconstruct_trajectory(a_line(start, stop), detector=DETECTOR, end="last_wire")
    np.testing.assert_allclose(found.start, start, atol=1e-6)
    np.testing.assert_allclose(found.stop, stop, atol=1e-6)
    for plane in PLANES:
        view = found.views[plane]
        wires = DETECTOR.wire(plane, stop[1], stop[2]) - DETECTOR.wire(plane, start[1], start[2])
        np.testing.assert_allclose(view.pitch, length / wires, rtol=1e-9)
        assert view.length == pytest.approx(length)
        at_stop = DETECTOR.wire(plane, stop[1], stop[2])
        np.testing.assert_allclose(
            view.residual_range, (at_stop - view.pulses.wire) * length / wires, atol=1e-6
        )


def test_only_wires_crossed_from_border_to_border_are_measured():
    found = reconstruct_trajectory(
        both([50, *[100] * 8, 30]), detector=DETECTOR, end="last_wire"
    ).views["collection"]
    assert found.pulses.wire[found.is_crossed].tolist() == list(range(31, 39))


def test_missing_wires_do_not_change_the_path():
    whole = both([*[100] * 20])
    keep = np.array([w not in {35, 36, 41} for w in whole["collection"].wire])
    broken = {
        plane: Pulses(v.wire[keep], v.tick[keep], v.charge[keep], v.height[keep])
        for plane, v in whole.items()
    }
    first, second = (
        reconstruct_trajectory(pulses, detector=DETECTOR, end="bragg_peak").views["induction"]
        for pulses in (whole, broken)
    )
    assert first.length == pytest.approx(second.length)
    np.testing.assert_allclose(first.residual_range[keep], second.residual_range)


def test_a_track_along_the_wires_of_one_plane_is_measured_in_the_other():
    # y = z tan 60°: the induction plane sees one wire; across the collection wires the path is
    # 0.4 cm / (sin 60° cos 60° + cos 60° sin 60°) = 0.4619 cm per wire.
    pulses = {
        "induction": pulses_of([3000], first_wire=24),
        "collection": pulses_of([100] * 20, first_wire=25),
    }
    found = reconstruct_trajectory(pulses, detector=DETECTOR, end="last_wire")
    np.testing.assert_allclose(found.views["collection"].pitch, 0.4 / np.sin(np.pi / 3))
    assert not found.views["induction"].is_crossed.any()
    assert np.isfinite(found.views["induction"].pitch).all()
