"""Measure what each latent dimension costs."""

from latentscape.evaluation.tables.content import DIMENSIONS
from latentscape.evaluation.variance import measure_dimensions
from latentscape.learning.tables import latents_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    dimensions = measure_dimensions(
        latents_table(TRACK_COLUMNS).read(snakemake.input.latents),
        key=TRACK_KEY,
        seed=snakemake.params.seed,
        **snakemake.params.dimensions,
    )
    DIMENSIONS.write_tsv(dimensions, snakemake.output.dimensions)
