"""What is written beside the raw data: side inputs and truth, event by event."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from latentscape.lartpc.simulation.events import SimulatedEvent
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.calorimetry import CALORIMETRY
from latentscape.lartpc.tables.truth import TRUE_PIXELS, TRUTH
from latentscape.tables import Table


class Records:
    """Keeps the small rows of each event that passes, while the raw data stream on."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Mapping[str, Any]]] = {
            table.name: [] for table in (BEAMLINE, CALORIMETRY, TRUTH, TRUE_PIXELS)
        }

    def keep(self, events: Iterable[SimulatedEvent]) -> Iterator[SimulatedEvent]:
        """Pass events on and keep their rows."""
        for event in events:
            self._rows[BEAMLINE.name].append(event.beamline)
            self._rows[TRUTH.name].append(event.truth)
            self._rows[TRUE_PIXELS.name].extend(event.true_pixels)
            if event.calorimetry is not None:
                self._rows[CALORIMETRY.name].append(event.calorimetry)
            yield event

    def table(self, table: Table) -> pd.DataFrame:
        """Return one of the tables BEAMLINE, CALORIMETRY, TRUTH, TRUE_PIXELS."""
        rows = self._rows[table.name]
        return pd.DataFrame(rows) if rows else table.empty()
