"""Pair the clusters of the two planes into tracks."""

from latentscape.lartpc.matching import match_planes
from latentscape.lartpc.tables.reconstruction import CLUSTERS, TRACKS
from latentscape.workflow import logged

with logged(snakemake):
    clusters = CLUSTERS.read(snakemake.input.clusters)
    TRACKS.write(match_planes(clusters, **snakemake.params.matching), snakemake.output.tracks)
