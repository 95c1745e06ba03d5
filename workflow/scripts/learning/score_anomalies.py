"""Score how strange each row is to the model, and how well the scores find unseen samples."""

from latentscape.evaluation.anomaly import anomaly_performance, anomaly_scores
from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.tables import ANOMALY, ROC, scores_table
from latentscape.learning.tables import latents_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    params = snakemake.params
    latents = latents_table(TRACK_COLUMNS).read(snakemake.input.latents)
    scores = anomaly_scores(latents, key=TRACK_KEY, seed=params.seed, **params.anomaly["scores"])
    anomaly, roc = anomaly_performance(
        scores,
        labels_by_sample(latents, TRACK_KEY),
        key=TRACK_KEY,
        trained_on=params.trained_on,
        seed=params.seed,
        **params.anomaly["performance"],
    )
    scores_table(TRACK_COLUMNS).write(scores, snakemake.output.scores)
    ROC.write(roc, snakemake.output.roc)
    ANOMALY.write_tsv(anomaly, snakemake.output.anomaly)
