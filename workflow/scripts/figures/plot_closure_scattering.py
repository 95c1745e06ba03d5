"""Draw multiple scattering against Highland's formula."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.closure import scattering_angles
from latentscape.lartpc.validation.tables import CLOSURE_LAYERS
from latentscape.workflow import logged

with logged(snakemake):
    figure = scattering_angles(CLOSURE_LAYERS.read(snakemake.input.layers))
    save(figure, snakemake.output)
