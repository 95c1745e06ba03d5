"""Make tracks of the chosen pairs of clusters."""

from latentscape.lartpc.tables.labelling import CHOICES
from latentscape.lartpc.tables.reconstruction import CLUSTERS, TRACKS
from latentscape.lartpc.track_choice import take_tracks
from latentscape.workflow import logged

with logged(snakemake):
    clusters = CLUSTERS.read(snakemake.input.clusters)
    choices = CHOICES.read(snakemake.input.choices)
    tracks = take_tracks(clusters, choices, weights=snakemake.params.weights)
    TRACKS.write(tracks, snakemake.output.tracks)
