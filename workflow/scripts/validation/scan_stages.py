"""Run clustering, matching and thresholds in variants, and hold each against the truth."""

from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.tables.reconstruction import HITS
from latentscape.lartpc.tables.truth import TRUE_PIXELS, TRUTH
from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.stage_checks import check_stages
from latentscape.lartpc.validation.stages import compare_variants
from latentscape.lartpc.validation.tables import STAGE_VARIANTS, VALIDATION
from latentscape.workflow import logged

with logged(snakemake):
    paths, params = snakemake.input, snakemake.params
    tables = (HITS.read(paths.hits), TRUE_PIXELS.read(paths.true_pixels), TRUTH.read(paths.truth))
    named = {
        "sample": snakemake.wildcards.sample,
        "species": params.species,
        "detector": Detector(**params.detector),
        "seed": params.seed,
    }
    variants = compare_variants(*tables, **named, **params.stages)
    checks = check_stages(*tables, variants, **named, simulation=Simulation(**params.simulation))
    STAGE_VARIANTS.write(variants, snakemake.output.variants)
    VALIDATION.write(as_table(checks), snakemake.output.checks)
