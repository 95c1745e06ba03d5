"""Draw the identification against momentum and length."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.performance import pid_in_bins
from latentscape.lartpc.validation.tables import PID_PERFORMANCE
from latentscape.workflow import logged

with logged(snakemake):
    figure = pid_in_bins(
        PID_PERFORMANCE.read_tsv(snakemake.input.performance),
        pair=tuple(snakemake.params.pair),
        source=snakemake.params.source,
    )
    save(figure, snakemake.output)
