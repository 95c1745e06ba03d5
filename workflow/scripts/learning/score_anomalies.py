"""Score how strange each row is to each training of a model."""

from latentscape.evaluation.anomaly_scores import anomaly_scores
from latentscape.evaluation.tables.anomaly import scores_table
from latentscape.learning.scores import model_scores_table
from latentscape.learning.tables import latents_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths, params = snakemake.input, snakemake.params
    wanted = params.scores["wanted"]
    scores = anomaly_scores(
        latents_table(TRACK_COLUMNS).read(paths.latents),
        model_scores_table(TRACK_COLUMNS, wanted).read(paths.model_scores),
        key=TRACK_KEY,
        seed=params.seed,
        **params.scores,
    )
    scores_table(TRACK_COLUMNS, wanted).write(scores, snakemake.output.scores)
