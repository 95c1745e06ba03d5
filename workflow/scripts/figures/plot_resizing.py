"""Draw what both resizes keep of a track."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.figures.resizing import resize_fidelity
from latentscape.lartpc.tables.images import RESIZING
from latentscape.workflow import logged

with logged(snakemake):
    table = RESIZING.read(snakemake.input.resizing)
    labels = sample_labels(snakemake.params.species)
    save(resize_fidelity(table, labels=labels), snakemake.output)
