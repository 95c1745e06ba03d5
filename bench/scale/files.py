"""A raw file as large as one likes: a few simulated events, written again and again."""

import logging
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from latentscape.config import load_detector
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.raw import write_events
from latentscape.lartpc.settings.samples import SimulateSample
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.simulation.events import simulate_events
from latentscape.progress import progress

ROOT = Path(__file__).parents[2]
TREE = "ana/raw"
SPECIES = "proton"
# The proton sample of the reference configuration.
BEAM = SimulateSample(events=1, momentum=(350, 800), tree=TREE)
FIRST_EVENT = 1

logger = logging.getLogger("latentscape")


@dataclass(frozen=True)
class Written:
    """One event as it is written: numbers and ADC, nothing of its truth."""

    run: int
    subrun: int
    event: int
    adc: dict[str, np.ndarray]


def lariat() -> Detector:
    """Return the detector of the file."""
    return load_detector("lariat", ROOT / "resources")


def draw_events(count: int, *, seed: int, detector: Detector) -> list[Written]:
    """Simulate some events, all different."""
    events = simulate_events(
        sample="scale",
        species=SPECIES,
        simulate=BEAM,
        simulation=Simulation(),
        detector=detector,
        shard=0,
        events=count,
        first_event=FIRST_EVENT,
        seed=seed,
    )
    shown = progress(events, count, unit="simulated events")
    return [Written(one.run, one.subrun, one.event, one.adc) for one in shown]


def repeated(events: Sequence[Written], count: int) -> Iterator[Written]:
    """Yield the events in turn until there are ``count``; each round is a subrun of its own."""
    for number in range(count):
        turn, position = divmod(number, len(events))
        yield replace(events[position], subrun=turn)


def make_file(path: Path, *, gb: float, distinct: int, seed: int, layout: str) -> dict[str, float]:
    """Write a file of this size on disk, in the memory of the distinct events.

    Returns
    -------
    dict
        ``events``, ``gb`` on disk, ``raw_gb`` without compression, ``seconds`` of writing.

    Notes
    -----
    How many events are needed follows from a file of the distinct events alone. ROOT compresses
    each basket of a few events for itself, so repeated events are as large as new ones.
    """
    detector = lariat()
    events = draw_events(distinct, seed=seed, detector=detector)
    form = {"tree": TREE, "layout": layout, "detector": detector}
    write_events(path, events, **form)
    count = math.ceil(gb * 1e9 / path.stat().st_size * distinct)
    start = time.monotonic()
    shown = progress(repeated(events, count), count, unit="written events")
    write_events(path, shown, **form)
    samples = sum(adc.size for adc in events[0].adc.values())
    return {
        "events": count,
        "gb": path.stat().st_size / 1e9,
        "raw_gb": 2 * samples * count / 1e9,
        "seconds": time.monotonic() - start,
    }
