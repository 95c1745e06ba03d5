"""A broken physics constant turns at least one verdict of the validation to fail."""

import sys
from collections.abc import Callable, MutableMapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.special import ndtri

from latentscape.lartpc import argon, energy_loss, larsoft, scattering
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.recombination import (
    birks,
    inverse_birks,
    inverse_modified_box,
    modified_box,
)
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation import response
from latentscape.lartpc.validation.checks import Check
from latentscape.lartpc.validation.chi2 import hand_checks
from latentscape.lartpc.validation.curves import check_curves, check_fluctuations
from latentscape.lartpc.validation.drift import measure_drift
from latentscape.lartpc.validation.recombination import measure_recombination
from latentscape.lartpc.validation.response import check_response
from latentscape.lartpc.validation.tables import (
    CLOSURE,
    CLOSURE_DECAYS,
    CLOSURE_LAYERS,
    REFERENCE_CHI2,
    REFERENCE_CHI2_TEMPLATE,
    REFERENCE_CSDA,
    REFERENCE_NUMBERS,
    RESPONSE,
)
from latentscape.lartpc.validation.transport import closure_checks

RESOURCES = Path(__file__).parents[2] / "resources"
QUOTED = RESOURCES / "references"
CSDA = REFERENCE_CSDA.read_tsv(QUOTED / "csda.tsv")
NUMBERS = REFERENCE_NUMBERS.read_tsv(QUOTED / "numbers.tsv")
HITS = REFERENCE_CHI2.read_tsv(QUOTED / "larsoft_chi2.tsv")
TEMPLATE = REFERENCE_CHI2_TEMPLATE.read_tsv(QUOTED / "larsoft_chi2_template.tsv")
DETECTOR = Detector(**yaml.safe_load((RESOURCES / "detectors" / "lariat.yaml").read_text("utf-8")))

# Momenta in MeV/c by hand, as (m² - m'²) / 2m for a massless partner.
DECAYS = {
    "mu+ nu_mu": (636, [235.532, 235.532]),
    "pi+ pi0": (207, [205.138, 205.138]),
    "pi+ pi+ pi-": (56, [100.0, 100.0, 100.0]),
    "e+ nu_e pi0": (51, [150.0, 150.0, 150.0]),
    "mu+ nu_mu pi0": (33, [150.0, 150.0, 150.0]),
    "pi+ pi0 pi0": (17, [100.0, 100.0, 100.0]),
}
SCATTERED = 11.42e-3
"""Highland's angle of 600 MeV muons behind 5 cm of argon, worked by hand with βcp = 684 MeV and
0.357 radiation lengths: 13.6 / 684 · √0.357 · (1 + 0.038 ln(0.357 / 0.977))."""


def curves() -> list[Check]:
    return [*check_curves(CSDA), *check_fluctuations()]


def recombination() -> list[Check]:
    return check_response(RESPONSE.check(pd.DataFrame(measure_recombination(NUMBERS))))


def drift() -> list[Check]:
    rows = measure_drift(detector=DETECTOR, simulation=Simulation())
    return check_response(RESPONSE.check(pd.DataFrame(rows)))


def chi2() -> list[Check]:
    return hand_checks(HITS, TEMPLATE)


def closure() -> list[Check]:
    """Return the checks of a beam whose decays and scattering are those of the publications."""
    one = {"species": "kaon", "kinetic_energy": 20.0, "end": "decayed_at_rest"}
    decays = [
        one | {"daughters": daughters, "momenta": momenta}
        for daughters, (number, momenta) in DECAYS.items()
        for _ in range(number)
    ]
    decays = pd.DataFrame(decays).assign(particle=lambda rows: np.arange(len(rows)))
    n = 400
    angles = SCATTERED * ndtri((np.arange(n) + 0.5) / n)
    behind = {"species": "muon", "kinetic_energy": 600.0, "thickness": 5.0, "path": 5.0}
    layers = pd.DataFrame({"particle": np.arange(n), "angle_x": angles, "angle_y": angles})
    return closure_checks(
        CLOSURE.empty(),
        CLOSURE_LAYERS.check(layers.assign(**behind, loss=11.0)),
        CLOSURE_DECAYS.check(decays),
        csda=CSDA,
        numbers=NUMBERS,
        seed=1,
    )


