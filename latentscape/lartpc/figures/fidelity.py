"""What the resizes do to a track that moves, and to a model that learns from their images."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from latentscape.figures.style import DOUBLE, Label, legend_above, say_empty, styled
from latentscape.lartpc.figures.labels import CHANNELS
from latentscape.lartpc.figures.resizing import COLOURS
from latentscape.task_names import VERSUS

BAND = (0.16, 0.84)
PARTS = {"validation": "val.", "held_out": "held out"}
PROBES = {"logistic": "logistic", "mlp": "MLP"}


@styled
def aliasing(table: pd.DataFrame) -> Figure:
    """Draw how charge and shape of the images change while tracks move over an image column.

    Parameters
    ----------
    table : DataFrame
        Table ``aliasing``.

    Returns
    -------
    Figure
        One column of panels per plane: median and the range of the 16th to the 84th percentile
        of the tracks.
    """
    figure = Figure(figsize=(DOUBLE, 3.6))
    panels = figure.subplots(2, len(CHANNELS), sharex=True, sharey="row")
    for column, plane in enumerate(CHANNELS):
        own = table[table["plane"] == plane]
        tracks = own[own["shift"] == 0].groupby("resize").size().max() if len(own) else 0
        panels[0, column].set_title(f"{plane} ({tracks:,} tracks)")
        panels[1, column].set_xlabel("shift of the track [tick]")
        for axes, quantity in zip(panels[:, column], ("kept", "distance"), strict=True):
            if own.empty:
                say_empty(axes)
            for resize, colour in COLOURS.items():
                _band(axes, own[own["resize"] == resize], quantity, colour)
    panels[0, 0].set_ylabel("charge of the image /\ncharge of the track")
    panels[1, 0].set_ylabel("distance from the\nmoved image")
    for axes in panels.ravel():
        axes.set_ylim(bottom=0)
    band: Artist = Patch(color="0.75", label="16 to 84 % of the tracks")
    legend_above(figure, [*_resizes("-"), band])
    return figure


def _band(axes: Axes, rows: pd.DataFrame, quantity: str, colour: str) -> None:
    by_shift = rows.dropna(subset=quantity).groupby("shift")[quantity]
    low, median, high = (by_shift.quantile(share) for share in (BAND[0], 0.5, BAND[1]))
    shifts = median.index.to_numpy()
    axes.fill_between(shifts, low, high, color=colour, alpha=0.25, lw=0)
    axes.plot(shifts, median, color=colour, lw=1.2)


@styled
def learnt_images(
    fidelity: pd.DataFrame, differences: pd.DataFrame, *, labels: Mapping[str, Label]
) -> Figure:
    """Draw what a model learns from the images of both resizes, training by training.

    Parameters
    ----------
    fidelity : DataFrame
        Table ``fidelity``.
    differences : DataFrame
        Table ``fidelity_differences``.
    labels : mapping of str to Label
        All samples of the project, in order.

    Returns
    -------
    Figure
        Above, one mark per training with its 95 % interval over the tracks. Below, the mean of
        the paired differences with its 95 % interval over the trainings, where there are several.
    """
    figure = Figure(figsize=(DOUBLE, 4.8))
    panels = figure.subplots(2, 3, sharex="col", height_ratios=(1.5, 1))
    for column, quantity in enumerate(("AUC", "explained share", "charge ratio")):
        own, paired = (
            table[table["quantity"].str.startswith(quantity)] for table in (fidelity, differences)
        )
        values, difference = panels[:, column]
        values.set_title(quantity if quantity != "AUC" else "AUC of the probes")
        groups = _groups(own, labels)
        if not groups:
            say_empty(values)
            say_empty(difference)
            continue
        for at, group in enumerate(groups):
            _trainings(values, at, _of(own, group))
            _difference(difference, at, _of(paired, group))
        difference.axhline(0, color="0.5", lw=0.7, ls=":", zorder=0)
        names = [_said(group, labels) for group in groups]
        difference.set_xticks(range(len(groups)), names, rotation=90)
        difference.set_xlim(-0.6, len(groups) - 0.4)
        difference.tick_params(axis="x", length=0)
    panels[0, 0].set_ylabel("value")
    panels[1, 0].set_ylabel("area - bilinear")
    mean = Line2D([], [], color="black", marker="D", ms=3, ls="", label="mean of the trainings")
    legend_above(figure, [*_resizes(""), mean])
    return figure


Group = tuple[str, str, str]


def _resizes(line: str) -> list[Artist]:
    mark = "" if line else "o"
    return [
        Line2D([], [], color=colour, ls=line, marker=mark, ms=3, label=resize)
        for resize, colour in COLOURS.items()
    ]


def _groups(rows: pd.DataFrame, labels: Mapping[str, Label]) -> list[Group]:
    """Return quantity, group and part of the rows, samples in the order of the project."""
    order = {name: place for place, name in enumerate(labels)}
    found = rows[["quantity", "group", "part"]].drop_duplicates().itertuples(index=False, name=None)
    return sorted(found, key=lambda row: (order.get(row[1], len(order)), row[1], row[2], row[0]))


def _said(group: Group, labels: Mapping[str, Label]) -> str:
    quantity, name, part = group
    samples = (labels[each].text if each in labels else each for each in name.split(VERSUS))
    _, _, probe = quantity.partition(", ")
    return f"{VERSUS.join(samples)}, {PROBES.get(probe, PARTS.get(part, part))}"


def _of(rows: pd.DataFrame, group: Group) -> pd.DataFrame:
    quantity, name, part = group
    return rows[(rows["quantity"] == quantity) & (rows["group"] == name) & (rows["part"] == part)]


def _trainings(axes: Axes, at: int, rows: pd.DataFrame) -> None:
    for resize, middle in zip(COLOURS, (-0.2, 0.2), strict=True):
        own = rows[rows["resize"] == resize].sort_values("seed")
        places = at + middle + np.linspace(-0.12, 0.12, len(own) + 2)[1:-1]
        axes.vlines(places, own["low"], own["high"], color=COLOURS[resize], lw=0.9)
        axes.plot(places, own["value"], "o", color=COLOURS[resize], ms=2.8)


def _difference(axes: Axes, at: int, rows: pd.DataFrame) -> None:
    for row in rows.to_dict("records"):
        axes.plot(at, row["difference"], "D", color="black", ms=3)
        axes.vlines(at, row["low"], row["high"], color="black", lw=0.9)
