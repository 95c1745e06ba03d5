"""Landau's density folded with a Gaussian: the response to an energy loss in a thin layer."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import RectBivariateSpline
from scipy.special import wrightomega
from scipy.stats import landau

from latentscape.lartpc.vavilov import LANDAU_MODE

Floats = NDArray[np.float64]

LANDAU_FROM_SCIPY = {"loc": math.log(math.pi / 2), "scale": math.pi / 2}
"""What makes ``scipy.stats.landau`` the density in Landau's λ: its unit is 2ξ/π."""

RATIOS = (0.05, 20.0)
"""Range of σ/ξ that is tabulated. Beyond it the shape is Landau's, or nearly Gauss's."""
DEVIATIONS = (-60.0, 1e4)
"""Range of (d - m)/√(ξ² + σ²) that is tabulated; a density beyond it is that at its end."""

_NODES = (32, 300)
_FINER = 4
_FAR = 30.0
_QUADRATURE = 240


class ResponseTable(NamedTuple):
    """ln of the density at points equally spaced in ln(σ/ξ) and asinh((d - m)/√(ξ² + σ²)).

    Parameters
    ----------
    log_density : array of float, shape (ratios, deviations)
        ln of the density of (d - m)/√(ξ² + σ²).
    origin, spacing : tuple of float
        First point and distance of points, for both axes.
    """

    log_density: Floats
    origin: tuple[float, float]
    spacing: tuple[float, float]


def log_landau_gauss(deviation: ArrayLike, *, ratio: float) -> Floats:
    """Logarithm of the density of Landau's distribution folded with a Gaussian.

    Parameters
    ----------
    deviation : array of float
        x = (d - m)/ξ, of a measurement d from the mode m of Landau's density of width ξ.
    ratio : float
        k = σ/ξ with the standard deviation σ of the Gaussian, > 0.

    Returns
    -------
    array of float
        ln of the density per unit of x, to 1e-7 up to 30 max(1, k), and to 3e-4 above.

    Raises
    ------
    ValueError
        If the ratio is not positive.

    Notes
    -----
    The inverse Laplace transform of exp(s ln s + k²s²/2) at λ = x - 0.2228 (L. D. Landau, J. Phys.
    (USSR) 8 (1944) 201, for k = 0), taken along the vertical line through its saddle point
    λ + ln s + 1 + k²s = 0. There nothing cancels, also where the density is minute. Far above
    the mode it is Landau's density times 1 + 3k²/λ².
    """
    if not ratio > 0:
        raise ValueError(f"ratio must be positive, found {ratio}")
    x = np.asarray(deviation, dtype=np.float64) + LANDAU_MODE
    is_far = x > _FAR * max(1.0, ratio)
    safe = np.where(is_far, x, _FAR)
    far = landau.logpdf(safe, **LANDAU_FROM_SCIPY) + np.log1p(3 * (ratio / safe) ** 2)
    near = _along_saddle_line(np.where(is_far, 0.0, x).ravel(), ratio).reshape(x.shape)
    return np.where(is_far, far, near)


def _along_saddle_line(x: Floats, k: float) -> Floats:
    saddle = np.real(wrightomega(2 * math.log(k) - 1 - x)) / k**2
    # closer to the branch point than that the phase turns too often
    line = np.maximum(saddle, 1 / np.maximum(x, 10))
    # the modulus falls like exp(-πt/2) behind a Gaussian of width √line, and like that of 1/k
    last = np.minimum(25 + 9 * np.sqrt(line), 9 / k)
    nodes, weights = np.polynomial.legendre.leggauss(_QUADRATURE)
    s = line[:, None] + 0.5j * last[:, None] * (nodes + 1)
    on_axis = line * (x + np.log(line)) + (k * line) ** 2 / 2
    exponent = s * (x[:, None] + np.log(s)) + (k * s) ** 2 / 2 - on_axis[:, None]
    integral = np.exp(exponent).real @ weights * last / 2
    return np.asarray(np.log(integral / math.pi) + on_axis)


@lru_cache(maxsize=1)
def response_table() -> ResponseTable:
    """Tabulate the response once, in about half a second.

    Returns
    -------
    ResponseTable
        Linear between its points to 0.003 where the density is above 1e-5 of its maximum.
    """
    ratios, places = _nodes(finer=1)
    rows = []
    for ratio in np.exp(ratios):
        scale = math.hypot(1.0, ratio)
        rows.append(log_landau_gauss(np.sinh(places) * scale, ratio=ratio) + math.log(scale))
    spline = RectBivariateSpline(ratios, places, np.array(rows))
    finer = _nodes(finer=_FINER)
    return ResponseTable(
        spline(*finer),
        (float(finer[0][0]), float(finer[1][0])),
        (float(finer[0][1] - finer[0][0]), float(finer[1][1] - finer[1][0])),
    )


def _nodes(*, finer: int) -> tuple[Floats, Floats]:
    """Return ln(σ/ξ) and asinh((d - m)/√(ξ² + σ²)) of the table's points."""
    (low, high), (left, right) = RATIOS, DEVIATIONS
    return (
        np.linspace(math.log(low), math.log(high), finer * (_NODES[0] - 1) + 1),
        np.linspace(math.asinh(left), math.asinh(right), finer * (_NODES[1] - 1) + 1),
    )
