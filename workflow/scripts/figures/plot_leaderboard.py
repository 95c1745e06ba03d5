"""Draw the AUC of every anomaly score in every direction."""

from latentscape.evaluation.tables.anomaly import LEADERBOARD
from latentscape.figures.anomaly import score_leaderboard
from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import SCORE_LABELS, sample_labels
from latentscape.workflow import logged

with logged(snakemake):
    figure = score_leaderboard(
        LEADERBOARD.read_tsv(snakemake.input.leaderboard),
        labels=sample_labels(snakemake.params.species),
        scores=SCORE_LABELS,
    )
    save(figure, snakemake.output)
