"""The recombination of simulated steps against the published parametrisations."""

from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.lartpc import argon
from latentscape.lartpc.recombination import (
    birks,
    inverse_birks,
    inverse_modified_box,
    modified_box,
)
from latentscape.lartpc.simulation.response import ionisation_electrons
from latentscape.lartpc.validation.quantities import measurement

Floats = NDArray[np.float64]
Model = Literal["box", "birks"]

PUBLISHED_FIELD = 0.486
"""Electric field [kV/cm] of the quoted numbers."""

QUOTED_AT = (2.1, 5.0, 10.0, 20.0)
"""Energy loss [MeV/cm] of the quoted numbers."""

SURVIVAL_TOLERANCE = 0.001
"""Relative; rounding of the quoted numbers and of W is a tenth of it."""

DENSITY_TOLERANCE = 0.001
"""Relative; what 0.2 K change at the boiling point."""

INVERSE_TOLERANCE = 1e-6

STEP_CM = 0.05

NAMES: dict[str, Model] = {"box": "box", "Birks": "birks"}
INVERSES: dict[str, Callable[..., Floats]] = {
    "box": inverse_modified_box,
    "Birks": inverse_birks,
}
PARAMETERS: dict[str, tuple[Callable[..., Floats], str]] = {
    "box alpha": (modified_box, "alpha"),
    "box beta": (modified_box, "beta"),
    "Birks A": (birks, "a"),
    "Birks k": (birks, "k"),
}
"""Published parameters, and the keyword whose default each one is."""


def measure_recombination(numbers: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Measure how many electrons the simulation makes of deposited energy.

    Parameters
    ----------
    numbers : DataFrame
        Table ``reference_numbers``.

    Yields
    ------
    dict
        Rows of the table ``response``.

    Raises
    ------
    InputError
        If a number is not quoted.
    """
    yield from _constants(numbers)
    published = quoted(numbers, "electrons per MeV")
    curve = np.geomspace(2.0, 30.0, 40)
    for name, model in NAMES.items():
        freed = electrons_per_mev(np.array(QUOTED_AT), model) / published["value"]
        for dedx, value in zip(QUOTED_AT, freed, strict=True):
            expected = quoted(numbers, f"{name} survival at {dedx:g} MeV/cm")["value"]
            yield measurement(
                f"{name} survival",
                value,
                at=dedx,
                expected=expected,
                tolerance=SURVIVAL_TOLERANCE * expected,
            )
        for dedx, value in zip(
            curve, electrons_per_mev(curve, model) / published["value"], strict=True
        ):
            yield measurement(f"{name} survival", value, at=dedx)
        yield measurement(
            f"{name} inverse", inverse_error(name), expected=0, tolerance=INVERSE_TOLERANCE
        )
    weakest = quoted(numbers, f"box survival at {QUOTED_AT[0]:g} MeV/cm")["value"]
    yield measurement(
        "electrons per MeV",
        float(electrons_per_mev(np.array(QUOTED_AT[:1]), "box")[0]) / weakest,
        expected=published["value"],
        tolerance=published["uncertainty"],
    )
    for dedx, ratio, error in zip(curve, *box_over_birks(curve, numbers), strict=True):
        yield measurement("box against Birks", ratio, at=dedx, uncertainty=error)


def _constants(numbers: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Compare the constants themselves with the publications; parameters have to be equal."""
    for name, (function, keyword) in PARAMETERS.items():
        value = signature(function).parameters[keyword].default
        yield measurement(name, value, expected=quoted(numbers, name)["value"], tolerance=0)
    density = quoted(numbers, "density of liquid argon")["value"]
    yield measurement(
        "density", argon.DENSITY, expected=density, tolerance=DENSITY_TOLERANCE * density
    )


def electrons_per_mev(dedx: Floats, model: Model) -> Floats:
    """Return the electrons per MeV of simulated steps with this energy loss [MeV/cm]."""
    energy = dedx * STEP_CM
    length = np.full_like(dedx, STEP_CM)
    electrons = ionisation_electrons(energy, length, model=model, field=PUBLISHED_FIELD)
    return electrons / energy


def inverse_error(name: str) -> float:
    """Return the largest relative error of dE/dx after recombination and back."""
    dedx = np.geomspace(1.0, 40.0, 200)
    dqdx = electrons_per_mev(dedx, NAMES[name]) * dedx
    return float(np.abs(INVERSES[name](dqdx, field=PUBLISHED_FIELD) / dedx - 1).max())


def box_over_birks(dedx: Floats, numbers: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the relative difference of the two models, and its published error.

    Parameters
    ----------
    dedx : array of float, shape (n,)
        Energy loss in MeV/cm.
    numbers : DataFrame
        Table ``reference_numbers``.

    Returns
    -------
    difference, error : array of float, shape (n,)
        Simulated box over simulated Birks less 1, and the published errors of the four parameters
        in quadrature. The two were fitted to data of two experiments, and differ by more than
        these errors above 7 MeV/cm: how far the choice of a model matters, and no verdict on it.
    """
    difference = electrons_per_mev(dedx, "box") / electrons_per_mev(dedx, "birks") - 1
    changes = []
    for name, (survival, keyword) in PARAMETERS.items():
        changed = quoted(numbers, name)["value"] + quoted(numbers, name)["uncertainty"]
        at = {"field": PUBLISHED_FIELD}
        changes.append(survival(dedx, **at, **{keyword: changed}) / survival(dedx, **at) - 1)
    return difference, np.sqrt(np.sum(np.square(changes), axis=0))


def quoted(numbers: pd.DataFrame, name: str) -> dict[str, float]:
    """Return value and uncertainty of a quoted number.

    Raises
    ------
    InputError
        If it is not quoted.
    """
    row = numbers[numbers["name"] == name]
    if row.empty:
        raise InputError(f"reference_numbers: no number {name!r}.")
    return {column: float(row[column].iloc[0]) for column in ("value", "uncertainty")}
