"""Draw the ROC curves of the PID statistics."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.performance import pid_roc
from latentscape.lartpc.validation.tables import PID_PERFORMANCE, PID_ROC
from latentscape.workflow import logged

with logged(snakemake):
    figure = pid_roc(
        PID_ROC.read(snakemake.input.roc),
        PID_PERFORMANCE.read_tsv(snakemake.input.performance),
        pair=tuple(snakemake.params.pair),
    )
    save(figure, snakemake.output)
