"""What the explorer shows of the LArTPC study: quantities of a track, pixels of an event."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from latentscape.errors import InputError
from latentscape.evaluation.latents import dimension_names
from latentscape.explorer.contents import Words
from latentscape.explorer.displays import NO_GROUP, Panel, Pixels
from latentscape.explorer.points import Points, Quantity, Side, join_points, quantities_of
from latentscape.keys import EVENT_KEY, TRACK_KEY, join, sort_by_key
from latentscape.lartpc.figures.labels import (
    CHANNELS,
    IMAGE_AXES,
    SCORE_LABELS,
    SPECIES_LABELS,
    sample_labels,
)
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.pixels import flatten, place
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.features import FEATURES
from latentscape.lartpc.tables.identification import PID, SPECIES
from latentscape.lartpc.tables.models import LATENTS
from latentscape.lartpc.tables.reconstruction import CLUSTERS, HITS, TRACKS
from latentscape.lartpc.tables.truth import TRUTH
from latentscape.learning.scores import SCORES
from latentscape.tables import Table

TRACK_TEXTS = {
    "induction_cluster": "induction cluster",
    "score": "matching score",
    **{f"{plane}_height": f"wires spanned, {plane}" for plane in CHANNELS},
    **{f"{plane}_width": f"ticks spanned, {plane}" for plane in CHANNELS},
    **{f"{plane}_charge": f"charge, {plane}" for plane in CHANNELS},
}
TRUTH_TEXTS = {
    "species": "species",
    "momentum": "momentum at the entry",
    "kinetic_energy": "kinetic energy at the entry",
    "entry_x": "entry, drift",
    "entry_y": "entry, height",
    "angle": "angle to the beam",
    "length": "path length",
    "end": "how it ended",
    "end_x": "end, drift",
    "end_y": "end, height",
    "end_z": "end, depth",
    "daughters": "decay daughters",
    "halo_muons": "halo muons",
    "pile_up": "further beam particles",
    "blips": "blips",
}
BEAMLINE_TEXTS = {"momentum": "momentum", "is_picky": "picky", "mass": "mass"}
PID_TEXTS = {
    **{f"chi2_{s}": f"χ² {SPECIES_LABELS[s]}" for s in SPECIES},
    **{f"chi2_larsoft_{s}": f"χ² (LArSoft) {SPECIES_LABELS[s]}" for s in SPECIES},
    **{f"log_likelihood_{s}": f"log-likelihood {SPECIES_LABELS[s]}" for s in SPECIES},
    "pida": "PIDA",
    "is_reversed": "fits better reversed",
    "n_points": "measurements",
    "hypothesis": "hypothesis by χ²",
    "hypothesis_larsoft": "hypothesis by LArSoft χ²",
    "hypothesis_likelihood": "hypothesis by likelihood",
}
ERRORS = {
    "reconstruction_error": "reconstruction error",
    "weighted_error": "weighted reconstruction error",
    "kl": "KL divergence",
    "elbo": "ELBO",
}
MAP_QUANTITIES = (
    Quantity("x", "UMAP 1", "", "Map"),
    Quantity("y", "UMAP 2", "", "Map"),
)
NOT_SHOWN = {*ERRORS, "random"}


def explored_points(
    latents: pd.DataFrame,
    umap: pd.DataFrame,
    features: pd.DataFrame,
    tracks: pd.DataFrame,
    *,
    pid: pd.DataFrame,
    scores: pd.DataFrame,
    beamline: pd.DataFrame,
    truth: pd.DataFrame,
    training: int,
) -> Points:
    """Return all that the explorer shows of the tracks of one training.

    Parameters
    ----------
    latents : DataFrame
        Table ``latents``; its tracks of this training are the points.
    umap : DataFrame
        Table ``map``. Tracks that it lacks, as of a training that is not mapped, have no place
        on the map, but one on the axes of the latents.
    features, tracks : DataFrame
        Tables ``features`` and ``tracks``; of the latter, at least the columns of
        :data:`TRACK_TEXTS`.
    pid, scores, beamline, truth : DataFrame
        Tables of these names. Tracks that they lack have missing values (a sample of data has no
        truth, one without calorimetry no χ²); what an empty table would say is not listed.
    training : int
        Number of the training.

    Returns
    -------
    Points
        Sorted by key.

    Raises
    ------
    InputError
        If the latents have no such training.
    """
    rows = latents[latents["seed"] == training].reset_index(drop=True)
    if rows.empty:
        numbers = ", ".join(str(number) for number in sorted(latents["seed"].unique()))
        raise InputError(
            f"explorer.training: no training {training} in the latents; trainings: {numbers}."
        )
    means = np.stack(rows["mean"].to_list())
    names = dimension_names(means.shape[1])
    known = rows.assign(of_sample=rows["sample"], **dict(zip(names, means.T, strict=True)))
    of_sample = (
        Quantity("of_sample", "sample", "", "Sample"),
        Quantity("part", "part of the split", "", "Sample"),
    )
    sides = [
        Side(known, TRACK_KEY, of_sample),
        Side(umap[umap["seed"] == training], TRACK_KEY, MAP_QUANTITIES),
        Side(known, TRACK_KEY, tuple(Quantity(name, name, "", "Latents") for name in names)),
        Side(pid, TRACK_KEY, quantities_of(PID, "Identification", PID_TEXTS, texts=PID_TEXTS)),
        _renamed(truth, TRUTH, "Truth of the event", TRUTH_TEXTS, prefix="true_"),
        Side(features, TRACK_KEY, quantities_of(FEATURES, "Features")),
        Side(known, TRACK_KEY, quantities_of(LATENTS, "Errors", ERRORS, texts=ERRORS)),
        Side(scores[scores["seed"] == training], TRACK_KEY, _score_quantities(scores)),
        _renamed(tracks, TRACKS, "Track", TRACK_TEXTS, prefix="track_"),
        _renamed(beamline, BEAMLINE, "Beamline", BEAMLINE_TEXTS, prefix="beam_"),
    ]
    return join_points(rows, [side for side in sides if len(side.table)], key=TRACK_KEY)


def _score_quantities(scores: pd.DataFrame) -> tuple[Quantity, ...]:
    names = [name for name in SCORES if name in scores.columns and name not in NOT_SHOWN]
    return tuple(
        Quantity(n, SCORE_LABELS.get(n, n.replace("_", " ")), SCORES[n].unit, "Anomaly scores")
        for n in names
    )


def _renamed(
    frame: pd.DataFrame, table: Table, group: str, texts: Mapping[str, str], *, prefix: str
) -> Side:
    """Return a side whose columns are called as those of another table."""
    return Side(
        frame, table.key, quantities_of(table, group, texts, texts=texts, prefix=prefix), prefix
    )


def explored_pixels(
    parts: Iterable[tuple[pd.DataFrame, pd.DataFrame]], keys: pd.DataFrame
) -> Iterator[Pixels]:
    """Yield the pixels of the events that hold one of the tracks, with their clusters.

    Parameters
    ----------
    parts : iterable of (DataFrame, DataFrame)
        Tables ``hits`` and ``clusters`` of the same events, shard by shard.
    keys : DataFrame
        Key columns of the tracks.

    Yields
    ------
    Pixels
        The events of one part. Panels are the planes, x is the wire, y the drift tick, the group
        is the cluster.
    """
    wanted = keys[list(EVENT_KEY)].drop_duplicates()
    for hits, clusters in parts:
        events = hits[list(EVENT_KEY)].drop_duplicates()
        events = join(events, wanted, EVENT_KEY, what="events of the explorer")
        events = sort_by_key(events, EVENT_KEY)
        yield Pixels(events, _pixels_of(events, hits, clusters))


def explorer_words(
    species: Mapping[str, str], detector: Detector, model: str, training: int
) -> Words:
    """Return what the explorer says of the LArTPC study.

    Parameters
    ----------
    species : mapping of str to str
        Species of every configured sample, in order.
    detector : Detector
        Gives the size of the planes.
    model : str
        Name of the model.
    training : int
        Number of the training.

    Returns
    -------
    Words
    """
    return Words(
        title=f"Latent explorer, {detector.name}",
        subtitle=f"model {model}, training {training}",
        labels=sample_labels(species),
        label_column="of_sample",
        axes=IMAGE_AXES,
        unit="ADC",
        channels=CHANNELS,
        panels=tuple(
            Panel(plane, detector.plane(plane).wires, detector.ticks) for plane in CHANNELS
        ),
        panel_groups=("track", "track_induction_cluster"),
        display_key=EVENT_KEY,
        display_name="event",
        point_name="track",
        group_name="cluster",
        folded=("Map", "Latents", "Track", "Beamline"),
        start=("x", "y", "of_sample"),
    )


def _pixels_of(events: pd.DataFrame, hits: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    numbered = events.assign(number=np.arange(len(events)))
    read = numbered.merge(hits, on=list(EVENT_KEY), validate="one_to_many")
    found = numbered.merge(clusters, on=list(EVENT_KEY), validate="one_to_many")
    pixels, clustered = _flat(read, HITS), _flat(found, CLUSTERS)
    groups = np.full(len(pixels), NO_GROUP)
    if len(clustered):
        order = np.argsort(clustered["at"].to_numpy())
        at = clustered["at"].to_numpy()[order]
        nearest = np.minimum(np.searchsorted(at, pixels["at"]), len(at) - 1)
        is_clustered = at[nearest] == pixels["at"].to_numpy()
        numbers = found["cluster"].to_numpy()[clustered["of"].to_numpy()[order]]
        groups[is_clustered] = numbers[nearest][is_clustered]
    return pd.DataFrame(
        {
            "row": pixels["row"] // len(PLANES),
            "panel": pixels["row"] % len(PLANES),
            "x": pixels["wire"],
            "y": pixels["tick"],
            "value": pixels["adc"],
            "group": groups,
        }
    )


def _flat(rows: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the pixels of rows: ``row`` counts events and planes, ``of`` is the row here."""
    flat = flatten(rows, table)
    of = flat["row"].to_numpy()
    panel = rows["plane"].map(CHANNELS.index).to_numpy(np.int64)
    flat["row"] = (rows["number"].to_numpy(np.int64) * len(PLANES) + panel)[of]
    return flat.assign(of=of, at=place(flat))
