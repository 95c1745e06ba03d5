"""Measure by the truth how well each statistic tells the species apart, and where it fails."""

from latentscape.lartpc.tables.identification import PID
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.lartpc.tables.truth import CLUSTER_TRUTH, TRUTH
from latentscape.lartpc.validation import failures, identification, scores, tables
from latentscape.lartpc.validation.checks import as_table
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

SOURCES = ("external", "collection", "induction")

with logged(snakemake):
    paths, params, output = snakemake.input, snakemake.params, snakemake.output
    columns = [*TRACK_KEY, "induction_cluster", "collection_height"]
    tracks = TRACKS.read_columns(paths.tracks, columns)
    pid = scores.of_primaries({s: PID.read(getattr(paths, s)) for s in SOURCES}, tracks)
    truth = TRUTH.read(paths.truth)
    scored = scores.score_pairs(pid, truth, pairs=params.pairs, seed=params.seed)
    clusters = CLUSTER_TRUTH.read(paths.cluster_truth)
    causes = failures.find_causes(pid, truth, tracks, clusters, **params.causes)
    performance = identification.measure_performance(scored, seed=params.seed, **params.performance)
    roc = identification.trace_roc(scored, seed=params.seed, **params.roc)
    pair, seed = params.pairs[0], params.seed
    checks = identification.check_shuffled_species(scored, pair=pair, seed=seed)
    tables.PID_SCORES.write(scored, output.scores)
    tables.PID_CAUSES.write(causes, output.causes)
    tables.PID_PERFORMANCE.write_tsv(performance, output.performance)
    tables.PID_ROC.write(roc, output.roc)
    tables.PID_CONFUSION.write_tsv(scores.count_confusion(pid, truth), output.confusion)
    tables.PID_FAILURES.write_tsv(failures.count_failures(scored, causes), output.failures)
    tables.VALIDATION.write(as_table(checks), output.checks)
