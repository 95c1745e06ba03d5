"""Measure how small a shift of a mixture the two-sample tests find."""

from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.shift_power import measure_power, smallest_shifts
from latentscape.evaluation.tables.comparisons import TWO_SAMPLE_POWER, TWO_SAMPLE_SENSITIVITY
from latentscape.learning.tables import latents_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    settings = snakemake.params.two_sample
    latents = latents_table(TRACK_COLUMNS).read(snakemake.input.latents)
    power = measure_power(
        latents,
        labels_by_sample(latents, TRACK_KEY),
        key=TRACK_KEY,
        planted=settings["planted"],
        folds=settings["tests"]["folds"],
        level=settings["tests"]["level"],
        seed=snakemake.params.seed,
        **settings["power"],
    )
    TWO_SAMPLE_POWER.write_tsv(power, snakemake.output.power)
    TWO_SAMPLE_SENSITIVITY.write_tsv(smallest_shifts(power), snakemake.output.sensitivity)
