"""Estimate the share of each species in one sample, and hold it against truth where that is."""

from latentscape.lartpc import contamination
from latentscape.lartpc.tables.beamline import (
    BEAMLINE,
    CONTAMINATION,
    CONTAMINATION_BINS,
    CONTAMINATION_CLOSURE,
)
from latentscape.lartpc.tables.identification import PID
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.lartpc.tables.truth import CLUSTER_TRUTH, TRUTH
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths, params, output = snakemake.input, snakemake.params, snakemake.output
    sample = {"sample": snakemake.wildcards.sample, "templates": params.templates}
    variables = contamination.track_variables(
        PID.read(paths.pid),
        BEAMLINE.read(paths.beamline),
        hypotheses=params.hypotheses,
    )
    shares, bins = contamination.estimate_contamination(
        variables, **sample, seed=params.seed, **params.fit
    )
    closure = CONTAMINATION_CLOSURE.empty()
    if paths.truth:
        tracks = TRACKS.read_columns(paths.tracks, [*TRACK_KEY, "induction_cluster"])
        signal = CLUSTER_TRUTH.read(paths.cluster_truth)
        truth = TRUTH.read(paths.truth)
        true_species = contamination.find_true_species(tracks, signal, truth)
        shares = contamination.add_true_shares(shares, true_species, variables)
        asked = {**sample, **params.closure, "own": params.species, "seed": params.seed}
        closure = contamination.check_closure(variables, true_species, **asked)
    CONTAMINATION.write_tsv(shares, output.contamination)
    CONTAMINATION_BINS.write(bins, output.bins)
    CONTAMINATION_CLOSURE.write_tsv(closure, output.closure)
