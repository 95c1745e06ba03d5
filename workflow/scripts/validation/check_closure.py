"""Hold simulated ranges, energy loss, decays and scattering against public tables."""

from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.tables import (
    CLOSURE,
    CLOSURE_DECAYS,
    CLOSURE_LAYERS,
    REFERENCE_CSDA,
    REFERENCE_NUMBERS,
    VALIDATION,
)
from latentscape.lartpc.validation.transport import closure_checks
from latentscape.workflow import logged

with logged(snakemake):
    paths = snakemake.input
    checks = closure_checks(
        CLOSURE.read(paths.tracks),
        CLOSURE_LAYERS.read(paths.layers),
        CLOSURE_DECAYS.read(paths.decays),
        csda=REFERENCE_CSDA.read_tsv(paths.csda),
        numbers=REFERENCE_NUMBERS.read_tsv(paths.numbers),
        seed=snakemake.params.seed,
    )
    VALIDATION.write(as_table(checks), snakemake.output.checks)
