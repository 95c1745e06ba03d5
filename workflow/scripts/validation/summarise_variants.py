"""Write how good each variant of the stages is."""

from latentscape.lartpc.validation.tables import STAGE_VARIANTS
from latentscape.workflow import logged

with logged(snakemake):
    STAGE_VARIANTS.write_tsv(
        STAGE_VARIANTS.read(snakemake.input.variants), snakemake.output.variants
    )
