"""Compute the 25 features of the tracks."""

from latentscape.lartpc.features import compute_features
from latentscape.lartpc.tables.features import FEATURE_GAPS, FEATURES
from latentscape.lartpc.tables.reconstruction import TRACKS
from latentscape.workflow import logged

with logged(snakemake):
    features, gaps = compute_features(TRACKS.read(snakemake.input.tracks))
    FEATURES.write(features, snakemake.output.features)
    FEATURE_GAPS.write(gaps, snakemake.output.gaps)
