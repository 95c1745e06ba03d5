"""Draw every check of the validation."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.verdicts import verdicts
from latentscape.lartpc.validation.tables import VALIDATION
from latentscape.workflow import logged

with logged(snakemake):
    figure = verdicts(VALIDATION.read_tsv(snakemake.input.validation))
    save(figure, snakemake.output)
