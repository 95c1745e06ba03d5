"""Errors, losses and bias of the simulated calorimetry against what they should be."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.lartpc.settings import Simulation
from latentscape.lartpc.validation.checks import Check

Floats = NDArray[np.float64]

PULL_TOLERANCE = 0.02
"""Of mean and width of the dE/dx pull; 10,000 hits give them to 0.01 and 0.007."""

STANDARD_ERRORS = 4.0
"""Tolerance of what has one value per track, or is a share, in expected standard errors."""

BIAS_TOLERANCE = 0.02
"""Of the median bias of the charge-based dE/dx; the smearing is 3 % per hit."""

BIAS_EDGES = (1.5, 3.0, 6.0, 12.0, 20.0, 40.0)
"""Bins of the true dE/dx [MeV/cm] in which the bias is measured."""

FAR_FROM_END = 5.0
"""Hits with more residual range than this many end-point errors cannot be lost at the end."""

GROUP = "simulated calorimetry"

CAUSE = (
    "Charge grows less than in proportion to dE/dx, so the mean curve, inverted, reads too little "
    "where the energy loss varies along a wire: half its curvature over its slope times the "
    "variance of the steps' dE/dx"
)


def check_pulls(pulls: pd.DataFrame, *, simulation: Simulation) -> list[Check]:
    """Compare errors, losses and bias of the simulated calorimetry with what they should be.

    Parameters
    ----------
    pulls : DataFrame
        Table ``pulls``.
    simulation
        Settings. An error that they set to zero has no pull, and no check.
    """
    checks: list[Check] = []
    found = pulls[pulls["is_found"]]
    if simulation.calorimetry_hit_loss:
        checks += _check_loss(pulls, simulation)
    if simulation.calorimetry_smearing:
        checks += _check_dedx(found["dedx_pull"].to_numpy())
    if simulation.calorimetry_end_point_cm:
        ends = found.groupby(["species", "event"])["residual_range_pull"].first()
        checks += _check_ends(ends.to_numpy())
    return [*checks, *_check_bias(pulls)]


def bias_by_dedx(pulls: pd.DataFrame) -> pd.DataFrame:
    """Return the bias of the charge-based dE/dx in bins of the true one.

    Parameters
    ----------
    pulls : DataFrame
        Table ``pulls``. The first and last wire of a track are left out: their path is cut
        short, which no reconstruction knows.

    Returns
    -------
    DataFrame
        Columns ``low_edge``, ``high_edge`` [MeV/cm], ``hits``, the relative bias ``median``,
        ``low`` and ``high`` (16 and 84 %), ``error`` of the median and its ``predicted`` value;
        bins with at least two hits.
    """
    inner = pulls[~pulls["is_end"]]
    bias = (inner["charge_dedx"] / inner["true_dedx"] - 1).to_numpy()
    rows = []
    for low_edge, high_edge in pairwise(BIAS_EDGES):
        chosen = inner["true_dedx"].between(low_edge, high_edge, inclusive="left").to_numpy()
        n = int(chosen.sum())
        if n < 2:
            continue
        low, median, high = np.percentile(bias[chosen], (16, 50, 84))
        rows.append(
            {
                "low_edge": low_edge,
                "high_edge": high_edge,
                "hits": n,
                "median": median,
                "low": low,
                "high": high,
                "error": np.sqrt(np.pi / 2) * (high - low) / 2 / np.sqrt(n),
                "predicted": float(np.median(inner["predicted_bias"].to_numpy()[chosen])),
            }
        )
    return pd.DataFrame(rows)


def _check_dedx(pulls: Floats) -> Iterator[Check]:
    n, width = len(pulls), pulls.std(ddof=1)
    for name, expected, measured, uncertainty in (
        ("mean", 0.0, pulls.mean(), width / np.sqrt(n)),
        ("width", 1.0, width, width / np.sqrt(2 * n)),
    ):
        yield Check(
            check=f"{name} of the dE/dx pull",
            group=GROUP,
            source=f"unit Gaussian, {n:,} hits",
            expected=expected,
            measured=float(measured),
            uncertainty=float(uncertainty),
            tolerance=PULL_TOLERANCE,
        )


def _check_ends(pulls: Floats) -> Iterator[Check]:
    n = len(pulls)
    for name, expected, measured, error in (
        ("mean", 0.0, pulls.mean(), 1 / np.sqrt(n)),
        ("width", 1.0, pulls.std(ddof=1), 1 / np.sqrt(2 * n)),
    ):
        yield Check(
            check=f"{name} of the residual-range pull",
            group=GROUP,
            source=f"unit Gaussian, {n:,} tracks",
            expected=expected,
            measured=float(measured),
            uncertainty=float(error),
            tolerance=float(STANDARD_ERRORS * error),
        )


def _check_loss(pulls: pd.DataFrame, simulation: Simulation) -> Iterator[Check]:
    loss = simulation.calorimetry_hit_loss
    far = pulls["true_residual_range"] > FAR_FROM_END * simulation.calorimetry_end_point_cm
    n = int(far.sum())
    error = np.sqrt(loss * (1 - loss) / n)
    yield Check(
        check="share of hits that are found",
        group=GROUP,
        source="1 - lartpc.simulation.calorimetry_hit_loss",
        expected=1 - loss,
        measured=float(pulls.loc[far, "is_found"].mean()),
        uncertainty=float(error),
        tolerance=float(STANDARD_ERRORS * error),
    )


def _check_bias(pulls: pd.DataFrame) -> Iterator[Check]:
    for row in bias_by_dedx(pulls).to_dict("records"):
        yield Check(
            check=f"bias of dE/dx from charge, {row['low_edge']:g} to {row['high_edge']:g} MeV/cm",
            group=GROUP,
            source="deposited energy per path (truth)",
            expected=0.0,
            measured=row["median"],
            uncertainty=row["error"],
            tolerance=BIAS_TOLERANCE,
            shift=row["predicted"],
            cause=CAUSE,
        )
