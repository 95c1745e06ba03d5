"""Decode a walk along each latent dimension."""

from latentscape.files import write_tensors
from latentscape.learning.checkpoints import load_model
from latentscape.learning.devices import best_device
from latentscape.learning.keyed import traverse_latents
from latentscape.learning.tables import latents_table
from latentscape.tables import TRACK_COLUMNS
from latentscape.workflow import logged

with logged(snakemake):
    images = traverse_latents(
        latents_table(TRACK_COLUMNS).read(snakemake.input.latents),
        load_model(snakemake.input.weights, snakemake.input.description),
        device=best_device(),
        **snakemake.params.traversal,
    )
    write_tensors({"images": images}, snakemake.output.traversal)
