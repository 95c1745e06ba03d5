"""Draw the correlations of latent dimensions and features."""

from latentscape.evaluation.tables.content import CORRELATIONS
from latentscape.figures.correlations import correlation_map
from latentscape.figures.style import save
from latentscape.lartpc.tables.features import FEATURE_LABELS
from latentscape.workflow import logged

with logged(snakemake):
    correlations = CORRELATIONS.read_tsv(snakemake.input.correlations)
    save(correlation_map(correlations, features=FEATURE_LABELS, seed=0), snakemake.output)
