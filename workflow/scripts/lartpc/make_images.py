"""Make the two-plane images of the tracks."""

from latentscape.lartpc.images import make_images
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.workflow import logged

with logged(snakemake):
    tracks = TRACKS.read(snakemake.input.tracks)
    images = make_images(tracks, **snakemake.params.images)
    images.write(snakemake.output.images, snakemake.output.row_keys)
