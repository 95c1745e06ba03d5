"""Draw how some anomaly scores of the first training are distributed."""

from latentscape.evaluation.tables.anomaly import scores_table
from latentscape.figures.anomaly import score_histograms
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import SHOWN_SCORES, sample_labels
from latentscape.tables import TRACK_COLUMNS
from latentscape.workflow import logged

with logged(snakemake):
    scores = scores_table(TRACK_COLUMNS, snakemake.params.wanted).read(snakemake.input.scores)
    figure = score_histograms(
        scores[scores["seed"] == scores["seed"].min()],
        labels=sample_labels(snakemake.params.species),
        shown={name: text for name, text in SHOWN_SCORES.items() if name in scores},
        by="sample",
    )
    save(figure, snakemake.output)
