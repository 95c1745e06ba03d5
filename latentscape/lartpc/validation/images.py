"""Images held against closed forms and a second, independent drawing."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from latentscape.errors import InputError
from latentscape.keys import TRACK_KEY, join, sort_by_key
from latentscape.lartpc.aliasing import canvas_pixels, over_shifts, shift_tracks
from latentscape.lartpc.images import CHANNELS, bilinear_weights, make_images
from latentscape.lartpc.resizing import peak_shift
from latentscape.lartpc.validation.checks import Check

Floats = NDArray[np.float64]

GROUP = "images"

ROUNDING = 1e-6
"""Images are single precision; their sums and differences are good to about this."""

WHOLE_TICKS = 0.01
"""Relative tolerance of a spread: tracks are moved by whole ticks, of which 31 make a column."""

FAR_SHARE = 0.01
"""Share of the tracks of which two distant wires may hold about the same charge.

Only there can the highest row of an image be one that the peak's wire is not in: a row of 51/48
wires adds at most 6 % of its neighbour to a wire.
"""

PULSES = (3.5, 8.5)
"""RMS widths [tick] near those of the simulated induction and collection pulses."""


def check_images(
    tracks: pd.DataFrame,
    resizing: pd.DataFrame,
    aliasing: pd.DataFrame,
    *,
    size: int,
    wires: int,
    canvas_ticks: int,
    max_width: int,
) -> list[Check]:
    """Hold the images of both resizes against what they must be.

    Parameters
    ----------
    tracks : DataFrame
        A table ``TRACKS`` that holds at least the tracks of ``aliasing``, which are drawn.
    resizing : DataFrame
        A table ``RESIZING``.
    aliasing : DataFrame
        A table ``ALIASING``, made with the same settings.
    size, wires, canvas_ticks, max_width : int
        As for :func:`~latentscape.lartpc.images.make_images`.

    Returns
    -------
    list of Check
        Group ``images``.

    Raises
    ------
    InputError
        If no track was moved.
    """
    if aliasing.empty:
        raise InputError("images: there is no track to check them with.")
    drawing = {"size": size, "wires": wires, "canvas_ticks": canvas_ticks, "max_width": max_width}
    keys = aliasing[list(TRACK_KEY)].drop_duplicates(ignore_index=True)
    drawn = sort_by_key(join(keys, tracks, TRACK_KEY, what="aliasing with tracks"), TRACK_KEY)
    return [
        *_charge_and_pixels(drawn, **drawing),
        _sampled_ticks(size, canvas_ticks),
        *_peak_row(resizing, row_wires=(wires + 1) / size),
        *(_spread_of_a_pulse(width, **drawing) for width in PULSES),
        *_spread_of_tracks(drawn, aliasing, size=size, wires=wires, canvas_ticks=canvas_ticks),
    ]


def expected_spread(profiles: Floats, column_ticks: float) -> Floats:
    """Return the relative spread of a pulse's bilinear charge over all places in a column.

    Parameters
    ----------
    profiles : array of float, shape (pulses, ticks)
        Pulses, or sums of many; not negative.
    column_ticks : float
        Width of an image column P in ticks.

    Returns
    -------
    array of float, shape (pulses,)
        Standard deviation over mean.

    Notes
    -----
    By Poisson's summation formula, the sum of samples at distance P has the harmonics
    F(k/P)·sinc²(k/P) of the place, k = 0, 1, …, where F is the Fourier transform of the profile
    and sinc² that of the linear interpolation. Their squares add up: the squared spread is
    2 Σ |F(k/P)|²·sinc⁴(k/P) / F(0)², k ≥ 1, of which the first P terms are taken: the others
    are below k⁻⁴. A Gaussian pulse has |F(f)|/F(0) = exp(-2(πfσ)²).
    """
    frequency = np.arange(1, int(column_ticks) + 1) / column_ticks
    phases = np.exp(-2j * np.pi * np.arange(profiles.shape[1])[:, None] * frequency)
    power = np.abs(profiles @ phases) ** 2 * np.sinc(frequency) ** 4
    spread: Floats = np.sqrt(2 * power.sum(axis=1)) / profiles.sum(axis=1)
    return spread


def _charge_and_pixels(
    tracks: pd.DataFrame, *, size: int, wires: int, canvas_ticks: int, max_width: int
) -> Iterator[Check]:
    """Draw the tracks a second time, on dense canvases and with SciPy's interpolation."""
    drawing = {"size": size, "wires": wires, "canvas_ticks": canvas_ticks, "max_width": max_width}
    area = make_images(tracks, resize="area", **drawing)["images"]
    bilinear = make_images(tracks, resize="bilinear", **drawing)["images"]
    differences: dict[str, list[float]] = {"area": [], "bilinear": []}
    for channel, plane in enumerate(CHANNELS):
        kept = []
        for track, canvas in _canvases(tracks, plane, wires=wires, canvas_ticks=canvas_ticks):
            kept.append(area[track, channel].sum(dtype=np.float64) / canvas.sum())
            differences["area"].append(_difference(area[track, channel], _by_area(canvas, size)))
            differences["bilinear"].append(
                _difference(bilinear[track, channel], _at_centres(canvas, size))
            )
        yield Check(
            f"charge of an area image over that on its canvas, {plane}, worst track",
            group=GROUP,
            source="closed form (charge is divided, none is lost)",
            expected=1.0,
            measured=max(kept, key=lambda share: abs(share - 1)),
            uncertainty=0.0,
            tolerance=ROUNDING,
        )
    methods = {
        "area": "cumulative charge at the corners of the image pixels (SciPy)",
        "bilinear": "linear interpolation at the centres of the image pixels (SciPy)",
    }
    for resize, method in methods.items():
        yield Check(
            f"largest difference of {resize} images from a second drawing, over the highest pixel",
            group=GROUP,
            source=method,
            expected=0.0,
            measured=max(differences[resize]),
            uncertainty=0.0,
            tolerance=ROUNDING,
        )


