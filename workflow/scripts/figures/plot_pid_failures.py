"""Draw where the identification fails."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.failures import failure_rates
from latentscape.lartpc.validation.tables import PID_FAILURES
from latentscape.workflow import logged

with logged(snakemake):
    figure = failure_rates(
        PID_FAILURES.read_tsv(snakemake.input.failures), pair=tuple(snakemake.params.pair)
    )
    save(figure, snakemake.output)
