"""Fit Gaussian mixtures to the latents and hold them against the labels."""

from latentscape.evaluation.labels import labels_by_group
from latentscape.evaluation.mixtures import fit_mixtures, summarise_mixtures
from latentscape.evaluation.tables.structure import BIC, MIXTURE_SUMMARY, MIXTURES
from latentscape.learning.tables import latents_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    latents = latents_table(TRACK_COLUMNS).read(snakemake.input.latents)
    mixtures, bic = fit_mixtures(
        latents,
        labels_by_group(latents, TRACK_KEY, snakemake.params.groups),
        key=TRACK_KEY,
        seed=snakemake.params.seed,
        **snakemake.params.mixtures,
    )
    MIXTURES.write_tsv(mixtures, snakemake.output.mixtures)
    MIXTURE_SUMMARY.write_tsv(summarise_mixtures(mixtures), snakemake.output.summary)
    BIC.write_tsv(bic, snakemake.output.bic)
