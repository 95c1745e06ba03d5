"""Relate the tracks of one sample to what was true of the particle they show."""

from latentscape.lartpc.attribution import attribute_signal
from latentscape.lartpc.factors import true_factors
from latentscape.lartpc.tables.reconstruction import CLUSTERS, TRACKS
from latentscape.lartpc.tables.truth import CLUSTER_TRUTH, TRUE_FACTORS, TRUE_PIXELS, TRUTH
from latentscape.tables import EVENT_KEY, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths = snakemake.input
    shards = zip(paths.true_pixels, paths.clusters, strict=True)
    attributed = (attribute_signal(TRUE_PIXELS.read(p), CLUSTERS.read(c)) for p, c in shards)
    factors = true_factors(
        TRUTH.read(paths.truth),
        CLUSTER_TRUTH.concatenate(attributed),
        CLUSTERS.read_columns(paths.selected, [*EVENT_KEY, "plane", "cluster"]),
        TRACKS.read_columns(paths.tracks, [*TRACK_KEY, "induction_cluster"]),
    )
    TRUE_FACTORS.write(factors, snakemake.output.factors)
