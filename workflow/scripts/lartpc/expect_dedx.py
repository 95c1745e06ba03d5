"""Tabulate the expected dE/dx against residual range for every hypothesis."""

from latentscape.checksums import require_unchanged
from latentscape.lartpc.tables.identification import EXPECTED_DEDX
from latentscape.lartpc.templates import expected_curves
from latentscape.workflow import logged, several

with logged(snakemake):
    templates = several(snakemake.input.templates)
    require_unchanged(templates, several(snakemake.input.record))
    expected = expected_curves(snakemake.params.species, templates, **snakemake.params.grid)
    EXPECTED_DEDX.write(expected, snakemake.output.expected)
