"""Hold clustering, cuts and matching of one sample against the truth."""

from latentscape.lartpc.stages import assess_stages, attribute_signal
from latentscape.lartpc.tables.reconstruction import CLUSTERS, TRACKS
from latentscape.lartpc.tables.truth import CLUSTER_TRUTH, STAGES, TRUE_PIXELS, TRUTH
from latentscape.tables import EVENT_KEY, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths = snakemake.input
    shards = zip(paths.true_pixels, paths.clusters, strict=True)
    attributed = (attribute_signal(TRUE_PIXELS.read(p), CLUSTERS.read(c)) for p, c in shards)
    stages = assess_stages(
        CLUSTER_TRUTH.concatenate(attributed),
        TRUTH.read(paths.truth),
        CLUSTERS.read_columns(paths.selected, [*EVENT_KEY, "plane", "cluster"]),
        TRACKS.read_columns(paths.tracks, [*TRACK_KEY, "induction_cluster"]),
        sample=snakemake.wildcards.sample,
        species=snakemake.params.species,
        seed=snakemake.params.seed,
    )
    STAGES.write(stages, snakemake.output.stages)
