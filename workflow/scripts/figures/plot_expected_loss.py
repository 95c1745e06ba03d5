"""Draw the expected energy loss against public tables."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.curves import expected_loss
from latentscape.lartpc.tables.identification import EXPECTED_DEDX
from latentscape.lartpc.validation.curves import csda_dedx
from latentscape.lartpc.validation.tables import REFERENCE_CSDA
from latentscape.workflow import logged

with logged(snakemake):
    figure = expected_loss(
        EXPECTED_DEDX.read(snakemake.input.expected),
        csda_dedx(REFERENCE_CSDA.read_tsv(snakemake.input.csda)),
    )
    save(figure, snakemake.output)
