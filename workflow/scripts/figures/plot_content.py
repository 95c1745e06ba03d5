"""Draw how well the features are read from the latents."""

from latentscape.evaluation.tables.content import CONTENT
from latentscape.figures.content import content
from latentscape.figures.style import save
from latentscape.lartpc.tables.features import FEATURE_LABELS
from latentscape.workflow import logged

with logged(snakemake):
    table = CONTENT.read_tsv(snakemake.input.content)
    save(content(table, features=FEATURE_LABELS), snakemake.output)
