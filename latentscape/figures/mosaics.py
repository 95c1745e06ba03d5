"""Many small images in one panel: reconstructions and traversals."""

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize, PowerNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from latentscape.figures.style import (
    DOUBLE,
    RESIDUAL_MAP,
    SIGNAL_MAP,
    robust_range,
    round_numbers,
    say_empty,
    styled,
    with_unit,
)

Floats = NDArray[np.floating]

GAP = 2
"""Pixels between two images of a mosaic."""
LARGEST_TRAVERSAL = 16
"""Dimensions that a traversal shows at most, so that its images stay visible."""
LARGEST_WALK = 8
"""Dimensions that walks from rows show at most."""


def mosaic(images: Floats) -> Floats:
    """Put a table of images into one array, the first row of the table at the bottom.

    Parameters
    ----------
    images : array of float, shape (rows, columns, n, m)
        Images; the first axis of each runs to the right, the second upwards.

    Returns
    -------
    array of float, shape (rows * (m + GAP) - GAP, columns * (n + GAP) - GAP)
        NaN in the gaps.
    """
    rows, columns, n, m = images.shape
    placed = np.full((rows, m + GAP, columns, n + GAP), np.nan)
    placed[:, :m, :, :n] = images.transpose(0, 3, 1, 2)
    whole = placed.reshape(rows * (m + GAP), columns * (n + GAP))
    return whole[: rows * (m + GAP) - GAP, : columns * (n + GAP) - GAP]


def centres(number: int, length: int) -> Floats:
    """Return where the middles of the images lie along one side of a mosaic."""
    return np.arange(number) * (length + GAP) + (length - 1) / 2


def signal_norm(images: Floats, *, gamma: float = 0.5) -> Normalize:
    """Return a scale from 0 to nearly the highest pixel on which small values are seen too."""
    signal = images[np.isfinite(images) & (images > 0)]
    return PowerNorm(gamma, vmin=0, vmax=robust_range(signal, high=99.8)[1], clip=True)


def draw_mosaic(
    axes: Axes,
    images: Floats,
    *,
    norm: Normalize,
    cmap: Colormap = SIGNAL_MAP,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
) -> AxesImage:
    """Draw a table of images in one panel, the first row at the top.

    Parameters
    ----------
    axes : Axes
        The panel.
    images : array of float, shape (rows, columns, n, m)
        Images; the first axis of each runs to the right, the second upwards.
    norm : Normalize
        Colour scale.
    cmap : Colormap
        Colour map.
    rows, columns : sequence of str
        Text beside each row and above each column; none if empty.

    Returns
    -------
    AxesImage
        What a colour bar needs.
    """
    number, across, n, m = images.shape
    drawn = axes.imshow(mosaic(images[::-1]), norm=norm, cmap=cmap, aspect="equal")
    axes.set_xticks(centres(across, n) if columns else [], columns)
    axes.set_yticks(centres(number, m)[::-1] if rows else [], rows)
    axes.tick_params(length=0, labeltop=True, labelbottom=False, pad=2)
    axes.spines[:].set_visible(False)
    return drawn


def colour_bar(axes: Axes, drawn: AxesImage, text: str, *, aspect: float = 35) -> None:
    """Add a colour bar below a mosaic."""
    bar = axes.figure.colorbar(
        drawn, ax=axes, location="bottom", label=text, aspect=aspect, pad=0.02
    )
    norm = drawn.norm
    if isinstance(norm, PowerNorm):
        highest = float(norm.vmax or 1.0)
        apart = 2.5 / aspect + 0.04
        numbers = round_numbers(highest / 1000, highest, lambda x: float(norm(x)), apart=apart)
        bar.set_ticks(numbers, labels=[f"{number:g}" for number in numbers])
    else:
        bar.ax.xaxis.set_major_locator(MaxNLocator(3 if aspect < 15 else 5, symmetric=True))
    bar.ax.tick_params(which="minor", length=0)


