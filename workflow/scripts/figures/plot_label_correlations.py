"""Draw the correlations of latent dimensions and features within each sample."""

from latentscape.evaluation.tables.content import CORRELATIONS
from latentscape.figures.correlations import correlations_by_label
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.tables.features import FEATURE_LABELS
from latentscape.workflow import logged

with logged(snakemake):
    figure = correlations_by_label(
        CORRELATIONS.read_tsv(snakemake.input.correlations),
        features=FEATURE_LABELS,
        labels=sample_labels(snakemake.params.species),
    )
    save(figure, snakemake.output)
