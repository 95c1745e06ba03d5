"""Draw dE/dx from the tracks themselves against residual range."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.calorimetry import own_dedx_against_range
from latentscape.lartpc.tables.calorimetry import TRACK_CALORIMETRY
from latentscape.lartpc.tables.identification import EXPECTED_DEDX
from latentscape.workflow import logged

with logged(snakemake):
    figure = own_dedx_against_range(
        TRACK_CALORIMETRY.read(snakemake.input.own), EXPECTED_DEDX.read(snakemake.input.expected)
    )
    save(figure, snakemake.output)
