"""Ask mass and range which species the more anomalous half of each sample is."""

from latentscape.lartpc.beam_checks import check_scores
from latentscape.lartpc.tables.beamline import BEAM_TRACKS, SCORE_CHECKS
from latentscape.lartpc.tables.models import LATENTS
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    latents = LATENTS.read_columns(snakemake.input.latents, ["seed", *TRACK_KEY, "elbo"])
    checks = check_scores(
        BEAM_TRACKS.read(snakemake.input.beam_tracks),
        latents.assign(score=-latents["elbo"]),
        **snakemake.params.masses,
    )
    SCORE_CHECKS.write_tsv(checks, snakemake.output.score_checks)
