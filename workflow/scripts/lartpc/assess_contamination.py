"""Estimate the share of each species in one sample, and hold it against truth where that is."""

from latentscape.lartpc import contamination, tables
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    paths, params, output = snakemake.input, snakemake.params, snakemake.output
    sample = {"sample": snakemake.wildcards.sample, "templates": params.templates}
    variables = contamination.track_variables(
        tables.PID.read(paths.pid),
        tables.BEAMLINE.read(paths.beamline),
        hypotheses=params.hypotheses,
    )
    shares, bins = contamination.estimate_contamination(
        variables, **sample, seed=params.seed, **params.fit
    )
    closure = tables.CONTAMINATION_CLOSURE.empty()
    if paths.truth:
        tracks = tables.TRACKS.read_columns(paths.tracks, [*TRACK_KEY, "induction_cluster"])
        signal = tables.CLUSTER_TRUTH.read(paths.cluster_truth)
        truth = tables.TRUTH.read(paths.truth)
        true_species = contamination.find_true_species(tracks, signal, truth)
        shares = contamination.add_true_shares(shares, true_species, variables)
        closure = contamination.check_closure(
            variables,
            true_species,
            own=params.species,
            **sample,
            seed=params.seed,
            **params.closure,
        )
    tables.CONTAMINATION.write_tsv(shares, output.contamination)
    tables.CONTAMINATION_BINS.write(bins, output.bins)
    tables.CONTAMINATION_CLOSURE.write_tsv(closure, output.closure)
