"""Raw ADC of one event in two two-dimensional ROOT histograms, one per plane."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from latentscape.errors import InputError
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.raw_event import RawEvent, require_numbers, to_int16
from latentscape.lartpc.root_files import opened, readable, require_file
from latentscape.lartpc.settings.samples import Histograms


@dataclass(frozen=True)
class HistogramSource:
    """One event per file: a histogram (ticks × wires) for each plane.

    The names in the configuration are the histograms' names without the
    suffix ``_<run>_<subrun>_<event>`` that a file may give them. Without such a
    suffix the event has run 0, subrun 0, and as its number the position of its
    file in the sample.

    Parameters
    ----------
    histograms : Histograms
        Name for each plane.
    detector : Detector
        Wires and ticks.
    sample : str
        Name of the sample, for messages.
    """

    histograms: Histograms
    detector: Detector
    sample: str

    def count(self, path: str | Path) -> int:
        """Return the number of events in a file, which is one."""
        require_file(path, sample=self.sample)
        return 1

    def read(self, path: str | Path, start: int, stop: int, *, index: int) -> Iterator[RawEvent]:
        """Read the file's event, if ``start`` to ``stop`` includes it."""
        if not start <= 0 < stop:
            return
        with opened(path, sample=self.sample) as file:
            with readable(path, sample=self.sample, what="its list of histograms"):
                classes = file.classnames(recursive=True, cycle=False)
            names = [name for name, kind in classes.items() if kind.startswith("TH2")]
            found = {plane: self._find(plane, names, path) for plane in PLANES}
            numbers = {plane: number for plane, (_, number) in found.items()}
            if len(set(numbers.values())) > 1:
                raise InputError(
                    f"{self.sample}: {path}: the histograms '{found['induction'][0]}' and "
                    f"'{found['collection'][0]}' are of different events."
                )
            planes: dict[str, np.ndarray] = {
                plane: self._values(file, name, plane, path) for plane, (name, _) in found.items()
            }
        run, subrun, event = require_numbers(
            numbers["induction"] or (0, 0, index),
            where=f"{self.sample}: {path}: histogram '{found['induction'][0]}'",
        )
        absent: dict[str, np.ndarray] = {
            name: np.zeros(len(adc), dtype=bool) for name, adc in planes.items()
        }
        yield RawEvent(run, subrun, event, planes, absent)

    def _find(
        self, plane: str, names: list[str], path: str | Path
    ) -> tuple[str, tuple[int, ...] | None]:
        """Return the histogram's full name, and run, subrun and event from its suffix."""
        wanted = getattr(self.histograms, plane)
        pattern = re.compile(rf"{re.escape(wanted)}(?:_(\d+)_(\d+)_(\d+))?")
        matches = [match for match in map(pattern.fullmatch, names) if match]
        if len(matches) == 1:
            numbers = matches[0].groups()
            return matches[0].string, None if None in numbers else tuple(map(int, numbers))
        problem = "several histograms fit" if matches else "has no histogram"
        listed = (
            ", ".join(f"'{m.string}'" for m in matches) or ", ".join(map(repr, names)) or "none"
        )
        raise InputError(
            f"{self.sample}: {path}: {problem} '{wanted}'; two-dimensional histograms: {listed}. "
            f"Set samples.{self.sample}.histograms.{plane}."
        )

    def _values(self, file: Any, name: str, plane: str, path: str | Path) -> np.ndarray:
        with readable(path, sample=self.sample, what=f"histogram '{name}'"):
            values = file[name].values()
        expected = (self.detector.ticks, self.detector.plane(plane).wires)
        if values.shape != expected:
            raise InputError(
                f"{self.sample}: {path}: histogram '{name}' has {values.shape[0]} × "
                f"{values.shape[1]} bins; detector {self.detector.name} needs "
                f"{expected[0]} ticks × {expected[1]} wires."
            )
        adc = to_int16(values, where=f"{self.sample}: {path}: histogram '{name}'")
        return np.ascontiguousarray(adc.T)
