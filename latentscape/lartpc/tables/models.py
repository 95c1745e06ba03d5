"""Tables of models and analyses, with the key of a track."""

from latentscape.evaluation.tables.anomaly import scores_table
from latentscape.evaluation.tables.maps import map_table
from latentscape.evaluation.tables.probes import probe_scores_table, verdicts_table
from latentscape.learning.tables import latents_table, split_table
from latentscape.tables import TRACK_COLUMNS

PROBE_SCORES = probe_scores_table(TRACK_COLUMNS)

VERDICTS = verdicts_table(TRACK_COLUMNS)

LATENTS = latents_table(TRACK_COLUMNS)

SPLIT = split_table(TRACK_COLUMNS)

MAP = map_table(TRACK_COLUMNS)

ANOMALY_SCORES = scores_table(TRACK_COLUMNS, None)
