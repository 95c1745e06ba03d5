"""Draw how often a shift of the mixture of two samples is found."""

from latentscape.evaluation.tables.comparisons import TWO_SAMPLE_POWER
from latentscape.figures.style import save
from latentscape.figures.two_sample import shift_power
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.workflow import logged

with logged(snakemake):
    settings = snakemake.params.two_sample
    labels = sample_labels(snakemake.params.species)
    moved = (settings["planted"]["labels"] or [""])[0]
    figure = shift_power(
        TWO_SAMPLE_POWER.read_tsv(snakemake.input.power),
        level=settings["tests"]["level"],
        moved=labels[moved].text if moved else "the mixture",
        planted=settings["planted"]["shift"],
    )
    save(figure, snakemake.output)
