"""Say how much true signal each cluster of a sample holds, and whose."""

from latentscape.lartpc.stages import attribute_signal
from latentscape.lartpc.tables.reconstruction import CLUSTERS
from latentscape.lartpc.tables.truth import CLUSTER_TRUTH, TRUE_PIXELS
from latentscape.workflow import logged

with logged(snakemake):
    true_pixels = TRUE_PIXELS.read(snakemake.input.true_pixels)
    clusters = CLUSTERS.read(snakemake.input.clusters)
    CLUSTER_TRUTH.write(attribute_signal(true_pixels, clusters), snakemake.output.cluster_truth)
