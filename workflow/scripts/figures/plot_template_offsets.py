"""Draw the offset from LArSoft's templates and what may cause it."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.curves import template_offsets
from latentscape.lartpc.validation.tables import TEMPLATE_OFFSETS
from latentscape.workflow import logged

with logged(snakemake):
    figure = template_offsets(TEMPLATE_OFFSETS.read(snakemake.input.offsets))
    save(figure, snakemake.output)
