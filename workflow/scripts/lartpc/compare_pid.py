"""Identify the same tracks by their latents and by their calorimetry."""

from latentscape.evaluation.labels import labels_by_group
from latentscape.lartpc.latent_pid import compare_pid
from latentscape.lartpc.tables.identification import LATENT_PID, LATENT_PID_CONFUSION, PID
from latentscape.lartpc.tables.models import LATENTS
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    params = snakemake.params
    latents = LATENTS.read(snakemake.input.latents)
    performance, confusion = compare_pid(
        latents,
        labels_by_group(latents, TRACK_KEY, params.species),
        PID.read(snakemake.input.pid),
        hypotheses=params.hypotheses,
        seed=params.seed,
        **params.normal_pid,
    )
    LATENT_PID.write_tsv(performance, snakemake.output.performance)
    LATENT_PID_CONFUSION.write_tsv(confusion, snakemake.output.confusion)
