"""Draw images of every sample."""

from latentscape.arrays import KeyedArrays
from latentscape.figures.style import save
from latentscape.keys import TRACK_KEY
from latentscape.lartpc.figures.gallery import gallery
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.workflow import logged

with logged(snakemake):
    images = KeyedArrays.read_all(snakemake.input.images, snakemake.input.row_keys, TRACK_KEY)
    save(gallery(images, labels=sample_labels(snakemake.params.species)), snakemake.output)
