"""Draw dE/dx against residual range, with the expected curves."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.identification import dedx_against_range
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.tables.calorimetry import CALORIMETRY
from latentscape.lartpc.tables.identification import EXPECTED_DEDX
from latentscape.workflow import logged

with logged(snakemake):
    figure = dedx_against_range(
        CALORIMETRY.read(snakemake.input.calorimetry),
        EXPECTED_DEDX.read(snakemake.input.expected),
        labels=sample_labels(snakemake.params.species),
    )
    save(figure, snakemake.output)
