"""Ask probes to tell populations apart: all tracks, picky tracks, clean samples."""

from latentscape.evaluation.differences import summarise_differences
from latentscape.evaluation.probes import summarise_probes
from latentscape.evaluation.tables.probes import (
    DIFFERENCES,
    DIFFERENCES_SUMMARY,
    PROBES,
    PROBES_SUMMARY,
)
from latentscape.lartpc.population_probes import probe_populations
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.models import LATENTS
from latentscape.workflow import logged, several

with logged(snakemake):
    beamline = several(snakemake.input.beamline)
    probes, differences = probe_populations(
        LATENTS.read(snakemake.input.latents),
        BEAMLINE.read(beamline) if beamline else BEAMLINE.empty(),
        snakemake.params.groups,
        subsets=snakemake.params.subsets,
        seed=snakemake.params.seed,
        **snakemake.params.probes,
    )
    summary = summarise_differences(differences)
    PROBES.write_tsv(probes, snakemake.output.populations)
    PROBES_SUMMARY.write_tsv(summarise_probes(probes), snakemake.output.summary)
    DIFFERENCES.write_tsv(differences, snakemake.output.differences)
    DIFFERENCES_SUMMARY.write_tsv(summary, snakemake.output.differences_summary)
