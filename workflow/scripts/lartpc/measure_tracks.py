"""Measure residual range and dE/dx of every track from its own clusters."""

from latentscape.lartpc.calorimetry import measure_tracks
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.tables.calorimetry import TRACK_CALORIMETRY
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.workflow import logged

with logged(snakemake):
    calorimetry = measure_tracks(
        TRACKS.read(snakemake.input.tracks),
        detector=Detector(**snakemake.params.detector),
        max_dedx=snakemake.params.max_dedx,
        **snakemake.params.calorimetry,
    )
    TRACK_CALORIMETRY.write(calorimetry, snakemake.output.calorimetry)
