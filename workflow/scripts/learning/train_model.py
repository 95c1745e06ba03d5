"""Train one model with one seed; an interrupted training goes on from its last epoch."""

from latentscape.arrays import KeyedArrays
from latentscape.digests import sha256
from latentscape.learning.checkpoints import remove_checkpoint, save_model
from latentscape.learning.devices import best_device
from latentscape.learning.keyed import train_model
from latentscape.learning.settings import Model
from latentscape.learning.tables import HISTORY, split_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths, output = snakemake.input, snakemake.output
    saved, history = train_model(
        KeyedArrays.read_all(paths.images, paths.row_keys, TRACK_KEY),
        split_table(TRACK_COLUMNS).read(paths.split),
        model=Model(**snakemake.params.model),
        seed=snakemake.params.seed,
        device=best_device(),
        checkpoint=snakemake.params.checkpoint,
        inputs={path: sha256(path) for path in paths},
        code=snakemake.params.code,
    )
    save_model(saved, output.weights, output.description)
    HISTORY.write(history, output.history)
    remove_checkpoint(snakemake.params.checkpoint)
