"""Draw own calorimetry against truth and the external table."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.calorimetry import calorimetry_comparison
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.validation.tables import CALORIMETRY_COMPARISON
from latentscape.workflow import logged

with logged(snakemake):
    figure = calorimetry_comparison(
        CALORIMETRY_COMPARISON.read_tsv(snakemake.input.comparison),
        labels=sample_labels(snakemake.params.species),
    )
    save(figure, snakemake.output)
