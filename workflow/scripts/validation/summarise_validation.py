"""Put all checks of the validation into one table, and into a page to be read."""

from latentscape.files import write_text
from latentscape.lartpc.validation.page import as_page
from latentscape.lartpc.validation.tables import VALIDATION
from latentscape.workflow import logged

with logged(snakemake):
    validation = VALIDATION.read(snakemake.input.checks)
    VALIDATION.write_tsv(validation, snakemake.output.validation)
    write_text(as_page(validation), snakemake.output.page)
