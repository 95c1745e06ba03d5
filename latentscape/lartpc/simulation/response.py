"""From energy in the argon to the ADC samples of both wire planes."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.special import ndtr, ndtri

from latentscape.errors import InputError
from latentscape.lartpc.argon import DENSITY, IONISATION_ENERGY
from latentscape.lartpc.geometry import Detector, Plane
from latentscape.lartpc.recombination import birks, modified_box
from latentscape.lartpc.settings.simulation import Simulation

SHAPER_ORDER = 4
"""Number of integrations of the CR-RC^n shaper."""

NOISY_FACTOR = 2.0
"""White noise of a noisy wire, in units of an ordinary one's."""

TRUTH_FRACTION = 1 / 3
"""A pixel has a true owner if its noiseless signal exceeds this fraction of the threshold."""

REACH = 1
"""Charge is shared with this many wires on either side; diffusion is a small part of the pitch."""

SHORTEST_STEP_CM = 1e-6
"""Energy on a shorter step is taken as spread over this length; keeps dE/dx finite."""

NORMAL_LEVELS = 2**16
"""White noise takes one of this many equally likely values (up to 4.3 σ): one random 16-bit
number per sample is four times faster than a normal one, and noise is most of the work."""

SUB_TICKS = 8
DIFFUSION_BINS = 24


