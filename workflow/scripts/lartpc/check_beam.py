"""Hold the selected tracks against the mass and momentum that the beam line measured."""

from latentscape.lartpc.beam_checks import check_masses, check_ranges, measure_beam_tracks
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.tables.beamline import BEAM_TRACKS, BEAMLINE, MASS_CHECKS, RANGE_CHECKS
from latentscape.lartpc.tables.calorimetry import TRACK_CALORIMETRY
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

ENDS = [*TRACK_KEY, "plane", "length", "end_x", "end_y", "end_z"]

with logged(snakemake):
    paths, params, output = snakemake.input, snakemake.params, snakemake.output
    beamline = BEAMLINE.read(paths.beamline)
    own = [TRACK_CALORIMETRY.read_columns(path, ENDS) for path in paths.own]
    beam_tracks = measure_beam_tracks(
        own, beamline, detector=Detector.model_validate(params.detector), **params.volume
    )
    masses = check_masses(
        beamline,
        TRACKS.read_columns(paths.tracks, TRACK_KEY),
        species=params.species,
        seed=params.seed,
        **params.masses,
    )
    BEAM_TRACKS.write(beam_tracks, output.beam_tracks)
    MASS_CHECKS.write_tsv(masses, output.mass_checks)
    ranges = check_ranges(beam_tracks, seed=params.seed, **params.ranges)
    RANGE_CHECKS.write_tsv(ranges, output.range_checks)
