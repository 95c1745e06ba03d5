"""Compare what models learn from the images of both resizes."""

from latentscape.lartpc.validation.fidelity import compare_learning
from latentscape.lartpc.validation.tables import FIDELITY, FIDELITY_DIFFERENCES
from latentscape.workflow import logged

with logged(snakemake):
    fidelity = FIDELITY.read(snakemake.input.fidelity)
    FIDELITY.write_tsv(fidelity, snakemake.output.fidelity)
    FIDELITY_DIFFERENCES.write_tsv(compare_learning(fidelity), snakemake.output.differences)
