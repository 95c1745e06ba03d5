"""Map the latents onto a plane."""

from latentscape.evaluation.maps import latent_map
from latentscape.evaluation.tables.maps import map_table
from latentscape.learning.tables import latents_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    latents = latents_table(TRACK_COLUMNS).read(snakemake.input.latents)
    places = latent_map(latents, key=TRACK_KEY, seed=snakemake.params.seed, **snakemake.params.map)
    map_table(TRACK_COLUMNS).write(places, snakemake.output.map)
