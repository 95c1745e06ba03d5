"""Draw a walk along each latent dimension."""

from latentscape.figures.mosaics import traversal
from latentscape.figures.style import save
from latentscape.files import read_tensors
from latentscape.lartpc.figures.labels import CHANNELS
from latentscape.workflow import logged

with logged(snakemake):
    images = read_tensors(snakemake.input.traversal)["images"]
    figure = traversal(images, sigmas=snakemake.params.sigmas, channels=CHANNELS, unit="ADC")
    save(figure, snakemake.output)
