"""Draw the recomputed χ² of an SBN file against the stored one."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.sbn import stored_chi2
from latentscape.lartpc.validation.tables import SBN_CHI2
from latentscape.workflow import logged

with logged(snakemake):
    figure = stored_chi2(SBN_CHI2.read_tsv(snakemake.input.comparison))
    save(figure, snakemake.output)
