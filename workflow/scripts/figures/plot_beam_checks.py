"""Draw mass and range of the selected tracks."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.beam_checks import beam_checks
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.tables.beamline import MASS_CHECKS, RANGE_CHECKS
from latentscape.workflow import logged

with logged(snakemake):
    figure = beam_checks(
        MASS_CHECKS.read_tsv(snakemake.input.mass_checks),
        RANGE_CHECKS.read_tsv(snakemake.input.range_checks),
        labels=sample_labels(snakemake.params.species),
    )
    save(figure, snakemake.output)
