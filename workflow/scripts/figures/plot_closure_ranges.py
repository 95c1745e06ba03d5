"""Draw simulated ranges and energy loss against public tables."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.closure import ranges_and_losses
from latentscape.lartpc.validation.tables import CLOSURE, REFERENCE_CSDA
from latentscape.workflow import logged

with logged(snakemake):
    figure = ranges_and_losses(
        CLOSURE.read(snakemake.input.tracks), csda=REFERENCE_CSDA.read_tsv(snakemake.input.csda)
    )
    save(figure, snakemake.output)
