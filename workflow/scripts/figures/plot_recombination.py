"""Draw the recombination of both models."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.response import recombination_curves
from latentscape.lartpc.validation.tables import RESPONSE
from latentscape.workflow import logged

with logged(snakemake):
    figure = recombination_curves(RESPONSE.read(snakemake.input.response))
    save(figure, snakemake.output)
