"""Divide the variance of the latent dimensions among samples and features."""

from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.tables.content import VARIANCE
from latentscape.evaluation.variance import decompose_variance
from latentscape.lartpc.tables.features import FEATURE_NAMES, FEATURES
from latentscape.lartpc.tables.models import LATENTS
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    latents = LATENTS.read(snakemake.input.latents)
    variance = decompose_variance(
        latents,
        FEATURES.read(snakemake.input.features),
        labels_by_sample(latents, TRACK_KEY),
        key=TRACK_KEY,
        names=FEATURE_NAMES,
        seed=snakemake.params.seed,
        **snakemake.params.variance,
    )
    VARIANCE.write_tsv(variance, snakemake.output.variance)
