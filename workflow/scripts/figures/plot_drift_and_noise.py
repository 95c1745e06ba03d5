"""Draw diffusion and noise of the simulated detector."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.response import drift_and_noise
from latentscape.lartpc.validation.tables import RESPONSE
from latentscape.workflow import logged

with logged(snakemake):
    figure = drift_and_noise(RESPONSE.read(snakemake.input.response))
    save(figure, snakemake.output)
