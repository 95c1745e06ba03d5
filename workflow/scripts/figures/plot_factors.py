"""Draw which latent dimension stands for which true factor."""

from latentscape.evaluation.tables.structure import DISENTANGLEMENT, FACTORS
from latentscape.figures.factors import factor_map
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.tables.truth import FACTOR_LABELS
from latentscape.workflow import logged

with logged(snakemake):
    figure = factor_map(
        FACTORS.read_tsv(snakemake.input.factors),
        DISENTANGLEMENT.read_tsv(snakemake.input.scores),
        factors={name: text for name, (text, _) in FACTOR_LABELS.items()},
        labels=sample_labels(snakemake.params.species),
        seed=snakemake.params.training,
    )
    save(figure, snakemake.output)
