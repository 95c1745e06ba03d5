"""Describe every pair of clusters that may be an event's beam track."""

from latentscape.lartpc.tables.labelling import CANDIDATES
from latentscape.lartpc.tables.reconstruction import CLUSTERS
from latentscape.lartpc.track_choice import list_candidates, only_events, read_events
from latentscape.workflow import logged

with logged(snakemake):
    paths, params = snakemake.input, snakemake.params
    listed = [read_events(p, sample=snakemake.wildcards.sample) for p in [paths.events] if p]
    clusters = only_events(CLUSTERS.read(paths.clusters), *listed)
    candidates = list_candidates(clusters, min_height=params.min_height, weights=params.weights)
    CANDIDATES.write(candidates, snakemake.output.candidates)
