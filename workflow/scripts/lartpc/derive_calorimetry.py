"""Take the calorimetry of each event's primary track from the track itself."""

from latentscape.keys import TRACK_KEY
from latentscape.lartpc.calorimetry import calorimetry_of_primaries
from latentscape.lartpc.tables.calorimetry import CALORIMETRY, TRACK_CALORIMETRY
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.workflow import logged

with logged(snakemake):
    calorimetry = calorimetry_of_primaries(
        TRACK_CALORIMETRY.read(snakemake.input.own),
        TRACKS.read_columns(snakemake.input.tracks, [*TRACK_KEY, "collection_height"]),
        plane="collection",
    )
    CALORIMETRY.write(calorimetry, snakemake.output.calorimetry)
