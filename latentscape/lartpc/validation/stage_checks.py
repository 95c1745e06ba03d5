"""The assessment of the stages held against closed forms and controls."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from latentscape.keys import EVENT_KEY, sort_by_key
from latentscape.lartpc.attribution import (
    BEAM_PARTICLE,
    OUTSIDE,
    PIECE,
    PLANE_KEY,
    attribute_signal,
)
from latentscape.lartpc.clusters import find_clusters
from latentscape.lartpc.geometry import PLANES, Detector, Plane
from latentscape.lartpc.pixels import flatten
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation.response import wire_condition
from latentscape.lartpc.stages import assess_stages
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.lartpc.tables.truth import TRUE_PIXELS
from latentscape.lartpc.validation.checks import Check
from latentscape.lartpc.validation.stages import NOMINAL, above, keep_pixels, of_events
from latentscape.lartpc.validation.tables import VARIANT_KEY

GROUP = "stages"
# What adds up to 1 does so but for rounding.
ROUNDING = 1e-9
# Variance of the rounding to whole ADC.
ROUNDING_VARIANCE = 1 / 12
# A comparison that is off by one ADC, such as ≥ in place of >, must be noticed.
HALF_ADC = 0.5
# So far behind the beam's entry, some tracks have ended and others go on [wires].
MASKED = 20
# A hundred events give a share of events to this precision.
PRECISION = 0.05


def check_stages(
    hits: pd.DataFrame,
    true_pixels: pd.DataFrame,
    truth: pd.DataFrame,
    variants: pd.DataFrame,
    *,
    sample: str,
    species: str,
    detector: Detector,
    simulation: Simulation,
    seed: int,
) -> list[Check]:
    """Hold the assessment of the stages against what must come out.

    Parameters
    ----------
    hits, true_pixels, truth : DataFrame
        The tables that ``compare_variants`` takes.
    variants : DataFrame
        The table STAGE_VARIANTS that it returns.
    sample : str
        Name of the sample.
    species : str
        Species that the sample selects.
    detector : Detector
        With the nominal thresholds.
    simulation : Simulation
        Gives the noise of each wire.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    list of Check
        Losses and efficiency add up to 1; the true pixels, taken as clusters, hold all charge; of
        both planes, the charge found is what noise and threshold leave, and a wire without hits
        splits the tracks that cross it.
    """
    nominal = above(hits, detector=detector, factor=NOMINAL)
    planes = sort_by_key(of_events(hits, true_pixels), TRUE_PIXELS.key)
    case = _Case(nominal, planes, of_events(hits, truth), sample, species, seed)
    return [
        _check_sum(variants, sample),
        _check_true_clusters(case),
        *_check_threshold(case, detector, simulation),
        *_check_splits(case, detector),
    ]


@dataclass(frozen=True)
class _Case:
    """What the checks of one sample are made on."""

    hits: pd.DataFrame
    true_pixels: pd.DataFrame
    truth: pd.DataFrame
    sample: str
    species: str
    seed: int

    def assess(self, clusters: pd.DataFrame) -> pd.Series:
        """Return the value of each plane and quantity of the clusters."""
        stages = assess_stages(
            attribute_signal(self.true_pixels, clusters),
            self.truth,
            clusters.iloc[:0],
            TRACKS.empty(),
            sample=self.sample,
            species=self.species,
            seed=self.seed,
        )
        of_clusters = stages[stages["stage"] == "clusters"]
        return of_clusters.set_index(["plane", "quantity"])["value"]

    def beam_pixels(self, plane: Plane) -> pd.DataFrame:
        """Return row, wire and signal of the beam particle's pixels, and its part of that."""
        pixels = flatten(self.true_pixels, TRUE_PIXELS)
        of_plane = (self.true_pixels["plane"] == plane).to_numpy()[pixels["row"]]
        of_beam = (pixels["particle"] == BEAM_PARTICLE) & (pixels["signal"] > 0)
        chosen = pixels[of_plane & of_beam].astype({"signal": np.float64})
        return chosen.assign(charge=chosen["signal"] * chosen["share"])


def _connect(hits: pd.DataFrame) -> pd.DataFrame:
    return find_clusters(hits, method="connected", seed_threshold=None, min_pixels=1)


def _check_sum(variants: pd.DataFrame, sample: str) -> Check:
    is_efficiency = (variants["stage"] == "all") & (variants["quantity"] == "efficiency")
    parts = variants[is_efficiency | (variants["quantity"] == "loss")]
    sums = parts.groupby(list(VARIANT_KEY), dropna=False)["value"].sum()
    farthest = float(sums.iloc[int((sums - 1).abs().argmax())])
    return Check(
        f"losses and efficiency, {sample}",
        GROUP,
        "definition: shares of all events; the farthest of all variants",
        expected=1.0,
        measured=farthest,
        uncertainty=0.0,
        tolerance=ROUNDING,
    )


