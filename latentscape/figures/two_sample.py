"""Whether two samples of latents differ, and which difference would be seen."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from latentscape.figures.style import (
    DOUBLE,
    SINGLE,
    legend_above,
    method_colours,
    say_empty,
    styled,
)

TESTS = {
    "logistic": ("logistic", "o"),
    "mlp": ("MLP", "s"),
    "energy": ("energy distance", "^"),
    "ks": ("Kolmogorov-Smirnov", "D"),
}
COLOURS = method_colours(TESTS)
CLASSIFIERS = ("logistic", "mlp")
LEADING = ("train vs validation", "two halves")
"""Comparisons that stand above the others."""
NULL = "#D0D0D0"


@styled
def two_sample_tests(
    two_sample: pd.DataFrame, *, level: float, published: float | None = None
) -> Figure:
    """Draw the AUC of the classifiers and the p-values of all tests, per comparison.

    Parameters
    ----------
    two_sample : DataFrame
        Table ``two_sample``.
    level : float
        Level below which a corrected p-value counts.
    published : float, optional
        An AUC from elsewhere that is drawn as a line.

    Returns
    -------
    Figure
        Left one small mark with its interval per training, on the grey band in which the AUC of
        permuted samples lies; right the p-values, corrected over the tests.
    """
    whole = two_sample[two_sample["dimension"] == "all"]
    names = _names(whole)
    figure = Figure(figsize=(DOUBLE, 1.1 + 0.62 * max(len(names), 1)))
    left, right = figure.subplots(1, 2, sharey=True)
    if not names:
        say_empty(left)
        say_empty(right)
        return figure
    for row, name in enumerate(names):
        here = whole[whole["comparison"] == name]
        _areas(left, row, here)
        _p_values(right, row, here)
    left.axvline(0.5, color="0.5", lw=0.7, ls=":", zorder=0.5)
    if published is not None:
        left.axvline(published, color="black", lw=0.7, ls="--", zorder=0.5)
    left.set_xlabel("AUC of rows that did not fit")
    left.set_yticks(range(len(names)), names)
    left.set_ylim(len(names) - 0.5, -0.5)
    right.axvline(level, color="black", lw=0.8)
    right.set_xscale("log")
    right.set_xlim(min(level / 2, whole["p_holm"].min() / 1.5), 1.4)
    right.set_xlabel(f"p-value, corrected (line: {level:g})")
    for axes in (left, right):
        axes.tick_params(axis="y", length=0)
        for edge in range(1, len(names)):
            axes.axhline(edge - 0.5, color="0.85", lw=0.6)
    legend_above(figure, _marks(published))
    return figure


@styled
def shift_power(
    power: pd.DataFrame, *, level: float, moved: str, planted: float | None = None
) -> Figure:
    """Draw how often a shift of the mixture is found.

    Parameters
    ----------
    power : DataFrame
        Table ``two_sample_power``.
    level : float
        Probability to find a shift where there is none.
    moved : str
        The label whose share is shifted, for the axis.
    planted : float, optional
        A shift that is drawn as a line [percentage points].

    Returns
    -------
    Figure
        One panel per number of rows. Thin lines are trainings with the interval of their draws,
        thick ones their mean; the dashed line is what counting known labels would find.
    """
    sizes = sorted(power["n_per_side"].unique())
    figure = Figure(figsize=(DOUBLE if len(sizes) > 1 else SINGLE * 1.3, 2.7))
    panels = figure.subplots(1, max(len(sizes), 1), squeeze=False, sharey=True)[0]
    if not sizes:
        say_empty(panels[0])
        return figure
    for axes, size in zip(panels, sizes, strict=True):
        _curves(axes, power[power["n_per_side"] == size])
        axes.axhline(level, color="0.5", lw=0.7, ls=":")
        if planted is not None:
            axes.axvline(planted, color="0.8", lw=2, zorder=0)
        axes.set_title(f"{size:,} rows per side")
        axes.set_xlabel(f"shift of {moved} [% points]")
        axes.set_ylim(-0.02, 1.02)
    panels[0].set_ylabel("share of draws in which it is found")
    marks: list[Artist] = [_mark(test) for test in TESTS if test in set(power["test"])]
    marks.append(Line2D([], [], color="black", ls="--", lw=1, label="labels known"))
    legend_above(figure, marks)
    return figure


def _names(two_sample: pd.DataFrame) -> list[str]:
    names = set(two_sample["comparison"])
    return [*(name for name in LEADING if name in names), *sorted(names - set(LEADING))]


def _areas(axes: Axes, row: int, tests: pd.DataFrame) -> None:
    for place, test in zip((-0.2, 0.2), CLASSIFIERS, strict=True):
        trainings = tests[tests["test"] == test].sort_values("seed")
        ends = (row + place - 0.17, row + place + 0.17)
        low, high = trainings["null_low"].mean(), trainings["null_high"].mean()
        axes.fill_betweenx(ends, low, high, color=NULL, lw=0, zorder=0)
        at = _spread(row + place, len(trainings), 0.13)
        axes.hlines(at, trainings["low"], trainings["high"], color=COLOURS[test], lw=0.7)
        _points(axes, trainings["statistic"], at, test)


def _p_values(axes: Axes, row: int, tests: pd.DataFrame) -> None:
    places = np.linspace(-0.33, 0.33, len(TESTS))
    for place, test in zip(places, TESTS, strict=True):
        trainings = tests[tests["test"] == test].sort_values("seed")
        _points(axes, trainings["p_holm"], _spread(row + float(place), len(trainings), 0.06), test)


def _points(axes: Axes, values: pd.Series, at: np.ndarray, test: str) -> None:
    axes.plot(values, at, TESTS[test][1], color=COLOURS[test], ms=2.2, ls="")


def _spread(centre: float, count: int, half: float) -> np.ndarray:
    return centre + half * (np.linspace(-1, 1, count) if count > 1 else np.zeros(count))


def _curves(axes: Axes, power: pd.DataFrame) -> None:
    known = power.drop_duplicates("shift").sort_values("shift")
    axes.plot(known["shift"], known["labels_known"], color="black", ls="--", lw=1)
    for test, curves in power.groupby("test"):
        colour = COLOURS[str(test)]
        for _, curve in curves.sort_values("shift").groupby("seed"):
            axes.fill_between(
                curve["shift"], curve["low"], curve["high"], color=colour, alpha=0.06, lw=0
            )
            axes.plot(curve["shift"], curve["power"], color=colour, lw=0.4, alpha=0.6)
        mean = curves.groupby("shift")["power"].mean()
        axes.plot(mean.index, mean, TESTS[str(test)][1], color=colour, ls="-", lw=1.4, ms=3)


def _mark(test: str) -> Line2D:
    text, mark = TESTS[test]
    return Line2D([], [], color=COLOURS[test], marker=mark, ms=3.5, ls="", label=text)


def _marks(published: float | None) -> Sequence[Artist]:
    marks: list[Artist] = [_mark(test) for test in TESTS]
    marks.append(Patch(color=NULL, label="samples permuted (95 %)"))
    if published is not None:
        line = Line2D([], [], color="black", ls="--", lw=0.7, label=f"published {published:g}")
        marks.append(line)
    return marks
