"""Test whether training and validation latents, and other pairs of samples, differ."""

from latentscape.evaluation.comparisons import compare_latents
from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.tables.comparisons import TWO_SAMPLE, TWO_SAMPLE_MIXTURE
from latentscape.learning.tables import latents_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    latents = latents_table(TRACK_COLUMNS).read(snakemake.input.latents)
    two_sample, mixture = compare_latents(
        latents,
        labels_by_sample(latents, TRACK_KEY),
        key=TRACK_KEY,
        seed=snakemake.params.seed,
        **snakemake.params.two_sample,
    )
    TWO_SAMPLE.write_tsv(two_sample, snakemake.output.two_sample)
    TWO_SAMPLE_MIXTURE.write_tsv(mixture, snakemake.output.mixture)
