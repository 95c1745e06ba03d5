"""The steps of GEANT 3, whose energy loss explains the offset of LArSoft's templates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.lartpc.energy_loss import MASSES, csda_range, energy_at_range
from latentscape.lartpc.validation.steps import POINTS_PER_DECADE, STEP_LOSS, geant3_dedx

RANGES = np.geomspace(1, 25, 200)
SPECIES = ("proton", "kaon", "pion", "muon")


def exact(species):
    """Return the mean dE/dx of steps that lose their share of the energy and end at RANGES."""
    after = energy_at_range(RANGES, species=species)
    before = after / (1 - STEP_LOSS)
    return (before - after) / (csda_range(before, species=species) - RANGES)


def test_a_step_in_liquid_argon_costs_five_percent_of_the_energy():
    # 19.55 g/cm² / 1.3954 g/cm³ = 14.01 cm, 0.2 / √14.01
    assert pytest.approx(0.05343, abs=1e-5) == STEP_LOSS


@pytest.mark.parametrize("species", SPECIES)
def test_with_a_fine_table_a_step_loses_the_mean_of_the_formula(species):
    found = geant3_dedx(RANGES, species=species, points_per_decade=100)
    np.testing.assert_allclose(found, exact(species), rtol=2e-3)


@pytest.mark.parametrize("species", SPECIES)
def test_error_of_the_parabolas_falls_with_the_square_of_the_interval(species):
    # the slope of a parabola through three points is wrong in the second order
    coarse, fine = (
        np.mean(geant3_dedx(RANGES, species=species, points_per_decade=points) / exact(species) - 1)
        for points in (POINTS_PER_DECADE, 2 * POINTS_PER_DECADE)
    )
    assert coarse > 0
    assert coarse / fine == pytest.approx(4, rel=0.25)


@settings(max_examples=15)
@given(st.floats(1.0, 20.0))
def test_hadrons_of_one_velocity_lose_the_same(residual_range):
    proton, pion = (
        geant3_dedx(
            np.array([residual_range * MASSES[name] / MASSES["proton"]]),
            species=name,
            points_per_decade=POINTS_PER_DECADE,
        )
        for name in ("proton", "pion")
    )
    assert pion == pytest.approx(proton, rel=1e-3)