@styled
def reconstructions(
    inputs: Floats,
    outputs: Floats,
    *,
    names: Sequence[str],
    channels: Sequence[str],
    axes_names: tuple[str, str],
    unit: str,
    gamma: float = 0.5,
) -> Figure:
    """Draw images beside their reconstructions and what is left.

    Parameters
    ----------
    inputs, outputs : array of float, shape (N, C, n, m)
        Images and their reconstructions on the same scale; one row of the figure each.
    names : sequence of str
        What the N rows show.
    channels : sequence of str
        Names of the C channels.
    axes_names : tuple of str
        Names of the images' axes, drawn to the right and upwards.
    unit : str
        Unit of a pixel.
    gamma : float
        Power of the colour scale; 1 is linear.

    Returns
    -------
    Figure
        Per channel input and reconstruction on one scale, and input - reconstruction.
    """
    rows, _, n, m = inputs.shape
    cell = (DOUBLE - 0.6) / (3 * len(channels))
    figure = Figure(figsize=(DOUBLE, 1.3 + max(rows, 1) * cell * m / n))
    widths = (2 * n + GAP, n) * len(channels)
    panels = figure.subplots(1, len(widths), width_ratios=widths)
    for channel, name in enumerate(channels):
        left, right = panels[2 * channel : 2 * channel + 2]
        left.set_title(name)
        if not rows:
            say_empty(left)
            continue
        pair = np.stack([inputs[:, channel], outputs[:, channel]], axis=1)
        residual = (pair[:, 0] - pair[:, 1])[:, None]
        largest = robust_range(np.abs(residual), high=99.8)[1]
        signal = draw_mosaic(
            left,
            pair,
            norm=signal_norm(pair, gamma=gamma),
            rows=() if channel else names,
            columns=("input", "reconstruction"),
        )
        left_over = draw_mosaic(
            right,
            residual,
            norm=Normalize(-largest, largest),
            cmap=RESIDUAL_MAP,
            columns=("residual",),
        )
        colour_bar(left, signal, with_unit("pixel", unit), aspect=20)
        colour_bar(right, left_over, with_unit("residual", unit), aspect=10)
        left.set_xlabel("{} →, {} ↑".format(*axes_names))
    return figure


