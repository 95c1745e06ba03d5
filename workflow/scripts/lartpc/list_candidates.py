"""Describe every pair of clusters that may be an event's beam track."""

from latentscape.checksums import require_unchanged
from latentscape.lartpc.tables.labelling import CANDIDATES
from latentscape.lartpc.tables.reconstruction import CLUSTERS
from latentscape.lartpc.track_choice import list_candidates, only_events, read_events
from latentscape.workflow import logged, several

with logged(snakemake):
    paths, params = snakemake.input, snakemake.params
    events = several(paths.events)
    require_unchanged(events, several(paths.record))
    listed = [read_events(path, sample=snakemake.wildcards.sample) for path in events]
    clusters = only_events(CLUSTERS.read(paths.clusters), *listed)
    candidates = list_candidates(clusters, min_height=params.min_height, weights=params.weights)
    CANDIDATES.write(candidates, snakemake.output.candidates)
