"""Residual range and dE/dx of a track, from its own clusters."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf

from latentscape.errors import InputError
from latentscape.keys import TRACK_KEY, join, sort_by_key
from latentscape.lartpc.argon import DENSITY
from latentscape.lartpc.geometry import PLANES, Detector, Plane
from latentscape.lartpc.primaries import primary_tracks
from latentscape.lartpc.pulses import STEEPEST, Pulses, follow
from latentscape.lartpc.recombination import inverse_birks, inverse_modified_box
from latentscape.lartpc.tables.calorimetry import CALORIMETRY, TRACK_CALORIMETRY
from latentscape.lartpc.trajectory import End, Trajectory, View, reconstruct_trajectory
from latentscape.progress import progress

Floats = NDArray[np.float64]


def measure_tracks(
    tracks: pd.DataFrame,
    *,
    detector: Detector,
    recombination: Literal["box", "birks"],
    end: End,
    min_wires: int,
    max_dedx: float,
) -> pd.DataFrame:
    """Measure residual range and dE/dx of every track in both planes.

    Parameters
    ----------
    tracks : DataFrame
        The table TRACKS. Neither the order of its rows nor that of a row's pixels matters.
    detector : Detector
        Geometry, drift, lifetime, field, and of each plane ``threshold`` and
        ``electrons_per_adc_tick``.
    recombination : {"box", "birks"}
        Model that is undone.
    end : {"last_wire", "bragg_peak"}
        Where a track ends, as for :func:`~latentscape.lartpc.trajectory.reconstruct_trajectory`.
    min_wires : int
        A plane with fewer measured wires of a track has no row.
    max_dedx : float
        Measurements above are dropped, in MeV/cm.

    Returns
    -------
    DataFrame
        The table TRACK_CALORIMETRY, sorted by key.

    Raises
    ------
    InputError
        If a plane has no ``electrons_per_adc_tick``.

    Notes
    -----
    On each wire that the track crosses from border to border

        dQ/dx = C · ΣADC / erf(√ln(A/t)) · exp(t_drift/τ) / pitch

    with the plane's electrons per ADC·tick C, the highest ADC A, the threshold t, the electron
    lifetime τ and the path across the wire. dE/dx undoes the recombination of dQ/dx. The wires
    of both ends are crossed in part; their charge fixes the ends and no dE/dx is left to measure.
    """
    gains = {plane: gain_of(detector, plane) for plane in PLANES}
    invert = inverse_modified_box if recombination == "box" else inverse_birks
    rows: list[dict[str, Any]] = []
    ordered = sort_by_key(tracks, TRACK_KEY)
    for track in progress(ordered.to_dict("records"), len(ordered), unit="tracks"):
        trajectory = reconstruct_trajectory(
            {plane: _follow(track, plane, detector) for plane in PLANES},
            detector=detector,
            end=end,
        )
        key = {name: track[name] for name in TRACK_KEY} | _ends(trajectory)
        for plane in PLANES:
            view = trajectory.views[plane]
            threshold = detector.plane(plane).threshold
            dqdx = gains[plane] * charge_per_path(view, threshold=threshold, detector=detector)
            dedx = invert(dqdx, field=detector.field, density=DENSITY)
            used = view.is_crossed & (dedx <= max_dedx)
            if used.sum() >= min_wires:
                rows.append(key | {"plane": plane} | _lists(view, dqdx, dedx, used, detector))
    return TRACK_CALORIMETRY.check(pd.DataFrame(rows)) if rows else TRACK_CALORIMETRY.empty()


def calorimetry_of_primaries(
    own: pd.DataFrame, tracks: pd.DataFrame, *, plane: Plane
) -> pd.DataFrame:
    """Return one plane's own calorimetry in the form of an experiment's calorimetry table.

    Parameters
    ----------
    own : DataFrame
        The table TRACK_CALORIMETRY.
    tracks : DataFrame
        Key columns of ``TRACKS`` and ``collection_height``.
    plane : {"induction", "collection"}
        The plane.

    Returns
    -------
    DataFrame
        The table CALORIMETRY; events whose primary track has no row in this plane are left out.
    """
    of_plane = own.loc[own["plane"] == plane, [*TRACK_KEY, "residual_range", "dedx"]]
    primary = join(primary_tracks(tracks), of_plane, TRACK_KEY, what="primary tracks")
    return CALORIMETRY.check(primary.drop(columns="track"))


def charge_per_path(view: View, *, threshold: float, detector: Detector) -> Floats:
    """Return the charge that left the track per path on each wire, in ADC·tick/cm.

    Parameters
    ----------
    view : View
        The track in one plane.
    threshold : float
        The plane's threshold in ADC.
    detector : Detector
        Drift and lifetime.

    Returns
    -------
    array of float, shape (n,)
    """
    pulses = view.pulses
    drift_us = np.maximum(detector.drift_distance(pulses.tick), 0) * 10 / detector.drift_velocity
    arrived = pulses.charge / seen_charge(pulses.height, threshold)
    return np.asarray(arrived * np.exp(drift_us / detector.lifetime_us) / view.pitch)


def seen_charge(height: ArrayLike, threshold: float) -> Floats:
    """Share of a pulse's area that its samples above the threshold hold.

    Parameters
    ----------
    height : array of float
        Highest sample of the pulse in ADC, above the threshold.
    threshold : float
        Samples at or below it are not seen, in ADC.

    Returns
    -------
    array of float
        Share, between 0 and 1; 1 for a threshold of 0.

    Notes
    -----
    A Gaussian pulse A exp(-x²/2σ²) exceeds t where |x| < σ√(2 ln(A/t)). Its area there, in units
    of that of the whole pulse, is erf(√ln(A/t)), whatever its width. The pulse of a CR-RC⁴ shaper
    is skewed: of its area at A/t = 10 the share 0.965 is seen, and 0.968 by this formula. The
    positive lobe of an induction pulse begins and ends steeply: 0.990 at A/t = 10, so that the
    formula adds 2.2 % too much there, and 0.7 % at A/t = 32.
    """
    above = np.asarray(height, dtype=np.float64)
    if threshold <= 0:
        return np.ones_like(above)
    return np.asarray(erf(np.sqrt(np.log(np.maximum(above / threshold, 1.0)))))


def gain_of(detector: Detector, plane: Plane) -> float:
    """Return the calibrated electrons per ADC·tick of a plane.

    Raises
    ------
    InputError
        If the detector has none.
    """
    gain = detector.plane(plane).electrons_per_adc_tick
    if gain is None:
        raise InputError(
            f"detector {detector.name}: {plane}.electrons_per_adc_tick is not given, and a "
            "track's own calorimetry needs it: electrons per unit of a pulse's area, above 0."
        )
    return gain


def _follow(track: Mapping[Any, Any], plane: Plane, detector: Detector) -> Pulses:
    wire, tick, adc = (np.asarray(track[f"{plane}_{name}"]) for name in ("wire", "tick", "adc"))
    farthest = STEEPEST * detector.pitch_cm / detector.cm_per_tick
    return follow(wire, tick, adc, farthest_ticks=farthest)


def _ends(trajectory: Trajectory) -> dict[str, float]:
    along = trajectory.stop - trajectory.start
    angle = np.arctan2(np.hypot(along[0], along[1]), along[2])
    end = dict(zip(("end_x", "end_y", "end_z"), trajectory.stop.tolist(), strict=True))
    return {"angle": float(angle), **end}


def _lists(
    view: View, dqdx: Floats, dedx: Floats, used: NDArray[np.bool_], detector: Detector
) -> dict[str, Any]:
    return {
        "n_points": int(used.sum()),
        "length": view.length,
        "wire": view.pulses.wire[used].astype(np.int16),
        "drift": detector.drift_distance(view.pulses.tick[used]),
        "residual_range": view.residual_range[used],
        "pitch": view.pitch[used],
        "dqdx": dqdx[used],
        "dedx": dedx[used],
    }