def _canvases(
    tracks: pd.DataFrame, plane: str, *, wires: int, canvas_ticks: int
) -> Iterator[tuple[int, Floats]]:
    """Give the position of each track and its canvas (wires + 1, canvas_ticks)."""
    pixels = canvas_pixels(tracks, plane, wires=wires, canvas_ticks=canvas_ticks)
    pixels = pixels[pixels["column"].between(0, canvas_ticks - 1)]
    for track, own in pixels.groupby("track"):
        canvas = np.zeros((wires + 1, canvas_ticks))
        canvas[own["row"], own["column"]] = own["adc"]
        yield int(str(track)), canvas


def _difference(image: NDArray[np.float32], second: Floats) -> float:
    """Return the largest difference over the highest pixel, which is at least 1 ADC."""
    return float(np.abs(image - second).max() / max(second.max(), 1.0))


def _by_area(canvas: Floats, size: int) -> Floats:
    """Return the charge in each image pixel, from the charge above and left of its corners."""
    charge = np.pad(canvas.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    edges = np.meshgrid(*(np.linspace(0, length, size + 1) for length in canvas.shape))
    corners = map_coordinates(charge, [edge.T for edge in edges], order=1, mode="nearest")
    pixels: Floats = np.diff(np.diff(corners, axis=0), axis=1)
    return pixels


def _at_centres(canvas: Floats, size: int) -> Floats:
    """Return the canvas, linearly interpolated at the centres of the image pixels."""
    places = ((np.arange(size) + 0.5) * length / size - 0.5 for length in canvas.shape)
    centres = [place.T for place in np.meshgrid(*places)]
    pixels: Floats = map_coordinates(canvas, centres, order=1, mode="nearest")
    return pixels


def _sampled_ticks(size: int, canvas_ticks: int) -> Check:
    # The centre of image column j lies at ((2j + 1)·ticks - size) / (2·size): on a tick if that
    # is whole, else between two.
    on_a_tick = ((2 * np.arange(size) + 1) * canvas_ticks - size) % (2 * size) == 0
    return Check(
        "share of the ticks that a bilinear image looks at",
        group=GROUP,
        source="closed form (two neighbours of each centre)",
        expected=float((2 - on_a_tick).sum() / canvas_ticks),
        measured=float((bilinear_weights(canvas_ticks, size) > 0).any(axis=0).mean()),
        uncertainty=0.0,
        tolerance=ROUNDING,
    )


def _peak_row(resizing: pd.DataFrame, *, row_wires: float) -> Iterator[Check]:
    """Check that the peaks are in place, on the whole and track by track."""
    area = resizing[resizing["resize"] == "area"]
    for plane in CHANNELS:
        moved = peak_shift(area[area["plane"] == plane]).to_numpy()
        yield Check(
            f"distance of the Bragg peak of an area image from its wire, {plane}, mean",
            group=GROUP,
            source="the track itself; half a row of the image is allowed",
            expected=0.0,
            measured=moved.mean(),
            uncertainty=moved.std() / np.sqrt(len(moved)),
            tolerance=row_wires / 2,
            unit="wire",
        )
        # A row and a wire overlap if their centres are nearer than half of both heights.
        far = moved >= (1 + row_wires) / 2
        yield Check(
            f"share of the area images whose Bragg peak is in a row beside its wire, {plane}",
            group=GROUP,
            source="the track itself; the row of the peak and its wire overlap",
            expected=0.0,
            measured=far.mean(),
            uncertainty=far.std() / np.sqrt(len(far)),
            tolerance=FAR_SHARE,
        )


def _spread_of_a_pulse(
    width: float, *, size: int, wires: int, canvas_ticks: int, max_width: int
) -> Check:
    """Move a Gaussian pulse on one wire over an image column."""
    place = np.arange(-int(6 * width), int(6 * width) + 1)
    adc = np.round(30_000 * np.exp(-0.5 * (place / width) ** 2)).astype(np.int16)
    pulse = {"wire": np.full(len(place), 100), "tick": 1000 + place, "adc": adc}
    track: dict[str, object] = dict(zip(TRACK_KEY, ("pulse", 0, 0, 0, 0), strict=True))
    for plane in CHANNELS:
        track |= {f"{plane}_{name}": values for name, values in pulse.items()}
        track[f"{plane}_width"] = len(place)
    moved = shift_tracks(
        pd.DataFrame([track]),
        shifted_tracks=1,
        size=size,
        wires=wires,
        canvas_ticks=canvas_ticks,
        max_width=max_width,
    )
    measured = over_shifts(moved[moved["resize"] == "bilinear"])["spread over shifts"].mean()
    column = canvas_ticks / size
    harmonics = np.arange(1, int(column) + 1)
    power = np.exp(-((2 * np.pi * harmonics * width / column) ** 2))
    expected = float(np.sqrt(2 * (power * np.sinc(harmonics / column) ** 4).sum()))
    return Check(
        f"relative spread of the bilinear charge of a pulse of {width:g} ticks (RMS)",
        group=GROUP,
        source="closed form, √(2 Σ exp(-(2πkσ/P)²)·sinc⁴(k/P)) for a Gaussian pulse",
        expected=expected,
        measured=float(measured),
        uncertainty=0.0,
        tolerance=expected * WHOLE_TICKS,
    )


def _spread_of_tracks(
    tracks: pd.DataFrame, aliasing: pd.DataFrame, *, size: int, wires: int, canvas_ticks: int
) -> Iterator[Check]:
    """Predict the aliasing of each track from the spectrum of its charge along the drift."""
    rows = bilinear_weights(wires + 1, size).sum(axis=0)
    found = over_shifts(aliasing[aliasing["resize"] == "bilinear"])
    for plane in CHANNELS:
        profiles = np.zeros((len(tracks), canvas_ticks))
        for track, canvas in _canvases(tracks, plane, wires=wires, canvas_ticks=canvas_ticks):
            profiles[track] = rows @ canvas
        expected = expected_spread(profiles, canvas_ticks / size)
        predicted = tracks[list(TRACK_KEY)].assign(expected=expected)
        both = join(predicted, found[found["plane"] == plane], TRACK_KEY, what="spreads")
        spread = both["spread over shifts"].to_numpy()
        difference = spread - both["expected"].to_numpy()
        yield Check(
            f"relative spread of the bilinear charge of a moved track, {plane}, mean",
            group=GROUP,
            source="closed form (Poisson summation of each track's spectrum)",
            expected=both["expected"].mean(),
            measured=spread.mean(),
            uncertainty=difference.std() / np.sqrt(len(both)),
            tolerance=both["expected"].mean() * WHOLE_TICKS,
        )
