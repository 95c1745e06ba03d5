"""The rows that are hard for all probes, with their images, beside easy ones."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from latentscape.arrays import KeyedArrays
from latentscape.figures.mosaics import draw_mosaic, signal_norm
from latentscape.figures.style import (
    DOUBLE,
    Label,
    round_numbers,
    say_empty,
    styled,
    unused,
    with_unit,
)
from latentscape.task_names import VERSUS


@styled
def hard_case_images(
    cases: pd.DataFrame,
    images: KeyedArrays,
    *,
    task: str,
    labels: Mapping[str, Label],
    channels: Sequence[str],
    unit: str,
) -> Figure:
    """Draw the hardest rows of a task and typical easy ones, all channels beside each other.

    Parameters
    ----------
    cases : DataFrame
        From :func:`latentscape.evaluation.hard_cases.choose_cases`, of one task.
    images : KeyedArrays
        Array ``images``, shape (N, C, n, m).
    task : str
        The task, 'positive vs negative'.
    labels : mapping of str to Label
        All labels in order.
    channels : sequence of str
        Names of the C channels, which are drawn beside each other.
    unit : str
        Unit of a pixel.

    Returns
    -------
    Figure
        One line per kind of row; above each image pair its key, the mean probability of the
        positive label and the share of wrong calls.
    """
    key = list(images.keys.columns)
    names = task.split(VERSUS)
    lines = [(name, kind) for name in names for kind in ("wrong", "easy")] + [("", "unsure")]
    found = [(name, kind, _line(cases, name, kind)) for name, kind in lines]
    shown = [(name, kind, rows) for name, kind, rows in found if len(rows)]
    figure = Figure(figsize=(DOUBLE, 0.7 + 1.15 * max(len(shown), 1)))
    if not shown:
        say_empty(figure.subplots(), "no hard cases")
        return figure
    across = max(len(rows) for _, _, rows in shown)
    panels = figure.subplots(len(shown), across, squeeze=False)
    norm = signal_norm(images.select(cases[key].drop_duplicates())["images"])
    for line, (name, kind, rows) in zip(panels, shown, strict=True):
        pictures = images.select(rows[key])["images"]
        for axes, picture, row in zip(line, pictures, rows.to_dict("records"), strict=False):
            drawn = draw_mosaic(axes, picture[None], norm=norm)
            axes.set_title(_caption(row, key, labels[names[0]].text), fontsize=5.5, pad=2)
        unused(line[len(rows) :])
        line[0].set_ylabel(_said(name, kind, labels), fontsize=7)
    bar = figure.colorbar(drawn, ax=panels, location="bottom", aspect=60, pad=0.02)
    bar.set_label(f"{with_unit('pixel', unit)} – from left to right: {', '.join(channels)}")
    highest = float(norm.vmax or 1)
    ticks = round_numbers(highest / 1000, highest, lambda value: float(norm(value)), apart=0.06)
    bar.set_ticks(ticks, labels=[f"{tick:g}" for tick in ticks])
    return figure


def _line(cases: pd.DataFrame, label: str, kind: str) -> pd.DataFrame:
    own = cases[cases["kind"] == kind]
    return own if kind == "unsure" else own[own["label"] == label]


def _said(label: str, kind: str, labels: Mapping[str, Label]) -> str:
    if kind == "unsure":
        return "nobody is sure"
    return f"{labels[label].text}, {'called wrong' if kind == 'wrong' else 'easy'}"


def _caption(row: Mapping[Any, Any], key: Sequence[str], positive: str) -> str:
    name = "/".join(str(row[column]) for column in key)
    return f"{name}\nP({positive}) = {row['probability']:.2f}, {100 * row['wrong']:.0f} % wrong"
