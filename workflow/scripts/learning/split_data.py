"""Split the data of one model into training, validation and held-out parts."""

from latentscape.arrays import read_keys
from latentscape.learning.splits import split_samples
from latentscape.learning.tables import split_table
from latentscape.tables import TRACK_COLUMNS, TRACK_KEY
from latentscape.workflow import logged

with logged(snakemake):
    parts = split_samples(
        read_keys(snakemake.input.row_keys, TRACK_KEY),
        labels=snakemake.params.species,
        seed=snakemake.params.seed,
        **snakemake.params.split,
    )
    split_table(TRACK_COLUMNS).write(parts, snakemake.output.split)
