"""Write how good each stage is, for all samples, as a table to be read."""

from latentscape.lartpc.tables.truth import STAGES
from latentscape.workflow import logged

with logged(snakemake):
    STAGES.write_tsv(STAGES.read(snakemake.input.stages), snakemake.output.stages)
