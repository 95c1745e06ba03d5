"""Cuts: which clusters may be a stopping beam track, and how many survive each cut."""

from collections.abc import Iterable, Iterator

import pandas as pd

from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY, sort_by_key
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.tables.reconstruction import CLUSTERS, CUT_FLOW


def cut_clusters(
    clusters: pd.DataFrame,
    *,
    sample: str,
    detector: Detector,
    height: tuple[int, int],
    width: tuple[int, int] | None,
    varying_profile: bool,
    entry_window: bool,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep the clusters that may be a stopping beam track.

    Parameters
    ----------
    clusters : DataFrame
        The table CLUSTERS, of one sample.
    sample : str
        Its name, which the cut flow bears even if there is no cluster.
    detector : Detector
        Holds the entry window of each plane.
    height : tuple of int
        Bounds of the number of wires, both excluded.
    width : tuple of int or None
        Bounds of the extent in ticks, both excluded; None cuts nothing.
    varying_profile : bool
        Refuse clusters whose per-wire maximum is constant.
    entry_window : bool
        Refuse clusters whose first wire or entry tick is not inside the plane's window, if
        the plane has one.

    Returns
    -------
    clusters : DataFrame
        The survivors, sorted by key, with their numbers unchanged.
    cut_flow : DataFrame
        The table CUT_FLOW: per plane the survivors of all cuts up to and including
        each step, in the order all, height, width, varying_profile, first_wire, entry_tick.
        A cut that is switched off has no step.

    Raises
    ------
    InputError
        If a cluster belongs to another sample.
    """
    others = set(clusters["sample"]) - {sample}
    if others:
        raise InputError(f"{sample}: the clusters to cut are of another sample, {min(others)!r}.")
    clusters = sort_by_key(clusters, CLUSTERS.key)
    survives = pd.Series(True, index=clusters.index)
    groups = _groups([sample], PLANES)
    steps = [_count(clusters, groups, "all", 0)]
    for cut, passes in _cuts(
        clusters, detector, height, width, varying_profile=varying_profile, window=entry_window
    ):
        survives &= passes
        steps.append(_count(clusters[survives], groups, cut, len(steps)))
    return clusters[survives].reset_index(drop=True), add_cut_flows(steps)


def _cuts(
    clusters: pd.DataFrame,
    detector: Detector,
    height: tuple[int, int],
    width: tuple[int, int] | None,
    *,
    varying_profile: bool,
    window: bool,
) -> Iterator[tuple[str, pd.Series]]:
    """Yield the name of each cut and which clusters pass it, by itself."""
    yield "height", _inside(clusters["height"], height)
    if width is not None:
        yield "width", _inside(clusters["width"], width)
    if varying_profile:
        yield "varying_profile", clusters["varies"]
    if window:
        for name in ("first_wire", "entry_tick"):
            passes = pd.Series(False, index=clusters.index)
            for plane in PLANES:
                bounds = detector.plane(plane).window
                inside = bounds is None or _inside(clusters[name], getattr(bounds, name))
                passes |= (clusters["plane"] == plane) & inside
            yield name, passes


def _inside(values: pd.Series, bounds: tuple[int, int]) -> pd.Series:
    return values.between(*bounds, inclusive="neither")


def add_cut_flows(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Add the cut flows of shards, which share no event.

    Parameters
    ----------
    parts : iterable of DataFrame
        Tables CUT_FLOW of :func:`cut_clusters`; those of one sample made with the same cuts.

    Returns
    -------
    DataFrame
        One table CUT_FLOW.
    """
    counts = pd.concat([CUT_FLOW.empty(), *parts], ignore_index=True)
    total = counts.groupby(["sample", "plane", "step", "cut"], as_index=False).sum()
    return CUT_FLOW.check(total)


def complete_cut_flow(
    cut_flow: pd.DataFrame,
    *,
    events: pd.DataFrame,
    tracks: pd.DataFrame,
    with_calorimetry: pd.DataFrame | None,
) -> pd.DataFrame:
    """Put events and tracks beside the cut flow of the clusters, as plane ``both``.

    Parameters
    ----------
    cut_flow : DataFrame
        The table CUT_FLOW of the clusters in all shards.
    events : DataFrame
        Event keys of the same samples; an event may occur more than once (HITS has two rows).
    tracks : DataFrame
        The matched tracks, with at least the event key.
    with_calorimetry : DataFrame or None
        The tracks that have calorimetry, with at least the event key; a sample without such
        tracks has no step ``calorimetry``.

    Returns
    -------
    DataFrame
        The table CUT_FLOW. Of plane ``both``, ``events`` is step 0, and ``matched`` and
        ``calorimetry`` follow the last cut of any sample.
    """
    events = events[list(EVENT_KEY)].drop_duplicates().assign(plane="both")
    groups = _groups(events["sample"].unique(), ["both"])
    after = int(cut_flow["step"].max()) + 1 if len(cut_flow) else 1
    parts = [cut_flow, _count(events, groups, "events", 0)]
    parts.append(_count(tracks.assign(plane="both"), groups, "matched", after))
    if with_calorimetry is not None:
        rows = with_calorimetry.assign(plane="both")
        groups = _groups(rows["sample"].unique(), ["both"])
        parts.append(_count(rows, groups, "calorimetry", after + 1))
    return add_cut_flows(parts)


def require_tracks(cut_flow: pd.DataFrame) -> None:
    """Refuse a sample that has no track left, and say where its clusters were lost.

    Parameters
    ----------
    cut_flow : DataFrame
        The table CUT_FLOW of :func:`complete_cut_flow`.

    Raises
    ------
    InputError
        Names the sample and how many clusters each cut left, by plane.
    """
    matched = cut_flow[cut_flow["cut"] == "matched"]
    for sample in matched.loc[matched["survivors"] == 0, "sample"]:
        clusters = cut_flow[(cut_flow["sample"] == sample) & (cut_flow["plane"] != "both")]
        counts = [
            f"{plane}: " + ", ".join(f"{row.cut} {row.survivors}" for row in rows.itertuples())
            for plane, rows in clusters.groupby("plane")
        ]
        raise InputError(
            f"{sample}: no track is left after cuts and matching ({'; '.join(counts)}). "
            f"Loosen samples.{sample}.cuts, lartpc.cuts or the detector's window and thresholds."
        )


def _groups(samples: Iterable[str], planes: Iterable[str]) -> pd.MultiIndex:
    return pd.MultiIndex.from_product([samples, planes], names=["sample", "plane"])


def _count(rows: pd.DataFrame, groups: pd.MultiIndex, cut: str, step: int) -> pd.DataFrame:
    """Return one row per group of sample and plane, also where nothing is left."""

    def in_groups(counted: pd.DataFrame) -> pd.Series:
        return counted.groupby(["sample", "plane"]).size().reindex(groups, fill_value=0)

    counts = pd.DataFrame(
        {
            "survivors": in_groups(rows),
            "events": in_groups(rows.drop_duplicates([*EVENT_KEY, "plane"])),
        }
    )
    return counts.reset_index().assign(step=step, cut=cut)
