"""LArSoft's χ² and PIDA, point by point."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentscape.lartpc.larsoft import chi2_per_point, chi2_terms, pida, resolution
from latentscape.lartpc.points import Points, lay_flat
from latentscape.lartpc.templates import Templates

TEMPLATES = Templates(
    edges=np.array([0.0, 2.0, 4.0, 26.0]),
    dedx={"proton": np.array([12.0, 10.0, 8.0]), "kaon": np.array([9.0, np.nan, 5.0])},
    error={"proton": np.array([1.0, 0.8, 0.5]), "kaon": np.array([1.0, np.nan, 0.4])},
)


def tracks_of(*tracks):
    """Points of tracks, each given as pairs of residual range and dE/dx."""
    lists = [np.array(track, dtype=float).reshape(-1, 2).T for track in tracks]
    return lay_flat(
        pd.DataFrame({"residual_range": [r for r, _ in lists], "dedx": [d for _, d in lists]})
    )


def a_track(*interior):
    """One track with given points, between two ends that do not count."""
    return tracks_of([(-1.0, 3.0), *interior, (99.0, 3.0)])


def the_term(residual_range, dedx, species="proton"):
    return chi2_terms(a_track((residual_range, dedx)), TEMPLATES, species=species)[1]


def test_resolution_of_10_mev_per_cm_is_0_6014():
    assert resolution(np.array([10.0]))[0] == pytest.approx(0.6014)


@pytest.mark.parametrize(
    ("residual_range", "expected", "error"),
    [(0.0, 12, 1.0), (1.99, 12, 1.0), (2.0, 10, 0.8), (3.0, 10, 0.8), (25.99, 8, 0.5)],
)
def test_a_lower_edge_belongs_to_its_bin(residual_range, expected, error):
    term = (11 - expected) ** 2 / (error**2 + (0.04231 * 11 + 0.0001783 * 11**3) ** 2)
    assert the_term(residual_range, 11.0) == pytest.approx(term, rel=1e-12)


@pytest.mark.parametrize("residual_range", [-0.01, 26.0, 50.0])
def test_points_outside_the_bins_do_not_count(residual_range):
    assert np.isnan(the_term(residual_range, 11.0))


def test_only_more_than_1000_mev_per_cm_is_rejected():
    assert np.isfinite(the_term(1.0, 1000.0))
    assert np.isnan(the_term(1.0, 1000.1))


def test_empty_bin_and_species_without_template_do_not_count():
    assert np.isnan(the_term(3.0, 11.0, "kaon"))
    assert np.isnan(the_term(1.0, 11.0, "deuteron"))


def test_a_rejected_point_is_an_end_all_the_same():
    chi2, counts = chi2_per_point(
        tracks_of([(0.5, 2000.0), (1.0, 11.0), (1.5, 11.0)]), TEMPLATES, species="proton"
    )
    assert counts[0] == 1
    assert chi2[0] == pytest.approx(the_term(1.0, 11.0))


def test_chi2_is_per_point_that_counts():
    chi2, counts = chi2_per_point(
        a_track((1.0, 11.0), (3.0, 11.0), (1.2, 5000.0)), TEMPLATES, species="proton"
    )
    assert counts[0] == 2
    assert chi2[0] == pytest.approx((the_term(1.0, 11.0) + the_term(3.0, 11.0)) / 2)


def test_pida_is_the_median_over_inner_points_below_30_cm_whatever_their_dedx():
    points = a_track((0.0, 500.0), (1.0, 7.0), (2.0, 3000.0), (4.0, 5.0), (30.0, 900.0))
    # of 7, 3000 · 2^0.42 and 5 · 4^0.42 = 8.9501
    assert pida(points)[0] == pytest.approx(5 * 4**0.42)
    assert pida(a_track((1.0, 7.0), (4.0, 5.0)))[0] == pytest.approx((7 + 5 * 4**0.42) / 2)


def test_pida_of_a_track_without_inner_points_is_missing():
    assert np.isnan(pida(tracks_of([(1.0, 5.0), (2.0, 5.0)], []))).all()


@given(st.lists(st.lists(st.floats(0, 50), max_size=7), min_size=1, max_size=5))
def test_means_and_medians_are_those_of_each_track(tracks):
    track = np.repeat(np.arange(len(tracks)), [len(values) for values in tracks])
    values = np.array([value for values in tracks for value in values], dtype=float)
    points = Points(len(tracks), track, values, values)
    for i, own in enumerate(tracks):
        mean, median = points.means(values)[i], points.medians(values)[i]
        if own:
            assert mean == pytest.approx(np.mean(own))
            assert median == pytest.approx(np.median(own))
        else:
            assert np.isnan([mean, median]).all()