def _check_true_clusters(case: _Case) -> Check:
    """Take the beam particle's own pixels as one cluster per plane."""
    key = case.true_pixels[list(PLANE_KEY)].assign(cluster=0)
    is_beam = [particle == BEAM_PARTICLE for particle in case.true_pixels["particle"]]
    places = {
        name: [values[of] for values, of in zip(case.true_pixels[name], is_beam, strict=True)]
        for name in ("wire", "tick")
    }
    clusters = key.assign(**places, adc=places["wire"])
    return Check(
        f"charge in the true pixels, {case.sample}",
        GROUP,
        "definition: the true pixels of the beam particle hold all its signal",
        expected=1.0,
        measured=float(case.assess(clusters).loc[:, "charge_efficiency"].min()),
        uncertainty=0.0,
        tolerance=ROUNDING,
    )


def _check_threshold(case: _Case, detector: Detector, simulation: Simulation) -> Iterator[Check]:
    """Expect a signal s to be found with the probability Φ((s - threshold) / noise)."""
    signal = attribute_signal(case.true_pixels, _connect(case.hits))
    for plane in PLANES:
        pixels = case.beam_pixels(plane)
        white = wire_condition(plane, detector=detector, simulation=simulation).white
        noise = np.sqrt(white**2 + simulation.coherent_noise[plane] ** 2 + ROUNDING_VARIANCE)
        # The lowest ADC above the threshold is one more than it.
        limit = detector.plane(plane).threshold + HALF_ADC
        lower, expected, higher = (
            _share_above(pixels, at, noise) for at in (limit - HALF_ADC, limit, limit + HALF_ADC)
        )
        deviation = _share_found(signal[signal["plane"] == plane]) - expected
        yield Check(
            f"charge above the threshold, {plane}, {case.sample}",
            GROUP,
            "closed form: signals with Gaussian noise; tolerance: half an ADC of the threshold",
            expected=float(expected.mean()),
            measured=float((expected + deviation).mean()),
            uncertainty=float(deviation.std() / np.sqrt(len(deviation))),
            tolerance=float((lower - higher).mean()) / 2,
        )


def _share_above(
    pixels: pd.DataFrame, limit: float, noise: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the share of each event's charge on samples that noise leaves above the limit."""
    found = pixels["charge"] * ndtr((pixels["signal"] - limit) / noise[pixels["wire"]])
    charge = pixels.groupby("row")["charge"].sum()
    shares: NDArray[np.float64] = (found.groupby(pixels["row"]).sum() / charge).to_numpy()
    return shares


def _share_found(signal: pd.DataFrame) -> NDArray[np.float64]:
    """Return the share of each event's charge that is in clusters, from one plane's truth."""
    by_event = signal.groupby(list(EVENT_KEY))["beam_signal"]
    total = by_event.sum()
    lost = signal[signal["cluster"] == OUTSIDE].set_index(list(EVENT_KEY))["beam_signal"]
    shares: NDArray[np.float64] = (1 - lost / total)[total > 0].sort_index().to_numpy()
    return shares


def _check_splits(case: _Case, detector: Detector) -> Iterator[Check]:
    """Empty one wire, which splits the tracks that have signal on both its sides."""
    masked = {plane: round(detector.plane(plane).wire_at_origin) + MASKED for plane in PLANES}
    wires = zip(case.hits["wire"], case.hits["plane"], strict=True)
    left = keep_pixels(case.hits, [wire != masked[plane] for wire, plane in wires])
    splits = case.assess(_connect(left)).loc[:, "splits"]
    for plane in PLANES:
        pixels = case.beam_pixels(plane)
        charge = pixels.groupby("row")["charge"].sum()
        sides = [
            pixels["charge"].where(of_side, 0.0).groupby(pixels["row"]).sum() >= PIECE * charge
            for of_side in (pixels["wire"] < masked[plane], pixels["wire"] > masked[plane])
        ]
        expected, measured = float((sides[0] & sides[1]).mean()), float(splits[plane])
        # both are shares of the same events, so only events in which they differ count
        differing = max(abs(measured - expected), 1 / len(charge))
        yield Check(
            f"splits by an empty wire, {plane}, {case.sample}",
            GROUP,
            "closed form: true signal on both sides; tolerance: the precision of 100 events",
            expected=expected,
            measured=measured,
            uncertainty=float(np.sqrt(differing / len(charge))),
            tolerance=PRECISION,
        )
