"""Hold the expected energy loss and its fluctuations against public tables and closed forms."""

from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.curves import check_curves, check_fluctuations
from latentscape.lartpc.validation.tables import REFERENCE_CSDA, VALIDATION
from latentscape.workflow import logged

with logged(snakemake):
    csda = REFERENCE_CSDA.read_tsv(snakemake.input.csda)
    checks = as_table([*check_curves(csda), *check_fluctuations()])
    VALIDATION.write(checks, snakemake.output.checks)
