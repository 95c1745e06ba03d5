"""Draw the energy loss in thin layers against Landau and Vavilov."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.closure import losses_in_layers
from latentscape.lartpc.validation.tables import CLOSURE_LAYERS
from latentscape.workflow import logged

with logged(snakemake):
    figure = losses_in_layers(CLOSURE_LAYERS.read(snakemake.input.layers))
    save(figure, snakemake.output)
