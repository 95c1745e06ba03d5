"""Empty events, digitised: noise, its correlations and spectrum, baselines, and the digitiser."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation.response import PlaneResponse
from latentscape.lartpc.validation.quantities import measurement
from latentscape.seeds import seed_for

Floats = NDArray[np.float64]

NOISE_TOLERANCE = 0.01
"""Relative, of the noise and of its power in a third of the band; ten events give it to 0.1 %."""

NOISY_TOLERANCE = 0.02
"""Relative; a single noisy wire has 3072 samples per event, and ten events give it to 0.4 %."""

NOISY_WHITE = 2.0
"""White noise that a noisy wire must have, in units of an ordinary one's: the documentation of
``noisy_wires`` says twice. A number of its own, so that another factor in the simulation shows."""

CORRELATION_TOLERANCE = 0.005

STANDARD_ERRORS = 4.0
"""Tolerance of the baselines, that are drawn once per wire, in standard errors of the draw."""

BASELINE_ADC = 0.1
"""How well the samples of one wire give its baseline, whatever the spread of the baselines."""

POINTS = 48
"""Points of the drawn spectrum."""


@dataclass(frozen=True)
class EmptyEvents:
    """What empty events say of one plane; the first axis is the event.

    Parameters
    ----------
    variance, noisy_variance : array of float, shape (events,)
        Variance of ordinary and of noisy wires in ADC²; NaN without such wires.
    on_board, across_boards : array of float, shape (events,)
        Mean correlation of two ordinary wires; NaN without such pairs.
    spectrum : array of float, shape (events, points)
        Power density of the ordinary wires in ADC² per kHz.
    frequency : array of float, shape (points,)
        Middle of each band in kHz.
    baseline : array of float, shape (wires,)
        Mean sample of each live wire.
    live_dead_wires : int
        Dead wires with more than one value.
    """

    variance: Floats
    noisy_variance: Floats
    on_board: Floats
    across_boards: Floats
    spectrum: Floats
    frequency: Floats
    baseline: Floats
    live_dead_wires: int


def measure_noise(
    *, detector: Detector, simulation: Simulation, empty_events: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Measure noise, baselines and the digitiser's limits on empty events.

    Parameters
    ----------
    detector, simulation
        Settings.
    empty_events : int
        Number of events per plane.
    seed : int
        Random seed.

    Yields
    ------
    dict
        Rows of the table ``response``.
    """
    for plane in PLANES:
        response = PlaneResponse(plane, detector=detector, simulation=simulation)
        rng = np.random.default_rng(seed_for(seed, "noise", plane))
        empty = digitise_nothing(response, rng, events=empty_events)
        white, coherent = simulation.white_noise[plane], simulation.coherent_noise[plane]
        for row in (
            *_noise(empty, white=white, coherent=coherent),
            *_spectrum(empty, white=white, coherent=coherent, tick_ns=detector.tick_ns),
            *_baselines(empty, simulation),
            *_limits(response, rng),
        ):
            yield row | {"plane": plane}


def digitise_nothing(
    response: PlaneResponse, rng: np.random.Generator, *, events: int
) -> EmptyEvents:
    """Digitise empty events of one plane and measure their noise."""
    condition, simulation = response.condition, response.simulation
    noisy = condition.white > 1.5 * simulation.white_noise[response.plane]
    ordinary = np.flatnonzero(~condition.is_dead & ~noisy)
    noisy &= ~condition.is_dead
    board = ordinary // simulation.wires_per_board
    same = board[:, None] == board
    np.fill_diagonal(same, False)
    nothing = np.zeros((len(noisy), response.detector.ticks), dtype=np.float32)
    frequency, band = _bands(response.detector)
    baseline = np.zeros(len(noisy))
    found: list[tuple[float, ...]] = []
    spectra = []
    varied = np.zeros(len(noisy), dtype=bool)
    for _ in range(events):
        samples = response.digitise(nothing, rng).astype(np.float64)
        varied |= np.ptp(samples, axis=1) > 0
        mean = samples.mean(axis=1)
        baseline += mean / events
        quiet = samples[ordinary] - mean[ordinary, None]
        correlation = np.corrcoef(quiet)
        found.append(
            (
                quiet.var(axis=1, ddof=1).mean(),
                _mean(samples[noisy].var(axis=1, ddof=1)),
                _mean(correlation[same]),
                _mean(correlation[board[:, None] != board]),
            )
        )
        spectra.append(_power(quiet, band, tick_ns=response.detector.tick_ns))
    variance, noisy_variance, on_board, across_boards = np.array(found).T
    return EmptyEvents(
        variance=variance,
        noisy_variance=noisy_variance,
        on_board=on_board,
        across_boards=across_boards,
        spectrum=np.array(spectra),
        frequency=frequency,
        baseline=baseline[~condition.is_dead],
        live_dead_wires=int(varied[condition.is_dead].sum()),
    )


