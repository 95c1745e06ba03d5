"""Draw the tracks whose identification is worst."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.failures import worst_case_displays
from latentscape.lartpc.tables.calorimetry import TRACK_CALORIMETRY
from latentscape.lartpc.tables.identification import EXPECTED_DEDX
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.lartpc.validation.failures import worst_cases
from latentscape.lartpc.validation.tables import PID_CAUSES, PID_SCORES
from latentscape.workflow import logged

with logged(snakemake):
    paths, case = snakemake.input, snakemake.params.case
    own = TRACK_CALORIMETRY.read(paths.own)
    cases = worst_cases(
        PID_SCORES.read(paths.scores),
        PID_CAUSES.read(paths.causes),
        **{**case, "pair": tuple(case["pair"])},
    )
    figure = worst_case_displays(
        cases,
        TRACKS.read(paths.tracks),
        own[own["plane"] == case["source"]],
        EXPECTED_DEDX.read(paths.expected),
    )
    save(figure, snakemake.output)
