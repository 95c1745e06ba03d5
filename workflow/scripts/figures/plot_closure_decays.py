"""Draw the decays at rest against published fractions and momenta."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.closure import decays_at_rest
from latentscape.lartpc.validation.tables import CLOSURE_DECAYS, REFERENCE_NUMBERS
from latentscape.workflow import logged

with logged(snakemake):
    figure = decays_at_rest(
        CLOSURE_DECAYS.read(snakemake.input.decays),
        numbers=REFERENCE_NUMBERS.read_tsv(snakemake.input.numbers),
    )
    save(figure, snakemake.output)
