"""What is measured of the detector's response, and what each number must agree with."""

from dataclasses import dataclass
from typing import Any

import numpy as np

CLOSED_FORM = "closed form of the settings"
SHARED_BY_BOTH = "both"
"""Plane of a number that belongs to no plane."""


@dataclass(frozen=True)
class Quantity:
    """One kind of number in the table ``response``.

    Parameters
    ----------
    check : str
        Name of its check, with ``{plane}`` and ``{at}``.
    group : str
        Group of its check.
    source : str
        Where the expected value comes from.
    unit : str
        Unit of the number.
    """

    check: str
    group: str
    source: str
    unit: str = ""


QUANTITIES = {
    "box survival": Quantity(
        "electrons that survive at {at:g} MeV/cm, modified box",
        "recombination",
        "worked out by hand from ArgoNeuT, JINST 8 (2013) P08005, with its parameters",
    ),
    "Birks survival": Quantity(
        "electrons that survive at {at:g} MeV/cm, Birks",
        "recombination",
        "worked out by hand from ICARUS, NIM A 523 (2004) 275, with its parameters",
    ),
    "box alpha": Quantity(
        "α of the modified box", "recombination", "ArgoNeuT, JINST 8 (2013) P08005: 0.93 ± 0.02"
    ),
    "box beta": Quantity(
        "β of the modified box",
        "recombination",
        "ArgoNeuT, JINST 8 (2013) P08005: 0.212 ± 0.002",
        "(kV/cm)(g/cm²)/MeV",
    ),
    "Birks A": Quantity(
        "A of Birks' law", "recombination", "ICARUS, NIM A 523 (2004) 275: 0.800 ± 0.003"
    ),
    "Birks k": Quantity(
        "k of Birks' law",
        "recombination",
        "ICARUS, NIM A 523 (2004) 275: 0.0486 ± 0.0006",
        "(kV/cm)(g/cm²)/MeV",
    ),
    "density": Quantity(
        "density of liquid argon",
        "recombination",
        "NIST Chemistry WebBook, normal boiling point 87.302 K",
        "g/cm³",
    ),
    "electrons per MeV": Quantity(
        "electrons per MeV before recombination",
        "recombination",
        "Miyajima et al., PRA 9 (1974) 1438: W = 23.6 ± 0.3 eV",
        "1/MeV",
    ),
    "box against Birks": Quantity(
        "",
        "recombination",
        "errors of the published parameters of ArgoNeuT and ICARUS",
    ),
    "box inverse": Quantity(
        "largest error of the inverse modified box, 1 to 40 MeV/cm",
        "recombination",
        "the model itself",
    ),
    "Birks inverse": Quantity(
        "largest error of inverse Birks, 1 to 40 MeV/cm", "recombination", "the model itself"
    ),
    "arrival": Quantity(
        "arrival after {at:.3g} cm of drift, {plane}",
        "diffusion",
        f"{CLOSED_FORM}: drift distance / velocity",
        "tick",
    ),
    "surviving charge": Quantity(
        "charge left after {at:.3g} cm of drift, {plane}",
        "diffusion",
        f"{CLOSED_FORM}: exp(-t/τ)",
    ),
    "longitudinal variance": Quantity(
        "variance added to a pulse by {at:.3g} cm of drift",
        "diffusion",
        f"{CLOSED_FORM}: 2 D_L t",
        "tick²",
    ),
    "pulse width": Quantity(
        "largest error of a pulse's width at any drift distance",
        "diffusion",
        f"{CLOSED_FORM}: shaper and 2 D_L t in quadrature",
    ),
    "shared charge": Quantity(
        "charge on the neighbours after {at:.3g} cm of drift, {plane}",
        "diffusion",
        f"{CLOSED_FORM}: mean of the Gaussian's tails, √(2/π) · √(2 D_T t) / pitch",
    ),
    "noise": Quantity(
        "noise of an ordinary wire, {plane}",
        "noise",
        f"{CLOSED_FORM}: white, coherent and rounding noise in quadrature",
        "ADC",
    ),
    "noise of noisy wires": Quantity(
        "noise of a noisy wire, {plane}",
        "noise",
        f"{CLOSED_FORM}: twice the white noise, coherent and rounding noise in quadrature",
        "ADC",
    ),
    "correlation on a board": Quantity(
        "correlation of two wires of one board, {plane}",
        "noise",
        f"{CLOSED_FORM}: coherent / total variance",
    ),
    "correlation across boards": Quantity(
        "correlation of two wires of different boards, {plane}", "noise", "independent boards"
    ),
    "power of a third": Quantity(
        "noise power near {at:.0f} kHz over the mean, {plane}", "noise", "white spectrum"
    ),
    "power density": Quantity("", "noise", "white spectrum", "ADC²/kHz"),
    "baseline": Quantity("mean baseline, {plane}", "noise", "lartpc.simulation.pedestal", "ADC"),
    "spread of baselines": Quantity(
        "spread of the baselines, {plane}", "noise", "lartpc.simulation.pedestal_spread", "ADC"
    ),
    "live dead wires": Quantity(
        "dead wires that show more than their baseline, {plane}",
        "noise",
        "lartpc.simulation.dead_wires",
    ),
    "lowest sample": Quantity(
        "lowest sample of the digitiser, {plane}", "noise", "lartpc.simulation.adc_bits", "ADC"
    ),
    "highest sample": Quantity(
        "highest sample of the digitiser, {plane}", "noise", "lartpc.simulation.adc_bits", "ADC"
    ),
}


def measurement(
    quantity: str,
    value: float,
    *,
    plane: str = SHARED_BY_BOTH,
    at: float = 0.0,
    uncertainty: float = 0.0,
    expected: float = np.nan,
    tolerance: float = np.nan,
) -> dict[str, Any]:
    """Return one row of the table ``response``.

    Parameters
    ----------
    quantity : str
        One of ``QUANTITIES``.
    value, uncertainty : float
        Measured value and its statistical uncertainty (1 σ).
    plane : str
        Wire plane.
    at : float
        Where it is measured: dE/dx [MeV/cm], drift distance [cm] or frequency [kHz].
    expected : float
        Expected value, where there is one.
    tolerance : float
        Largest deviation that passes; a number without tolerance is only drawn.
    """
    return {
        "quantity": quantity,
        "plane": plane,
        "at": float(at),
        "value": float(value),
        "uncertainty": float(uncertainty),
        "expected": float(expected),
        "tolerance": float(tolerance),
        "unit": QUANTITIES[quantity].unit,
    }
