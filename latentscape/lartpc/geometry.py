"""The detector as numbers: wires, ticks, drift and the planes' views of a point."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from latentscape.settings import Settings

Plane = Literal["induction", "collection"]
PLANES: tuple[Plane, ...] = ("induction", "collection")
MAX_INDEX = 32767  # pixels are stored with 16-bit wire and tick


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
        settings = self.plane(plane)
        angle = np.deg2rad(settings.angle)
        side = -1 if angle < 0 else 1
        across = np.asarray(z) * np.abs(np.sin(angle)) + side * np.asarray(y) * np.cos(angle)
        return np.asarray(settings.wire_at_origin + across / self.pitch_cm)

    def drift_ticks(self, x: np.ndarray) -> np.ndarray:
        """Return the arrival tick, not rounded, of charge released at drift distance x [cm]."""
        drift_us = np.asarray(x) * 10 / self.drift_velocity
        return np.asarray(self.trigger_tick + drift_us * 1000 / self.tick_ns)
