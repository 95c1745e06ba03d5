"""Draw the pulse heights of protons."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.response import pulse_heights
from latentscape.lartpc.validation.tables import PULSE_HEIGHTS
from latentscape.workflow import logged

with logged(snakemake):
    figure = pulse_heights(PULSE_HEIGHTS.read(snakemake.input.pulse_heights))
    save(figure, snakemake.output)