def _noise(empty: EmptyEvents, *, white: float, coherent: float) -> Iterator[dict[str, Any]]:
    total = _quadrature(white, coherent)
    yield _width("noise", empty.variance, total, NOISE_TOLERANCE)
    if np.isfinite(empty.noisy_variance).all():
        expected = _quadrature(NOISY_WHITE * white, coherent)
        yield _width("noise of noisy wires", empty.noisy_variance, expected, NOISY_TOLERANCE)
    for quantity, values, expected in (
        ("correlation on a board", empty.on_board, coherent**2 / total**2),
        ("correlation across boards", empty.across_boards, 0.0),
    ):
        if np.isfinite(values).all():
            yield measurement(
                quantity,
                values.mean(),
                uncertainty=_standard_error(values),
                expected=expected,
                tolerance=CORRELATION_TOLERANCE,
            )


def _width(quantity: str, variance: Floats, expected: float, tolerance: float) -> dict[str, Any]:
    width = float(np.sqrt(variance.mean()))
    return measurement(
        quantity,
        width,
        uncertainty=_standard_error(variance) / (2 * width),
        expected=expected,
        tolerance=tolerance * expected,
    )


def _spectrum(
    empty: EmptyEvents, *, white: float, coherent: float, tick_ns: float
) -> Iterator[dict[str, Any]]:
    nyquist_khz = 0.5e6 / tick_ns
    density = _quadrature(white, coherent) ** 2 / nyquist_khz
    for at, values in zip(empty.frequency, empty.spectrum.T, strict=True):
        yield measurement(
            "power density",
            values.mean(),
            at=at,
            uncertainty=_standard_error(values),
            expected=density,
        )
    whole = empty.spectrum.mean(axis=1)
    for third in np.array_split(np.arange(len(empty.frequency)), 3):
        ratio = empty.spectrum[:, third].mean(axis=1) / whole
        yield measurement(
            "power of a third",
            ratio.mean(),
            at=empty.frequency[third].mean(),
            uncertainty=_standard_error(ratio),
            expected=1.0,
            tolerance=NOISE_TOLERANCE,
        )


def _baselines(empty: EmptyEvents, simulation: Simulation) -> Iterator[dict[str, Any]]:
    wires = len(empty.baseline)
    error = max(simulation.pedestal_spread, BASELINE_ADC) / np.sqrt(wires)
    for quantity, value, expected, uncertainty in (
        ("baseline", empty.baseline.mean(), simulation.pedestal, error),
        (
            "spread of baselines",
            empty.baseline.std(ddof=1),
            simulation.pedestal_spread,
            error / np.sqrt(2),
        ),
    ):
        yield measurement(
            quantity,
            value,
            uncertainty=uncertainty,
            expected=expected,
            tolerance=STANDARD_ERRORS * uncertainty,
        )
    yield measurement("live dead wires", empty.live_dead_wires, expected=0, tolerance=0.5)


def _limits(response: PlaneResponse, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Digitise signals far beyond the digitiser's range."""
    codes = 2**response.simulation.adc_bits
    lowest = 0 if response.simulation.pedestal else -codes // 2
    signal = np.zeros((len(response.condition.is_dead), response.detector.ticks), dtype=np.float32)
    signal[:, 0::2], signal[:, 1::2] = 2 * codes, -2 * codes
    samples = response.digitise(signal, rng)
    for quantity, value, expected in (
        ("lowest sample", samples.min(), lowest),
        ("highest sample", samples.max(), lowest + codes - 1),
    ):
        yield measurement(quantity, value, expected=expected, tolerance=0.5)


def _bands(detector: Detector) -> tuple[Floats, NDArray[np.int64]]:
    """Return the middle [kHz] of each band of the spectrum, and the band of each frequency."""
    frequency = np.fft.rfftfreq(detector.ticks, detector.tick_ns * 1e-6)[1:]
    points = min(POINTS, len(frequency))
    band = np.arange(len(frequency)) * points // len(frequency)
    return np.bincount(band, frequency) / np.bincount(band), band


def _power(samples: Floats, band: NDArray[np.int64], *, tick_ns: float) -> Floats:
    """Return the one-sided power density in each band; its integral is the variance."""
    amplitude = np.fft.rfft(samples, axis=1)[:, 1:]
    power = (np.abs(amplitude) ** 2).mean(axis=0) * 2 * tick_ns * 1e-6 / samples.shape[1]
    return np.bincount(band, power) / np.bincount(band)


def _quadrature(white: float, coherent: float) -> float:
    """Return the noise in ADC; rounding to integers adds a variance of 1/12."""
    return float(np.sqrt(white**2 + coherent**2 + 1 / 12))


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else np.nan


def _standard_error(values: Floats) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))
