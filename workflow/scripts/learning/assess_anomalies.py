"""Assess how well the anomaly scores of a model find the samples that it never saw."""

from latentscape.evaluation.anomaly_performance import anomaly_performance
from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.tables.anomaly import ANOMALY, ROC, scores_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    params = snakemake.params
    scores = scores_table(TRACK_COLUMNS, params.wanted).read(snakemake.input.scores)
    anomaly, roc = anomaly_performance(
        scores,
        labels_by_sample(scores, TRACK_KEY),
        key=TRACK_KEY,
        trained_on=params.trained_on,
        seed=params.seed,
        **params.performance,
    )
    ROC.write(roc, snakemake.output.roc)
    ANOMALY.write_tsv(anomaly, snakemake.output.anomaly)
