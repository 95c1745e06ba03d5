"""Ask probes what they can read from the latent dimensions."""

from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.probes import probe, summarise_probes
from latentscape.evaluation.tables.probes import PROBES, PROBES_SUMMARY, probe_scores_table
from latentscape.learning.tables import latents_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    latents = latents_table(TRACK_COLUMNS).read(snakemake.input.latents)
    probes, scores = probe(
        latents,
        labels_by_sample(latents, TRACK_KEY),
        key=TRACK_KEY,
        seed=snakemake.params.seed,
        **snakemake.params.probes,
    )
    PROBES.write_tsv(probes, snakemake.output.probes)
    PROBES_SUMMARY.write_tsv(summarise_probes(probes), snakemake.output.summary)
    probe_scores_table(TRACK_COLUMNS).write(scores, snakemake.output.scores)
