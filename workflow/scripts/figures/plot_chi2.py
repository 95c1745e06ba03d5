"""Draw the χ² of two hypotheses against each other."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.identification import chi2_comparison
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.tables.identification import PID
from latentscape.workflow import logged

with logged(snakemake):
    figure = chi2_comparison(
        PID.read(snakemake.input.pid),
        labels=sample_labels(snakemake.params.species),
        hypotheses=tuple(snakemake.params.hypotheses),
    )
    save(figure, snakemake.output)
