"""Calorimetry from a track's own clusters, against truth and against the external table."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from latentscape.evaluation.intervals import TAILS, wilson
from latentscape.keys import EVENT_KEY, TRACK_KEY, join
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.primaries import primary_tracks
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.validation.checks import Check
from latentscape.lartpc.validation.own_dedx import (
    CHECKED_RANGE,
    FEWEST_TRACKS,
    NEAR_CM,
    compare_by_range,
    compare_together,
    compare_with_formula,
)
from latentscape.lartpc.validation.resampling import draw_weights, half_width, weighted_median
from latentscape.lartpc.validation.tables import CALORIMETRY_COMPARISON

Floats = NDArray[np.float64]

FOUND_CM = 1.0
"""An end is found if it lies this near to the true one: two wires along the beam."""

STOPPED = ("stopped", "decayed_at_rest")
WITHOUT_DAUGHTERS = ("proton", "deuteron")
BOTH = "both"

LENGTH_TOLERANCE = 0.02
DEDX_TOLERANCE = 0.05
"""Relative. 2 % of a range are 1 % of the kinetic energy. 5 % in dE/dx are a sixth of what tells
a kaon from a proton at the same residual range."""

INDUCTION_CAUSE = (
    "the positive lobe of a bipolar pulse measures the height of the unipolar pulse and not its "
    "area, and longitudinal diffusion, without which the gain is calibrated, lowers that height"
)

MEANINGS = {
    "length": "median of measured - true length",
    "length resolution": "half of the central 68 % of measured - true length",
    "relative length": "median of measured / true length",
    "end found": f"share of tracks whose end is within {FOUND_CM:g} cm of the true one",
    **{f"end {axis}": f"median of measured - true {axis} of the end" for axis in "xyz"},
    **{f"end {axis} resolution": f"half of the central 68 % of that of {axis}" for axis in "xyz"},
    "dE/dx / external": "median dE/dx over the median of the external table",
    "dE/dx resolution": (
        "half of the central 68 % of dE/dx over that of the external hit that is the nearest in "
        f"residual range within {NEAR_CM:g} cm"
    ),
    "predicted dE/dx / external": "that ratio, if diffusion alone changed the charge",
    "mean dE/dx / Bethe-Bloch": "mean of dE/dx over the mean at its residual range, end found",
}
SOURCES = {
    "dE/dx / external": "external calorimetry table of the same tracks",
    "mean dE/dx / Bethe-Bloch": "Bethe-Bloch (Particle Data Group, eq. 34.5)",
}
LENGTHS = ("length", "length resolution", *(f"end {axis}" for axis in "xyz"))
UNITS = dict.fromkeys((*LENGTHS, *(f"end {axis} resolution" for axis in "xyz")), "cm")


def compare_calorimetry(
    own: pd.DataFrame,
    tracks: pd.DataFrame,
    truth: pd.DataFrame,
    external: pd.DataFrame,
    *,
    detector: Detector,
    simulation: Simulation,
    bootstrap: int,
    seed: int,
) -> pd.DataFrame:
    """Compare own calorimetry with truth and with the external table.

    Only the primary tracks of events whose beam particle stopped, with a row in both tables, and
    only samples with at least ``FEWEST_TRACKS`` of them.

    Parameters
    ----------
    own : DataFrame
        The table TRACK_CALORIMETRY of one or several samples.
    tracks : DataFrame
        Key columns of ``TRACKS`` and ``collection_height``.
    truth : DataFrame
        The table TRUTH.
    external : DataFrame
        The table CALORIMETRY.
    detector, simulation
        Settings, for the charge that diffusion lets expect.
    bootstrap : int
        Bootstrap draws; tracks are drawn with all their measurements.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        The table CALORIMETRY_COMPARISON; the quantities are those of ``MEANINGS``.
    """
    primary = _with_references(own, tracks, truth, external)
    rows: list[dict[str, Any]] = []
    samples = sorted(primary["sample"].unique())
    for sample, plane in itertools.product(samples, PLANES):
        group = primary[(primary["sample"] == sample) & (primary["plane"] == plane)]
        if len(group) < FEWEST_TRACKS:
            continue
        weights = draw_weights(len(group), bootstrap=bootstrap, seed=seed)
        key = {"sample": sample, "plane": plane}
        rows.extend(key | row for row in _lengths(group, weights))
        numbers = [
            *compare_by_range(group, weights),
            *compare_together(group, weights, plane, detector=detector, simulation=simulation),
            *_against_formula(group, weights),
        ]
        rows.extend(key | _row(name, draws, n, at) for name, at, draws, n in numbers)
    for sample in samples:
        once = primary[primary["sample"] == sample].drop_duplicates(list(TRACK_KEY))
        if len(once) < FEWEST_TRACKS:
            continue
        weights = draw_weights(len(once), bootstrap=bootstrap, seed=seed)
        rows.extend({"sample": sample, "plane": BOTH} | row for row in _ends(once, weights))
    if not rows:
        return CALORIMETRY_COMPARISON.empty()
    return CALORIMETRY_COMPARISON.check(pd.DataFrame(rows))


def _with_references(
    own: pd.DataFrame, tracks: pd.DataFrame, truth: pd.DataFrame, external: pd.DataFrame
) -> pd.DataFrame:
    """Join the primary tracks' rows with truth (``true_…``) and the external lists."""
    stopped = _prefixed(truth[truth["end"].isin(STOPPED)], "true_")
    lists = _prefixed(external, "external_")
    primary = join(
        own, primary_tracks(tracks), TRACK_KEY, what="primary tracks", relation="many_to_one"
    )
    for table, what in ((stopped, "true ends"), (lists, "external calorimetry")):
        primary = join(primary, table, EVENT_KEY, what=what, relation="many_to_one")
    return primary


