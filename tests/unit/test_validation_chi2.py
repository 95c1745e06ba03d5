"""LArSoft's χ² against the calculation by hand and the values that SBN stores."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latentscape.lartpc import larsoft
from latentscape.lartpc.sbn import read_sbn_calorimetry
from latentscape.lartpc.tables.calorimetry import SBN_CALORIMETRY
from latentscape.lartpc.templates import Templates, read_larsoft_templates
from latentscape.lartpc.validation.chi2 import compare_sbn, hand_checks, sbn_checks
from latentscape.lartpc.validation.tables import REFERENCE_CHI2, REFERENCE_CHI2_TEMPLATE

REFERENCES = Path(__file__).parents[2] / "resources" / "references"
HITS = REFERENCE_CHI2.read_tsv(REFERENCES / "larsoft_chi2.tsv")
TEMPLATE = REFERENCE_CHI2_TEMPLATE.read_tsv(REFERENCES / "larsoft_chi2_template.tsv")

SPECIES = ("proton", "kaon", "pion", "muon")
FLAT = Templates(
    np.array([0.0, 26.0]), {s: np.array([5.0]) for s in SPECIES}, {s: np.ones(1) for s in SPECIES}
)


def verdicts(checks):
    return {check.check: check.verdict for check in checks}


def some_tracks(factor=1.0, points=2):
    """Two equal tracks whose inner points, at 3 and 5 MeV/cm, are two of four."""
    widths = 1 + ((0.04231 + 0.0001783 * 9) * 3) ** 2
    chi2 = {f"chi2_{species}": factor * (2**2 / widths) / 2 for species in SPECIES}
    row = {"entry": 0, "plane": 2, "n_points": points, **chi2}
    lists = {"residual_range": [3.0, 2.0, 1.0, 0.1], "dedx": [4.0, 3.0, 5.0, 99.0]}
    return SBN_CALORIMETRY.check(pd.DataFrame([row | lists | {"track": i} for i in (0, 1)]))


def test_calculation_by_hand_takes_every_branch():
    assert len(HITS) >= 24
    text = " ".join(HITS["branch"])
    for branch in ("end", "bridged bin", "overflow", "bridged error", "lower edge", "upper edge"):
        assert branch in text
    for branch in ("rejected", "out of range", "below"):
        assert HITS.loc[HITS["branch"].str.contains(branch), "term"].isna().any()


def test_hand_worked_terms_follow_from_the_numbers_beside_them():
    counted = HITS.dropna(subset="term")
    width = counted["error"] ** 2 + counted["resolution"] ** 2
    np.testing.assert_allclose(
        (counted["dedx"] - counted["expected"]) ** 2 / width, counted["term"], rtol=1e-11
    )


def test_larsoft_chi2_and_pida_are_those_worked_by_hand():
    checks = hand_checks(HITS, TEMPLATE)
    assert len(checks) == 8
    assert set(verdicts(checks).values()) == {"pass"}
    assert {check.group for check in checks} == {"LArSoft χ²"}
    assert max(check.tolerance for check in checks) <= 1e-6


def test_order_of_the_hits_does_not_matter():
    mixed = hand_checks(HITS.sample(frac=1, random_state=1), TEMPLATE.sample(frac=1))
    assert mixed == hand_checks(HITS, TEMPLATE)


@pytest.mark.parametrize(
    ("constant", "value"),
    [
        ("RESOLUTION", (0.0424, 0.0001783)),
        ("RESOLUTION", (0.04231, 0.0001784)),
        ("MAX_DEDX", 100.0),
        ("MAX_DEDX", 1001.0),
        ("PIDA_POWER", 0.43),
        ("PIDA_RANGE_CM", 26.0),
        ("PIDA_RANGE_CM", 32.0),
    ],
)
def test_a_wrong_constant_fails(monkeypatch, constant, value):
    monkeypatch.setattr(larsoft, constant, value)
    assert "fail" in verdicts(hand_checks(HITS, TEMPLATE)).values()


def test_without_bridging_the_check_fails():
    unbridged = TEMPLATE.assign(dedx=TEMPLATE["dedx"].replace(0, 1e-5))
    assert "fail" in verdicts(hand_checks(HITS, unbridged)).values()


def test_recomputed_and_stored_chi2_stand_side_by_side():
    table = compare_sbn(some_tracks(), FLAT)
    assert len(table) == 2 * 4
    np.testing.assert_allclose(table["recomputed"], table["stored"], rtol=1e-12)
    assert (table["recomputed_points"] == 2).all()
    assert set(verdicts(sbn_checks(table)).values()) == {"pass"}


def test_stored_chi2_that_differs_by_two_millionths_fails():
    checks = sbn_checks(compare_sbn(some_tracks(factor=1 + 2e-6), FLAT))
    assert [check.verdict for check in checks] == ["fail"] * 4 + ["pass"]
    assert checks[0].measured == pytest.approx(2e-6, rel=1e-4)


def test_another_number_of_points_fails():
    checks = sbn_checks(compare_sbn(some_tracks(points=3), FLAT))
    assert checks[-1].verdict == "fail"
    assert checks[-1].measured == 8


def test_file_without_stored_chi2_fails():
    empty = some_tracks(points=0).assign(**{f"chi2_{species}": np.nan for species in SPECIES})
    checks = sbn_checks(compare_sbn(empty, FLAT))
    assert {check.verdict for check in checks[:4]} == {"fail"}


def test_chi2_that_cannot_be_recomputed_fails():
    holes = replace(FLAT, dedx={species: np.array([np.nan]) for species in SPECIES})
    checks = sbn_checks(compare_sbn(some_tracks(), holes))
    assert {check.verdict for check in checks} == {"fail"}


def test_chi2_of_sbn_is_reproduced_to_the_last_bit_of_its_32(reference_data):
    calorimetry = read_sbn_calorimetry(reference_data / "lartpc" / "sbn_calorimetry_flat.root")
    assert len(calorimetry) == 9
    assert calorimetry["n_points"].sum() == 72
    templates = read_larsoft_templates(reference_data / "dedx" / "dEdxrestemplates.root")
    table = compare_sbn(calorimetry, templates)
    assert table["stored"].notna().sum() == 8 * 4
    assert set(verdicts(sbn_checks(table)).values()) == {"pass"}
    assert np.nanmax(np.abs(table["recomputed"] / table["stored"] - 1)) <= 2.0**-24
