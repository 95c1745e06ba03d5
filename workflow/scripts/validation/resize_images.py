"""Make the images of the tracks by either resize."""

from latentscape.lartpc.images import make_images
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.workflow import logged

with logged(snakemake):
    output = snakemake.output
    tracks = TRACKS.read(snakemake.input.tracks)
    area = make_images(tracks, resize="area", **snakemake.params.images)
    area.write(output.area, output.area_keys)
    bilinear = make_images(tracks, resize="bilinear", **snakemake.params.images)
    bilinear.write(output.bilinear, output.bilinear_keys)
