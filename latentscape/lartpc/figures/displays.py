"""One event in both planes: as it was read, and as it was understood."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import AsinhNorm, Colormap, ListedColormap, Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from latentscape.figures.style import (
    DOUBLE,
    PALETTE,
    RESIDUAL_MAP,
    SIGNAL_MAP,
    round_numbers,
    say_empty,
    styled,
)
from latentscape.lartpc.figures.labels import SPECIES_LABELS
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.tables.identification import SPECIES

Samples = NDArray[np.integer]
View = tuple[int, int, int, int]

ROWS = 500
"""Rows of a panel: more ticks than that are thinned, and the largest sample is kept."""
MARGIN = (8, 80)
"""Wires and ticks left free around what a display zooms in on."""
SPECK = 0.015
"""Share of the panel below which a cluster is drawn as a dot."""
LINE = 0.14
"""Height of a line of text below the panels [inch]."""
NO_CLUSTER = "#C8C8C8"


@styled
def event_display(
    planes: Mapping[str, Samples],
    *,
    detector: Detector,
    zoom: bool = False,
    title: str = "",
) -> Figure:
    """Draw the raw samples of both planes, each wire's median subtracted.

    Parameters
    ----------
    planes : mapping of str to array of int16, shape (wires, ticks)
        Raw samples of each plane [ADC].
    detector : Detector
        Gives the thresholds, by which a display zooms and scales its colours.
    zoom : bool
        Whether to show only the part of each plane above the threshold.
    title : str
        What the event is.

    Returns
    -------
    Figure
        Colours are linear up to the plane's threshold and logarithmic above; a plane
        with large negative samples has a scale with two sides.
    """
    figure = Figure(figsize=(DOUBLE, 3.3))
    figure.suptitle(title)
    panels = figure.subplots(1, len(PLANES))
    for axes, plane in zip(panels, PLANES, strict=True):
        samples = planes[plane].astype(np.int32)
        samples = samples - np.median(samples, axis=1, keepdims=True).astype(np.int32)
        threshold = max(detector.plane(plane).threshold, 1)
        wire, tick = np.nonzero(np.abs(samples) > threshold)
        view = _around(wire, tick, samples.shape) if zoom else _whole(samples.shape)
        seen = samples[view[0] : view[1], view[2] : view[3]]
        norm, cmap = _adc_scale(seen, threshold)
        thin = _thinned(seen)
        drawn = axes.imshow(thin.T, norm=norm, cmap=cmap, aspect="auto", extent=_extent(view))
        bar = figure.colorbar(drawn, ax=axes, label="ADC above pedestal", aspect=25, pad=0.02)
        ticks = _adc_ticks(norm, threshold)
        bar.set_ticks(ticks, labels=[f"{tick:g}".replace("-", "−") for tick in ticks])
        bar.ax.tick_params(which="minor", length=0)
        _name(axes, plane)
    return figure


@styled
def cluster_display(
    hits: pd.DataFrame,
    clusters: pd.DataFrame,
    tracks: pd.DataFrame,
    *,
    detector: Detector,
    zoom: bool = False,
    title: str = "",
) -> Figure:
    """Draw the signal pixels of one event, its clusters and its matched tracks.

    Parameters
    ----------
    hits, clusters, tracks : DataFrame
        Tables ``hits``, ``clusters`` and ``tracks`` of one event.
    detector : Detector
        Gives the size of the planes.
    zoom : bool
        Whether to show only the surroundings of the matched tracks.
    title : str
        What the event is.

    Returns
    -------
    Figure
        Pixels outside any cluster are grey, clusters have pale colours. Both clusters of
        a track have one strong colour and a frame.
    """
    figure = Figure(figsize=(DOUBLE, 3.3))
    figure.suptitle(title)
    for axes, plane in zip(figure.subplots(1, len(PLANES)), PLANES, strict=True):
        _draw_clusters(axes, plane, hits, clusters, tracks, detector=detector, zoom=zoom)
    return figure


@styled
def identified_display(
    hits: pd.DataFrame,
    clusters: pd.DataFrame,
    tracks: pd.DataFrame,
    pid: pd.DataFrame,
    truth: pd.DataFrame,
    *,
    detector: Detector,
    chosen: int | None = None,
    zoom: bool = False,
    title: str = "",
) -> Figure:
    """Draw one event as :func:`cluster_display`, and write below what its tracks are.

    Parameters
    ----------
    hits, clusters, tracks, pid, truth : DataFrame
        Tables of these names with the rows of one event; ``pid`` and ``truth`` may be empty.
    detector : Detector
        Gives the size of the planes.
    chosen : int or None
        Number of the only track that is coloured and framed; all are if not given.
    zoom : bool
        Whether to show only the surroundings of these tracks.
    title : str
        What the event is.

    Returns
    -------
    Figure
        Below the panels stands a line per track, with the χ² of every hypothesis, the smallest
        first, and a line with the true particle where the event is simulated.
    """
    shown = tracks if chosen is None else tracks[tracks["track"] == chosen]
    lines = [*_track_lines(tracks, pid), *_truth_lines(truth)]
    figure = Figure(figsize=(DOUBLE, 3.3 + LINE * len(lines)))
    figure.suptitle(title)
    for axes, plane in zip(figure.subplots(1, len(PLANES)), PLANES, strict=True):
        _draw_clusters(axes, plane, hits, clusters, shown, detector=detector, zoom=zoom)
    figure.supxlabel("\n".join(lines), x=0.01, ha="left", fontsize=7)
    return figure


def _draw_clusters(
    axes: Axes,
    plane: str,
    hits: pd.DataFrame,
    clusters: pd.DataFrame,
    tracks: pd.DataFrame,
    *,
    detector: Detector,
    zoom: bool,
) -> None:
    matched = _matched(tracks, plane)
    of_plane = clusters[clusters["plane"] == plane].sort_values("cluster")
    pixels = hits[hits["plane"] == plane]
    shape = (detector.plane(plane).wires, detector.ticks)
    canvas = np.zeros(shape, dtype=np.int32)
    _paint(canvas, pixels, [1] * len(pixels))
    kinds = [_kind(int(number), matched) for number in of_plane["cluster"]]
    _paint(canvas, of_plane, kinds)
    boxes = of_plane[of_plane["cluster"].isin(matched)]
    framed = boxes if len(boxes) else of_plane
    view = _around_boxes(framed, shape) if zoom and len(framed) else _whole(shape)
    _show_kinds(axes, canvas, view)
    _dot_specks(axes, of_plane, kinds, view)
    for row in boxes.itertuples():
        _frame(axes, row, matched)
    _name(axes, plane)
    axes.set_title(
        f"{int(pixels['wire'].map(len).sum()):,} pixels, {len(of_plane):,} clusters",
        loc="right",
    )
    if not len(pixels) and not len(of_plane):
        say_empty(axes, "no pixels")


def _track_lines(tracks: pd.DataFrame, pid: pd.DataFrame) -> list[str]:
    """Return what is known of each track, in one line each."""
    if tracks.empty:
        return ["no track: no pair of clusters passes the cuts and the matching"]
    identified = {int(row["track"]): row for row in pid.to_dict("records")}
    lines = []
    shown = ["track", "collection_height", "collection_width", "induction_cluster"]
    for row in tracks[shown].sort_values("track").itertuples(index=False):
        track, wires, ticks, cluster = (int(value) for value in row)
        text = (
            f"track {track}: {wires} wires, {ticks} ticks (collection), "
            f"cluster {cluster} (induction)"
        )
        if track in identified:
            text += "; " + _identity(identified[track])
        lines.append(text)
    return lines


def _identity(row: Mapping[Any, Any]) -> str:
    """Return the χ² of each hypothesis, the smallest first."""
    chi2 = {species: row[f"chi2_{species}"] for species in SPECIES}
    known = sorted((value, species) for species, value in chi2.items() if pd.notna(value))
    if not known:
        return "too few measurements for a χ²"
    values = ", ".join(f"{SPECIES_LABELS[species]} {value:.2f}" for value, species in known)
    return f"χ² {values}; {int(row['n_points'])} measurements"


def _truth_lines(truth: pd.DataFrame) -> list[str]:
    """Return the true particle of a simulated event, in one line."""
    rows = truth.to_dict("records")
    return [
        f"simulated: {SPECIES_LABELS[row['species']]} of {row['momentum']:.0f} MeV/c, "
        f"{row['length']:.1f} cm, {row['end'].replace('_', ' ')}"
        + (f" to {row['daughters']}" if row["daughters"] else "")
        + f"; halo muons: {row['halo_muons']}, pile-up: {row['pile_up']}, blips: {row['blips']}"
        for row in rows
    ]


def _adc_scale(samples: Samples, threshold: int) -> tuple[Normalize, Colormap]:
    highest = max(float(samples.max(initial=0)), 2.0 * threshold)
    lowest = -float(samples.min(initial=0))
    if lowest > max(highest / 3, 3 * threshold):
        largest = max(highest, lowest)
        return AsinhNorm(threshold, vmin=-largest, vmax=largest), RESIDUAL_MAP
    return AsinhNorm(threshold, vmin=0, vmax=highest), SIGNAL_MAP


def _adc_ticks(norm: Normalize, threshold: int) -> list[float]:
    highest = float(norm.vmax or threshold)
    above = round_numbers(threshold / 2, highest, lambda adc: float(norm(adc)), apart=0.08)
    below = [-tick for tick in reversed(above) if tick] if (norm.vmin or 0) < 0 else []
    return below + above


def _thinned(samples: Samples) -> Samples:
    """Keep of each group of ticks the sample that is furthest from zero."""
    wires, ticks = samples.shape
    group = -(-ticks // ROWS)
    padded = np.pad(samples, ((0, 0), (0, -ticks % group)))
    blocks = padded.reshape(wires, -1, group)
    largest = np.abs(blocks).argmax(axis=2)[..., None]
    return np.asarray(np.take_along_axis(blocks, largest, axis=2)[..., 0])


def _whole(shape: tuple[int, ...]) -> View:
    return 0, shape[0], 0, shape[1]


def _around(wire: NDArray[np.integer], tick: NDArray[np.integer], shape: tuple[int, ...]) -> View:
    if not len(wire):
        return _whole(shape)
    return (
        max(0, int(wire.min()) - MARGIN[0]),
        min(shape[0], int(wire.max()) + 1 + MARGIN[0]),
        max(0, int(tick.min()) - MARGIN[1]),
        min(shape[1], int(tick.max()) + 1 + MARGIN[1]),
    )


def _around_boxes(clusters: pd.DataFrame, shape: tuple[int, ...]) -> View:
    wires = clusters[["first_wire", "last_wire"]].to_numpy().ravel()
    ticks = clusters[["first_tick", "last_tick"]].to_numpy().ravel()
    return _around(wires, ticks, shape)


def _extent(view: View) -> tuple[float, float, float, float]:
    return view[0] - 0.5, view[1] - 0.5, view[2] - 0.5, view[3] - 0.5


def _name(axes: Axes, plane: str) -> None:
    axes.set_title(plane)
    axes.set_xlabel("wire")
    axes.set_ylabel("drift tick")


def _matched(tracks: pd.DataFrame, plane: str) -> dict[int, int]:
    """Return the track of each matched cluster of one plane."""
    column = "track" if plane == "collection" else "induction_cluster"
    ordered = tracks.sort_values("track")
    return {
        int(cluster): int(track)
        for cluster, track in zip(ordered[column], ordered["track"], strict=True)
    }


def _paint(canvas: NDArray[np.int32], rows: pd.DataFrame, kinds: Iterable[int]) -> None:
    for wire, tick, kind in zip(rows["wire"], rows["tick"], kinds, strict=True):
        canvas[np.asarray(wire, dtype=int), np.asarray(tick, dtype=int)] = kind


PALE = tuple(tuple(1 - 0.55 * (1 - part) for part in to_rgb(colour)) for colour in PALETTE[:6])
STRONG = PALETTE[:6]
KINDS = ListedColormap([to_rgb("white"), to_rgb(NO_CLUSTER), *PALE, *map(to_rgb, STRONG)])


def _kind(cluster: int, matched: Mapping[int, int]) -> int:
    """Return the place of a cluster's colour in ``KINDS``."""
    if cluster in matched:
        return 2 + len(PALE) + list(matched).index(cluster) % len(STRONG)
    return 2 + cluster % len(PALE)


