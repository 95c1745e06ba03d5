"""Measure the most probable pulse height of protons in both planes, and check it."""

from latentscape.lartpc.geometry import PLANES
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.gain import check_gain, measure_pulse_heights
from latentscape.lartpc.validation.tables import PULSE_HEIGHTS, VALIDATION
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    columns = [f"{plane}_{name}" for plane in PLANES for name in ("wire", "adc")]
    tracks = TRACKS.read_columns(snakemake.input.tracks, [*TRACK_KEY, *columns])
    heights = measure_pulse_heights(
        tracks,
        working_point=snakemake.params.working_point,
        bootstrap=snakemake.params.bootstrap,
        seed=snakemake.params.seed,
    )
    PULSE_HEIGHTS.write(heights, snakemake.output.pulse_heights)
    VALIDATION.write(as_table(check_gain(heights)), snakemake.output.checks)
