"""Draw what thresholds trade."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.figures.stages import threshold_scan
from latentscape.lartpc.validation.tables import STAGE_VARIANTS
from latentscape.workflow import logged

with logged(snakemake):
    figure = threshold_scan(
        STAGE_VARIANTS.read_tsv(snakemake.input.variants),
        labels=sample_labels(snakemake.params.species),
    )
    save(figure, snakemake.output)
