"""Widths of one kind compared at once, so that a deviation that all of them share shows."""

from collections.abc import Iterator, Sequence

import numpy as np

from latentscape.lartpc.validation.checks import Check

JOINT_TOLERANCE = 0.05
"""Half of the 10 % that a single width may be off."""

KINDS = (
    "range straggling",
    "width at half maximum of the loss",
    "standard deviation of the loss",
)
"""What is compared, as the names of the single checks begin."""


def joint_checks(checks: Sequence[Check]) -> Iterator[Check]:
    """Compare all widths of a kind with their expectation at once, where there are two or more.

    Parameters
    ----------
    checks : sequence of Check
        Single widths, among other checks.

    Yields
    ------
    Check
        Mean of measured over expected, weighted by the squared relative errors. A width that is
        missing makes it fail.
    """
    for kind in KINDS:
        single = [check for check in checks if check.check.startswith(f"{kind} of ")]
        if len(single) < 2:
            continue
        measured, error, expected = np.array(
            [(check.measured, check.uncertainty, check.expected) for check in single]
        ).T
        # relative to the measured width: else samples that came out narrow would count more
        weights = (measured / error) ** 2
        yield Check(
            f"{kind}, {len(single)} beams jointly",
            single[0].group,
            f"{single[0].source}; weighted mean of measured / expected",
            1.0,
            float(np.average(measured / expected, weights=weights)),
            float(1 / np.sqrt(weights.sum())),
            tolerance=JOINT_TOLERANCE,
        )
