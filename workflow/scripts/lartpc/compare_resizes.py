"""Measure what both resizes keep of the tracks."""

from latentscape.lartpc.resizing import compare_resizes
from latentscape.lartpc.tables.images import RESIZING
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.workflow import logged

with logged(snakemake):
    tracks = TRACKS.read(snakemake.input.tracks)
    RESIZING.write(compare_resizes(tracks, **snakemake.params.images), snakemake.output.resizing)
