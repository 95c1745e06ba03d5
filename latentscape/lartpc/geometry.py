"""The detector as numbers: wires, ticks, drift and the planes' views of a point."""

import math
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from latentscape.errors import InputError
from latentscape.settings import Settings

Plane = Literal["induction", "collection"]
PLANES: tuple[Plane, ...] = ("induction", "collection")
MAX_INDEX = 32767  # pixels are stored with 16-bit wire and tick
PARALLEL = 1e-6  # sine of the angle between wires below which two planes are parallel


class Window(Settings):
    """Where tracks of the beam enter, as seen by one plane. Bounds are exclusive."""

    first_wire: tuple[int, int] = Field(description="Lowest and highest first wire, both excluded")
    entry_tick: tuple[int, int] = Field(description="Lowest and highest entry tick, both excluded")

    @model_validator(mode="after")
    def _ordered(self) -> "Window":
        for name in ("first_wire", "entry_tick"):
            low, high = getattr(self, name)
            if low >= high:
                raise ValueError(f"{name}: the lower bound {low} is not below {high}")
        return self


class PlaneSettings(Settings):
    """One wire plane."""

    wires: int = Field(gt=0, le=MAX_INDEX, description="Number of wires")
    first_channel: int = Field(ge=0, description="Channel number of wire 0")
    angle: float = Field(
        ge=-90, le=90, description="Angle of the wires to the beam axis [degree], signed"
    )
    wire_at_origin: float = Field(
        description="Wire coordinate of the beam's entry point (y = 0, z = 0) [wires]"
    )
    threshold: int = Field(ge=0, description="A sample above this counts as signal [ADC]")
    electrons_per_adc_tick: float | None = Field(
        default=None,
        gt=0,
        description="Electrons per unit of a pulse's positive area, which the study's own "
        "calorimetry needs [1/(ADC·tick)]",
    )
    pulse_height: float | None = Field(
        default=None,
        gt=0,
        description="Most probable highest sample of a wire on proton tracks, at which the gain "
        "aims; the validation checks it where it is given [ADC]",
    )
    window: Window | None = Field(
        default=None, description="Entry window of beam tracks; none if not given"
    )


class Detector(Settings):
    """Geometry, drift and read-out of a two-plane LArTPC."""

    name: str = Field(description="Name of the detector, shown in figures")
    ticks: int = Field(gt=0, le=MAX_INDEX, description="Samples per wire")
    tick_ns: float = Field(gt=0, description="Length of a tick [ns]")
    trigger_tick: float = Field(
        ge=0, description="Tick at which charge at zero drift arrives [tick]"
    )
    pitch_cm: float = Field(gt=0, description="Distance between wires [cm]")
    size_cm: tuple[float, float, float] = Field(
        description="Active volume: drift x, vertical y, beam z [cm]"
    )
    drift_velocity: float = Field(gt=0, description="Drift velocity [mm/µs]")
    field: float = Field(gt=0, description="Electric field [kV/cm]")
    lifetime_us: float = Field(gt=0, description="Electron lifetime [µs]")
    induction: PlaneSettings = Field(description="The induction plane")
    collection: PlaneSettings = Field(description="The collection plane")

    def plane(self, name: str) -> PlaneSettings:
        """Return the settings of ``"induction"`` or ``"collection"``."""
        if name == "induction":
            return self.induction
        if name == "collection":
            return self.collection
        raise ValueError(f"unknown plane {name!r}; allowed: {', '.join(PLANES)}")

    def wire(self, plane: str, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Return the wire coordinate, not rounded, of points at height y and depth z.

        Parameters
        ----------
        plane : {"induction", "collection"}
            The plane.
        y, z : array of float
            Position in cm; the beam enters at y = 0, z = 0 along +z.

        Returns
        -------
        array of float
            Position across the wires in units of the pitch; wire ``i`` is centred on ``i``.
        """
        along_y, along_z = self._across(plane)
        across = np.asarray(z) * along_z + np.asarray(y) * along_y
        return np.asarray(self.plane(plane).wire_at_origin + across / self.pitch_cm)

    def drift_ticks(self, x: np.ndarray) -> np.ndarray:
        """Return the arrival tick, not rounded, of charge released at drift distance x [cm]."""
        drift_us = np.asarray(x) * 10 / self.drift_velocity
        return np.asarray(self.trigger_tick + drift_us * 1000 / self.tick_ns)

    def drift_distance(self, tick: np.ndarray) -> np.ndarray:
        """Return the drift distance x [cm] of charge that arrives at a tick."""
        return np.asarray((np.asarray(tick) - self.trigger_tick) * self.cm_per_tick)

    @property
    def cm_per_tick(self) -> float:
        """Drift distance in a tick [cm]."""
        return self.drift_velocity * self.tick_ns / 1e4

    def position(
        self, induction: np.ndarray, collection: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the height y and depth z [cm] that both planes see at these wire coordinates.

        Parameters
        ----------
        induction, collection : array of float
            Wire coordinates, as :meth:`wire` returns them.

        Returns
        -------
        y, z : array of float
            Position in cm.

        Raises
        ------
        InputError
            If the wires of both planes are parallel, so that they see the same coordinate.
        """
        (u_y, u_z), (v_y, v_z) = self._across("induction"), self._across("collection")
        determinant = u_y * v_z - u_z * v_y
        if abs(determinant) < PARALLEL:
            raise InputError(
                f"detector {self.name}: the wires of both planes are parallel (angles "
                f"{self.induction.angle} and {self.collection.angle}), so there is no height."
            )
        u = (np.asarray(induction) - self.induction.wire_at_origin) * self.pitch_cm
        v = (np.asarray(collection) - self.collection.wire_at_origin) * self.pitch_cm
        y, z = (u * v_z - v * u_z) / determinant, (v * u_y - u * v_y) / determinant
        return np.asarray(y), np.asarray(z)

    def _across(self, plane: str) -> tuple[float, float]:
        """Return the components along y and z of the unit vector across a plane's wires."""
        angle = np.deg2rad(self.plane(plane).angle)
        side = -1 if angle < 0 else 1
        return float(side * np.cos(angle)), float(np.abs(np.sin(angle)))


def scale_thresholds(detector: Detector, factor: float) -> Detector:
    """Return the detector with thresholds in units of its own.

    A sample counts as signal above, not at, the threshold, and samples are whole ADC. A threshold
    between two ADC values is therefore the same as the lower of them.

    Parameters
    ----------
    detector : Detector
        The detector.
    factor : float
        Thresholds in units of the detector's, > 0.

    Returns
    -------
    Detector
    """
    planes: dict[str, PlaneSettings] = {}
    for name in PLANES:
        plane = detector.plane(name)
        # 0.29 · 100 is 28.999… in floating point, and is meant to be 29.
        threshold = math.floor(round(plane.threshold * factor, 9))
        planes[name] = plane.model_copy(update={"threshold": threshold})
    return detector.model_copy(update=planes)
