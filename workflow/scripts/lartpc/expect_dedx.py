"""Tabulate the expected dE/dx against residual range for every hypothesis."""

from latentscape.lartpc.tables.identification import EXPECTED_DEDX
from latentscape.lartpc.templates import expected_curves
from latentscape.workflow import logged

with logged(snakemake):
    expected = expected_curves(
        snakemake.params.species, list(snakemake.input.templates), **snakemake.params.grid
    )
    EXPECTED_DEDX.write(expected, snakemake.output.expected)
