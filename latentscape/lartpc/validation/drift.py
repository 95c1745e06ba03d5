"""Point charges after a known drift: when they arrive, how many are left, how wide they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscape.lartpc.geometry import PLANES, Detector, Plane
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation.response import DIFFUSION_BINS, Charges, PlaneResponse
from latentscape.lartpc.validation.quantities import measurement

Floats = NDArray[np.float64]

ELECTRONS = 1e6
SPACING = 5
"""Wires between two charges, so that no two share a wire."""

DISTANCES = (0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9)
"""Mean drift distances, in units of the longest."""

CHECKED = (0.25, 0.5, 0.9)
"""The distances that are checked."""

NEAREST = 0.05
"""Shortest drift, in units of the longest: a shorter one may end before the read-out begins."""

ARRIVAL_TICKS = 0.1
"""Half of the tabulated pulses' spacing of an eighth of a tick, and as much for their edges."""

CHARGE_TOLERANCE = 0.005
"""Relative; what a lifetime measurement in a large detector reaches."""

DIFFUSION_TOLERANCE = 0.02
"""Relative, of the variance or shared charge that diffusion adds. Required: coefficients
are measured to several per cent (MicroBooNE, JINST 16 (2021) P09025: 8 %), so 2 % go unseen."""

WIDTH_TOLERANCE = 0.005
"""Relative, of the width of any single pulse. Required: no distance may hide behind the mean of
many; 0.5 % of a width are 1 % of its variance."""


@dataclass(frozen=True)
class Pulses:
    """What arrived of point charges, arrays of shape (charges,).

    Parameters
    ----------
    distance : array of float
        Drift distance in cm.
    charge : array of float
        Arriving electrons over released ones.
    mean, variance : array of float
        First two moments of the pulse in time, after the shaper, in ticks and ticks².
    shared : array of float
        Share of the charge that is not on the nearest wire.
    """

    distance: Floats
    charge: Floats
    mean: Floats
    variance: Floats
    shared: Floats


def measure_drift(*, detector: Detector, simulation: Simulation) -> Iterator[dict[str, Any]]:
    """Measure arrival, loss and diffusion of point charges at several drift distances.

    Parameters
    ----------
    detector, simulation
        Settings. Every wire is taken as alive.

    Yields
    ------
    dict
        Rows of the table ``response``. Each distance is the mean of a window as wide as the
        spacing of the tabulated diffusion widths at the longest drift, and of all positions
        between two wires.

    Notes
    -----
    The width is measured on the collection plane alone: a bipolar pulse has to be integrated
    first, in which the rounding of its table grows beyond the diffusion.
    """
    alive = simulation.model_copy(update={"dead_wires": {"induction": (), "collection": ()}})
    longest = detector.size_cm[0]
    window = 2 * longest / (DIFFUSION_BINS - 1)
    for plane in PLANES:
        response = PlaneResponse(plane, detector=detector, simulation=alive)
        between = _between_wires(detector, plane)
        spread = window * between[::-1]
        for share in DISTANCES:
            distance = np.maximum(share * longest + spread, 0)
            pulses = drift_points(response, distance, between)
            yield from _compared(pulses, response, checked=share in CHECKED)
    collection = PlaneResponse("collection", detector=detector, simulation=alive)
    yield measurement(
        "pulse width", _width_error(collection), expected=0, tolerance=WIDTH_TOLERANCE
    )


def drift_points(response: PlaneResponse, distance: Floats, between: Floats) -> Pulses:
    """Let point charges drift, each one alone on its wires.

    Parameters
    ----------
    response : PlaneResponse
        The plane.
    distance : array of float, shape (charges,)
        Drift distances in cm.
    between : array of float, shape (charges,)
        Positions across the nearest wire in units of the pitch, -0.5 to 0.5.

    Returns
    -------
    Pulses
        Moments, corrected for the shaper's own delay.
    """
    wire = SPACING // 2 + SPACING * np.arange(len(distance))
    total = response.signals(_points(response, distance, wire + between)).total.astype(np.float64)
    # The integral of a bipolar pulse is a unipolar one; half of each sample lies before its tick.
    shape = total if response.plane == "collection" else np.cumsum(total, axis=1) - total / 2
    signals = np.stack([shape[wire + i] for i in range(-1, 2)], axis=1)
    area = signals.sum(axis=2)
    whole = area.sum(axis=1)
    pulse = signals.sum(axis=1)
    tick = np.arange(pulse.shape[1])
    mean = (pulse * tick).sum(axis=1) / whole
    variance = (pulse * (tick - mean[:, None]) ** 2).sum(axis=1) / whole
    gain = response.simulation.electrons_per_adc[response.plane]
    return Pulses(
        distance=distance,
        charge=whole * gain / _shaper_area(response) / ELECTRONS,
        mean=mean - _peaking_ticks(response) / 4,
        variance=variance,
        shared=1 - area[:, 1] / whole,
    )


