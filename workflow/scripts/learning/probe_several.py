"""Ask probes to tell all labels apart at once."""

from latentscape.evaluation.labels import labels_by_group
from latentscape.evaluation.multiclass import probe_several, summarise_several
from latentscape.evaluation.tables.probes import (
    MULTICLASS,
    MULTICLASS_CONFUSION,
    MULTICLASS_SUMMARY,
)
from latentscape.learning.tables import latents_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    latents = latents_table(TRACK_COLUMNS).read(snakemake.input.latents)
    performance, confusion = probe_several(
        latents,
        labels_by_group(latents, TRACK_KEY, snakemake.params.groups),
        key=TRACK_KEY,
        seed=snakemake.params.seed,
        **snakemake.params.multiclass,
    )
    MULTICLASS.write_tsv(performance, snakemake.output.performance)
    MULTICLASS_SUMMARY.write_tsv(summarise_several(performance), snakemake.output.summary)
    MULTICLASS_CONFUSION.write_tsv(confusion, snakemake.output.confusion)
