"""Variants of clustering, matching and threshold, held against the truth of the simulation."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from latentscape.errors import InputError
from latentscape.keys import EVENT_KEY, TRACK_KEY, join, sort_by_key
from latentscape.lartpc.clusters import METHODS as CLUSTERINGS
from latentscape.lartpc.clusters import find_clusters
from latentscape.lartpc.cuts import cut_clusters
from latentscape.lartpc.geometry import PLANES, Detector, scale_thresholds
from latentscape.lartpc.intervals import clopper_pearson_share
from latentscape.lartpc.matching import METHODS as MATCHINGS
from latentscape.lartpc.matching import match_planes
from latentscape.lartpc.stages import assess_followed, attribute_signal, follow_beam
from latentscape.lartpc.tables.reconstruction import HITS, PIXELS
from latentscape.lartpc.validation.tables import STAGE_VARIANTS
from latentscape.progress import progress

# The detector's own threshold, in units of itself.
NOMINAL = 1.0
ALL_EVENTS: dict[str, Any] = {"binned_by": "all", "bin_low": np.nan, "bin_high": np.nan}
# Bins with equally many events.
QUANTILES = 4
# Halo muons and further beam particles: none, one, and more.
PILE_UP = (0.0, 1.0, 2.0, np.inf)
DIFFERS = "Of all events, those in which the pairs are not those of the greedy matching"


def above(hits: pd.DataFrame, *, detector: Detector, factor: float) -> pd.DataFrame:
    """Return the pixels that are left at a higher threshold.

    Parameters
    ----------
    hits : DataFrame
        The table HITS, extracted with the thresholds of :func:`scale_thresholds` at a factor
        that is not higher.
    detector : Detector
        The detector with its own thresholds.
    factor : float
        Thresholds in units of the detector's.

    Returns
    -------
    DataFrame
        The table HITS as it is extracted at these thresholds: exactly, for thresholds that
        16-bit samples can reach.
    """
    scaled = scale_thresholds(detector, factor)
    limits = hits["plane"].map({plane: scaled.plane(plane).threshold for plane in PLANES})
    kept = [adc > limit for adc, limit in zip(hits["adc"], limits, strict=True)]
    return sort_by_key(keep_pixels(hits, kept), HITS.key)


def keep_pixels(hits: pd.DataFrame, kept: Sequence[np.ndarray]) -> pd.DataFrame:
    """Return the table HITS with the pixels of each row that are ``kept``."""
    lists = {
        column.name: [
            values[of_row] for values, of_row in zip(hits[column.name], kept, strict=True)
        ]
        for column in PIXELS
    }
    return hits.assign(**{name: pd.Series(of, hits.index) for name, of in lists.items()})


def of_events(events: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table that belong to some events.

    Parameters
    ----------
    events : DataFrame
        Rows of these events, one or several each.
    rows : DataFrame
        The table.

    Returns
    -------
    DataFrame
    """
    key = events[list(EVENT_KEY)].drop_duplicates()
    return join(rows, key, EVENT_KEY, what="rows of some events", relation="many_to_one")


def compare_variants(
    hits: pd.DataFrame,
    true_pixels: pd.DataFrame,
    truth: pd.DataFrame,
    *,
    sample: str,
    species: str,
    detector: Detector,
    clustering: Mapping[str, Any],
    cuts: Mapping[str, Any],
    matching: Mapping[str, Any],
    threshold_factors: Iterable[float],
    seed: int,
) -> pd.DataFrame:
    """Run clusters, cuts and matching in every variant, and assess each by the truth.

    Every clustering with every matching at the detector's threshold; the configured ones at every
    other threshold; and these, at the detector's threshold, in bins of the beam particle's kinetic
    energy, its angle, and the number of other particles in the event.

    Parameters
    ----------
    hits : DataFrame
        The table HITS of some events of a sample, extracted with :func:`scale_thresholds` at
        the smallest of the factors or lower.
    true_pixels, truth : DataFrame
        The tables TRUE_PIXELS and TRUTH, of these events at least.
    sample : str
        Name of the sample.
    species : str
        Species that the sample selects.
    detector : Detector
        With entry windows and the nominal thresholds.
    clustering, cuts, matching : mapping
        Arguments of ``find_clusters``, ``cut_clusters`` and ``match_planes``: the configured
        methods, and what all methods share.
    threshold_factors : iterable of float
        Thresholds in units of the detector's.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        The table STAGE_VARIANTS.

    Raises
    ------
    InputError
        If the truth is not that of this sample, or an event has no truth.
    """
    events = hits[list(EVENT_KEY)].drop_duplicates()
    truth, true_pixels = of_events(events, truth), of_events(events, true_pixels)
    if len(truth) < len(events):
        raise InputError(f"{sample}: {len(events) - len(truth)} events with hits have no truth.")
    variants = list(
        _run_variants(
            hits,
            true_pixels,
            sample=sample,
            detector=detector,
            clustering=clustering,
            cuts=cuts,
            matching=matching,
            threshold_factors=threshold_factors,
        )
    )
    configured = Variant(clustering["method"], matching["method"], NOMINAL)
    parts = []
    for found in variants:
        followed = follow_beam(found.cluster_truth, truth, found.selected, found.tracks)
        bins = _bins(followed.events, by_truth=found.variant == configured)
        for columns, chosen in bins:
            stages = assess_followed(
                followed.within(chosen), sample=sample, species=species, seed=seed
            )
            parts.append(stages.assign(**found.variant._asdict(), **columns))
    differences = pd.DataFrame(_compare_matchings(variants, events)).assign(sample=sample)
    return STAGE_VARIANTS.check(pd.concat([*parts, differences], ignore_index=True))


