"""Recompute LArSoft's χ² of points that were worked out by hand."""

from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.chi2 import hand_checks
from latentscape.lartpc.validation.tables import (
    REFERENCE_CHI2,
    REFERENCE_CHI2_TEMPLATE,
    VALIDATION,
)
from latentscape.workflow import logged

with logged(snakemake):
    hits = REFERENCE_CHI2.read_tsv(snakemake.input.hits)
    template = REFERENCE_CHI2_TEMPLATE.read_tsv(snakemake.input.template)
    VALIDATION.write(as_table(hand_checks(hits, template)), snakemake.output.checks)
