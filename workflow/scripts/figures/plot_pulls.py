"""Draw the pulls of the simulated calorimetry."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.response import calorimetry_pulls
from latentscape.lartpc.validation.tables import PULLS
from latentscape.workflow import logged

with logged(snakemake):
    figure = calorimetry_pulls(PULLS.read(snakemake.input.pulls))
    save(figure, snakemake.output)
