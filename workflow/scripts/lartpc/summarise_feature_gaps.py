"""Write which features are undefined, how often and why, as a table to be read."""

from latentscape.lartpc.gaps import add_gaps
from latentscape.lartpc.tables.features import FEATURE_GAPS
from latentscape.workflow import logged

with logged(snakemake):
    gaps = add_gaps([FEATURE_GAPS.read(path) for path in snakemake.input.gaps])
    FEATURE_GAPS.write_tsv(gaps, snakemake.output.gaps)
