"""Estimate the mutual information of latent dimensions and features."""

from latentscape.evaluation.information import mutual_information
from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.tables.content import MUTUAL_INFORMATION
from latentscape.lartpc.tables.features import FEATURE_NAMES, FEATURES
from latentscape.lartpc.tables.models import LATENTS
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    latents = LATENTS.read(snakemake.input.latents)
    information = mutual_information(
        latents,
        FEATURES.read(snakemake.input.features),
        labels_by_sample(latents, TRACK_KEY),
        key=TRACK_KEY,
        names=FEATURE_NAMES,
        seed=snakemake.params.seed,
        **snakemake.params.information,
    )
    MUTUAL_INFORMATION.write_tsv(information, snakemake.output.information)
