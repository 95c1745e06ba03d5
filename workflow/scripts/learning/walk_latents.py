"""Decode walks from chosen tracks, and from one track to another."""

from latentscape.arrays import KeyedArrays
from latentscape.evaluation.walks import choose_pairs, choose_starts
from latentscape.learning.checkpoints import load_model
from latentscape.learning.devices import best_device
from latentscape.learning.keyed import interpolate_rows, traverse_from_rows
from latentscape.learning.tables import latents_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths, output, params = snakemake.input, snakemake.output, snakemake.params
    latents = latents_table(TRACK_COLUMNS).read(paths.latents)
    images = KeyedArrays.read_all(paths.images, paths.row_keys, TRACK_KEY)
    saved = load_model(paths.weights, paths.description)
    walks = traverse_from_rows(
        latents,
        images,
        saved,
        starts=choose_starts(latents, TRACK_KEY, starts=params.walks["starts"]),
        device=best_device(),
        **params.traversal,
    )
    interpolations = interpolate_rows(
        latents,
        images,
        saved,
        pairs=choose_pairs(
            latents, TRACK_KEY, pairs=params.walks["pairs"], first=params.trained_on[0]
        ),
        steps=params.traversal["steps"],
        path=params.walks["path"],
        device=best_device(),
    )
    walks.write(output.walks, output.walk_keys)
    interpolations.write(output.interpolations, output.interpolation_keys)