class Variant(NamedTuple):
    """One way to run the stages."""

    clustering: str
    matching: str
    threshold_factor: float


class _Found(NamedTuple):
    variant: Variant
    cluster_truth: pd.DataFrame
    selected: pd.DataFrame
    tracks: pd.DataFrame


def _run_variants(
    hits: pd.DataFrame,
    true_pixels: pd.DataFrame,
    *,
    sample: str,
    detector: Detector,
    clustering: Mapping[str, Any],
    cuts: Mapping[str, Any],
    matching: Mapping[str, Any],
    threshold_factors: Iterable[float],
) -> Iterator[_Found]:
    """Run the stages in every variant; clusters are found once for both matchings."""
    factors = sorted(set(threshold_factors) - {NOMINAL})
    runs = [
        *((method, NOMINAL, MATCHINGS) for method in CLUSTERINGS),
        *((clustering["method"], factor, (matching["method"],)) for factor in factors),
    ]
    for method, factor, matchings in progress(runs, len(runs), unit="variants"):
        pixels = above(hits, detector=detector, factor=factor)
        clusters = find_clusters(pixels, **{**clustering, "method": method})
        cluster_truth = attribute_signal(true_pixels, clusters)
        selected, _ = cut_clusters(clusters, sample=sample, detector=detector, **cuts)
        for name in matchings:
            tracks = match_planes(selected, **{**matching, "method": name})
            yield _Found(Variant(method, name, factor), cluster_truth, selected, tracks)


def _bins(truth: pd.DataFrame, *, by_truth: bool) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
    """Yield all events, and then if wanted those in each bin of what is true of them."""
    yield ALL_EVENTS, np.ones(len(truth), dtype=bool)
    if not by_truth:
        return
    quantiles = np.linspace(0, 1, QUANTILES + 1)
    binnings = {
        name: (truth[name], np.unique(truth[name].quantile(quantiles)))
        for name in ("kinetic_energy", "angle")
    }
    binnings["pile_up"] = (truth["halo_muons"] + truth["pile_up"], np.array(PILE_UP))
    for name, (values, edges) in binnings.items():
        # The last bin holds its upper edge; all events are in it if they are all equal.
        number = np.searchsorted(edges[1:-1], values, side="right")
        for i in np.unique(number):
            bounds = {"bin_low": edges[i], "bin_high": edges[min(i + 1, len(edges) - 1)]}
            yield {"binned_by": name, **bounds}, number == i


def _compare_matchings(
    variants: Sequence[_Found], events: pd.DataFrame
) -> Iterator[dict[str, object]]:
    """Yield for each clustering in how many events optimal pairs differ from greedy ones."""
    tracks = {found.variant: found.tracks for found in variants}
    key = list(EVENT_KEY)
    for variant, found in tracks.items():
        if variant.matching != "optimal" or variant.threshold_factor != NOMINAL:
            continue
        others = tracks[variant._replace(matching="greedy")]
        pairs = pd.concat([rows[[*TRACK_KEY, "induction_cluster"]] for rows in (found, others)])
        alone = pairs[~pairs.duplicated(keep=False)]
        differs = events.merge(alone[key].drop_duplicates(), how="left", indicator=True)
        yield {
            **variant._asdict(),
            **ALL_EVENTS,
            "stage": "matching",
            "plane": "both",
            "quantity": "differs",
            **clopper_pearson_share(differs["_merge"] == "both")._asdict(),
            "meaning": DIFFERS,
        }