@dataclass(frozen=True)
class Charges:
    """Ionisation electrons that escaped recombination, before they drift.

    Parameters
    ----------
    x, y, z : array of float, shape (n,)
        Drift distance, height and depth in cm.
    time_ns : array of float, shape (n,)
        Time after the trigger.
    electrons : array of float, shape (n,)
        Number of electrons.
    origin : array of int, shape (n,)
        What the charge belongs to (see ``latentscape.lartpc.simulation.beam``).
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    z: NDArray[np.float64]
    time_ns: NDArray[np.float64]
    electrons: NDArray[np.float64]
    origin: NDArray[np.int64]


@dataclass(frozen=True)
class Signals:
    """The noiseless response of one plane, arrays of shape (wires, ticks).

    Parameters
    ----------
    total : array of float32
        Signal in ADC.
    absolute : array of float32
        Sum of the absolute signals of all origins.
    largest : array of float32
        Absolute signal of the dominant origin.
    origin : array of int8
        The dominant origin.
    """

    total: NDArray[np.float32]
    absolute: NDArray[np.float32]
    largest: NDArray[np.float32]
    origin: NDArray[np.int8]


@dataclass(frozen=True)
class Condition:
    """The state of one plane's wires, the same in every event.

    Parameters
    ----------
    baseline : array of float32, shape (wires,)
        Pedestal in ADC.
    white : array of float32, shape (wires,)
        Uncorrelated noise (σ) in ADC.
    is_dead : array of bool, shape (wires,)
        Wires that only show their baseline.
    """

    baseline: NDArray[np.float32]
    white: NDArray[np.float32]
    is_dead: NDArray[np.bool_]


def join_charges(parts: Sequence[Charges]) -> Charges:
    """Return the charges of several sources as one."""
    names = [field.name for field in fields(Charges)]
    return Charges(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    )


def ionisation_electrons(
    energy: NDArray[np.float64],
    length: NDArray[np.float64],
    *,
    model: Literal["box", "birks"],
    field: float,
) -> NDArray[np.float64]:
    """Electrons that escape recombination.

    Parameters
    ----------
    energy, length : array of float
        Deposited energy in MeV and the length on which it was deposited in cm.
    model : {"box", "birks"}
        Recombination model.
    field : float
        Electric field in kV/cm.

    Returns
    -------
    array of float
        Number of electrons.
    """
    survival = modified_box if model == "box" else birks
    dedx = energy / np.maximum(length, SHORTEST_STEP_CM)
    return energy / IONISATION_ENERGY * survival(dedx, field=field, density=DENSITY)


def wire_condition(plane: Plane, *, detector: Detector, simulation: Simulation) -> Condition:
    """Return baselines, dead and noisy wires of a plane.

    They belong to the detector: its name and the plane's decide the baselines, so every sample
    and shard sees the same ones.

    Raises
    ------
    InputError
        If a dead or noisy wire is beyond the plane's last one.
    """
    wires = detector.plane(plane).wires
    is_dead = _marked(simulation.dead_wires[plane], wires, f"dead_wires.{plane}")
    is_noisy = _marked(simulation.noisy_wires[plane], wires, f"noisy_wires.{plane}")
    rng = np.random.default_rng(zlib.crc32(f"{detector.name}/{plane}".encode()))
    baseline = rng.normal(simulation.pedestal, simulation.pedestal_spread, wires)
    white = simulation.white_noise[plane] * np.where(is_noisy, NOISY_FACTOR, 1.0)
    return Condition(baseline.astype(np.float32), white.astype(np.float32), is_dead)


def _marked(chosen: Sequence[int], wires: int, key: str) -> NDArray[np.bool_]:
    beyond = [wire for wire in chosen if wire >= wires]
    if beyond:
        raise InputError(
            f"lartpc.simulation.{key}: no wire {beyond[0]}; allowed are 0 to {wires - 1}."
        )
    marked = np.zeros(wires, dtype=bool)
    marked[list(chosen)] = True
    return marked


class PlaneResponse:
    """How one wire plane answers to charge; holds its tabulated pulse shapes.

    Parameters
    ----------
    plane : {"induction", "collection"}
        Collection pulses are unipolar with their peak at the arrival of the charge; induction
        pulses are bipolar and cross zero there.
    detector, simulation
        Settings.
    """

    def __init__(self, plane: Plane, *, detector: Detector, simulation: Simulation) -> None:
        self.plane = plane
        self.detector = detector
        self.simulation = simulation
        self._normal = ndtri((np.arange(NORMAL_LEVELS) + 0.5) / NORMAL_LEVELS).astype(np.float32)
        self.condition = wire_condition(plane, detector=detector, simulation=simulation)
        longest_us = 10 * detector.size_cm[0] / detector.drift_velocity
        self._widest = max(float(self._diffusion_ticks(np.array(longest_us))), 1e-6)
        self._pulses, self._peak = pulse_shapes(
            bipolar=plane == "induction",
            peaking_ticks=1000 * simulation.shaping_us / detector.tick_ns,
            sigmas=np.linspace(0, self._widest, DIFFUSION_BINS),
        )

    def signals(self, charges: Charges) -> Signals:
        """Return the noiseless signals of one event."""
        geometry = self.detector.plane(self.plane)
        shape = (geometry.wires, self.detector.ticks)
        signals = Signals(
            total=np.zeros(shape, dtype=np.float32),
            absolute=np.zeros(shape, dtype=np.float32),
            largest=np.zeros(shape, dtype=np.float32),
            origin=np.zeros(shape, dtype=np.int8),
        )
        scratch = np.zeros(shape, dtype=np.float32)
        for origin in np.unique(charges.origin):
            first, shares, tick, diffusion, height = self._arrivals(
                charges, charges.origin == origin
            )
            touched = _add_pulses(
                scratch, first, shares, tick, diffusion, height, self._pulses, self._peak
            )
            _merge(
                scratch,
                touched,
                self.condition.is_dead,
                origin,
                signals.total,
                signals.absolute,
                signals.largest,
                signals.origin,
            )
        return signals

    def digitise(self, total: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.int16]:
        """Return the samples: signal, baseline and noise, rounded and clipped to the digitiser.

        Parameters
        ----------
        total : array of float32, shape (wires, ticks)
            Noiseless signal in ADC.
        rng : numpy.random.Generator
            Source of the noise.
        """
        wires, ticks = total.shape
        board = np.arange(wires) // self.simulation.wires_per_board
        coherent = rng.standard_normal((board[-1] + 1, ticks), dtype=np.float32)
        coherent *= np.float32(self.simulation.coherent_noise[self.plane])
        levels = rng.integers(NORMAL_LEVELS, size=(wires, ticks), dtype=np.uint16)
        codes = 2**self.simulation.adc_bits
        lowest = 0 if self.simulation.pedestal else -codes // 2
        return np.asarray(
            _digitise(
                total,
                levels,
                self._normal,
                self.condition.white,
                coherent,
                board,
                self.condition.baseline,
                self.condition.is_dead,
                lowest,
                lowest + codes - 1,
            )
        )

    def true_pixels(self, signals: Signals) -> dict[str, NDArray[np.generic]]:
        """Return the columns wire, tick, particle, share and signal of ``true_pixels``."""
        threshold = self.detector.plane(self.plane).threshold * TRUTH_FRACTION
        wire, tick = _beyond(signals.total, threshold)
        at = (wire, tick)
        return {
            "wire": wire.astype(np.int16),
            "tick": tick.astype(np.int16),
            "particle": signals.origin[at].astype(np.int16),
            "share": signals.largest[at] / signals.absolute[at],
            "signal": signals.total[at],
        }

    def _diffusion_ticks(self, drift_us: NDArray[np.float64]) -> NDArray[np.float64]:
        spread_cm = np.sqrt(2 * self.simulation.diffusion_longitudinal * drift_us * 1e-6)
        ticks_per_cm = 1e4 / (self.detector.drift_velocity * self.detector.tick_ns)
        return np.asarray(spread_cm * ticks_per_cm)

    def _arrivals(
        self, charges: Charges, chosen: NDArray[np.bool_]
    ) -> tuple[NDArray[np.generic], ...]:
        """Return first wire, shares of the wires, tick, diffusion bin and height of each charge."""
        x = charges.x[chosen]
        drift_us = 10 * x / self.detector.drift_velocity
        wire = self.detector.wire(self.plane, charges.y[chosen], charges.z[chosen])
        first = np.rint(wire).astype(np.int64) - REACH
        spread_cm = np.sqrt(2 * self.simulation.diffusion_transverse * drift_us * 1e-6)
        edges = first[:, None] + np.arange(2 * REACH + 2) - 0.5 - wire[:, None]
        width = np.maximum(spread_cm / self.detector.pitch_cm, 1e-6)
        shares = np.diff(ndtr(edges / width[:, None]), axis=1)
        arriving = charges.electrons[chosen] * np.exp(-drift_us / self.detector.lifetime_us)
        tick = self.detector.drift_ticks(x) + charges.time_ns[chosen] / self.detector.tick_ns
        diffusion = self._diffusion_ticks(drift_us) / self._widest * (DIFFUSION_BINS - 1)
        height = arriving / self.simulation.electrons_per_adc[self.plane]
        return first, shares, tick, np.rint(diffusion).astype(np.int64), height


def pulse_shapes(
    *, bipolar: bool, peaking_ticks: float, sigmas: NDArray[np.float64]
) -> tuple[NDArray[np.float32], int]:
    """Tabulate the pulse of one electron, for fractions of a tick and diffusion widths.

    Parameters
    ----------
    bipolar : bool
        Whether the pulse is the derivative of the shaper's answer (induction).
    peaking_ticks : float
        Peaking time of the shaper.
    sigmas : array of float
        Widths by longitudinal diffusion in ticks.

    Returns
    -------
    pulses : array of float32, shape (sigmas, SUB_TICKS, samples)
        Pulse without diffusion has height 1; diffusion conserves its integral. Entry ``[:, j]``
        belongs to a charge that arrives ``j / SUB_TICKS`` after a tick.
    peak : int
        Sample that falls on the tick of the arrival.
    """
    before = int(np.ceil(peaking_ticks + 5 * sigmas.max())) + 1
    after = int(np.ceil(3 * peaking_ticks + 5 * sigmas.max())) + 1
    fine = np.arange(-before * SUB_TICKS, (after + 1) * SUB_TICKS) / SUB_TICKS
    rise = np.maximum(fine / peaking_ticks + 1, 0)  # 0 when the pulse starts, 1 at its peak
    shape = rise**SHAPER_ORDER * np.exp(SHAPER_ORDER * (1 - rise))
    if bipolar:
        shape = np.gradient(shape)
        shape /= shape.max()
    spread = [s * SUB_TICKS for s in sigmas]
    shapes = np.stack(
        [gaussian_filter1d(shape, s, mode="constant", truncate=5) if s else shape for s in spread]
    )
    # A charge that arrives late by j sub-ticks is sampled j sub-ticks earlier on its pulse.
    pulses = np.stack(
        [np.roll(shapes, j, axis=1)[:, ::SUB_TICKS] for j in range(SUB_TICKS)], axis=1
    )
    if bipolar:
        pulses -= pulses.mean(axis=2, keepdims=True)
    else:
        pulses *= pulses[:1, :1].sum(axis=2, keepdims=True) / pulses.sum(axis=2, keepdims=True)
    return pulses.astype(np.float32), before


@njit(cache=True)
def _add_pulses(  # noqa: PLR0917 - numba passes arguments by position
    scratch: Any,
    first: Any,
    shares: Any,
    tick: Any,
    diffusion: Any,
    height: Any,
    pulses: Any,
    peak: int,
) -> Any:
    """Add every charge's pulses, and return the first and past-last touched tick of each wire."""
    wires, ticks = scratch.shape
    samples = pulses.shape[2]
    touched = np.zeros((wires, 2), dtype=np.int64)
    touched[:, 0] = ticks
    for i in range(len(tick)):
        fine = int(np.floor(tick[i] * SUB_TICKS + 0.5))
        start = fine // SUB_TICKS - peak
        pulse = pulses[diffusion[i], fine % SUB_TICKS]
        low = max(start, 0)
        high = min(start + samples, ticks)
        if low >= high:
            continue
        for j in range(shares.shape[1]):
            wire = first[i] + j
            amount = np.float32(height[i] * shares[i, j])
            if wire < 0 or wire >= wires or amount == 0:
                continue
            touched[wire, 0] = min(touched[wire, 0], low)
            touched[wire, 1] = max(touched[wire, 1], high)
            for t in range(low, high):
                scratch[wire, t] += amount * pulse[t - start]
    return touched


