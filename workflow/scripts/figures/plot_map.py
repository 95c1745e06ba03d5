"""Draw the map of the latents, by sample and by features."""

from latentscape.figures.maps import latent_map
from latentscape.figures.style import save
from latentscape.keys import TRACK_KEY, join
from latentscape.lartpc.figures.labels import MAP_FEATURES, sample_labels
from latentscape.lartpc.tables.features import FEATURES
from latentscape.lartpc.tables.models import MAP
from latentscape.workflow import logged

with logged(snakemake):
    table = join(
        MAP.read(snakemake.input.map),
        FEATURES.read(snakemake.input.features),
        TRACK_KEY,
        what="map with features",
        relation="many_to_one",
    )
    labels = sample_labels(snakemake.params.species)
    save(latent_map(table, labels=labels, features=MAP_FEATURES, by="sample"), snakemake.output)
