"""How the figures of the beam line and of the clean samples look, on small tables."""

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.figures.style import STYLE
from latentscape.lartpc.energy_loss import MASSES
from latentscape.lartpc.figures.beam_checks import beam_checks
from latentscape.lartpc.figures.contamination import contamination_fits
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.figures.track_choice import METHOD_LABELS, QUANTITY_LABELS, track_choice
from latentscape.lartpc.tables.beamline import (
    CONTAMINATION,
    CONTAMINATION_BINS,
    CONTAMINATION_CLOSURE,
    MASS_CHECKS,
    RANGE_CHECKS,
)
from latentscape.lartpc.tables.identification import SPECIES
from latentscape.lartpc.tables.labelling import TRACK_CHOICE

SAMPLES = {"proton": "proton", "kaon": "kaon", "muon": "muon", "clean_kaon": "kaon"}
looks_as_before = pytest.mark.mpl_image_compare(
    baseline_dir="../baseline", style=str(STYLE), savefig_kwargs={"dpi": 50}, tolerance=4
)


def spread(median, width):
    return {
        "median": median,
        "median_low": median - 0.2 * width,
        "median_high": median + 0.2 * width,
        "width": width,
        "width_low": 0.9 * width,
        "width_high": 1.1 * width,
        "share": 0.9,
        "share_low": 0.85,
        "share_high": 0.93,
    }


def some_masses():
    rows = [
        {"sample": sample, "events": events, "known": MASSES[species], "n": 1000 // (i + 1)}
        | spread(MASSES[species] * (1 + 0.02 * i), 12.0)
        for sample, species in SAMPLES.items()
        for i, events in enumerate(("all", "track", "picky"))
    ]
    return MASS_CHECKS.check(pd.DataFrame(rows))


def some_ranges():
    rows = [
        {"sample": sample, "tracks": tracks, "hypothesis": hypothesis, "n": 700}
        | spread((MASSES[hypothesis] / MASSES[species]) ** 1.8, 0.1)
        for sample, species in SAMPLES.items()
        for tracks in ("all", "contained")
        for hypothesis in SPECIES
    ]
    return RANGE_CHECKS.check(pd.DataFrame(rows))


def some_shares():
    share = {"proton": 0.03, "kaon": 0.95, "muon": 0.02}
    rows = [
        {"sample": "kaon", "variable": variable, "species": name, "template": name, "share": value}
        | {"low": max(value - 0.02, 0), "high": min(value + 0.02, 1), "toy_low": value}
        | {"toy_high": value, "true_share": value, "true_other": 0.0, "p_value": 0.4}
        | {"n": 600, "n_template": 400}
        for variable in ("chi2_difference", "mass")
        for name, value in share.items()
    ]
    return CONTAMINATION.check(pd.DataFrame(rows))


def some_bins(bins=9):
    number = np.arange(bins)
    edges = np.linspace(-20, 1500, bins - 1)
    places = {"proton": 7, "kaon": 4, "muon": 1}
    heights = {
        name: 600 * share * np.exp(-0.5 * (number - places[name]) ** 2) / 2.5
        for name, share in zip(places, (0.03, 0.95, 0.02), strict=True)
    }
    tracks = np.sum(list(heights.values()), axis=0).round().astype(int)
    tables = [
        pd.DataFrame(
            {
                "sample": "kaon",
                "variable": variable,
                "bin": number,
                "species": name,
                "bin_low": np.concatenate([[np.nan], edges]),
                "bin_high": np.concatenate([edges, [np.nan]]),
                "tracks": tracks,
                "fitted": fitted,
            }
        )
        for variable in ("chi2_difference", "mass")
        for name, fitted in heights.items()
    ]
    return CONTAMINATION_BINS.check(pd.concat(tables))


def some_closure():
    rows = [
        {"sample": "kaon", "variable": variable, "species": name, "known_share": share}
        | {"mean": 0.9 * share, "mean_low": 0.85 * share, "mean_high": 0.97 * share}
        | {"pull_mean": -0.2, "pull_width": 0.9, "covered": 0.95, "covered_low": 0.8}
        | {"covered_high": 0.99, "mixtures": 40, "n": 600}
        for variable in ("chi2_difference", "mass")
        for name in ("proton", "muon")
        for share in (0.0, 0.02, 0.05, 0.1)
    ]
    return CONTAMINATION_CLOSURE.check(pd.DataFrame(rows))


def some_choices():
    values = np.linspace(0.95, 0.4, len(METHOD_LABELS))
    rows = [
        {"sample": "kaon", "method": method, "quantity": quantity, "value": value}
        | {"low": value - 0.03, "high": value + 0.03, "passed": 1, "n": 2, "meaning": ""}
        for method, value in zip(METHOD_LABELS, values, strict=True)
        for quantity in QUANTITY_LABELS
    ]
    return TRACK_CHOICE.check(pd.DataFrame(rows))


@looks_as_before
def test_mass_and_range_of_the_tracks():
    return beam_checks(some_masses(), some_ranges(), labels=sample_labels(SAMPLES))


@looks_as_before
def test_fits_of_templates_and_their_closure():
    return contamination_fits(
        some_shares(), some_bins(), some_closure(), hypotheses=("kaon", "proton")
    )


@looks_as_before
def test_choice_of_one_track_per_event():
    return track_choice(some_choices())


def test_a_sample_without_truth_has_shares_and_no_closure():
    shares = some_shares().assign(true_share=np.nan, true_other=np.nan)
    figure = contamination_fits(
        shares, some_bins(), CONTAMINATION_CLOSURE.empty(), hypotheses=("kaon", "proton")
    )
    assert [axes.get_xlabel() for axes in figure.axes[1:3]] == ["share", "known share"]
    assert [text.get_text() for text in figure.axes[2].texts] == ["no truth"]


def test_empty_tables_say_so():
    figure = beam_checks(MASS_CHECKS.empty(), RANGE_CHECKS.empty(), labels={})
    assert [axes.texts[0].get_text() for axes in figure.axes] == ["no entries", "no entries"]
    assert track_choice(TRACK_CHOICE.empty()).axes[0].texts[0].get_text() == "no entries"


def test_a_sample_that_is_not_configured_is_refused():
    with pytest.raises(InputError, match="'clean_kaon' is not one of proton"):
        beam_checks(some_masses(), some_ranges(), labels=sample_labels({"proton": "proton"}))
