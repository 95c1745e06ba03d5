"""Draw what models learn from the images of both resizes."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.fidelity import learnt_images
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.validation.tables import FIDELITY, FIDELITY_DIFFERENCES
from latentscape.workflow import logged

with logged(snakemake):
    figure = learnt_images(
        FIDELITY.read_tsv(snakemake.input.fidelity),
        FIDELITY_DIFFERENCES.read_tsv(snakemake.input.differences),
        labels=sample_labels(snakemake.params.species),
    )
    save(figure, snakemake.output)
