"""LArSoft's templates against the mean curve, and what their offset comes from."""

import numpy as np
import pandas as pd
import pytest

from latentscape.lartpc.energy_loss import MASSES, energy_at_range
from latentscape.lartpc.expected import dedx_at
from latentscape.lartpc.templates import Templates, read_larsoft_templates
from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.steps import POINTS_PER_DECADE, STEP_LOSS
from latentscape.lartpc.validation.tables import CANDIDATES, REFERENCE_TEMPLATES
from latentscape.lartpc.validation.template_offsets import (
    check_templates,
    compare_causes,
    template_offsets,
    template_points,
)

LAYER = {"thickness_cm": 0.46}


@pytest.fixture(scope="module")
def quoted(request):
    path = request.config.rootpath / "resources" / "references" / "larsoft_templates.tsv"
    return REFERENCE_TEMPLATES.read_tsv(path)


@pytest.fixture(scope="module")
def offsets(quoted):
    return template_offsets(quoted, **LAYER)


def a_template(factor=None, column="dedx", species=("proton", "muon")):
    """Return bins that hold a column of the expected curves, or a factor times the mean."""
    centres = np.arange(1.0, 25.0, 0.5)
    frames = []
    for name in species:
        curve = dedx_at(centres, species=name, **LAYER)
        dedx = curve[column] * (factor or 1.0)
        frames.append(
            curve[["species", "residual_range"]].assign(
                dedx=dedx, error=0.1 * dedx, entries=100, source="made here"
            )
        )
    return REFERENCE_TEMPLATES.check(pd.concat(frames, ignore_index=True))


def test_offset_and_error_by_hand():
    # 2 % above the mean; a spread of 10 % over 100 hits is 1 % of the template
    found = template_offsets(a_template(1.02), **LAYER)
    np.testing.assert_allclose(found["offset"], 0.02, rtol=1e-9)
    np.testing.assert_allclose(found["error"], 0.0102, rtol=1e-9)


def test_a_template_of_a_cause_is_recognised_with_factor_one(offsets):
    for name in CANDIDATES:
        causes = compare_causes(offsets.assign(offset=offsets[name])).set_index(
            ["candidate", "species"]
        )
        assert causes.loc[(name, "all"), "chi2"] == pytest.approx(0, abs=1e-9)
        assert causes.loc[(name, "all"), "factor"] == pytest.approx(1)
        assert causes["chi2"].xs("all", level="species").idxmin() == name


def test_predictions_have_the_size_of_simple_estimates(offsets):
    proton = offsets[(offsets["species"] == "proton") & (offsets["residual_range"] == 5)].iloc[0]
    # dE/dx goes like ρ^0.58 at a fixed length, and like R^-0.42
    assert proton["density"] == pytest.approx(0.58 * (1.40 / 1.3954 - 1), rel=0.05)
    # half a step upstream; a step is 0.053/0.58 of the residual range
    assert proton["step_end"] == pytest.approx(-0.42 * STEP_LOSS / 0.58 / 2, rel=0.1)
    assert proton["hit_end"] == pytest.approx(-0.42 * 0.23 / 5, rel=0.1)
    # ln(197/188) over the logarithm of Bethe's formula, 6.9, and a part of it at a fixed length
    assert proton["excitation"] == pytest.approx(-0.58 * 0.0468 / 6.9, rel=0.1)
    # nothing above 0.3 MeV can be struck by a proton of 75 MeV
    assert proton["restricted"] == pytest.approx(0, abs=1e-9)


def test_mean_curve_follows_the_quoted_templates_and_its_cause_is_named(offsets):
    found = as_table(check_templates(offsets))
    assert len(found) == 4 + 4 + 2 + 8
    assert (found["verdict"] == "pass").all()


@pytest.mark.parametrize("rival", [name for name in CANDIDATES if name != "geant3"])
def test_a_rival_that_were_right_would_be_told_from_the_steps_of_geant_3(offsets, rival):
    # quoted bins alone: the weighted fit lies at 0, the rival, and its error is below 1/2
    found = {c.check: c for c in check_templates(offsets.assign(offset=offsets[rival]))}
    own = found[f"LArSoft's templates: 1 is steps of GEANT 3, 0 is {CANDIDATES[rival]}"]
    assert own.measured == pytest.approx(0, abs=1e-9)
    assert own.uncertainty < 0.5
    assert own.verdict == "fail"


