"""Score the particle hypotheses of every track that has calorimetry."""

from latentscape.checksums import require_unchanged
from latentscape.keys import TRACK_KEY
from latentscape.lartpc.pid import score_hypotheses
from latentscape.lartpc.tables.calorimetry import CALORIMETRY
from latentscape.lartpc.tables.identification import EXPECTED_DEDX, PID
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.lartpc.templates import read_larsoft_templates
from latentscape.workflow import logged, several

with logged(snakemake):
    files = several(snakemake.input.templates)
    require_unchanged(files, several(snakemake.input.record))
    templates = [read_larsoft_templates(path) for path in files]
    pid = score_hypotheses(
        TRACKS.read_columns(snakemake.input.tracks, [*TRACK_KEY, "collection_height"]),
        CALORIMETRY.read(snakemake.input.calorimetry),
        EXPECTED_DEDX.read(snakemake.input.expected),
        templates=next(iter(templates), None),
        **snakemake.params.pid,
    )
    PID.write(pid, snakemake.output.pid)