@styled
def traversal(
    images: Floats,
    *,
    sigmas: float,
    channels: Sequence[str],
    unit: str,
    gamma: float = 0.5,
) -> Figure:
    """Draw what the decoder makes of a walk along each latent dimension.

    Parameters
    ----------
    images : array of float, shape (latent, steps, C, n, m)
        Decoded images; the steps go evenly from ``-sigmas`` to ``+sigmas``.
    sigmas : float
        Length of the walk to each side, in standard deviations of the dimension.
    channels : sequence of str
        Names of the C channels, drawn side by side.
    unit : str
        Unit of a pixel.
    gamma : float
        Power of the colour scale; 1 is linear.

    Returns
    -------
    Figure
        One row per dimension. Of more than ``LARGEST_TRAVERSAL`` dimensions those are
        shown whose walk changes the images most.
    """
    shown = _liveliest(images, LARGEST_TRAVERSAL)
    steps = np.linspace(-sigmas, sigmas, images.shape[1])
    figure = Figure(figsize=(DOUBLE, 0.95 + len(shown) * 3.2 / images.shape[1]))
    panels = figure.subplots(1, len(channels), squeeze=False)[0]
    every = max(1, (len(steps) - 1) // 4)
    columns = ["" if i % every else _signed(step) for i, step in enumerate(steps)]
    table = images[shown]
    rows = [[f"$z_{{{i}}}$" for i in shown], *[()] * (len(channels) - 1)]
    _draw_channels(
        panels,
        table,
        table,
        rows=rows,
        columns=columns,
        channels=channels,
        unit=unit,
        gamma=gamma,
    )
    return figure


@styled
def walks(
    inputs: Floats,
    images: Floats,
    *,
    names: Sequence[str],
    sigmas: float,
    channels: Sequence[str],
    unit: str,
    gamma: float = 0.5,
) -> Figure:
    """Draw where walks along each latent dimension lead that start at some rows.

    Parameters
    ----------
    inputs : array of float, shape (E, C, n, m)
        The rows' own images.
    images : array of float, shape (E, latent, steps, C, n, m)
        Decoded images; the steps go evenly from ``-sigmas`` to ``+sigmas``.
    names : sequence of str
        What the E rows show.
    sigmas : float
        Length of the walk to each side, in standard deviations of the dimension.
    channels : sequence of str
        Names of the C channels, drawn below each other.
    unit : str
        Unit of a pixel.
    gamma : float
        Power of the colour scale; 1 is linear.

    Returns
    -------
    Figure
        Per row its image, what is decoded from it, and both ends of the walk along each
        dimension. Of more than ``LARGEST_WALK`` dimensions those are shown that change the
        images most. The colours reach to the highest pixels of the rows themselves; what is
        decoded far from them may have more.
    """
    shown = _liveliest(images.transpose(1, 2, 0, 3, 4, 5), LARGEST_WALK)
    ends = images[:, shown][:, :, [0, -1]]
    middle = images[:, 0, images.shape[2] // 2]
    first = np.stack([inputs, middle], axis=1)
    table = np.concatenate([first, ends.reshape(len(ends), -1, *ends.shape[3:])], axis=1)
    columns = ["input", "decoded"]
    columns += [f"$z_{{{i}}}$\n{_signed(end)}" for i in shown for end in (-sigmas, sigmas)]
    return _below(
        table, first, names=names, columns=columns, channels=channels, unit=unit, gamma=gamma
    )


@styled
def interpolations(
    inputs: Floats,
    images: Floats,
    *,
    names: Sequence[str],
    channels: Sequence[str],
    unit: str,
    gamma: float = 0.5,
) -> Figure:
    """Draw what the decoder makes of the way from one row to another.

    Parameters
    ----------
    inputs : array of float, shape (N, 2, C, n, m)
        The rows' own images at both ends.
    images : array of float, shape (N, steps, C, n, m)
        Decoded images.
    names : sequence of str
        What the N ways join.
    channels : sequence of str
        Names of the C channels, drawn below each other.
    unit : str
        Unit of a pixel.
    gamma : float
        Power of the colour scale; 1 is linear.

    Returns
    -------
    Figure
        Per way the image of the first row, the decoded images, and the image of the last row.
    """
    if not names:
        figure = Figure(figsize=(DOUBLE, 1.2))
        say_empty(figure.subplots(), "no rows to join")
        return figure
    table = np.concatenate([inputs[:, :1], images, inputs[:, 1:]], axis=1)
    parts = [f"{part:.3g}" for part in np.linspace(0, 1, images.shape[1])]
    columns = ["input", *parts, "input"]
    return _below(
        table, table, names=names, columns=columns, channels=channels, unit=unit, gamma=gamma
    )


def _below(
    table: Floats,
    scaled: Floats,
    *,
    names: Sequence[str],
    columns: Sequence[str],
    channels: Sequence[str],
    unit: str,
    gamma: float,
) -> Figure:
    """Draw the channels of a table of images (rows, columns, C, n, m) below each other.

    The colours reach to the highest pixels of ``scaled``, which are some of these images.
    """
    n, m = table.shape[-2:]
    cell = (DOUBLE - 0.9) / len(columns) * m / n
    figure = Figure(figsize=(DOUBLE, len(channels) * (0.95 + max(len(names), 1) * cell)))
    panels = figure.subplots(len(channels), 1, squeeze=False)[:, 0]
    rows = [names] * len(channels)
    _draw_channels(
        panels,
        table,
        scaled,
        rows=rows,
        columns=columns,
        channels=channels,
        unit=unit,
        gamma=gamma,
        aspect=60,
    )
    for axes in panels:
        axes.tick_params(axis="x", labelsize=6)
    return figure


def _draw_channels(
    panels: Iterable[Axes],
    table: Floats,
    scaled: Floats,
    *,
    rows: Sequence[Sequence[str]],
    columns: Sequence[str],
    channels: Sequence[str],
    unit: str,
    gamma: float,
    aspect: float = 35,
) -> None:
    """Draw each channel of a table of images (rows, columns, C, n, m) in a panel of its own.

    The colours reach to the highest pixels of ``scaled``; ``rows`` has the texts of each panel.
    """
    for channel, (axes, name) in enumerate(zip(panels, channels, strict=True)):
        axes.set_title(name)
        if not len(table):
            say_empty(axes)
            continue
        norm = signal_norm(scaled[:, :, channel], gamma=gamma)
        images = table[:, :, channel]
        drawn = draw_mosaic(axes, images, norm=norm, rows=rows[channel], columns=columns)
        colour_bar(axes, drawn, with_unit("pixel", unit), aspect=aspect)


def _liveliest(images: Floats, number: int) -> list[int]:
    """Return the dimensions (first axis) along whose steps (second axis) most changes."""
    change = images.var(axis=1).reshape(len(images), -1).sum(axis=1)
    most = np.argsort(-change, kind="stable")[:number]
    return sorted(int(i) for i in most)


def _signed(step: float) -> str:
    return f"{step:+.3g}σ".replace("-", "−") if step else "0"