def _compared(
    pulses: Pulses, response: PlaneResponse, *, checked: bool
) -> Iterator[dict[str, Any]]:
    simulation, detector, plane = response.simulation, response.detector, response.plane
    drift_us = 10 * pulses.distance / detector.drift_velocity
    arrival = detector.trigger_tick + 1000 * drift_us / detector.tick_ns
    left = np.exp(-drift_us / detector.lifetime_us).mean()
    across = np.sqrt(2 * simulation.diffusion_transverse * drift_us * 1e-6) / detector.pitch_cm
    shared = np.mean(np.sqrt(2 / np.pi) * across)
    added = _added_variance(response, pulses.distance).mean()
    rows = [
        ("arrival", pulses.mean.mean(), arrival.mean(), ARRIVAL_TICKS),
        ("surviving charge", pulses.charge.mean(), left, CHARGE_TOLERANCE * left),
        ("shared charge", pulses.shared.mean(), shared, DIFFUSION_TOLERANCE * shared),
    ]
    if plane == "collection":
        variance = np.mean(pulses.variance - _shaper_variance(response))
        rows.append(("longitudinal variance", variance, added, DIFFUSION_TOLERANCE * added))
    for quantity, value, expected, tolerance in rows:
        yield measurement(
            quantity,
            value,
            plane=plane,
            at=pulses.distance.mean(),
            expected=expected,
            tolerance=tolerance if checked else np.nan,
        )


def _width_error(response: PlaneResponse) -> float:
    """Return the largest relative error of the width of a single pulse at any distance."""
    number = len(_between_wires(response.detector, response.plane))
    distance = np.linspace(NEAREST, 1, number) * response.detector.size_cm[0]
    pulses = drift_points(response, distance, np.zeros(number))
    expected = _shaper_variance(response) + _added_variance(response, distance)
    return float(np.abs(np.sqrt(pulses.variance / expected) - 1).max())


def _between_wires(detector: Detector, plane: Plane) -> Floats:
    """Return evenly spaced positions across a wire, as many as the plane has room for."""
    number = detector.plane(plane).wires // SPACING
    return (np.arange(number) + 0.5) / number - 0.5


def _points(response: PlaneResponse, distance: Floats, wire: Floats) -> Charges:
    geometry = response.detector.plane(response.plane)
    angle = np.deg2rad(geometry.angle)
    across = (wire - geometry.wire_at_origin) * response.detector.pitch_cm
    n = len(distance)
    return Charges(
        x=distance,
        y=across * np.cos(angle) * (-1 if angle < 0 else 1),
        z=across * np.abs(np.sin(angle)),
        time_ns=np.zeros(n),
        electrons=np.full(n, ELECTRONS),
        origin=np.zeros(n, dtype=np.int64),
    )


def _added_variance(response: PlaneResponse, distance: Floats) -> Floats:
    """Return 2 D_L t in ticks²."""
    velocity = 1e5 * response.detector.drift_velocity  # cm/s
    tick_cm = velocity * response.detector.tick_ns * 1e-9
    drift_s = distance / velocity
    return np.asarray(2 * response.simulation.diffusion_longitudinal * drift_s / tick_cm**2)


def _peaking_ticks(response: PlaneResponse) -> float:
    return 1000 * response.simulation.shaping_us / response.detector.tick_ns


def _shaper_area(response: PlaneResponse) -> float:
    """Return ∫ u⁴ exp(4 (1 - u)) dt with u = t/τ, the answer of a CR-RC⁴ shaper, in ticks.

    A bipolar pulse is its derivative with the highest sample, (e²/4)/τ at u = 1/2, set to 1.
    """
    peaking = _peaking_ticks(response)
    area = peaking * np.exp(4) * 24 / 1024
    return float(area if response.plane == "collection" else area * peaking * 4 / np.exp(2))


def _shaper_variance(response: PlaneResponse) -> float:
    """Return the variance of u⁴ exp(-4u), a gamma distribution of order 5, in ticks²."""
    return 5 / 16 * _peaking_ticks(response) ** 2