def _show_kinds(axes: Axes, canvas: NDArray[np.int32], view: View) -> None:
    seen = _thinned(canvas[view[0] : view[1], view[2] : view[3]])
    axes.imshow(
        seen.T, cmap=KINDS, vmin=-0.5, vmax=KINDS.N - 0.5, aspect="auto", extent=_extent(view)
    )


def _dot_specks(axes: Axes, clusters: pd.DataFrame, kinds: Iterable[int], view: View) -> None:
    """Put a dot on every cluster too small to be seen."""
    wires, ticks = view[1] - view[0], view[3] - view[2]
    small = (clusters["height"] < SPECK * wires) & (clusters["width"] < SPECK * ticks)
    wire = (clusters["first_wire"] + clusters["last_wire"]) / 2
    tick = (clusters["first_tick"] + clusters["last_tick"]) / 2
    inside = wire.between(*_extent(view)[:2]) & tick.between(*_extent(view)[2:])
    colours = KINDS(np.asarray(list(kinds), dtype=int))
    shown = (small & inside).to_numpy()
    axes.scatter(wire[shown], tick[shown], s=5, c=colours[shown], lw=0)


def _frame(axes: Axes, row: Any, matched: Mapping[int, int]) -> None:
    colour = KINDS(_kind(int(row.cluster), matched))
    axes.add_patch(
        Rectangle(
            (row.first_wire - 1.5, row.first_tick - 12),
            row.height + 2,
            row.width + 24,
            fill=False,
            edgecolor=colour,
            lw=0.8,
        )
    )
    axes.annotate(
        f"track {matched[int(row.cluster)]}",
        (row.first_wire, row.last_tick + 12),
        xytext=(0, 2),
        textcoords="offset points",
        color=colour,
        fontsize=7,
    )
