"""Draw how all labels are told apart at once."""

from latentscape.evaluation.tables.probes import MULTICLASS, MULTICLASS_CONFUSION
from latentscape.figures.multiclass import several_labels
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import group_labels
from latentscape.workflow import logged

with logged(snakemake):
    figure = several_labels(
        MULTICLASS.read_tsv(snakemake.input.performance),
        MULTICLASS_CONFUSION.read_tsv(snakemake.input.confusion),
        labels=group_labels(snakemake.params.species),
    )
    save(figure, snakemake.output)