def _prefixed(frame: pd.DataFrame, prefix: str) -> pd.DataFrame:
    return frame.rename(columns={n: f"{prefix}{n}" for n in frame.columns if n not in EVENT_KEY})


def _row(
    quantity: str, draws: Floats, n: int, between: tuple[float, float] = (0.0, 0.0)
) -> dict[str, Any]:
    low, high = np.quantile(draws[1:], TAILS)
    return {
        "quantity": quantity,
        "from_cm": between[0],
        "to_cm": between[1],
        "unit": UNITS.get(quantity, ""),
        "value": float(draws[0]),
        "low": float(low),
        "high": float(high),
        "n": n,
        "meaning": MEANINGS[quantity],
    }


def _lengths(group: pd.DataFrame, weights: Floats) -> Iterator[dict[str, Any]]:
    length, true = (group[name].to_numpy() for name in ("length", "true_length"))
    n = len(group)
    yield _row("length", weighted_median(length - true, weights), n)
    yield _row("length resolution", half_width(length - true, weights), n)
    yield _row("relative length", weighted_median(length / true, weights), n)


def _ends(group: pd.DataFrame, weights: Floats) -> Iterator[dict[str, Any]]:
    n = len(group)
    for axis, off in _off(group).items():
        yield _row(f"end {axis}", weighted_median(off, weights), n)
        yield _row(f"end {axis} resolution", half_width(off, weights), n)
    found = int(_is_found(group).sum())
    low, high = wilson(found, n)
    share = _row("end found", np.full(2, found / n), n)
    yield share | {"low": float(low), "high": float(high)}


def _off(group: pd.DataFrame) -> dict[str, Floats]:
    """Return measured - true coordinates of the ends in cm."""
    return {a: (group[f"end_{a}"] - group[f"true_end_{a}"]).to_numpy() for a in "xyz"}


def _is_found(group: pd.DataFrame) -> NDArray[np.bool_]:
    distance = np.linalg.norm(np.stack(list(_off(group).values())), axis=0)
    return np.asarray(distance <= FOUND_CM)


def _against_formula(group: pd.DataFrame, weights: Floats) -> Iterator[Any]:
    """Compare the species without daughters, whose charge would add to the last wires."""
    species = group["true_species"].mode().iloc[0]
    if species in WITHOUT_DAUGHTERS:
        chosen = (_is_found(group)) & (group["true_species"] == species).to_numpy()
        yield from compare_with_formula(group[chosen], weights[:, chosen], species)


def check_calorimetry(comparison: pd.DataFrame, *, detector: Detector) -> list[Check]:
    """Return the checks of the group "own calorimetry".

    Parameters
    ----------
    comparison : DataFrame
        The table CALORIMETRY_COMPARISON.
    detector : Detector
        Its pitch and angles set how well an end can be known: to half a wire.

    Returns
    -------
    list of Check
        Length (2 %), end point (half a wire's distance along each axis) and dE/dx (5 %) of
        every sample.
    """
    tolerances = _tolerances(detector)
    together = comparison["from_cm"].isin((0.0, CHECKED_RANGE[0]))
    together &= comparison["to_cm"].isin((0.0, CHECKED_RANGE[1]))
    is_prediction = comparison["quantity"] == "predicted dE/dx / external"
    is_prediction &= comparison["plane"] == "induction"
    predicted = comparison[is_prediction].set_index("sample")["value"]
    checks = []
    for row in comparison[together].to_dict("records"):
        if row["quantity"] not in tolerances:
            continue
        is_shifted = row["plane"] == "induction" and row["quantity"] in SOURCES
        checks.append(
            Check(
                check=f"{row['quantity']}, {row['sample']}, {_planes(row['plane'])}",
                group="own calorimetry",
                source=SOURCES.get(row["quantity"], "truth of the simulation"),
                expected=0.0 if row["unit"] else 1.0,
                measured=row["value"],
                uncertainty=(row["high"] - row["low"]) / (2 * ndtri(TAILS[1])),
                tolerance=tolerances[row["quantity"]],
                unit=row["unit"],
                shift=predicted[row["sample"]] - 1 if is_shifted else 0.0,
                cause=INDUCTION_CAUSE if is_shifted else "",
            )
        )
    return checks


def _tolerances(detector: Detector) -> dict[str, float]:
    """Return the largest deviations that pass: half a wire for the ends."""
    origin = (detector.induction.wire_at_origin, detector.collection.wire_at_origin)
    depth = detector.position(np.array(origin[0] + 0.5), np.array(origin[1] + 0.5))[1]
    height = detector.position(np.array(origin[0] - 0.5), np.array(origin[1] + 0.5))[0]
    return {
        "relative length": LENGTH_TOLERANCE,
        "end x": detector.pitch_cm / 2,
        "end y": abs(float(height)),
        "end z": abs(float(depth)),
        **dict.fromkeys(SOURCES, DEDX_TOLERANCE),
    }


def _planes(plane: str) -> str:
    return "both planes" if plane == BOTH else plane
