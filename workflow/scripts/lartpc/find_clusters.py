"""Cluster the pixels of each plane."""

from latentscape.lartpc.clusters import find_clusters
from latentscape.lartpc.tables.reconstruction import CLUSTERS, HITS
from latentscape.workflow import logged

with logged(snakemake):
    hits = HITS.read(snakemake.input.hits)
    clusters = find_clusters(hits, **snakemake.params.clustering)
    CLUSTERS.write(clusters, snakemake.output.clusters)
