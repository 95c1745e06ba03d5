"""Draw what is true of the tracks that are hard for all probes."""

from latentscape.evaluation.tables.probes import HARD_SHARES
from latentscape.figures.style import save
from latentscape.lartpc.figures.hard_causes import hard_track_traits
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.tables.truth import HARD_CAUSES
from latentscape.workflow import logged

with logged(snakemake):
    figure = hard_track_traits(
        HARD_CAUSES.read_tsv(snakemake.input.causes),
        HARD_SHARES.read_tsv(snakemake.input.shares),
        task=snakemake.params.task,
        labels=sample_labels(snakemake.params.species),
    )
    save(figure, snakemake.output)
