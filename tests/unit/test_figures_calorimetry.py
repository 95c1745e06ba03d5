"""What the figures of own calorimetry show, on small tables made by hand."""

import itertools

import numpy as np
import pandas as pd
import pytest

from latentscape.figures.style import STYLE
from latentscape.lartpc.figures.calorimetry import calorimetry_comparison, own_dedx_against_range
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.geometry import PLANES
from latentscape.lartpc.tables.identification import EXPECTED_DEDX
from latentscape.lartpc.validation.own_dedx import CHECKED_RANGE, RANGE_EDGES
from latentscape.lartpc.validation.tables import CALORIMETRY_COMPARISON

SPECIES_OF = {"proton": "proton", "kaon": "kaon"}
LABELS = sample_labels(SPECIES_OF)
POWER_LAW = {"proton": 17.0, "kaon": 14.0}
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def a_comparison():
    rows = []
    for sample, excess in (("proton", 0.05), ("kaon", 0.4)):
        for plane, level in (("collection", 1.0), ("induction", 0.94)):
            key = {"sample": sample, "plane": plane}
            for low, high in itertools.pairwise(RANGE_EDGES):
                ratio = level + excess * np.exp(-low)
                rows.append(key | number("dE/dx / external", ratio, 0.02, low, high))
            rows.append(key | number("dE/dx / external", level, 0.01, *CHECKED_RANGE))
            rows.append(key | number("predicted dE/dx / external", level, 0.001, *CHECKED_RANGE))
            rows.append(key | number("length", 0.05 + excess / 4, 0.01))
            rows.append(key | number("length resolution", excess / 2, 0.01))
    return CALORIMETRY_COMPARISON.check(pd.DataFrame(rows))


def number(quantity, value, error, from_cm=0.0, to_cm=0.0):
    return {
        "quantity": quantity,
        "from_cm": from_cm,
        "to_cm": to_cm,
        "unit": "",
        "value": value,
        "low": value - error,
        "high": value + error,
        "n": 100,
        "meaning": "",
    }


def an_expectation():
    r = np.arange(0.05, 50, 0.05)
    curves = [
        pd.DataFrame({"species": s, "residual_range": r, "dedx": a * r**-0.42})
        for s, a in POWER_LAW.items()
    ]
    both = pd.concat(curves, ignore_index=True)
    return EXPECTED_DEDX.check(both.assign(most_probable=both["dedx"], landau_width=0.1))


def own_calorimetry(n=40):
    rng = np.random.default_rng(5)
    rows = []
    for plane in PLANES:
        for sample, a in POWER_LAW.items():
            for _ in range(n):
                r = np.arange(0.4, rng.uniform(10, 40), 0.46)
                dedx = a * r**-0.42 * rng.lognormal(0, 0.1, len(r))
                rows.append({"sample": sample, "plane": plane, "residual_range": r, "dedx": dedx})
    return pd.DataFrame(rows)


@looks_as_before
def test_own_calorimetry_is_drawn_per_plane_with_what_is_expected():
    return own_dedx_against_range(own_calorimetry(), an_expectation())


@looks_as_before
def test_the_comparison_shows_ratios_by_range_and_the_error_of_the_length():
    return calorimetry_comparison(a_comparison(), labels=LABELS)


def test_both_planes_are_drawn_in_the_same_order_everywhere():
    figure = calorimetry_comparison(a_comparison(), labels=LABELS)
    titles = [axes.get_title(loc="left") for axes in figure.axes[:2]]
    assert titles == ["collection", "induction"]


def test_a_bin_that_begins_the_checked_range_is_drawn_and_the_whole_range_is_not():
    figure = calorimetry_comparison(a_comparison(), labels=LABELS)
    points = [len(container[0].get_xdata()) for container in figure.axes[0].containers]
    assert points == [len(RANGE_EDGES) - 1] * 2


def test_an_empty_comparison_says_so():
    figure = calorimetry_comparison(CALORIMETRY_COMPARISON.empty(), labels=LABELS)
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert texts == ["no entries"] * 3
