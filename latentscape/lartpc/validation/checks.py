"""One comparison with something that the workflow did not make, and its verdict."""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pandas as pd

from latentscape.lartpc.validation.tables import VALIDATION


@dataclass(frozen=True)
class Check:
    """One comparison.

    Parameters
    ----------
    check : str
        What is compared, unique among all checks, such as ``"range of 100 MeV proton"``.
    group : str
        The part of the physics that it belongs to.
    source : str
        Where the expected value comes from: paper with equation, public table, truth.
    expected, measured, uncertainty : float
        Values and the statistical uncertainty (1 σ) of the measured one, in ``unit``.
    tolerance : float
        Largest deviation that passes, in ``unit``; set by what the comparison must show, and
        never by what was found.
    unit : str
        Unit of the four numbers; empty for a pure number.
    shift : float
        Deviation that a known cause predicts, worked out apart from the measurement.
    cause : str
        That cause, in one sentence. A check without a cause cannot be explained.
    """

    check: str
    group: str
    source: str
    expected: float
    measured: float
    uncertainty: float
    tolerance: float
    unit: str = ""
    shift: float = 0.0
    cause: str = ""

    @property
    def verdict(self) -> str:
        """Return pass, fail or explained.

        A check passes if the measured value lies within the tolerance of the expected one. It is
        explained if it does not, but lies within the same tolerance of the value that the known
        cause predicts. Everything else fails, a value that is not finite too. A measurement whose
        uncertainty is larger than the tolerance, or not known, is too imprecise to say anything,
        and fails wherever it lies.
        """
        if not self.uncertainty <= self.tolerance:
            return "fail"
        if self._agrees(0.0):
            return "pass"
        return "explained" if self.cause and self._agrees(self.shift) else "fail"

    def _agrees(self, shift: float) -> bool:
        deviation = self.measured - self.expected - shift
        return math.isfinite(deviation) and abs(deviation) <= self.tolerance


def as_table(checks: Iterable[Check]) -> pd.DataFrame:
    """Return checks with their verdicts as a table ``VALIDATION``."""
    rows = [asdict(check) | {"verdict": check.verdict} for check in checks]
    return VALIDATION.check(pd.DataFrame(rows)) if rows else VALIDATION.empty()
