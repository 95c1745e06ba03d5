"""Draw how far the probes agree with each other and with calorimetry."""

from latentscape.evaluation.tables.probes import AGREEMENT
from latentscape.figures.agreement import probe_agreement
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import PID_METHODS, sample_labels
from latentscape.workflow import logged

with logged(snakemake):
    figure = probe_agreement(
        AGREEMENT.read_tsv(snakemake.input.agreement),
        labels=sample_labels(snakemake.params.species),
        methods=PID_METHODS,
    )
    save(figure, snakemake.output)
