"""Score how strange each image is to one training."""

from latentscape.arrays import KeyedArrays
from latentscape.learning.checkpoints import load_model
from latentscape.learning.devices import best_device
from latentscape.learning.model_scores import model_scores
from latentscape.learning.scores import model_scores_table
from latentscape.learning.tables import latents_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths, params = snakemake.input, snakemake.params
    scores = model_scores(
        KeyedArrays.read_all(paths.images, paths.row_keys, TRACK_KEY),
        latents_table(TRACK_COLUMNS).read(paths.latents),
        load_model(paths.weights, paths.description),
        key=TRACK_KEY,
        seed=params.seed,
        device=best_device(),
        **params.scores,
    )
    table = model_scores_table(TRACK_COLUMNS, params.scores["wanted"])
    table.write(scores, snakemake.output.scores)
