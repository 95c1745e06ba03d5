"""Send particles of one species into argon, to hold them against public tables."""

from latentscape.lartpc.validation.beams import simulate_beams
from latentscape.lartpc.validation.tables import CLOSURE, CLOSURE_DECAYS, CLOSURE_LAYERS
from latentscape.workflow import logged

with logged(snakemake):
    params, output = snakemake.params, snakemake.output
    beams = simulate_beams(species=snakemake.wildcards.species, seed=params.seed, **params.closure)
    CLOSURE.write(beams.tracks, output.tracks)
    CLOSURE_LAYERS.write(beams.layers, output.layers)
    CLOSURE_DECAYS.write(beams.decays, output.decays)
