"""Tell the tracks of one sample apart by their features."""

from latentscape.evaluation.labels import labels_by_sample
from latentscape.evaluation.tables.content import PROXY, WITHIN
from latentscape.evaluation.within import family_auc, summarise_families, within_label_auc
from latentscape.lartpc.tables.features import FEATURE_FAMILIES, FEATURE_NAMES, FEATURES
from latentscape.lartpc.tables.models import LATENTS
from latentscape.tables import TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    latents = LATENTS.read(snakemake.input.latents)
    within = within_label_auc(
        latents,
        FEATURES.read(snakemake.input.features),
        labels_by_sample(latents, TRACK_KEY),
        key=TRACK_KEY,
        names=FEATURE_NAMES,
        seed=snakemake.params.seed,
        **snakemake.params.within,
    )
    WITHIN.write_tsv(within, snakemake.output.within)
    PROXY.write_tsv(
        summarise_families(family_auc(within, FEATURE_FAMILIES)), snakemake.output.proxy
    )
