"""Draw the map of the latents by every feature."""

from latentscape.figures.maps import feature_maps
from latentscape.figures.style import save
from latentscape.keys import TRACK_KEY, join
from latentscape.lartpc.tables.features import FEATURE_LABELS, FEATURES
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
    save(feature_maps(table, features=FEATURE_LABELS), snakemake.output)
