"""Draw how well one track per event is chosen."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.track_choice import track_choice
from latentscape.lartpc.tables.labelling import TRACK_CHOICE
from latentscape.workflow import logged

with logged(snakemake):
    save(track_choice(TRACK_CHOICE.read_tsv(snakemake.input.track_choice)), snakemake.output)
