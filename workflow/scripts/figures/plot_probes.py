"""Draw what the probes read from the latent dimensions."""

from latentscape.evaluation.tables.probes import PROBES
from latentscape.figures.probes import probe_auc
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.workflow import logged

with logged(snakemake):
    probes = PROBES.read_tsv(snakemake.input.probes)
    save(probe_auc(probes, labels=sample_labels(snakemake.params.species)), snakemake.output)
