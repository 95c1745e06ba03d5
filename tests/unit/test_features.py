"""Every feature against a value computed by hand, and what happens where it has none."""

from math import log, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.measure import label, regionprops

from latentscape.lartpc import features
from latentscape.lartpc.features import UndefinedError, compute_features, crop_of, features_of
from latentscape.lartpc.tables.features import FEATURE_GAPS, FEATURE_NAMES, FEATURES

PIXELS = [1, 2, 3, 4]
RAMP = list(range(1, 21))
TWO_BUMPS = [0] * 15 + [45] + [0] * 29 + [30] + [0] * 15
CORNER = [[9, 0, 0], [9, 0, 0], [9, 9, 9]]
CORNER_AND_SPECK = [[9, 0, 0, 0, 0], [9, 0, 0, 0, 9], [9, 9, 9, 0, 0]]

BY_HAND = [
    ("total_adc", PIXELS, log(10)),
    ("median_adc", PIXELS, 2.5),
    ("std_adc", PIXELS, sqrt(1.25)),
    ("max_adc", PIXELS, 4),
    ("n_pixels", PIXELS, 4),
    ("adc_entropy", PIXELS, 1),  # four bins with one pixel each
    ("adc_entropy", [1, 1, 1, 2], (0.75 * log(4 / 3) + 0.25 * log(4)) / log(2)),
    ("adc_entropy", [10, 11, 12, 60], 1),  # bins of one ADC: 10, 11, 12 and the last one
    ("mean_adc", [[0, 6], [3, 3]], 3),
    ("fill_fraction", [[0, 6], [3, 3]], 0.75),
    ("solidity", [[0, 7, 7], [0, 7, 7]], 1),
    ("solidity", CORNER, 5 / 6),  # of the four empty pixels, the hull holds the inner one
    ("solidity", CORNER_AND_SPECK, 5 / 6),
    ("bragg_peak_height", RAMP, 20),
    ("bragg_peak_position", RAMP, 19 / 20),
    ("bragg_peak_position", [1, 5, 5, 1], 1 / 4),
    ("bragg_peak_ratio", RAMP, 20 / 10.5),
    ("bragg_peak_to_median", [1, 2, 2, 9], 4.5),
    ("end_vs_start_ratio", RAMP, 19.5 / 1.5),
    ("end_vs_start_ratio", [2, 9, 6], 3),  # one wire at least
    ("first_quartile_mean", RAMP, 3),
    ("last_quartile_mean", RAMP, 18),
    ("bragg_rise_slope", RAMP, 1),
    ("bragg_rise_slope", [1, 1, 4], 1.5),
    ("peak_integral_fraction", RAMP, (18 + 19 + 20) / 210),
    ("bragg_peak_width", [0, 2, 4, 2, 0], 2),
    ("bragg_peak_width", [4, 4, 16, 4, 4], 2 * 8 / 12),
    ("bragg_peak_width", RAMP, 10.5),  # from wire 9 to half a wire after the last one, 19
    ("profile_cv", [1, 3], 0.5),
    ("monotonic_rise_fraction", [1, 2, 3, 4, 5, 6, 5, 4, 3, 2], 4 / 7),
    ("monotonic_rise_fraction", [5] * 12, 0),
    ("relative_peak_energy", [1] * 10 + [10] + [1] * 9, 14 / 29),
    ("relative_peak_energy", RAMP, (18 + 19 + 20) / 210),
    ("profile_skewness", [1, 1, 1, 5], 6 / 3**1.5),
    ("profile_kurtosis", [1, 1, 1, 5], log(21 / 9)),
    ("profile_kurtosis", [1, 3], 0),
    ("n_local_maxima", TWO_BUMPS, 2),  # each a plateau of 15 wires
    ("n_local_maxima", RAMP, 0),
]

UNDEFINED = [
    ("adc_entropy", [7, 7], "all signal pixels have the same ADC"),
    ("bragg_peak_to_median", [5, 0, 0], "half of the wires have no pixel"),
    ("end_vs_start_ratio", [0, 4, 8], "no pixel on the first 10 % of the wires"),
    ("bragg_rise_slope", [8], "fewer than 2 wires"),
    ("monotonic_rise_fraction", RAMP[:9], "fewer than 10 wires"),
    ("profile_skewness", [6, 6, 6], "the profile is constant"),
    ("profile_kurtosis", [6, 6, 6], "the profile is constant"),
]

crops = arrays(
    np.int64,
    st.tuples(st.integers(1, 14), st.integers(1, 14)),
    elements=st.one_of(st.just(0), st.integers(0, 4095)),
)


def a_track(pixels, *, event=1, sample="proton"):
    wire, tick, adc = np.array(pixels, dtype=np.int16).T
    return {
        "sample": sample,
        "run": 1,
        "subrun": 1,
        "event": event,
        "track": 0,
        "collection_wire": wire,
        "collection_tick": tick,
        "collection_adc": adc,
    }


