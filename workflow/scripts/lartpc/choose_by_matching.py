"""Choose the tallest pair of clusters in each event."""

from latentscape.lartpc.tables.labelling import CANDIDATES, CHOICES
from latentscape.lartpc.track_choice import choose_tallest
from latentscape.workflow import logged

with logged(snakemake):
    candidates = CANDIDATES.read(snakemake.input.candidates)
    CHOICES.write(choose_tallest(candidates), snakemake.output.choices)
