"""Write raw events as ROOT trees, in the layouts of the experiments."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Literal, Protocol

import awkward as ak
import numpy as np
import uproot

from latentscape.errors import InputError
from latentscape.files import replacing
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.raw_event import all_channels
from latentscape.lartpc.raw_trees import BLOCK, CHANNEL, KEY_BRANCHES, PAYLOAD

Layout = Literal["channel-mapped", "flat"]

# On noise of 2 ADC this level of zlib by ISA-L needs 0.85 MB per event of 480 × 3072 samples and
# half the time of Zstandard (0.79 MB); LZ4 is faster still but hardly compresses noise (1.5 MB).
COMPRESSION = uproot.ZLIB(3)
BASKET_BYTES = 12 * 2**20  # four such events: larger baskets fall out of the processor's cache


class DigitisedEvent(Protocol):
    """What :func:`write_events` needs of an event."""

    @property
    def run(self) -> int:
        """Run number."""

    @property
    def subrun(self) -> int:
        """Subrun number."""

    @property
    def event(self) -> int:
        """Event number."""

    @property
    def adc(self) -> Mapping[str, np.ndarray]:
        """ADC of each plane, int16 of shape (wires, ticks)."""


def write_events(
    path: str | Path,
    events: Iterable[DigitisedEvent],
    *,
    tree: str,
    layout: Layout,
    detector: Detector,
) -> None:
    """Write events to a ROOT tree as they come, whole file or none.

    Two files of the same events hold the same entries but not the same bytes:
    ROOT files store the time of writing and a random identifier.

    Parameters
    ----------
    path : path
        The ROOT file.
    events : iterable of DigitisedEvent
        Only a few are held at a time.
    tree : str
        Folder and name of the tree, without cycle (a new file has cycle 1).
    layout : {"channel-mapped", "flat"}
        Branches ``raw_rawadc`` and ``raw_channel``, or ``rawadc1``.
    detector : Detector
        Wires, channels and ticks.

    Raises
    ------
    InputError
        If the tree is named with a cycle.
    ValueError
        If the ADC of an event are not int16 of shape (wires, ticks).
    """
    if ";" in tree:
        raise InputError(f"tree '{tree}': a new file has no cycles; name it without ';'.")
    wires = detector.induction.wires + detector.collection.wires
    samples = wires * detector.ticks
    kinds = dict.fromkeys(KEY_BRANCHES, np.dtype(np.int32))
    payload = (
        {BLOCK: np.dtype((np.int16, (samples,)))}
        if layout == "flat"
        else {PAYLOAD: "var * int16", CHANNEL: "var * int32"}
    )
    step = max(1, BASKET_BYTES // (2 * samples))
    with replacing(path) as temporary, uproot.recreate(temporary, compression=COMPRESSION) as file:
        written = file.mktree(tree, {**kinds, **payload})
        for batch in _batches(events, step):
            block = np.stack([_rows(event, detector) for event in batch])
            keys = {
                name: np.array([getattr(e, name) for e in batch], np.int32) for name in KEY_BRANCHES
            }
            written.extend({**keys, **_branches(block, layout, detector)})


def _batches(events: Iterable[DigitisedEvent], step: int) -> Iterator[list[DigitisedEvent]]:
    remaining = iter(events)
    while batch := list(islice(remaining, step)):
        yield batch


def _rows(event: DigitisedEvent, detector: Detector) -> np.ndarray:
    """Return the wires of both planes, induction first."""
    for name in PLANES:
        adc, expected = event.adc[name], (detector.plane(name).wires, detector.ticks)
        if adc.dtype != np.int16 or adc.shape != expected:
            raise ValueError(f"{name}: need int16 {expected}, found {adc.dtype} {adc.shape}")
    return np.concatenate([event.adc[name] for name in PLANES])


def _branches(block: np.ndarray, layout: Layout, detector: Detector) -> dict[str, object]:
    events, wires, ticks = block.shape
    if layout == "flat":
        return {BLOCK: block.reshape(events, wires * ticks)}
    return {
        PAYLOAD: _jagged(block.reshape(-1), wires * ticks),
        CHANNEL: _jagged(np.tile(all_channels(detector), events), wires),
    }


def _jagged(values: np.ndarray, length: int) -> ak.Array:
    """Return equally long lists, in the form that ROOT writes with a counter."""
    return ak.unflatten(values, np.full(values.size // length, length))
