"""Correlate the latent dimensions with the features, and the features with each other."""

from latentscape.evaluation.correlations import correlate
from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.tables.content import CORRELATIONS
from latentscape.lartpc.tables.features import FEATURE_NAMES, FEATURES
from latentscape.lartpc.tables.models import LATENTS
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    latents = LATENTS.read(snakemake.input.latents)
    correlations = correlate(
        latents,
        FEATURES.read(snakemake.input.features),
        labels_by_sample(latents, TRACK_KEY),
        key=TRACK_KEY,
        names=FEATURE_NAMES,
        seed=snakemake.params.seed,
        **snakemake.params.correlation,
    )
    CORRELATIONS.write_tsv(correlations, snakemake.output.correlations)
