"""Score the particle hypotheses of every track by its own dE/dx, in each plane."""

from latentscape.checksums import require_unchanged
from latentscape.lartpc.geometry import PLANES
from latentscape.lartpc.pid import score_tracks
from latentscape.lartpc.tables.calorimetry import TRACK_CALORIMETRY
from latentscape.lartpc.tables.identification import EXPECTED_DEDX, PID
from latentscape.lartpc.templates import read_larsoft_templates
from latentscape.workflow import logged, several

with logged(snakemake):
    files = several(snakemake.input.templates)
    require_unchanged(files, several(snakemake.input.record))
    templates = [read_larsoft_templates(path) for path in files]
    own = TRACK_CALORIMETRY.read(snakemake.input.own)
    expected = EXPECTED_DEDX.read(snakemake.input.expected)
    for plane in PLANES:
        pid = score_tracks(
            own[own["plane"] == plane],
            expected,
            templates=next(iter(templates), None),
            **snakemake.params.pid,
        )
        PID.write(pid, snakemake.output[plane])
