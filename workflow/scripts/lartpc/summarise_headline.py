"""Collect the numbers that a paper would quote, beside the published ones."""

from io import StringIO

import pandas as pd

from latentscape.evaluation.tables.anomaly import ANOMALY
from latentscape.evaluation.tables.comparisons import TWO_SAMPLE
from latentscape.evaluation.tables.probes import PROBES
from latentscape.evaluation.tables.structure import MIXTURES
from latentscape.evaluation.tables.sweeps import CAPACITY
from latentscape.lartpc.headline import count_selection, headline, measure_model
from latentscape.lartpc.tables.paper import HEADLINE, PUBLISHED
from latentscape.lartpc.tables.reconstruction import CUT_FLOW
from latentscape.workflow import logged, several

TABLES = {
    "anomaly": ANOMALY,
    "capacity": CAPACITY,
    "mixtures": MIXTURES,
    "probes": PROBES,
    "two_sample": TWO_SAMPLE,
}

with logged(snakemake):
    paths = snakemake.input
    measured = [
        measure_model(
            model,
            **{name: table.read_tsv(several(paths[name])[place]) for name, table in TABLES.items()},
        )
        for place, model in enumerate(snakemake.params.models)
    ]
    table = headline(
        count_selection(CUT_FLOW.read_tsv(paths.cut_flow)),
        pd.concat(measured, ignore_index=True),
        PUBLISHED.read_tsv(StringIO(snakemake.params.published)),
    )
    HEADLINE.write_tsv(table, snakemake.output.headline)
