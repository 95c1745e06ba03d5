"""Extended binned maximum-likelihood fit of templates that are themselves finite samples.

The counts n_i of the bins are described by f_i = Σ_k p_k A_ki: the expected counts A_ki of
template k, of which T_ki were found, times the weight p_k = ν_k / Σ_i T_ki of its yield ν_k. The
A_ki are fitted too, all of them. Minus twice the log likelihood ratio to a perfect description is

    Q = Σ_i C(n_i, f_i) + Σ_ki C(T_ki, A_ki),    C(n, m) = 2 (m - n + n ln(n/m))

For given weights the best A_ki = T_ki / (1 + p_k t_i) follow from one number per bin, the root of

    n_i / (1 - t_i) = Σ_k p_k T_ki / (1 + p_k t_i),    -1/max(p) ≤ t_i ≤ 1

If the root is below the lower end, which needs that the template of the largest weight has no
track in the bin, t_i is that end and the template's A_ki takes what is missing.

R. Barlow and C. Beeston, Comput. Phys. Commun. 77 (1993) 219, eqs. 14-18 and section 5. Their
approximations with one factor per bin give too short intervals where a template has bins without
a track, as here.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, minimize
from scipy.stats import chi2

from latentscape.errors import InputError

Floats = NDArray[np.float64]

LEVEL_RISE = float(chi2.ppf(0.95, 1))
"""Rise of Q at the ends of a 95 % interval of one parameter (S. S. Wilks, 1938)."""

# Yields stay this far from zero, in units of all tracks, where no template might reach a bin.
_LEAST = 1e-7
# Steps of the bisection: they halve the interval of t down to the last digits.
_HALVINGS = 60
# Largest share that is tried; the other yields vanish at 1.
_MOST = 1 - 1e-6


@dataclass(frozen=True)
class Counts:
    """What is fitted: tracks per bin, and tracks of each template per bin.

    Parameters
    ----------
    tracks : array of float, shape (bins,)
        Tracks of the sample.
    templates : array of float, shape (components, bins)
        Tracks of the templates; none is empty, and every bin holds one.
    """

    tracks: Floats
    templates: Floats

    @classmethod
    def of(cls, tracks: ArrayLike, templates: ArrayLike) -> "Counts":
        """Check and convert the counts.

        Raises
        ------
        InputError
            If there is no track, a template is empty, or no template reaches a bin with tracks.
        """
        data, shapes = np.asarray(tracks, dtype=float), np.asarray(templates, dtype=float)
        if not data.sum() > 0:
            raise InputError("template fit: there is no track to fit.")
        if not (shapes.sum(axis=1) > 0).all():
            raise InputError("template fit: a template has no track.")
        if (data[shapes.sum(axis=0) == 0] > 0).any():
            raise InputError("template fit: a bin has tracks but no template reaches it.")
        return cls(data, shapes)


@dataclass(frozen=True)
class Fit:
    """Best description of the counts.

    Parameters
    ----------
    yields : array of float, shape (components,)
        Tracks of each component.
    q : float
        Minus twice the log likelihood ratio to a perfect description.
    """

    yields: Floats
    q: float

    @property
    def shares(self) -> Floats:
        """Share of each component in all tracks."""
        return np.asarray(self.yields / self.yields.sum())


def fit_templates(counts: Counts) -> Fit:
    """Return the yields, none below zero, that describe the counts best."""
    return _fit(counts, np.eye(len(counts.templates)))


def fit_at_share(counts: Counts, component: int, share: float) -> Fit:
    """Return the best description in which one component has a given share of all tracks.

    Parameters
    ----------
    counts : Counts
        What is fitted, with two or more templates.
    component : int
        Number of the component.
    share : float
        Its share, from 0 to below 1.
    """
    others = np.delete(np.eye(len(counts.templates)), component, axis=1)
    others[component] = share / (1 - share)
    return _fit(counts, others)


def share_interval(counts: Counts, best: Fit, component: int) -> tuple[float, float]:
    """Return the 95 % interval of the share of one component, from the profile likelihood.

    Parameters
    ----------
    counts : Counts
        What was fitted.
    best : Fit
        Of :func:`fit_templates`.
    component : int
        Number of the component.

    Returns
    -------
    low, high : float
        Where Q rises by 3.84 above the best fit; 0 and 1 where it does not rise so far.
        The interval covers the fluctuations of tracks and templates, not a template that is
        wrong. Next to 0 it holds the true share more often than in 95 %.
    """

    def rise(share: float) -> float:
        return fit_at_share(counts, component, share).q - best.q - LEVEL_RISE

    middle = float(np.clip(best.shares[component], 0.0, _MOST))
    low = brentq(rise, 0.0, middle, xtol=1e-5) if rise(0.0) > 0 else 0.0
    high = brentq(rise, middle, _MOST, xtol=1e-5) if rise(_MOST) > 0 else 1.0
    return float(low), float(high)


def signed_root(counts: Counts, best: Fit, component: int, share: float) -> float:
    """Return the signed root of the likelihood ratio between a share and the best one.

    It is the pull of the fitted share: 1.96 in size at the ends of the 95 % interval.
    """
    rise = max(fit_at_share(counts, component, share).q - best.q, 0.0)
    return float(np.copysign(np.sqrt(rise), best.shares[component] - share))


def fit_toys(counts: Counts, best: Fit, *, toys: int, seed: int) -> tuple[Floats, Floats]:
    """Fit toy samples that the best fit expects, with toy templates.

    Parameters
    ----------
    counts : Counts
        What was fitted.
    best : Fit
        Of :func:`fit_templates`.
    toys : int
        Number of toys.
    seed : int
        Random seed.

    Returns
    -------
    shares : array of float, shape (toys, components)
        Fitted shares.
    q : array of float, shape (toys,)
        Goodness of each fit.
    """
    rng = np.random.default_rng(seed)
    sizes = counts.templates.sum(axis=1, keepdims=True)
    expected = best.yields @ (counts.templates / sizes)
    fits = []
    for _ in range(toys):
        templates = rng.poisson(counts.templates)
        # A toy without any track of a component, or of all, cannot be fitted: keep the original.
        templates = np.where(templates.sum(axis=1, keepdims=True) > 0, templates, counts.templates)
        tracks = rng.poisson(expected * (templates.sum(axis=0) > 0))
        tracks = tracks if tracks.any() else expected * (templates.sum(axis=0) > 0)
        fits.append(fit_templates(Counts.of(tracks, templates)))
    return np.stack([fit.shares for fit in fits]), np.array([fit.q for fit in fits])


def _fit(counts: Counts, map_: Floats) -> Fit:
    """Minimise Q over ν = map · u with u ≥ 0."""
    total, free = counts.tracks.sum(), map_.shape[1]
    start = np.full(free, 1 / map_.sum())
    found = minimize(
        _q_and_gradient,
        start,
        args=(counts, map_ * total),
        jac=True,
        method="L-BFGS-B",
        bounds=[(_LEAST, None)] * free,
        options={"maxiter": 500, "ftol": 1e-11, "gtol": 1e-6},
    )
    # What rests on the bound is zero.
    yields = map_ @ np.where(found.x <= 2 * _LEAST, 0.0, found.x) * total
    return Fit(yields, float(found.fun))


def _q_and_gradient(u: Floats, counts: Counts, map_: Floats) -> tuple[float, Floats]:
    """Return Q and its gradient; by the choice of A, only the weights move with u."""
    sizes = counts.templates.sum(axis=1)
    q, by_weight = _profile(counts.tracks, counts.templates, (map_ @ u) / sizes)
    return float(q), map_.T @ (by_weight / sizes)


@njit(cache=True, error_model="numpy")  # 1/0 is infinite, as the formula means it
def _profile(n: Floats, templates: Floats, p: Floats) -> tuple[float, Floats]:
    """Return Q at the best A for given weights p, and its gradient in p."""
    q = 0.0
    gradient = np.zeros(p.size)
    heaviest = p.argmax()
    for i in range(n.size):
        t, missing = _root(n[i], templates[:, i], p)
        f = 0.0
        for k in range(p.size):
            found = templates[k, i]
            if found > 0:
                expected = found / (1 + p[k] * t)
                q += 2 * (expected - found + found * np.log(found / expected))
            else:
                expected = missing if k == heaviest else 0.0
                q += 2 * expected
            f += p[k] * expected
            gradient[k] += 2 * expected * t
        q += 2 * (f - n[i])
        if n[i] > 0:
            q += 2 * n[i] * np.log(n[i] / f)
    return q, gradient


@njit(cache=True, error_model="numpy")  # 1/0 is infinite, as the formula means it
def _root(n: float, found: Floats, p: Floats) -> tuple[float, float]:
    """Return t of one bin, and the expected count of the heaviest template where it found none."""
    if n == 0:
        return 1.0, 0.0
    low, high = -1 / p.max(), 1.0
    if not found[p == p.max()].any():
        reached = 0.0
        for k in range(p.size):
            if found[k] > 0:
                reached += p[k] * found[k] / (1 + p[k] * low)
        missing = n / (1 - low) - reached
        if missing > 0:
            return low, missing / p.max()
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        reached = 0.0
        for k in range(p.size):
            if found[k] > 0:
                reached += p[k] * found[k] / (1 + p[k] * middle)
        if n / (1 - middle) > reached:
            high = middle
        else:
            low = middle
    return (low + high) / 2, 0.0