def a_straight_track(*, wires, rng):
    return [
        (20 + wire, 900 + wire + tick, int(rng.integers(16, 900)))
        for wire in range(wires)
        for tick in range(6)
    ]


@pytest.mark.parametrize(("name", "values", "expected"), BY_HAND)
def test_feature_has_the_value_computed_by_hand(name, values, expected):
    assert getattr(features, name)(np.array(values)) == pytest.approx(expected, rel=1e-12)


def test_every_feature_is_computed_by_hand_above():
    assert {name for name, _, _ in BY_HAND} == set(FEATURE_NAMES)


@pytest.mark.parametrize(("name", "values", "reason"), UNDEFINED)
def test_feature_without_a_value_says_why(name, values, reason):
    with pytest.raises(UndefinedError) as raised:
        getattr(features, name)(np.array(values))
    assert str(raised.value) == reason


@settings(deadline=None)
@given(crops)
def test_solidity_is_that_of_scikit_image(crop):
    crop[0, 0] = 1
    largest = max(regionprops(label(crop > 0)), key=lambda region: region.num_pixels)
    assert features.solidity(crop) == pytest.approx(largest.solidity)


@settings(deadline=None)
@given(crops)
def test_every_feature_is_finite_or_has_a_reason(crop):
    values, reasons = features_of(crop)
    assert set(values) == set(FEATURE_NAMES)
    for name, value in values.items():
        assert np.isfinite(value) != (name in reasons)


def test_crop_is_the_bounding_box_with_zeros_outside_the_cluster():
    wire, tick, adc = np.array([[31, 700, 5], [30, 702, 4]], dtype=np.int16).T
    np.testing.assert_array_equal(crop_of(wire, tick, adc), [[0, 0, 4], [5, 0, 0]])


def test_features_come_from_the_right_view_of_the_track():
    pixels = [(wire, 800 + tick, 100) for wire in range(20, 32) for tick in (0, 1)]
    pixels += [(31, 802, 300)]
    table, _ = compute_features(pd.DataFrame([a_track(pixels)]))
    row = table.iloc[0]
    assert row["n_pixels"] == 25
    assert row["total_adc"] == pytest.approx(log(2700))
    assert row["mean_adc"] == pytest.approx(2700 / 36)
    assert row["bragg_peak_position"] == pytest.approx(11 / 12)
    assert row["end_vs_start_ratio"] == pytest.approx(3)


def test_shuffled_tracks_and_pixels_give_the_same_tables():
    rng = np.random.default_rng(3)
    clusters = [a_straight_track(wires=wires, rng=rng) for wires in (3, 12, 60)]
    rows = [a_track(cluster, event=event) for event, cluster in enumerate(clusters)]
    mixed = [
        a_track(rng.permutation(cluster), event=event) for event, cluster in enumerate(clusters)
    ]
    tables = compute_features(pd.DataFrame(rows))
    again = compute_features(pd.DataFrame(mixed).iloc[::-1])
    for table, same in zip(tables, again, strict=True):
        pd.testing.assert_frame_equal(table, same, check_exact=True)


def test_undefined_features_are_missing_and_their_reasons_counted_by_sample():
    flat = [(20, 800, 50), (21, 800, 50)]
    rows = [
        a_track(flat, event=1),
        a_track(flat, event=2),
        a_track(flat, event=1, sample="kaon"),
        a_track(a_straight_track(wires=12, rng=np.random.default_rng(1)), event=3),
    ]
    table, gaps = compute_features(pd.DataFrame(rows))
    assert table["adc_entropy"].isna().tolist() == [True, True, True, False]
    assert table["n_pixels"].tolist() == [2, 2, 2, 72]
    counted = gaps.set_index(["sample", "feature", "reason"])["tracks"]
    assert counted["proton", "profile_skewness", "the profile is constant"] == 2
    assert counted["kaon", "monotonic_rise_fraction", "fewer than 10 wires"] == 1
    assert counted.sum() == table[list(FEATURE_NAMES)].isna().sum().sum()


def test_cluster_without_signal_keeps_its_row():
    table, gaps = compute_features(pd.DataFrame([a_track([(20, 800, 0)])]))
    assert table[list(FEATURE_NAMES)].isna().all(axis=None)
    assert gaps["reason"].unique().tolist() == ["no signal pixel"]


def test_no_track_gives_empty_tables():
    tracks = pd.DataFrame([a_track([(20, 800, 9)])]).iloc[:0]
    table, gaps = compute_features(tracks)
    assert len(table) == len(gaps) == 0
    FEATURES.check(table)
    FEATURE_GAPS.check(gaps)
