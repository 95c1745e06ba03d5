"""Draw the confusion matrices of the PID statistics."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.performance import pid_confusion
from latentscape.lartpc.validation.tables import PID_CONFUSION
from latentscape.workflow import logged

with logged(snakemake):
    figure = pid_confusion(PID_CONFUSION.read_tsv(snakemake.input.confusion))
    save(figure, snakemake.output)
