"""Collect the numbers that a paper would quote, beside the published ones."""

import pandas as pd

from latentscape.evaluation.tables import ANOMALY, CAPACITY, MIXTURES, PROBES, TWO_SAMPLE
from latentscape.lartpc.headline import count_selection, headline, measure_model
from latentscape.lartpc.tables import CUT_FLOW, HEADLINE, PUBLISHED
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
        PUBLISHED.read_tsv(paths.published),
    )
    HEADLINE.write_tsv(table, snakemake.output.headline)
