"""Draw the distribution of every feature by sample."""

from latentscape.figures.distributions import feature_histograms
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.tables.features import FEATURE_LABELS, FEATURES
from latentscape.workflow import logged

with logged(snakemake):
    figure = feature_histograms(
        FEATURES.read(snakemake.input.features),
        features=FEATURE_LABELS,
        labels=sample_labels(snakemake.params.species),
        by="sample",
    )
    save(figure, snakemake.output)
