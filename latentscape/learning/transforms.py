"""Transforms of pixel values before a network sees them, and their inverses.

Every transform is monotonic, maps an empty pixel (0) to 0 and is never negative, like the
output of the decoder. Pixel values below 0 count as 0. Constants have one value per channel, come
from the training part alone, and are stored with the model.

=================  ======================================  =======================================
name               value of a pixel x                      what the inverse cannot return
=================  ======================================  =======================================
none               x
log1p              log(1 + x)                              beyond the largest floating-point number
sqrt, cbrt         √x, ∛x
minmax             (x - lowest) / (highest - lowest)       below the lowest training pixel
log1p_minmax       the same of log(1 + x)                  as minmax, and as log1p
clamp99_minmax     minmax up to the 99th percentile of     as minmax, and above the percentile
                   the signal pixels, 1 above
tanh100, tanh500   tanh(x / 100), tanh(x / 500)            above 6 × 100, 6 × 500
mpv_linear         x / most probable value
mpv_tanh           tanh(x / most probable value)           above 6 × the most probable value
hill_mpv           x / (x + most probable value)           above 1000 × the most probable value
=================  ======================================  =======================================

The most probable value is that of the images' highest pixels.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from latentscape.errors import InputError
from latentscape.learning.settings import Transform

# Largest multiple of the scale that an inverse returns: single precision resolves no more.
TANH_CEILING = 6.0
HILL_CEILING = 1000.0

OF_MOST_PROBABLE = ("mpv_linear", "mpv_tanh", "hill_mpv")

Floats: TypeAlias = NDArray[np.floating[Any]]
Constants: TypeAlias = dict[str, list[float]]
Curve: TypeAlias = Callable[[Floats], Floats]
Scaling: TypeAlias = Callable[[Floats, Mapping[str, Floats]], Floats]


@dataclass(frozen=True)
class _Definition:
    """How the constants of a transform are found, and the transform and its inverse."""

    fit: Callable[[Floats], Constants]
    forward: Scaling
    inverse: Scaling


def fit_transform(name: str, images: Floats, *, most_probable: Sequence[float] | None) -> Constants:
    """Find the constants of a transform.

    Parameters
    ----------
    name : str
        One of the names of ``Transform``.
    images : array (N, C, H, W)
        Images of the training part, and of no other.
    most_probable : sequence of float or None
        Most probable highest pixel per channel, for the ``mpv`` transforms; derived from the
        images if None. Other transforms do not look at it.

    Returns
    -------
    dict of str to list of float
        Constants by name, one value per channel; empty where the transform has none.

    Raises
    ------
    InputError
        For an unknown name, for most probable values that are not one positive number per
        channel, and for a channel without the signal that the constants need.
    """
    definition = _definition(name)
    if most_probable is not None and name in OF_MOST_PROBABLE:
        return {"scale": _one_per_channel(most_probable, images.shape[1])}
    return definition.fit(np.maximum(images, 0))


def transform(name: str, images: Floats, constants: Mapping[str, Sequence[float]]) -> Floats:
    """Transform pixel values.

    Parameters
    ----------
    name : str
        One of the names of ``Transform``.
    images : array of float (..., C, H, W)
        Pixel values; those below 0 count as 0.
    constants : mapping of str to sequence of float
        What :func:`fit_transform` returned.

    Returns
    -------
    array of float (..., C, H, W)
        Values ≥ 0, of the same floating-point type.

    Raises
    ------
    InputError
        For an unknown name, or constants of another number of channels.
    """
    definition = _definition(name)
    return definition.forward(np.maximum(images, 0), _per_channel(constants, images))


def invert(name: str, values: Floats, constants: Mapping[str, Sequence[float]]) -> Floats:
    """Return the pixel values that a transform maps to these values.

    Parameters
    ----------
    name : str
        One of the names of ``Transform``.
    values : array of float (..., C, H, W)
        Transformed values; those below 0 count as 0, those above the range of the transform as
        its upper end (table at the head of this module).
    constants : mapping of str to sequence of float
        What :func:`fit_transform` returned.

    Returns
    -------
    array of float (..., C, H, W)
        Pixel values ≥ 0, of the same floating-point type.

    Raises
    ------
    InputError
        For an unknown name, or constants of another number of channels.
    """
    definition = _definition(name)
    return definition.inverse(np.maximum(values, 0), _per_channel(constants, values))


def most_probable_values(images: Floats) -> list[float]:
    """Return the most probable highest pixel of each channel.

    It is the centre of the fullest bin (the lowest of equals) in the histogram of the images'
    highest pixels, which has √N bins over their range. Empty images do not count.

    Parameters
    ----------
    images : array (N, C, H, W)
        Images of the training part.

    Raises
    ------
    InputError
        If a channel is empty in every image.
    """
    values = []
    for channel, maxima in enumerate(images.max(axis=(2, 3)).T):
        counts, edges = np.histogram(_signal(maxima, channel), bins="sqrt")
        fullest = counts.argmax()
        values.append(float(edges[fullest] + edges[fullest + 1]) / 2)
    return values


def _definition(name: str) -> _Definition:
    if name not in _DEFINITIONS:
        allowed = ", ".join(get_args(Transform))
        raise InputError(f"unknown transform {name!r}; allowed are {allowed}.")
    return _DEFINITIONS[name]


def _per_channel(constants: Mapping[str, Sequence[float]], images: Floats) -> dict[str, Floats]:
    channels = images.shape[-3]
    for name, values in constants.items():
        if len(values) != channels:
            raise InputError(
                f"the transform's {name} has {len(values)} values, the images {channels} channels."
            )
    kind = np.result_type(images, np.float32)
    return {
        name: np.asarray(values, dtype=kind).reshape(-1, 1, 1) for name, values in constants.items()
    }


def _signal(pixels: Floats, channel: int) -> Floats:
    signal = pixels[pixels > 0]
    if not signal.size:
        raise InputError(f"channel {channel} is empty in every training image: no constants.")
    return signal


def _one_per_channel(most_probable: Sequence[float], channels: int) -> list[float]:
    if len(most_probable) != channels or min(most_probable) <= 0:
        raise InputError(
            f"most_probable is {list(most_probable)}; "
            f"allowed is one number above 0 for each of {channels} channels."
        )
    return [float(value) for value in most_probable]


def _fit_nothing(_: Floats) -> Constants:
    return {}


def _fit_range(images: Floats, *, curve: Curve) -> Constants:
    lowest, highest = images.min(axis=(0, 2, 3)), images.max(axis=(0, 2, 3))
    return _checked_range(curve(lowest), curve(highest))


def _fit_clamped_range(images: Floats) -> Constants:
    channels = enumerate(np.moveaxis(images, 1, 0))
    highest = np.array([np.percentile(_signal(pixels, c), 99) for c, pixels in channels])
    return _checked_range(images.min(axis=(0, 2, 3)), highest)


def _checked_range(lowest: Floats, highest: Floats) -> Constants:
    for channel, (low, high) in enumerate(zip(lowest, highest, strict=True)):
        if not low < high:
            raise InputError(f"channel {channel} has the same value {low} in every training image.")
    return {"lowest": lowest.tolist(), "highest": highest.tolist()}


def _fit_scale(images: Floats, *, scale: float) -> Constants:
    return {"scale": [scale] * images.shape[1]}


def _fit_most_probable(images: Floats) -> Constants:
    return {"scale": most_probable_values(images)}


def _identity(values: Floats) -> Floats:
    return values


def _expm1(values: Floats) -> Floats:
    """Return exp(v) - 1, at most the largest number of the type."""
    largest = np.log(np.finfo(values.dtype).max)
    # One step down, because the logarithm is itself rounded and may be a little too large.
    return np.expm1(np.minimum(values, np.nextafter(largest, values.dtype.type(0))))


def _to_range(x: Floats, constants: Mapping[str, Floats], *, curve: Curve) -> Floats:
    lowest, highest = constants["lowest"], constants["highest"]
    return np.maximum((curve(x) - lowest) / (highest - lowest), 0)


def _from_range(v: Floats, constants: Mapping[str, Floats], *, curve: Curve) -> Floats:
    lowest, highest = constants["lowest"], constants["highest"]
    return curve(v * (highest - lowest) + lowest)


def _hill(x: Floats, constants: Mapping[str, Floats]) -> Floats:
    return x / (x + constants["scale"])


def _from_hill(v: Floats, constants: Mapping[str, Floats]) -> Floats:
    below_one: Floats = np.minimum(v, HILL_CEILING / (1 + HILL_CEILING))
    return below_one / (1 - below_one) * constants["scale"]


def _plain(curve: Curve) -> Scaling:
    return lambda values, _: curve(values)


def _ranged(fit: Callable[[Floats], Constants], curve: Curve, inverse: Curve) -> _Definition:
    return _Definition(fit, partial(_to_range, curve=curve), partial(_from_range, curve=inverse))


def _tanh(fit: Callable[[Floats], Constants]) -> _Definition:
    top = math.tanh(TANH_CEILING)
    return _Definition(
        fit,
        lambda x, constants: np.tanh(x / constants["scale"]),
        lambda v, constants: np.arctanh(np.minimum(v, top)) * constants["scale"],
    )


_DEFINITIONS: dict[str, _Definition] = {
    "none": _Definition(_fit_nothing, _plain(_identity), _plain(_identity)),
    "log1p": _Definition(_fit_nothing, _plain(np.log1p), _plain(_expm1)),
    "sqrt": _Definition(_fit_nothing, _plain(np.sqrt), _plain(np.square)),
    "cbrt": _Definition(_fit_nothing, _plain(np.cbrt), _plain(lambda values: values**3)),
    "minmax": _ranged(partial(_fit_range, curve=_identity), _identity, _identity),
    "log1p_minmax": _ranged(partial(_fit_range, curve=np.log1p), np.log1p, _expm1),
    "clamp99_minmax": _Definition(
        _fit_clamped_range,
        lambda x, constants: np.minimum(_to_range(x, constants, curve=_identity), 1),
        lambda v, constants: _from_range(np.minimum(v, 1), constants, curve=_identity),
    ),
    "tanh100": _tanh(partial(_fit_scale, scale=100.0)),
    "tanh500": _tanh(partial(_fit_scale, scale=500.0)),
    "mpv_linear": _Definition(
        _fit_most_probable,
        lambda x, constants: x / constants["scale"],
        lambda v, constants: v * constants["scale"],
    ),
    "mpv_tanh": _tanh(_fit_most_probable),
    "hill_mpv": _Definition(_fit_most_probable, _hill, _from_hill),
}