class Break(NamedTuple):
    """A constant, the value that it is given instead, and the checks that must notice.

    ``place`` is the module or mapping that holds the constant, or functions with a keyword of
    that name.
    """

    place: ModuleType | MutableMapping[str, Any] | tuple[Callable[..., Any], ...]
    name: str
    value: Any
    checks: Callable[[], list[Check]]


BOX = (modified_box, inverse_modified_box)
BIRKS = (birks, inverse_birks)
BREAKS = {
    "Bethe's constant, + 2 %": Break(energy_loss, "BETHE_CONSTANT", 0.313217, curves),
    "mean excitation energy of another table": Break(argon, "ARGON_EXCITATION", 210e-6, curves),
    "atomic mass of potassium": Break(argon, "ARGON_A", 39.0983, curves),
    "density effect of argon gas": Break(argon.STERNHEIMER, "c", 11.948, curves),
    "mass of the kaon, + 2 %": Break(energy_loss.MASSES, "kaon", 503.55, closure),
    "mass of the muon, + 2 %": Break(energy_loss.MASSES, "muon", 107.77, curves),
    "radiation length in cm": Break(argon, "RADIATION_LENGTH", 14.0, closure),
    "scale of Highland's formula": Break(scattering, "SCALE", 15.7, closure),
    "density of argon, + 2.5 %": Break(argon, "DENSITY", 1.43, recombination),
    "energy per electron, - 7 %": Break(argon, "IONISATION_ENERGY", 22.0e-6, recombination),
    "box alpha": Break(BOX, "alpha", 0.92, recombination),
    "box beta": Break(BOX, "beta", 0.205, recombination),
    "Birks' A": Break(BIRKS, "a", 0.79, recombination),
    "Birks' k": Break(BIRKS, "k", 0.050, recombination),
    "LArSoft's resolution": Break(larsoft, "RESOLUTION", (0.04231, 0.0001873), chi2),
    "LArSoft's largest dE/dx": Break(larsoft, "MAX_DEDX", 2000.0, chi2),
    "power of PIDA": Break(larsoft, "PIDA_POWER", 0.43, chi2),
    "order of the shaper": Break(response, "SHAPER_ORDER", 3, drift),
}


def keyword_defaults(module: ModuleType) -> list[dict[str, Any]]:
    functions = [each for each in vars(module).values() if isinstance(each, FunctionType)]
    return [each.__kwdefaults__ for each in functions if each.__kwdefaults__]


def break_constant(monkeypatch: pytest.MonkeyPatch, broken: Break) -> None:
    """Do what an edit of the constant's line would do before any import."""
    place, name, value, _ = broken
    if isinstance(place, tuple):
        for function in place:
            assert function.__kwdefaults__[name] != value
            monkeypatch.setitem(function.__kwdefaults__, name, value)
    elif isinstance(place, ModuleType):
        sound = getattr(place, name)
        assert sound != value
        names = [each for each in sys.modules if each.startswith("latentscape.")]
        for module in (sys.modules[each] for each in names):
            if getattr(module, name, None) is sound:
                monkeypatch.setattr(module, name, value)
            for defaults in keyword_defaults(module):
                for keyword in [each for each, default in defaults.items() if default is sound]:
                    monkeypatch.setitem(defaults, keyword, value)
    else:
        assert place[name] != value
        monkeypatch.setitem(place, name, value)


@pytest.mark.parametrize("checks", [curves, recombination, drift, chi2, closure])
def test_sound_constants_fail_no_check(checks):
    found = checks()
    assert len(found) > 7
    assert not [check.check for check in found if check.verdict == "fail"]


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_constant_fails_a_check(name, monkeypatch):
    broken = BREAKS[name]
    break_constant(monkeypatch, broken)
    assert "fail" in {check.verdict for check in broken.checks()}


def test_a_constant_is_broken_wherever_it_was_imported_and_stands_as_a_default(monkeypatch):
    break_constant(monkeypatch, BREAKS["density of argon, + 2.5 %"])
    assert response.DENSITY == 1.43
    assert modified_box.__kwdefaults__["density"] == 1.43
