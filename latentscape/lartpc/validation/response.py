"""The detector's response as the simulation makes it: recombination, drift and noise."""

import pandas as pd

from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.validation.checks import Check
from latentscape.lartpc.validation.drift import measure_drift
from latentscape.lartpc.validation.noise import measure_noise
from latentscape.lartpc.validation.quantities import QUANTITIES
from latentscape.lartpc.validation.recombination import measure_recombination
from latentscape.lartpc.validation.tables import RESPONSE


def measure_response(
    *,
    numbers: pd.DataFrame,
    detector: Detector,
    simulation: Simulation,
    empty_events: int,
    seed: int,
) -> pd.DataFrame:
    """Measure the response of the simulated detector on known charges and empty events.

    Parameters
    ----------
    numbers : DataFrame
        Table ``reference_numbers``: electrons per MeV and recombination.
    detector, simulation
        Settings.
    empty_events : int
        Empty events per plane whose noise is measured.
    seed : int
        Random seed of the noise.

    Returns
    -------
    DataFrame
        Table ``response``.

    Raises
    ------
    InputError
        If a number is not quoted.
    """
    rows = [
        *measure_recombination(numbers),
        *measure_drift(detector=detector, simulation=simulation),
        *measure_noise(
            detector=detector, simulation=simulation, empty_events=empty_events, seed=seed
        ),
    ]
    return RESPONSE.check(pd.DataFrame(rows))


def check_response(response: pd.DataFrame) -> list[Check]:
    """Return one check for each measured number that has a tolerance.

    Parameters
    ----------
    response : DataFrame
        Table ``response``.
    """
    checks = []
    for row in response[response["tolerance"].notna()].to_dict("records"):
        quantity = QUANTITIES[row["quantity"]]
        checks.append(
            Check(
                check=quantity.check.format(plane=row["plane"], at=row["at"]),
                group=quantity.group,
                source=quantity.source,
                expected=row["expected"],
                measured=row["value"],
                uncertainty=row["uncertainty"],
                tolerance=row["tolerance"],
                unit=quantity.unit,
            )
        )
    return checks
