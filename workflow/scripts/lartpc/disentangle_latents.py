"""Hold single latent dimensions against single true factors."""

from latentscape.evaluation.disentanglement import disentangle, summarise_disentanglement
from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.tables.structure import (
    DISENTANGLEMENT,
    DISENTANGLEMENT_SUMMARY,
    FACTORS,
)
from latentscape.lartpc.tables.models import LATENTS
from latentscape.lartpc.tables.truth import FACTOR_LABELS, TRUE_FACTORS
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    latents = LATENTS.read(snakemake.input.latents)
    scores, known = disentangle(
        latents,
        TRUE_FACTORS.read(snakemake.input.factors),
        labels_by_sample(latents, TRACK_KEY),
        key=TRACK_KEY,
        names=list(FACTOR_LABELS),
        groups=snakemake.params.samples,
        seed=snakemake.params.seed,
        **snakemake.params.disentanglement,
    )
    summary = summarise_disentanglement(scores)
    DISENTANGLEMENT.write_tsv(scores, snakemake.output.scores)
    DISENTANGLEMENT_SUMMARY.write_tsv(summary, snakemake.output.summary)
    FACTORS.write_tsv(known, snakemake.output.factors)
