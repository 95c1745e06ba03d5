"""Draw the clusters and the matched tracks of one event."""

from latentscape.figures.style import save
from latentscape.files import read_description
from latentscape.lartpc.displays import name_event, rows_of
from latentscape.lartpc.figures.displays import cluster_display
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.tables.reconstruction import CLUSTERS, HITS, TRACKS
from latentscape.workflow import logged

with logged(snakemake):
    event = read_description(snakemake.input.event)
    figure = cluster_display(
        rows_of(HITS.read(snakemake.input.hits), event),
        rows_of(CLUSTERS.read(snakemake.input.clusters), event),
        rows_of(TRACKS.read(snakemake.input.tracks), event),
        detector=Detector(**snakemake.params.detector),
        title=name_event(event),
    )
    save(figure, snakemake.output)