def test_the_fit_between_rival_and_steps_is_the_difference_of_their_chi2(offsets):
    # χ²(rival) - χ²(steps) = D (2f - 1), where f has the error 1/√D
    chi2 = compare_causes(offsets).set_index(["species", "candidate"])["chi2"]["all"]
    found = {check.check: check for check in check_templates(offsets)}
    for name in ("step_end", "excitation", "restricted"):
        own = found[f"LArSoft's templates: 1 is steps of GEANT 3, 0 is {CANDIDATES[name]}"]
        difference = (2 * own.measured - 1) / own.uncertainty**2
        assert difference == pytest.approx(chi2[name] - chi2["geant3"], rel=1e-6)


def test_template_of_most_probable_losses_fails():
    points = a_template(column="most_probable", species=("muon",))
    found = as_table(check_templates(template_offsets(points, **LAYER)))
    assert set(found["verdict"]) == {"fail"}


def test_bins_with_one_hit_are_left_out():
    templates = Templates(
        np.array([0.0, 1.0, 2.0, 3.0]),
        {"muon": np.array([9.0, 6.0, 5.0])},
        {"muon": np.array([1.0, 0.5, 0.5])},
        {"muon": np.array([5.0, 1.0, 2.0])},
    )
    points = template_points(templates)
    assert list(points["residual_range"]) == [0.5, 2.5]
    assert list(points["entries"]) == [5, 2]


@pytest.mark.parametrize("species", ["proton", "kaon", "pion", "muon"])
def test_crowded_bins_of_the_file_follow_each_other_by_the_loss_of_a_step(reference_data, species):
    templates = read_larsoft_templates(reference_data / "dedx" / "dEdxrestemplates.root")
    points = template_points(templates)
    points = points[(points["species"] == species) & points["residual_range"].between(8, 25)]
    energy = energy_at_range(points["residual_range"].to_numpy(), species=species)
    crowd = points["entries"].to_numpy() * points["residual_range"].to_numpy()
    crowd = crowd / crowd.mean() - 1
    losses = np.linspace(0.03, 0.09, 601)
    waves = np.exp(2j * np.pi * np.log(energy) / np.log1p(-losses)[:, None])
    found = losses[np.abs(waves @ crowd).argmax()]
    assert found == pytest.approx(STEP_LOSS, abs=0.001)


def wave_significance(offsets, cause, per_decade):
    """Return Δχ² of waves in the logarithm of the energy, in what a cause leaves."""
    total = np.zeros(len(per_decade))
    for species in ("proton", "kaon"):
        bins = offsets[offsets["species"] == species]
        energy = energy_at_range(bins["residual_range"].to_numpy(), species=species)
        # kaons are looked up at the energy of a proton of their velocity
        turns = np.log10(energy * MASSES["proton"] / MASSES[species]) * per_decade[:, None]
        weight = bins["error"].to_numpy() ** -2
        left = bins["offset"] - (bins[cause] if cause else 0.0)
        wave = np.exp(2j * np.pi * turns) @ (weight * (left - np.average(left, weights=weight)))
        total += 2 * np.abs(wave) ** 2 / weight.sum()
    return total


def test_offsets_swing_with_the_points_of_geant_3s_table_and_so_does_the_prediction(reference_data):
    templates = read_larsoft_templates(reference_data / "dedx" / "dEdxrestemplates.root")
    offsets = template_offsets(template_points(templates), **LAYER)
    offsets = offsets[offsets["residual_range"].between(1, 25)]
    per_decade = np.arange(5.0, 30.0, 0.25)
    measured = wave_significance(offsets, None, per_decade)
    assert per_decade[measured.argmax()] == POINTS_PER_DECADE
    assert measured.max() > 100
    # 18.4 is exceeded by chance in one of 10⁴ cases, for two degrees of freedom
    assert wave_significance(offsets, "geant3", np.array([float(POINTS_PER_DECADE)])) < 18.4


def test_only_steps_of_geant_3_have_the_size_of_the_offsets_of_all_species(reference_data):
    templates = read_larsoft_templates(reference_data / "dedx" / "dEdxrestemplates.root")
    causes = compare_causes(template_offsets(template_points(templates), **LAYER))
    alone = causes.set_index(["candidate", "species"])
    factors = alone.loc["geant3"].drop("all")
    # 0.25 % that density and mean energy loss may do, of 1 % that the steps do
    assert (factors["factor"] - 1).abs().max() < 0.25
    everyone = alone.loc[(slice(None), "all"), :]
    assert everyone["chi2"].idxmin()[0] == "geant3"
    assert everyone["chi2_scaled"].idxmin()[0] == "geant3"
    assert everyone["chi2"].min() < 0.75 * everyone["chi2"].drop("geant3", level=0).min()
