"""Checks of the expected curves: that they pass, and that broken physics fails them."""

import pytest

from latentscape.lartpc import energy_loss, straggling
from latentscape.lartpc.argon import DENSITY
from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.curves import (
    check_curves,
    check_fluctuations,
    completed,
    csda_dedx,
)
from latentscape.lartpc.validation.tables import REFERENCE_CSDA


@pytest.fixture(scope="module")
def csda(request):
    path = request.config.rootpath / "resources" / "references" / "csda.tsv"
    return REFERENCE_CSDA.read_tsv(path)


def verdicts(checks):
    return as_table(checks).set_index("check")["verdict"]


def test_curves_and_formulas_agree_with_the_public_tables(csda):
    found = verdicts(check_curves(csda))
    assert len(found) == 5 * (4 + 4 + 4)
    assert (found == "pass").all()


def test_fluctuations_agree_with_their_closed_forms():
    found = verdicts(check_fluctuations())
    assert len(found) == 4 + 3 + 6
    assert (found == "pass").all()


def test_wrong_mean_excitation_energy_fails_curves(csda, monkeypatch):
    # 10 % in I are 1.5 % of the dE/dx at 26 cm
    monkeypatch.setattr(energy_loss, "ARGON_EXCITATION", 1.2 * energy_loss.ARGON_EXCITATION)
    found = verdicts(check_curves(csda))
    assert found["expected dE/dx of proton at 5 cm"] == "fail"
    assert found["CSDA range of muon by formula, 20-600 MeV, largest"] == "fail"


def test_wrong_bethe_constant_fails_curves(csda, monkeypatch):
    monkeypatch.setattr(energy_loss, "BETHE_CONSTANT", 1.03 * energy_loss.BETHE_CONSTANT)
    found = verdicts(check_curves(csda))
    assert found["mean dE/dx of proton by formula at 100 MeV"] == "fail"


def test_wrong_width_of_the_losses_fails_most_probable_loss(monkeypatch):
    monkeypatch.setattr(straggling, "BETHE_CONSTANT", 1.1 * straggling.BETHE_CONSTANT)
    found = verdicts(check_fluctuations())
    assert (found == "fail").sum() >= 1


def test_deuteron_follows_from_the_proton_at_equal_velocity(csda):
    # m_d/m_p = 1.99901: the proton's row at 100 MeV is the deuteron's at 199.9 MeV
    table = completed(csda)
    deuteron = table[table["species"] == "deuteron"].sort_values("kinetic_energy")
    proton = csda[csda["species"] == "proton"].sort_values("kinetic_energy")
    ratio = deuteron["range"].to_numpy() / proton["range"].to_numpy()
    assert ratio == pytest.approx(1.999007, abs=1e-5)
    assert list(deuteron["stopping_power"]) == list(proton["stopping_power"])


def test_slow_muons_come_from_the_proton_and_fast_ones_from_their_own_table(csda):
    table = completed(csda)
    muon = table[table["species"] == "muon"]
    assert not muon.duplicated("kinetic_energy").any()
    is_slow = muon["kinetic_energy"] < 10
    assert muon.loc[is_slow, "source"].str.contains("scaled to the muon").all()
    assert not muon.loc[~is_slow, "source"].str.contains("scaled").any()


def test_points_of_the_tables_have_the_argons_density(csda):
    # PSTAR at 100 MeV: 5.212 MeV cm²/g and 10.92 g/cm²
    points = csda_dedx(csda[csda["kinetic_energy"].eq(100) | csda["species"].eq("muon")])
    proton = points[points["species"] == "proton"].iloc[0]
    assert proton["dedx"] == pytest.approx(5.212 * DENSITY, rel=1e-3)
    assert proton["residual_range"] == pytest.approx(10.92 / DENSITY, rel=1e-3)
