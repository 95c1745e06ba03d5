"""Hold the choice of one track per event against the truth of a simulated sample."""

from latentscape.lartpc import tables
from latentscape.lartpc.attribution import follow_beam
from latentscape.lartpc.track_forest import assess_choice, score_candidates, true_choices
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

PAIRS = [*TRACK_KEY, "induction_cluster", "collection_height"]

with logged(snakemake):
    paths, params = snakemake.input, snakemake.params
    tracks = tables.TRACKS.read_columns(paths.tracks, PAIRS)
    followed = follow_beam(
        tables.CLUSTER_TRUTH.read(paths.cluster_truth),
        tables.TRUTH.read(paths.truth),
        tables.CLUSTERS.read_columns(paths.selected, tables.CLUSTERS.key),
        tracks[[*TRACK_KEY, "induction_cluster"]],
    )
    candidates = tables.CANDIDATES.read(paths.candidates)
    labels = true_choices(followed)
    scored = score_candidates(candidates, labels, seed=params.seed, **params.forest)
    table = assess_choice(
        scored, candidates, tracks, followed, sample=params.sample[0], seed=params.seed
    )
    tables.SCORED_CANDIDATES.write(scored, snakemake.output.scored)
    tables.TRACK_CHOICE.write_tsv(table, snakemake.output.track_choice)
