"""Draw the two-sample tests of the latents."""

from latentscape.evaluation.tables.comparisons import TWO_SAMPLE
from latentscape.figures.style import save
from latentscape.figures.two_sample import two_sample_tests
from latentscape.lartpc.figures.labels import PUBLISHED_TWO_SAMPLE_AUC
from latentscape.workflow import logged

with logged(snakemake):
    two_sample = TWO_SAMPLE.read_tsv(snakemake.input.two_sample)
    figure = two_sample_tests(
        two_sample, level=snakemake.params.level, published=PUBLISHED_TWO_SAMPLE_AUC
    )
    save(figure, snakemake.output)
