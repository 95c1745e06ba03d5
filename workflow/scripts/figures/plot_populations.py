"""Draw how well populations are told apart, and what choosing tracks changes."""

from latentscape.evaluation.tables.probes import DIFFERENCES, PROBES
from latentscape.figures.populations import task_differences
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import population_labels
from latentscape.task_names import name_of
from latentscape.workflow import logged

with logged(snakemake):
    figure = task_differences(
        PROBES.read_tsv(snakemake.input.populations),
        DIFFERENCES.read_tsv(snakemake.input.differences),
        labels=population_labels(snakemake.params.species),
        tasks=[name_of(task) for group in snakemake.params.groups for task in group],
    )
    save(figure, snakemake.output)
