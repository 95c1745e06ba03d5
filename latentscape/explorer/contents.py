"""The data files of the page: what it says, where its points lie, and what each point is."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import Colormap, LinearSegmentedColormap

from latentscape.arrays import KeyedArrays
from latentscape.explorer.displays import Panel
from latentscape.explorer.encoding import encode, encode_column, image_codes, is_text
from latentscape.explorer.points import Points
from latentscape.figures.style import PALETTE, SIGNAL_MAP, Label
from latentscape.progress import progress

DARK_PAGE = "#14171c"
SIGNAL_ON_DARK = LinearSegmentedColormap.from_list(
    "signal_on_dark",
    [(0.0, DARK_PAGE), *((x, colormaps["magma"](x)) for x in np.linspace(0.2, 1, 17))],
)
VISIBLE = 0.94
"""Where the colours of numbers end: the last yellow is too pale for a dot on a white page."""
DIGITS = 5
"""Digits of a number beside a chosen point."""


@dataclass(frozen=True)
class Words:
    """What the page says of a study.

    Parameters
    ----------
    title : str
        Its heading.
    subtitle : str
        Which model and training is shown.
    labels : mapping of str to Label
        Text and colour of each group of points, in order.
    label_column : str
        Column that holds the group.
    axes : tuple of str
        Names of the horizontal and vertical axis of images and panels.
    unit : str
        Unit of the values of images and pixels.
    channels : tuple of str
        Names of the channels of an image.
    panels : tuple of Panel
        Panels of a display; none without displays.
    panel_groups : tuple of str
        For each panel, the column that says which group of pixels is that of a point.
    display_key : tuple of str
        First columns of the key, which name a display.
    display_name, point_name, group_name : str
        What a display, a point and a group of pixels are.
    folded : tuple of str
        Groups of quantities that are first folded beside a point.
    start : tuple of str
        Quantities that are first the axes and the colour.
    """

    title: str
    subtitle: str
    labels: Mapping[str, Label]
    label_column: str
    axes: tuple[str, str]
    unit: str
    channels: tuple[str, ...]
    panels: tuple[Panel, ...]
    panel_groups: tuple[str, ...]
    display_key: tuple[str, ...]
    display_name: str
    point_name: str
    group_name: str
    folded: tuple[str, ...]
    start: tuple[str, str, str]


def contents(
    points: Points,
    images: KeyedArrays,
    reconstructions: KeyedArrays,
    places: pd.DataFrame,
    *,
    words: Words,
    softening: float,
    rows_per_file: int,
) -> Iterator[tuple[str, str]]:
    """Yield the name and the JSON of each data file but for those of the displays.

    Parameters
    ----------
    points : Points
        All points.
    images, reconstructions : KeyedArrays
        Array ``images`` (N, C, size, size) of the same keys, and maybe more.
    places : DataFrame
        The display key, ``file`` and ``place``: where the display of each key is stored.
    words : Words
        What the page says.
    softening : float
        Value up to which the scale of the images is linear.
    rows_per_file : int
        Points per file of images and values.

    Yields
    ------
    name : str
        Name of the file, without its ending.
    content : str
        JSON.
    """
    keys = points.table[list(points.key)]
    rows, rows_learnt = _rows_of(keys, images), _rows_of(keys, reconstructions)
    largest = max(float(images["images"].max(initial=0)), 2 * softening)
    yield "description", _dump(_description(points, words, largest, softening, rows_per_file))
    yield "keys", _dump(_keys(points, places, words.display_key))
    for quantity in points.quantities:
        levels = tuple(words.labels) if quantity.name == words.label_column else ()
        column = encode_column(points.table[quantity.name], levels)
        yield f"columns/{quantity.name}", _dump(column)
    starts = range(0, len(keys), rows_per_file)
    for number, start in enumerate(progress(starts, len(starts), unit="files")):
        part = slice(start, start + rows_per_file)
        both = images["images"][rows[part]], reconstructions["images"][rows_learnt[part]]
        codes = image_codes(np.concatenate(both, axis=1), softening=softening, largest=largest)
        values = _values(points.table.iloc[part], points)
        yield f"rows/{number:04d}", _dump({"images": encode(codes), "values": values})


def _rows_of(keys: pd.DataFrame, images: KeyedArrays) -> np.ndarray:
    """Return which image each key has, without a copy of the images."""
    return KeyedArrays(images.keys, {"row": np.arange(len(images))}).select(keys)["row"]


def _description(
    points: Points, words: Words, largest: float, softening: float, rows_per_file: int
) -> dict[str, Any]:
    present = points.table[words.label_column]
    unknown = sorted(set(present) - set(words.labels))
    labels = {**words.labels, **{name: Label(name, PALETTE[6]) for name in unknown}}
    return {
        "title": words.title,
        "subtitle": words.subtitle,
        "points": len(points.table),
        "drawnFrom": points.drawn_from,
        "rowsPerFile": rows_per_file,
        "key": list(points.key),
        "quantities": [
            {**asdict(quantity), "isText": is_text(points.table[quantity.name])}
            for quantity in points.quantities
        ],
        "labelColumn": words.label_column,
        "labels": {name: asdict(label) for name, label in labels.items()},
        "start": list(words.start),
        "axes": list(words.axes),
        "unit": words.unit,
        "channels": list(words.channels),
        "scale": {"softening": softening, "largest": largest},
        "panels": [
            {**asdict(panel), "group": group}
            for panel, group in zip(words.panels, words.panel_groups, strict=True)
        ],
        "displayKey": list(words.display_key),
        "displayName": words.display_name,
        "pointName": words.point_name,
        "groupName": words.group_name,
        "folded": list(words.folded),
        "palette": list(PALETTE),
        "colours": {
            "numbers": _colour_table(colormaps["viridis"], stop=VISIBLE),
            "signal": _colour_table(SIGNAL_MAP),
            "signalOnDark": _colour_table(SIGNAL_ON_DARK),
        },
    }


def _colour_table(colours: Colormap, *, stop: float = 1.0) -> dict[str, Any]:
    table = np.asarray(colours(np.linspace(0, stop, 256)))[:, :3]
    return encode(np.rint(255 * table).astype(np.uint8))


def _keys(points: Points, places: pd.DataFrame, display_key: tuple[str, ...]) -> dict[str, Any]:
    of_points = points.table[list(points.key)].merge(
        places, on=list(display_key), how="left", validate="many_to_one"
    )
    found = of_points[["file", "place"]].fillna(-1).to_numpy(np.int32)
    columns = {}
    for name in points.key:
        column = points.table[name]
        columns[name] = encode_column(column) if is_text(column) else _whole_numbers(column)
    return {"columns": columns, "file": encode(found[:, 0]), "place": encode(found[:, 1])}


def _whole_numbers(column: pd.Series) -> dict[str, Any]:
    # Every integer below 2⁵³ is a number of its own in a browser.
    return {"numbers": encode(column.to_numpy(np.float64))}


def _values(rows: pd.DataFrame, points: Points) -> list[list[Any]]:
    columns = []
    for quantity in points.quantities:
        column = rows[quantity.name]
        shown = _shown_text if is_text(column) else _shown_number
        columns.append([shown(value) for value in column])
    return [list(row) for row in zip(*columns, strict=True)]


def _shown_text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _shown_number(value: Any) -> float | int | None:
    if pd.isna(value) or not math.isfinite(value):
        return None
    number = float(f"{float(value):.{DIGITS}g}")
    return int(number) if number.is_integer() else number


def _dump(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
