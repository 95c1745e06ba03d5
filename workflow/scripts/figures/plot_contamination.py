"""Draw the fits of templates, the shares that they find, and their closure."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.contamination import contamination_fits
from latentscape.lartpc.tables.beamline import (
    CONTAMINATION,
    CONTAMINATION_BINS,
    CONTAMINATION_CLOSURE,
)
from latentscape.workflow import logged

with logged(snakemake):
    figure = contamination_fits(
        CONTAMINATION.read_tsv(snakemake.input.contamination),
        CONTAMINATION_BINS.read(snakemake.input.bins),
        CONTAMINATION_CLOSURE.read_tsv(snakemake.input.closure),
        hypotheses=tuple(snakemake.params.hypotheses),
    )
    save(figure, snakemake.output)