@njit(cache=True)
def _merge(  # noqa: PLR0917 - numba passes arguments by position
    scratch: Any,
    touched: Any,
    is_dead: Any,
    origin: int,
    total: Any,
    absolute: Any,
    largest: Any,
    owner: Any,
) -> None:
    """Add one origin's signals to those of the event, and empty the scratch for the next."""
    for wire in range(len(touched)):
        for t in range(touched[wire, 0], touched[wire, 1]):
            signal = scratch[wire, t]
            scratch[wire, t] = 0
            if is_dead[wire]:
                continue
            size = abs(signal)
            total[wire, t] += signal
            absolute[wire, t] += size
            if size > largest[wire, t]:
                largest[wire, t] = size
                owner[wire, t] = origin


@njit(cache=True)
def _beyond(signal: Any, threshold: float) -> Any:
    """Return wires and ticks where the absolute signal exceeds a threshold."""
    n = 0
    for row in signal:
        for value in row:
            n += abs(value) > threshold
    at = np.empty((2, n), dtype=np.int64)
    i = 0
    for wire in range(signal.shape[0]):
        for t in range(signal.shape[1]):
            if abs(signal[wire, t]) > threshold:
                at[0, i] = wire
                at[1, i] = t
                i += 1
    return at


@njit(cache=True)
def _digitise(  # noqa: PLR0917 - numba passes arguments by position
    total: Any,
    levels: Any,
    normal: Any,
    sigma: Any,
    coherent: Any,
    board: Any,
    baseline: Any,
    is_dead: Any,
    lowest: int,
    highest: int,
) -> Any:
    wires, ticks = total.shape
    samples = np.empty((wires, ticks), dtype=np.int16)
    for wire in range(wires):
        if is_dead[wire]:
            samples[wire] = np.int16(np.rint(baseline[wire]))
            continue
        common = coherent[board[wire]]
        for t in range(ticks):
            noise = sigma[wire] * normal[levels[wire, t]] + common[t]
            value = np.rint(baseline[wire] + total[wire, t] + noise)
            samples[wire, t] = np.int16(min(max(value, lowest), highest))
    return samples
