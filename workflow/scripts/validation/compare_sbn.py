"""Recompute the χ² that an SBN file stores beside its calorimetry."""

from latentscape.checksums import require_unchanged
from latentscape.lartpc.sbn import read_sbn_calorimetry
from latentscape.lartpc.templates import read_larsoft_templates
from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.chi2 import compare_sbn, sbn_checks
from latentscape.lartpc.validation.tables import SBN_CHI2, VALIDATION
from latentscape.workflow import logged, several

with logged(snakemake):
    files = [snakemake.input.calorimetry, snakemake.input.templates]
    require_unchanged(files, several(snakemake.input.record))
    comparison = compare_sbn(read_sbn_calorimetry(files[0]), read_larsoft_templates(files[1]))
    SBN_CHI2.write_tsv(comparison, snakemake.output.comparison)
    VALIDATION.write(as_table(sbn_checks(comparison)), snakemake.output.checks)
