"""Say what is true of the tracks that are hard for the probes."""

from latentscape.keys import TRACK_KEY
from latentscape.lartpc.hard_causes import explain_hard_cases, track_traits
from latentscape.lartpc.tables.models import VERDICTS
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.lartpc.tables.truth import CLUSTER_TRUTH, HARD_CAUSES, TRUTH
from latentscape.workflow import logged

with logged(snakemake):
    paths = snakemake.input
    traits = track_traits(
        TRUTH.read(paths.truth),
        CLUSTER_TRUTH.read(paths.cluster_truth),
        TRACKS.read_columns(paths.tracks, [*TRACK_KEY, "induction_cluster"]),
        **snakemake.params.hard_causes,
    )
    causes = explain_hard_cases(VERDICTS.read(paths.verdicts), traits)
    HARD_CAUSES.write_tsv(causes, snakemake.output.causes)
