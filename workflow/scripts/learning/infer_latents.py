"""Infer latents, errors and reconstructions of every image."""

from latentscape.arrays import KeyedArrays
from latentscape.learning.checkpoints import load_model
from latentscape.learning.devices import best_device
from latentscape.learning.keyed import infer_latents
from latentscape.learning.tables import latents_table, split_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths, output = snakemake.input, snakemake.output
    latents, reconstructions = infer_latents(
        KeyedArrays.read_all(paths.images, paths.row_keys, TRACK_KEY),
        split_table(TRACK_COLUMNS).read(paths.split),
        load_model(paths.weights, paths.description),
        number=int(snakemake.wildcards.training),
        device=best_device(),
    )
    latents_table(TRACK_COLUMNS).write(latents, output.latents)
    reconstructions.write(output.reconstructions, output.row_keys)
