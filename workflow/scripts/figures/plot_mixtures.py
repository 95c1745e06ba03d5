"""Draw how Gaussian mixtures of the latents agree with the labels."""

from latentscape.evaluation.tables.structure import BIC, MIXTURES
from latentscape.figures.structure import mixture_agreement
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import group_labels
from latentscape.workflow import logged

with logged(snakemake):
    figure = mixture_agreement(
        MIXTURES.read_tsv(snakemake.input.mixtures),
        BIC.read_tsv(snakemake.input.bic),
        labels=group_labels(snakemake.params.species),
    )
    save(figure, snakemake.output)
