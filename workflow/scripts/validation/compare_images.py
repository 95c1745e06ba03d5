"""Measure what both resizes do to the tracks of a sample, and check what they must do."""

from latentscape.lartpc.aliasing import shift_tracks
from latentscape.lartpc.tables.images import ALIASING, RESIZING
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.lartpc.validation.checks import as_table
from latentscape.lartpc.validation.fidelity import summarise_losses
from latentscape.lartpc.validation.images import check_images
from latentscape.lartpc.validation.tables import RESIZE_LOSSES, VALIDATION
from latentscape.workflow import logged

with logged(snakemake):
    params, output = snakemake.params, snakemake.output
    tracks = TRACKS.read(snakemake.input.tracks)
    resizing = RESIZING.read(snakemake.input.resizing)
    aliasing = shift_tracks(tracks, shifted_tracks=params.shifted_tracks, **params.images)
    losses = summarise_losses(resizing, aliasing, bootstrap=params.bootstrap, seed=params.seed)
    checks = as_table(check_images(tracks, resizing, aliasing, **params.images))
    ALIASING.write(aliasing, output.aliasing)
    RESIZE_LOSSES.write_tsv(losses, output.losses)
    VALIDATION.write(checks, output.checks)
