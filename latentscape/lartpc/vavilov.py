"""Vavilov's distribution of the energy loss in a layer, by its characteristic function.

Losses are counted from their mean in units of Landau's ξ: u = (Δ - Δ̄)/ξ. This is Landau's λ but
for a constant: u = λ + 1 - γ_E + β² + ln κ.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import RegularGridInterpolator
from scipy.special import sici

Floats = NDArray[np.float64]

LANDAU_MODE = -0.2227829812
LANDAU_FWHM = 4.018600608
"""Mode and full width at half maximum of Landau's density in λ."""

KAPPA = (1e-4, 100.0)
"""Range of κ that is tabulated: Landau's limit below, Gauss's with its skewness above."""

_FREQUENCIES = 4096
_PADDING = 16


def vavilov_density(deviation: ArrayLike, *, kappa: float, beta2: float) -> Floats:
    """Probability density of the energy loss in a layer.

    Parameters
    ----------
    deviation : array of float
        Energy loss less its mean, in units of ξ.
    kappa : float
        ξ over the largest energy transfer, > 0.
    beta2 : float
        Squared velocity of the particle in units of c.

    Returns
    -------
    array of float
        Density per unit of ``deviation``, to 1e-4 of its maximum.

    Raises
    ------
    ValueError
        If ``kappa`` is outside ``KAPPA`` or ``beta2`` outside 0 to 1.

    Notes
    -----
    P. V. Vavilov, Sov. Phys. JETP 5 (1957) 749. The logarithm of the characteristic function is
    κ ∫₀¹ (exp(itε) - 1 - itε) (1 - β²ε)/ε² dε, here in closed form by the sine and cosine
    integrals; the density is its inverse Fourier transform.
    """
    if not KAPPA[0] <= kappa <= KAPPA[1]:
        raise ValueError(f"kappa must lie from {KAPPA[0]} to {KAPPA[1]}, found {kappa}")
    if not 0 <= beta2 <= 1:
        raise ValueError(f"beta2 must lie from 0 to 1, found {beta2}")
    points, density = _transform(kappa, beta2)
    return np.asarray(np.interp(np.asarray(deviation, dtype=np.float64), points, density))


def vavilov_mode(kappa: ArrayLike, beta2: ArrayLike) -> Floats:
    """Most probable energy loss less the mean one, in units of ξ; never above 0.

    Parameters
    ----------
    kappa, beta2 : array of float
        As for :func:`vavilov_density`, of any size and shapes that fit each other.

    Returns
    -------
    array of float
        Interpolated in a table, to 1e-3. Below κ = 1e-4 it is Landau's, ln κ + β² + 0.2000,
        and above 100 that of the Gaussian with the third moment of Vavilov's density.
    """
    kappa, beta2 = np.broadcast_arrays(np.asarray(kappa, float), np.asarray(beta2, float))
    landau = np.log(kappa) + beta2 + LANDAU_MODE + 1 - np.euler_gamma
    gauss = -(1 / 2 - beta2 / 3) / (1 - beta2 / 2) / (2 * kappa)
    inside = _interpolate(0, kappa, beta2) * gauss
    thick = np.where(kappa > KAPPA[1], gauss, inside)
    return np.asarray(np.where(kappa < KAPPA[0], landau, thick))


def vavilov_fwhm(kappa: ArrayLike, beta2: ArrayLike) -> Floats:
    """Full width at half maximum of the energy loss, in units of ξ.

    Parameters
    ----------
    kappa, beta2 : array of float
        As for :func:`vavilov_density`, of any size and shapes that fit each other.

    Returns
    -------
    array of float
        Interpolated in a table, to 1e-3 of it. Below κ = 1e-4 it is Landau's 4.019, and above
        100 the Gaussian's.
    """
    kappa, beta2 = np.broadcast_arrays(np.asarray(kappa, float), np.asarray(beta2, float))
    gauss = np.sqrt(8 * np.log(2) * (1 - beta2 / 2) / kappa)
    inside = _interpolate(1, kappa, beta2) * gauss
    thick = np.where(kappa > KAPPA[1], gauss, inside)
    return np.asarray(np.where(kappa < KAPPA[0], LANDAU_FWHM, thick))


def _interpolate(quantity: int, kappa: Floats, beta2: Floats) -> Floats:
    safe = np.log(np.clip(kappa, *KAPPA))
    values = _table()[quantity](np.stack([safe, beta2], axis=-1))
    return np.asarray(np.exp(values.reshape(kappa.shape)))


@lru_cache(maxsize=1)
def _table() -> tuple[RegularGridInterpolator, RegularGridInterpolator]:
    """Return ln of mode and of width, over those of the Gaussian, against ln κ and β²."""
    kappas, betas = np.geomspace(*KAPPA, 43), np.linspace(0, 1, 5)
    found = np.array([[_mode_and_width(k, b) for b in betas] for k in kappas])
    kappa, beta2 = kappas[:, None], betas[None, :]
    mode = found[..., 0] / (-(1 / 2 - beta2 / 3) / (1 - beta2 / 2) / (2 * kappa))
    width = found[..., 1] / np.sqrt(8 * np.log(2) * (1 - beta2 / 2) / kappa)
    axes = (np.log(kappas), betas)
    return (
        RegularGridInterpolator(axes, np.log(mode), method="cubic"),
        RegularGridInterpolator(axes, np.log(width), method="cubic"),
    )


def _mode_and_width(kappa: float, beta2: float) -> tuple[float, float]:
    points, density = _transform(kappa, beta2)
    peak = int(np.argmax(density))
    below, at, above = density[peak - 1 : peak + 2]
    offset = (below - above) / (below - 2 * at + above) / 2
    half = (at - (below - above) * offset / 4) / 2
    left = np.flatnonzero(density[:peak] < half)[-1]
    right = peak + np.flatnonzero(density[peak:] < half)[0]
    rising = _crossing(half, points[left : left + 2], density[left : left + 2])
    falling = _crossing(half, points[right - 1 : right + 1], density[right - 1 : right + 1])
    return float(points[peak] + offset * (points[1] - points[0])), falling - rising


def _crossing(height: float, x: Floats, y: Floats) -> float:
    return float(x[0] + (height - y[0]) / (y[1] - y[0]) * (x[1] - x[0]))


def _transform(kappa: float, beta2: float) -> tuple[Floats, Floats]:
    """Return equally spaced deviations and the density there."""
    # the characteristic function falls like exp(-πs/2), or like a Gaussian of width √κ
    step = (25 + 10 * np.sqrt(kappa)) / _FREQUENCIES
    frequency = step * np.arange(1, _FREQUENCIES)
    characteristic = np.concatenate(
        [[1.0], np.exp(_log_characteristic(frequency / kappa, kappa, beta2))]
    )
    number = _FREQUENCIES * _PADDING
    period = 2 * np.pi / step
    density = np.fft.irfft(characteristic.conj(), n=number) * number / period
    points = (np.arange(number) - number // 2) * period / number
    return points, np.roll(density, number // 2)


def _log_characteristic(t: Floats, kappa: float, beta2: float) -> NDArray[np.complex128]:
    """Return ln of the characteristic function of (Δ - Δ̄)/Tmax."""
    sine, cosine = sici(t)
    integral = cosine - np.euler_gamma - np.log(t) + 1j * sine
    wave = np.exp(1j * t) - 1 - 1j * t
    return np.asarray(kappa * (-wave + 1j * t * integral - beta2 * (integral - 1j * t)))
