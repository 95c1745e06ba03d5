"""Draw which latent dimension holds which feature."""

from latentscape.evaluation.tables.content import IMPORTANCE, MUTUAL_INFORMATION
from latentscape.figures.content import importance
from latentscape.figures.style import save
from latentscape.lartpc.tables.features import FEATURE_LABELS
from latentscape.workflow import logged

with logged(snakemake):
    figure = importance(
        IMPORTANCE.read_tsv(snakemake.input.importance),
        MUTUAL_INFORMATION.read_tsv(snakemake.input.information),
        features=FEATURE_LABELS,
    )
    save(figure, snakemake.output)
