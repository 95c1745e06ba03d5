"""Measure the images along the walks through the latent space."""

from latentscape.arrays import KeyedArrays
from latentscape.evaluation.tables.maps import INTERPOLATIONS, WALKS
from latentscape.evaluation.walks import measure_interpolations, measure_walks, pair_key
from latentscape.files import read_tensors
from latentscape.lartpc.figures.labels import CHANNELS
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths, output = snakemake.input, snakemake.output
    walks = measure_walks(
        read_tensors(paths.traversal)["images"],
        KeyedArrays.read(paths.walks, paths.walk_keys, TRACK_KEY),
        sigmas=snakemake.params.sigmas,
        channels=CHANNELS,
    )
    pairs = KeyedArrays.read(paths.interpolations, paths.interpolation_keys, pair_key(TRACK_KEY))
    WALKS.write_tsv(walks, output.walks)
    INTERPOLATIONS.write_tsv(
        measure_interpolations(pairs, channels=CHANNELS), output.interpolations
    )
