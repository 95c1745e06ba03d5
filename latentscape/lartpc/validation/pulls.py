"""Errors, losses and bias of the simulated calorimetry against what they should be.

Against the noise-free hit, pulls show that errors are drawn as set, and nothing of the physics.
Against the deposited energy they show what a user gets: charge reads hits with delta rays too high.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.validation.checks import Check

Floats = NDArray[np.float64]

PULL_TOLERANCE = 0.02
"""Of mean and width of the dE/dx pulls; 10,000 hits give a unit Gaussian's to 0.01 and 0.007."""

STANDARD_ERRORS = 4.0
"""Tolerance of what has one value per track, or is a share, in expected standard errors."""

BIAS_TOLERANCE = 0.02
"""Of mean and median bias of the charge-based dE/dx; the smearing is 3 % per hit."""

BIAS_EDGES = (1.5, 3.0, 6.0, 12.0, 20.0, 40.0)
"""Bins of the true dE/dx [MeV/cm] in which the bias is measured."""

FAR_FROM_END = 5.0
"""Hits with more residual range than this many end-point errors cannot be lost at the end."""

GROUP = "simulated calorimetry"

CAUSE = (
    "Recombination acts on each step, and its inverse on the sum. The charge of delta rays, which "
    "lose little energy per length, survives better than the mean curve grants: hits with delta "
    "rays read too much. Where the energy loss varies along a wire, they read a little too little. "
    "Worked out from the steps' spread and Berger and Seltzer's energy loss of electrons"
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
        checks += _check_smearing(found["dedx_pull"].to_numpy())
        inner = found[~found["is_end"]]
        for which, hits in (
            ("all hits", inner),
            ("hits without delta rays", inner[inner["delta_share"] == 0]),
        ):
            checks += _check_deposits(hits, simulation.calorimetry_smearing, which)
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
        Columns ``low_edge``, ``high_edge`` [MeV/cm], ``hits``; of the relative bias, ``mean`` and
        ``median``, each with ``_error`` and ``_predicted``, and ``low`` and ``high`` (16 and 84 %);
        bins with at least two hits.
    """
    inner = pulls[~pulls["is_end"]]
    bias = (inner["charge_dedx"] / inner["true_dedx"] - 1).to_numpy()
    predicted = inner["predicted_bias"].to_numpy()
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
                "mean": bias[chosen].mean(),
                "mean_error": bias[chosen].std(ddof=1) / np.sqrt(n),
                "mean_predicted": predicted[chosen].mean(),
                "median": median,
                "median_error": np.sqrt(np.pi / 2) * (high - low) / 2 / np.sqrt(n),
                "median_predicted": float(np.median(predicted[chosen])),
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)


def _check_smearing(pulls: Floats) -> Iterator[Check]:
    n, width = len(pulls), pulls.std(ddof=1)
    for name, expected, measured, uncertainty in (
        ("mean", 0.0, pulls.mean(), width / np.sqrt(n)),
        ("width", 1.0, width, width / np.sqrt(2 * n)),
    ):
        yield Check(
            check=f"smearing of dE/dx drawn as set: {name} of the pull against the noise-free hit",
            group=GROUP,
            source=f"unit Gaussian, {n:,} hits",
            expected=expected,
            measured=float(measured),
            uncertainty=float(uncertainty),
            tolerance=PULL_TOLERANCE,
        )


def _check_deposits(hits: pd.DataFrame, smearing: float, which: str) -> Iterator[Check]:
    """Compare pulls against the deposited energy with a unit Gaussian, and with the prediction.

    A hit whose charge reads (1 + b) times the deposit has the pull b/s + (1 + b) g, with smearing
    s and a unit Gaussian g. Uncertainties are those of g alone: the prediction has the same hits.
    """
    pulls, read = hits["deposit_pull"].to_numpy(), 1 + hits["predicted_bias"].to_numpy()
    n = len(pulls)
    physics, drawn = np.var(read / smearing), np.mean(read**2)
    width = np.sqrt(physics + drawn)
    width_error = np.sqrt((physics * drawn + drawn**2 / 2) / n) / width
    for name, expected, measured, uncertainty, shift in (
        ("mean", 0.0, pulls.mean(), np.sqrt(drawn / n), np.mean(read - 1) / smearing),
        ("width", 1.0, pulls.std(ddof=1), width_error, width - 1),
    ):
        yield Check(
            check=f"{name} of the dE/dx pull against the deposited energy, {which}",
            group=GROUP,
            source=f"unit Gaussian, {n:,} hits; deposited energy per path (truth)",
            expected=expected,
            measured=float(measured),
            uncertainty=float(uncertainty),
            tolerance=PULL_TOLERANCE,
            shift=float(shift),
            cause=CAUSE,
        )


def _check_ends(pulls: Floats) -> Iterator[Check]:
    n = len(pulls)
    for name, expected, measured, error in (
        ("mean", 0.0, pulls.mean(), 1 / np.sqrt(n)),
        ("width", 1.0, pulls.std(ddof=1), 1 / np.sqrt(2 * n)),
    ):
        yield Check(
            check=f"error of the end point drawn as set: {name} of the residual-range pull",
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
        bin_ = f"{row['low_edge']:g} to {row['high_edge']:g} MeV/cm"
        for name in ("mean", "median"):
            yield Check(
                check=f"{name} bias of dE/dx from charge, {bin_}",
                group=GROUP,
                source="deposited energy per path (truth)",
                expected=0.0,
                measured=row[name],
                uncertainty=row[f"{name}_error"],
                tolerance=BIAS_TOLERANCE,
                shift=row[f"{name}_predicted"],
                cause=CAUSE,
            )
