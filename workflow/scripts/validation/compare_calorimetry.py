"""Compare calorimetry from a track's own clusters with truth and with the external table."""

from latentscape.keys import TRACK_KEY
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.settings.simulation import Simulation
from latentscape.lartpc.tables.calorimetry import CALORIMETRY, TRACK_CALORIMETRY
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.lartpc.tables.truth import TRUTH
from latentscape.lartpc.validation.calorimetry import check_calorimetry, compare_calorimetry
from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.tables import CALORIMETRY_COMPARISON, VALIDATION
from latentscape.workflow import logged

with logged(snakemake):
    paths, params = snakemake.input, snakemake.params
    detector = Detector(**params.detector)
    comparison = compare_calorimetry(
        TRACK_CALORIMETRY.read(paths.own),
        TRACKS.read_columns(paths.tracks, [*TRACK_KEY, "collection_height"]),
        TRUTH.read(paths.truth),
        CALORIMETRY.read(paths.external),
        detector=detector,
        simulation=Simulation(**params.simulation),
        bootstrap=params.bootstrap,
        seed=params.seed,
    )
    checks = as_table(check_calorimetry(comparison, detector=detector))
    CALORIMETRY_COMPARISON.write_tsv(comparison, snakemake.output.comparison)
    VALIDATION.write(checks, snakemake.output.checks)
