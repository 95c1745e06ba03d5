"""One style for every figure: fonts, widths, colours, and files that are equal when redrawn."""

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure, SubFigure

from latentscape.errors import InputError
from latentscape.files import replacing

STYLE = Path(__file__).with_name("latentscape.mplstyle")
SINGLE = 3.4
"""Width of a figure in one column of a paper [inch]."""
DOUBLE = 7.0
"""Width of a figure over two columns [inch]."""

PALETTE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#E69F00",
    "#CC79A7",
    "#56B4E9",
    "#666666",
    "#A6761D",
)
"""Colours of labels: Okabe and Ito (2008), without the yellow and black, and two of our own."""

METHOD_PALETTE = (
    "#332288",
    "#117733",
    "#882255",
    "#44AA99",
    "#999933",
    "#AA4499",
    "#88CCEE",
    "#DDCC77",
)
"""Colours of what is not a label (scores, trainings): the muted scheme of P. Tol (2021)."""

MISSING = "#E8E8E8"
"""Colour of what has no value."""

SIGNAL_MAP = LinearSegmentedColormap.from_list(
    "signal",
    [(0.0, "white"), *((x, colormaps["magma_r"](x)) for x in np.linspace(0.2, 1, 17))],
).with_extremes(bad=MISSING)
"""Colours of a quantity that is mostly zero: white, and darker the more there is."""

RESIDUAL_MAP = colormaps["RdBu_r"].with_extremes(bad=MISSING)
"""Colours of a quantity with two signs."""

_METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None},
}

P = ParamSpec("P")


@dataclass(frozen=True)
class Label:
    """How one group of rows is shown, the same in every figure.

    Parameters
    ----------
    text : str
        What the legend says.
    colour : str
        Its colour.
    """

    text: str
    colour: str


def colour_of(labels: Iterable[str]) -> dict[str, str]:
    """Return the colour of each label.

    Parameters
    ----------
    labels : iterable of str
        All labels of the project, in the order of the configuration. Give all of them
        even to a figure that shows fewer: a colour follows from the place in this list.

    Returns
    -------
    dict of str to str
        Colour of each label; colours repeat after the palette's end.
    """
    return {label: PALETTE[i % len(PALETTE)] for i, label in enumerate(dict.fromkeys(labels))}


def labels_of(names: Iterable[str]) -> dict[str, Label]:
    """Return labels that say their own name, coloured by :func:`colour_of`."""
    return {name: Label(name, colour) for name, colour in colour_of(names).items()}


def method_colours(names: Iterable[str]) -> dict[str, str]:
    """Return colours of what is not a label, so that no colour means two things."""
    return {
        name: METHOD_PALETTE[i % len(METHOD_PALETTE)] for i, name in enumerate(dict.fromkeys(names))
    }


@contextmanager
def style() -> Iterator[None]:
    """Draw in the project's style, whatever the user's own settings, and restore those after."""
    with matplotlib.style.context(STYLE, after_reset=True):
        yield


def styled(function: Callable[P, Figure]) -> Callable[P, Figure]:
    """Let a function draw its figure in the project's style."""

    @functools.wraps(function)
    def draw(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with style():
            return function(*args, **kwargs)

    return draw


def save(figure: Figure, paths: Iterable[str | Path]) -> None:
    """Write a figure, each file whole or not at all, with the same bytes each time.

    Parameters
    ----------
    figure : Figure
        The figure.
    paths : iterable of path
        Names that end in ``.png`` or ``.pdf``.

    Raises
    ------
    InputError
        If a name ends in something else.
    """
    for path in map(Path, paths):
        if path.suffix not in _METADATA:
            raise InputError(f"{path}: cannot write this kind of figure; allowed: .png, .pdf.")
        with style(), replacing(path) as temporary:
            figure.savefig(temporary, format=path.suffix[1:], metadata=_METADATA[path.suffix])


def in_order(labels: Mapping[str, Label], present: Iterable[Any]) -> dict[str, Label]:
    """Return the labels that occur, in the order of the configuration.

    Raises
    ------
    InputError
        If a label occurs that is not configured.
    """
    found = {str(name) for name in present if not pd.isna(name)}
    unknown = sorted(found - set(labels))
    if unknown:
        raise InputError(f"label {unknown[0]!r} is not one of {', '.join(labels)}.")
    return {name: label for name, label in labels.items() if name in found}


def with_unit(text: str, unit: str) -> str:
    """Return the text of an axis: ``"mass [MeV/c²]"``, or the text alone without unit."""
    return f"{text} [{unit}]" if unit else text


def robust_range(
    values: np.ndarray, *, low: float = 0.5, high: float = 99.5
) -> tuple[float, float]:
    """Return the range that holds nearly all finite values.

    Parameters
    ----------
    values : array of float
        Values of any shape; what is not finite is left out.
    low, high : float
        Percentiles of the two ends.

    Returns
    -------
    tuple of float
        Lower and upper end, never equal; (0, 1) without finite values.
    """
    flat = np.asarray(values, dtype=float).ravel()
    finite = flat[np.isfinite(flat)]
    if not finite.size:
        return 0.0, 1.0
    first, last = (float(end) for end in np.percentile(finite, (low, high)))
    if first == last:
        half = max(abs(first) * 0.05, 0.5)
        return first - half, last + half
    return first, last


def beside(
    figure: Figure, number: int, *, widths: Iterable[float] | None = None
) -> list[SubFigure]:
    """Divide a figure into parts beside each other, each with a layout of its own."""
    ratios = None if widths is None else list(widths)
    parts = figure.subfigures(1, number, squeeze=False, width_ratios=ratios)
    return [part for part in np.ravel(np.asarray(parts)) if isinstance(part, SubFigure)]


def legend_above(figure: Figure, handles: Sequence[Artist]) -> None:
    """Put one legend above all panels, in as many columns as the figure is wide enough for."""
    if not handles:
        return
    longest = max(len(str(handle.get_label())) for handle in handles)
    entry = 0.42 + 0.058 * longest
    columns = int(np.clip(figure.get_figwidth() // entry, 1, len(handles)))
    figure.legend(handles=list(handles), loc="outside upper center", ncols=columns)


def say_empty(axes: Axes, text: str = "no entries") -> None:
    """Write in the middle of an empty panel that it is empty."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color="0.5")


def round_numbers(
    lowest: float, highest: float, place: Callable[[float], float], *, apart: float = 0.12
) -> list[float]:
    """Return round numbers that do not crowd on a colour bar with a curved scale.

    Parameters
    ----------
    lowest, highest : float
        Positive range of the numbers.
    place : callable
        Place of a number on the bar, from 0 to 1; it grows with the number.
    apart : float
        Least distance between two numbers on the bar.

    Returns
    -------
    list of float
        Zero, and multiples of 1, 2 and 5, the largest first to be kept.
    """
    powers = range(math.floor(math.log10(lowest)), math.ceil(math.log10(highest)) + 1)
    candidates = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
    kept: list[float] = []
    for number in sorted(candidates, reverse=True):
        high_enough = place(number) - place(0.0) >= apart
        if (
            number <= highest
            and high_enough
            and (not kept or place(kept[-1]) - place(number) >= apart)
        ):
            kept.append(number)
    return [0.0, *reversed(kept)]


def unused(panels: Iterable[Axes]) -> None:
    """Hide the panels of a grid that are not needed."""
    for axes in panels:
        axes.set_axis_off()
