from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from latentscape.config import load_detector
from latentscape.errors import InputError
from latentscape.lartpc.geometry import PLANES, Detector, Window

RESOURCES = Path(__file__).parents[2] / "resources"


@pytest.fixture(scope="module")
def lariat() -> Detector:
    return load_detector("lariat", RESOURCES)


def test_the_beam_enters_at_the_wire_of_the_origin(lariat: Detector) -> None:
    wires = [
        float(lariat.wire(plane, np.array(0.0), np.array(0.0)))
        for plane in ("induction", "collection")
    ]
    assert wires == [24.0, 25.0]


def test_both_planes_see_depth_alike_and_height_opposite(lariat: Detector) -> None:
    # 60°: 10 cm of depth cross 10·sin 60°/0.4 = 21.65 wires, 2 cm of height 2·cos 60°/0.4 = 2.5.
    for plane, start, sign in (("induction", 24.0, -1), ("collection", 25.0, 1)):
        wire = lariat.wire(plane, np.array([0.0, 2.0]), np.array([10.0, 0.0]))
        np.testing.assert_allclose(wire, [start + 21.650635, start + sign * 2.5], atol=1e-6)


def test_drift_ticks_follow_from_velocity_and_tick(lariat: Detector) -> None:
    # 15 cm at 1.5 mm/µs take 100 µs, which are 781.25 ticks of 128 ns, after the trigger tick.
    assert float(lariat.drift_ticks(np.array(15.0))) == pytest.approx(134 + 781.25)


def test_the_far_cathode_is_inside_the_readout(lariat: Detector) -> None:
    assert float(lariat.drift_ticks(np.array(lariat.size_cm[0]))) < lariat.ticks


@given(st.floats(-20, 20), st.floats(0, 90))
def test_the_wires_of_both_planes_give_the_position_back(y: float, z: float) -> None:
    detector = load_detector("lariat", RESOURCES)
    wires = [detector.wire(plane, np.array(y), np.array(z)) for plane in PLANES]
    np.testing.assert_allclose(detector.position(*wires), [y, z], atol=1e-9)


def test_the_drift_distance_undoes_the_drift_ticks(lariat: Detector) -> None:
    x = np.linspace(0, 47, 5)
    np.testing.assert_allclose(lariat.drift_distance(lariat.drift_ticks(x)), x, atol=1e-12)


def test_a_tick_of_drift_is_its_length_times_the_velocity(lariat: Detector) -> None:
    # 128 ns at 1.5 mm/µs are 0.192 mm.
    assert lariat.cm_per_tick == pytest.approx(0.0192)


def test_parallel_wires_have_no_position(lariat: Detector) -> None:
    induction = lariat.induction.model_copy(update={"angle": 60})
    parallel = lariat.model_copy(update={"induction": induction})
    with pytest.raises(InputError, match="wires of both planes are parallel"):
        parallel.position(np.array(30.0), np.array(30.0))


def test_an_unknown_plane_is_refused(lariat: Detector) -> None:
    with pytest.raises(ValueError, match="unknown plane 'shield'"):
        lariat.plane("shield")


def test_a_window_must_be_ordered() -> None:
    with pytest.raises(ValidationError, match="first_wire: the lower bound 30 is not below 20"):
        Window(first_wire=(30, 20), entry_tick=(0, 10))


def test_wires_along_the_beam_see_height_alone(lariat: Detector) -> None:
    plane = lariat.collection.model_copy(update={"angle": 0})
    along = lariat.model_copy(update={"collection": plane})
    wire = along.wire("collection", np.array([0.0, 2.0]), np.array([50.0, 0.0]))
    np.testing.assert_allclose(wire, [25.0, 30.0])
