"""Fit one normal distribution of the latents per label and judge what it tells."""

from latentscape.evaluation.labels import labels_by_group
from latentscape.evaluation.normal_pid import (
    judge_densities,
    normal_densities,
    summarise_normal_pid,
)
from latentscape.evaluation.tables.structure import (
    CALIBRATION,
    NORMAL_PID,
    NORMAL_PID_CONFUSION,
    NORMAL_PID_SUMMARY,
)
from latentscape.learning.tables import latents_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    params, output = snakemake.params, snakemake.output
    latents = latents_table(TRACK_COLUMNS).read(snakemake.input.latents)
    labels = labels_by_group(latents, TRACK_KEY, params.groups)
    densities = normal_densities(latents, labels, key=TRACK_KEY, seed=params.seed, **params.fit)
    performance, confusion, calibration = judge_densities(
        densities, seed=params.seed, **params.judgement
    )
    NORMAL_PID.write_tsv(performance, output.performance)
    NORMAL_PID_SUMMARY.write_tsv(summarise_normal_pid(performance), output.summary)
    NORMAL_PID_CONFUSION.write_tsv(confusion, output.confusion)
    CALIBRATION.write_tsv(calibration, output.calibration)
