"""Draw what the variance of the latent dimensions consists of."""

from latentscape.evaluation.tables.content import VARIANCE
from latentscape.figures.content import variance
from latentscape.figures.style import save
from latentscape.workflow import logged

with logged(snakemake):
    save(variance(VARIANCE.read_tsv(snakemake.input.variance)), snakemake.output)
