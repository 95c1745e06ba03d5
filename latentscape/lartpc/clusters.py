"""Clusters: 8-connected regions of signal pixels in one plane of one event."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numba import njit

from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY, sort_by_key
from latentscape.lartpc.pixels import WIRE_STEP, flatten, place
from latentscape.lartpc.tables.reconstruction import BOX, CLUSTERS, HITS, PIXELS

# Threshold of "seeded" as a share of the seed's ADC, where no threshold is given.
SEED_SHARE = 1 / 6

# About 30 events of a LArTPC of 480 wires, which take 20 MB while they are clustered.
BATCH_PIXELS = 200_000

METHODS = ("connected", "longest", "max_adc_ratio", "seeded")


def find_clusters(
    hits: pd.DataFrame, *, method: str, seed_threshold: float | None, min_pixels: int
) -> pd.DataFrame:
    """Group the pixels of each plane and event into 8-connected clusters.

    Parameters
    ----------
    hits : DataFrame
        The table HITS. Neither the order of its rows nor that of a row's pixels matters.
    method : {"connected", "longest", "max_adc_ratio", "seeded"}
        Which clusters are kept: ``connected`` every region; ``longest`` the one with most
        wires; ``max_adc_ratio`` the one with the largest ratio of highest to lowest ADC;
        ``seeded`` the region around the highest ADC among the pixels that reach the seed
        threshold. At most one cluster per plane and event but for ``connected``;
        between equals the first in cluster order.
    seed_threshold : float or None
        Lowest ADC that ``seeded`` considers; one sixth of the highest if None.
    min_pixels : int
        Smaller clusters are left out before one is chosen.

    Returns
    -------
    DataFrame
        The table CLUSTERS, sorted by key. Clusters are numbered from 0 within plane and event
        by (first wire, first tick, lowest tick on the first wire), pixels sorted by
        (wire, tick). ``varies`` is False for a cluster on one wire.

    Raises
    ------
    InputError
        If a plane of an event holds a pixel twice, or a pixel without signal (ADC ≤ 0).
    ValueError
        If the method is unknown.

    Notes
    -----
    Union-find with path halving on the sorted pixels: near-linear in their number.
    """
    if method not in METHODS:
        raise ValueError(f"unknown clustering method {method!r}; allowed: {', '.join(METHODS)}")
    batches = _batches(sort_by_key(hits, HITS.key))
    found = (_find_in_batch(batch, method, seed_threshold, min_pixels) for batch in batches)
    return CLUSTERS.concatenate(found)


def _batches(hits: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the rows in batches, so that what is held per pixel does not grow with the rows."""
    pixels = np.cumsum([len(wires) for wires in hits["wire"]], dtype=np.int64)
    breaks = np.flatnonzero(np.diff(pixels // BATCH_PIXELS)) + 1
    for rows in np.split(np.arange(len(hits)), breaks):
        yield hits.iloc[rows]


def _find_in_batch(
    hits: pd.DataFrame, method: str, seed_threshold: float | None, min_pixels: int
) -> pd.DataFrame:
    pixels = flatten(hits, HITS)
    if method == "seeded":
        pixels = _above_seed_threshold(pixels, seed_threshold)
    if pixels.empty:
        return CLUSTERS.empty()
    pixels = _sorted_by_region(pixels, hits)
    regions = _measure_regions(pixels)
    regions = regions[regions["n_pixels"] >= min_pixels]
    regions = regions.sort_values(
        ["row", "first_wire", "first_tick", "lowest_tick_on_first_wire"], ignore_index=True
    )
    return _to_clusters(_choose(regions, method), pixels, hits)


def _above_seed_threshold(pixels: pd.DataFrame, seed_threshold: float | None) -> pd.DataFrame:
    if seed_threshold is None:
        highest = pixels.groupby("row")["adc"].transform("max")
        return pixels[pixels["adc"] >= highest * SEED_SHARE]
    return pixels[pixels["adc"] >= seed_threshold]


def _sorted_by_region(pixels: pd.DataFrame, hits: pd.DataFrame) -> pd.DataFrame:
    """Label the pixels and sort them by (region, wire, tick); regions by their first pixel."""
    places = place(pixels)
    order = np.argsort(places, kind="stable")
    places = places[order]
    _refuse(places[1:] == places[:-1], "is listed twice", order[1:], pixels, hits)
    _refuse(pixels["adc"].to_numpy()[order] <= 0, "has no signal (ADC ≤ 0)", order, pixels, hits)
    region, by_region = _number(_connect(places))
    by_region_and_place: pd.DataFrame = pixels.iloc[order[by_region]]
    return by_region_and_place.assign(region=region[by_region])


def _refuse(
    wrong: np.ndarray, what: str, position: np.ndarray, pixels: pd.DataFrame, hits: pd.DataFrame
) -> None:
    """Refuse the hits if any pixel is ``wrong``, and name the first."""
    if not wrong.any():
        return
    pixel = pixels.iloc[int(position[wrong][0])]
    key = ", ".join(f"{name}={hits[name].iloc[int(pixel['row'])]}" for name in HITS.key)
    raise InputError(
        f"hits: the pixel (wire={pixel['wire']}, tick={pixel['tick']}) of ({key}) {what}."
    )


@njit(cache=True)
def _find(parent: np.ndarray, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@njit(cache=True)
def _unite(parent: np.ndarray, i: int, j: int) -> None:
    # The root is always the first pixel, so a region's number follows the order of the pixels
    a, b = _find(parent, i), _find(parent, j)
    parent[max(a, b)] = min(a, b)


@njit(cache=True)
def _connect(places: np.ndarray) -> np.ndarray:
    """Return the first pixel of each pixel's 8-connected region, for sorted places."""
    parent = np.arange(places.size)
    candidate = 0  # first pixel at or after the lower neighbour on the previous wire
    for i in range(places.size):
        if i > 0 and places[i - 1] == places[i] - 1:
            _unite(parent, i - 1, i)
        while places[candidate] < places[i] - WIRE_STEP - 1:
            candidate += 1
        j = candidate
        while places[j] <= places[i] - WIRE_STEP + 1:
            _unite(parent, j, i)
            j += 1
    for i in range(places.size):
        parent[i] = parent[parent[i]]
    return parent


@njit(cache=True)
def _number(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of each pixel's region, and the pixels in stable order by region."""
    region = np.empty(first.size, dtype=np.int64)
    begin = np.zeros(first.size + 1, dtype=np.int64)
    regions = 0
    for i in range(first.size):
        if first[i] == i:
            region[i] = regions
            regions += 1
        else:
            region[i] = region[first[i]]
        begin[region[i] + 1] += 1
    free = np.cumsum(begin)
    order = np.empty(first.size, dtype=np.int64)
    for i in range(first.size):
        order[free[region[i]]] = i
        free[region[i]] += 1
    return region, order


def _measure_regions(pixels: pd.DataFrame) -> pd.DataFrame:
    """Return one row per region: its row of the hits, its box, and where its pixels lie."""
    wire, tick, adc = (pixels[name].to_numpy() for name in ("wire", "tick", "adc"))
    start = np.flatnonzero(np.diff(pixels["region"].to_numpy(), prepend=-1))
    stop = np.append(start[1:], len(pixels))
    first_wire, last_wire = wire[start].astype(np.int64), wire[stop - 1].astype(np.int64)
    first_tick = np.minimum.reduceat(tick, start).astype(np.int64)
    last_tick = np.maximum.reduceat(tick, start).astype(np.int64)
    entry_tick, varies = _profiles(start, stop, wire, tick, adc)
    return pd.DataFrame(
        {
            "row": pixels["row"].to_numpy()[start],
            "start": start,
            "stop": stop,
            "lowest_tick_on_first_wire": tick[start],
            "first_wire": first_wire,
            "last_wire": last_wire,
            "first_tick": first_tick,
            "last_tick": last_tick,
            "height": last_wire - first_wire + 1,
            "width": last_tick - first_tick + 1,
            "entry_tick": entry_tick,
            "n_pixels": stop - start,
            "charge": np.add.reduceat(adc, start, dtype=np.int64),
            "max_adc": np.maximum.reduceat(adc, start),
            "min_adc": np.minimum.reduceat(adc, start),
            "varies": varies,
        }
    )


@njit(cache=True)
def _profiles(
    start: np.ndarray, stop: np.ndarray, wire: np.ndarray, tick: np.ndarray, adc: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return entry tick and whether the per-wire maximum varies, for each region.

    A region has no empty wire between its first and its last, because it is connected.
    """
    entry_tick = np.empty(start.size, dtype=np.int64)
    varies = np.zeros(start.size, dtype=np.bool_)
    for region in range(start.size):
        i = start[region]
        entry_maximum = 0
        while i < stop[region]:
            this_wire, peak = wire[i], i
            while i < stop[region] and wire[i] == this_wire:
                if adc[i] > adc[peak]:
                    peak = i
                i += 1
            if this_wire == wire[start[region]]:
                entry_tick[region] = tick[peak]
                entry_maximum = adc[peak]
            elif adc[peak] != entry_maximum:
                varies[region] = True
    return entry_tick, varies


def _choose(regions: pd.DataFrame, method: str) -> pd.DataFrame:
    """Return the regions that the method keeps; between equals the first."""
    if method == "connected":
        return regions
    ranking = {
        "longest": regions["height"],
        "max_adc_ratio": regions["max_adc"] / regions["min_adc"],
        "seeded": regions["max_adc"],
    }[method]
    return regions.loc[ranking.groupby(regions["row"]).idxmax()]


def _to_clusters(regions: pd.DataFrame, pixels: pd.DataFrame, hits: pd.DataFrame) -> pd.DataFrame:
    """Return the table CLUSTERS for regions sorted by row and cluster order."""
    key = hits[[*EVENT_KEY, "plane"]].iloc[regions["row"]].reset_index(drop=True)
    box = {column.name: regions[column.name].to_numpy().astype(column.type) for column in BOX}
    bounds = list(zip(regions["start"], regions["stop"], strict=True))
    lists = {column.name: _slices(pixels[column.name], bounds) for column in PIXELS}
    cluster = regions.groupby("row").cumcount().to_numpy()
    return key.assign(cluster=cluster, **box, **lists)


def _slices(values: pd.Series, bounds: Sequence[tuple[int, int]]) -> pd.Series:
    flat = values.to_numpy()
    return pd.Series([flat[start:stop] for start, stop in bounds], dtype=object)
