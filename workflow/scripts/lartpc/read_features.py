"""Read the features from all latents, by ridge regression and an MLP."""

from latentscape.evaluation.content import read_features
from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.tables.content import CONTENT, IMPORTANCE
from latentscape.lartpc.tables.features import FEATURE_NAMES, FEATURES
from latentscape.lartpc.tables.models import LATENTS
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    latents = LATENTS.read(snakemake.input.latents)
    content, importance = read_features(
        latents,
        FEATURES.read(snakemake.input.features),
        labels_by_sample(latents, TRACK_KEY),
        key=TRACK_KEY,
        names=FEATURE_NAMES,
        seed=snakemake.params.seed,
        **snakemake.params.content,
    )
    CONTENT.write_tsv(content, snakemake.output.content)
    IMPORTANCE.write_tsv(importance, snakemake.output.importance)
