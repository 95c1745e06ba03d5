"""Zero suppression: pedestal, noise, threshold and order of the pixels."""

import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from latentscape.errors import InputError
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.hits import extract_hits, extract_plane, medians_and_deviations
from latentscape.lartpc.raw import RawEvent
from latentscape.lartpc.tables.reconstruction import HITS

OPEN = {"first_wire": [-1, 99], "entry_tick": [-1, 99]}
PLANE = {"wires": 2, "angle": 60, "wire_at_origin": 0, "window": OPEN}
DETECTOR = Detector(
    name="toy",
    ticks=5,
    tick_ns=500,
    trigger_tick=0,
    pitch_cm=0.4,
    size_cm=(10, 10, 10),
    drift_velocity=1.5,
    field=0.5,
    lifetime_us=1000,
    induction={**PLANE, "first_channel": 0, "threshold": 7},
    collection={**PLANE, "first_channel": 2, "threshold": 15},
)
NONE_ABSENT = np.zeros(2, dtype=bool)


def an_event(number=1, *, induction=None, collection=None, absent=NONE_ABSENT) -> RawEvent:
    empty = np.zeros((2, 5), np.int16)
    given_planes = {"induction": induction, "collection": collection}
    planes = {p: empty if adc is None else np.int16(adc) for p, adc in given_planes.items()}
    return RawEvent(3, 2, number, planes, {"induction": NONE_ABSENT, "collection": absent})


def hits_of(*events, subtract_pedestal=True):
    return extract_hits(
        iter(events),
        sample="proton",
        detector=DETECTOR,
        subtract_pedestal=subtract_pedestal,
        total=len(events),
    )


def plane_of(hits, plane):
    (row,) = hits[hits["plane"] == plane].to_dict("records")
    return row


def test_only_pixels_strictly_above_the_planes_threshold_are_kept_by_wire_and_tick():
    adc = [[0, 15, 16, 0, 0], [99, 0, 0, 0, 17]]

    hits = hits_of(an_event(induction=[[0, 7, 8, 0, 0], [0] * 5], collection=adc))

    collection, induction = plane_of(hits, "collection"), plane_of(hits, "induction")
    assert collection["wire"].tolist() == [0, 1, 1]
    assert collection["tick"].tolist() == [2, 0, 4]
    assert collection["adc"].tolist() == [16, 99, 17]
    assert induction["adc"].tolist() == [8]


def test_each_wires_own_median_is_subtracted():
    adc = [[1800, 1801, 1799, 1900, 1800], [-50, -50, -30, -50, -50]]

    row = plane_of(hits_of(an_event(collection=adc)), "collection")

    assert row["wire"].tolist() == [0, 1]
    assert row["adc"].tolist() == [100, 20]
    assert row["pedestal"] == (1800 - 50) / 2


def test_without_subtraction_the_adc_stay_as_read():
    adc = [[3, 3, 3, 20, 3], [-20, -20, -20, 5, -20]]

    row = plane_of(hits_of(an_event(collection=adc), subtract_pedestal=False), "collection")

    assert row["adc"].tolist() == [20]
    assert row["pedestal"] == (3 - 20) / 2


def test_noise_is_the_median_over_wires_of_the_scaled_median_deviation():
    """Deviations of 0, 1, 2, 3, 4 around 2: 2, 1, 0, 1, 2, so their median is 1; then 3."""
    adc = [[0, 1, 2, 3, 4], [0, 3, 6, 9, 12]]

    row = plane_of(hits_of(an_event(collection=adc)), "collection")

    assert row["noise"] == pytest.approx(1.4826 * (1 + 3) / 2, rel=1e-6)


def test_absent_wires_have_no_pixel_and_no_part_in_pedestal_and_noise():
    absent = np.array([True, False])
    adc = [[0] * 5, [10, 10, 40, 10, 10]]

    row = plane_of(hits_of(an_event(collection=adc, absent=absent)), "collection")

    assert row["absent_wires"] == 1
    assert row["pedestal"] == 10
    assert row["wire"].tolist() == [1]


def test_a_plane_without_any_wire_has_pedestal_and_noise_zero():
    row = plane_of(hits_of(an_event(absent=np.array([True, True]))), "collection")

    assert (row["absent_wires"], row["pedestal"], row["noise"]) == (2, 0, 0)


def test_an_event_without_a_pixel_still_has_its_two_rows():
    hits = hits_of(an_event())

    assert hits["plane"].tolist() == ["collection", "induction"]
    assert [len(wires) for wires in hits["wire"]] == [0, 0]


def test_a_shard_without_events_gives_an_empty_table():
    assert hits_of().columns.tolist() == HITS.empty().columns.tolist()
    assert hits_of().empty


def test_two_events_of_the_same_key_are_refused():
    with pytest.raises(InputError, match="share their key"):
        hits_of(an_event(4), an_event(4))


def test_the_order_of_events_does_not_matter():
    adc = [[0, 15, 16, 0, 0], [99, 0, 0, 0, 17]]
    one, two = an_event(1, collection=adc), an_event(2)

    forth, back = hits_of(one, two), hits_of(two, one)

    assert forth.astype(str).equals(back.astype(str))


def test_an_adc_that_leaves_16_bit_stays_at_the_limit():
    adc = np.array([[-32768, -32768, 32767]], np.int16)

    found = extract_plane(adc, np.zeros(1, bool), threshold=5, subtract_pedestal=True)

    assert found["adc"].tolist() == [32767]


def lower_median(values) -> int:
    return statistics.median_low(values)


@settings(deadline=None)
@given(arrays(np.int16, st.tuples(st.integers(1, 3), st.integers(1, 9))))
def test_median_and_deviation_are_lower_medians(adc):
    medians, deviations = medians_and_deviations(adc)

    expected = [lower_median(wire) for wire in adc.tolist()]
    assert medians.tolist() == expected
    assert deviations.tolist() == [
        lower_median([abs(value - median) for value in wire])
        for wire, median in zip(adc.tolist(), expected, strict=True)
    ]


@settings(deadline=None)
@given(
    arrays(np.int16, (3, 8), elements=st.integers(-40, 40)),
    st.integers(0, 20),
    st.booleans(),
)
def test_pixels_are_those_of_the_plain_definition(adc, threshold, subtract_pedestal):
    found = extract_plane(
        adc, np.zeros(3, bool), threshold=threshold, subtract_pedestal=subtract_pedestal
    )

    height = adc.astype(int)
    if subtract_pedestal:
        height -= np.array([[lower_median(wire)] for wire in adc.tolist()])
    wire, tick = np.nonzero(height > threshold)
    assert found["wire"].tolist() == wire.tolist()
    assert found["tick"].tolist() == tick.tolist()
    assert found["adc"].tolist() == height[wire, tick].tolist()
