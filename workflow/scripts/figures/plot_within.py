"""Draw how well the tracks of one sample are told apart by their features."""

from latentscape.evaluation.tables.content import PROXY, WITHIN
from latentscape.figures.content import within
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.tables.features import FEATURE_FAMILIES, FEATURE_LABELS
from latentscape.workflow import logged

with logged(snakemake):
    figure = within(
        WITHIN.read_tsv(snakemake.input.within),
        PROXY.read_tsv(snakemake.input.proxy),
        features=FEATURE_LABELS,
        families=FEATURE_FAMILIES,
        labels=sample_labels(snakemake.params.species),
    )
    save(figure, snakemake.output)
