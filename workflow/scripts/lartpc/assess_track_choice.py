"""Hold the choice of one track per event against the truth of a simulated sample."""

from latentscape.lartpc.attribution import follow_beam
from latentscape.lartpc.tables import labelling, reconstruction, truth
from latentscape.lartpc.track_forest import assess_choice, score_candidates, true_choices
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

PAIRS = [*TRACK_KEY, "induction_cluster", "collection_height"]

with logged(snakemake):
    paths, params = snakemake.input, snakemake.params
    tracks = reconstruction.TRACKS.read_columns(paths.tracks, PAIRS)
    followed = follow_beam(
        truth.CLUSTER_TRUTH.read(paths.cluster_truth),
        truth.TRUTH.read(paths.truth),
        reconstruction.CLUSTERS.read_columns(paths.selected, reconstruction.CLUSTERS.key),
        tracks[[*TRACK_KEY, "induction_cluster"]],
    )
    candidates = labelling.CANDIDATES.read(paths.candidates)
    labels = true_choices(followed)
    scored = score_candidates(candidates, labels, seed=params.seed, **params.forest)
    table = assess_choice(
        scored, candidates, tracks, followed, sample=params.sample[0], seed=params.seed
    )
    labelling.SCORED_CANDIDATES.write(scored, snakemake.output.scored)
    labelling.TRACK_CHOICE.write_tsv(table, snakemake.output.track_choice)
