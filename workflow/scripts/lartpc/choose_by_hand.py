"""Take the tracks that were chosen by hand."""

from latentscape.lartpc.tables.labelling import CHOICES
from latentscape.lartpc.track_choice import choices_for, only_events, read_events
from latentscape.workflow import logged

with logged(snakemake):
    paths, sample = snakemake.input, snakemake.wildcards.sample
    labels = choices_for(CHOICES.read_tsv(paths.labels), sample=sample)
    listed = [read_events(path, sample=sample) for path in [paths.events] if path]
    CHOICES.write(only_events(labels, *listed), snakemake.output.choices)
