"""Draw where the clusters of one sample enter."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.selection import entry_windows
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.tables.reconstruction import CLUSTERS
from latentscape.workflow import logged

with logged(snakemake):
    columns = ["plane", "first_wire", "entry_tick"]
    clusters = CLUSTERS.read_columns(snakemake.input.clusters, columns)
    figure = entry_windows(clusters, detector=Detector(**snakemake.params.detector))
    save(figure, snakemake.output)
