"""Rank the anomaly scores of every model, with the true and with shuffled labels."""

import pandas as pd

from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.leaderboard import leaderboard
from latentscape.evaluation.tables.anomaly import LEADERBOARD, scores_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    params, output = snakemake.params, snakemake.output
    table = scores_table(TRACK_COLUMNS, params.wanted)
    paths = zip(params.models, snakemake.input.scores, strict=True)
    scores = {model: table.read(path) for model, path in paths}
    labels = labels_by_sample(pd.concat(scores.values()), TRACK_KEY)
    for path, shuffle_labels in ((output.leaderboard, False), (output.control, True)):
        board = leaderboard(
            scores,
            labels,
            key=TRACK_KEY,
            trained_on=params.trained_on,
            shuffle_labels=shuffle_labels,
            seed=params.seed,
            **params.performance,
        )
        LEADERBOARD.write_tsv(board, path)
