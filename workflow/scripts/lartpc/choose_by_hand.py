"""Take the tracks that were chosen by hand."""

from latentscape.checksums import require_unchanged
from latentscape.lartpc.tables.labelling import CHOICES
from latentscape.lartpc.track_choice import choices_for, only_events, read_events
from latentscape.workflow import logged, several

with logged(snakemake):
    paths, sample = snakemake.input, snakemake.wildcards.sample
    events = several(paths.events)
    require_unchanged([paths.labels, *events], several(paths.record))
    labels = choices_for(CHOICES.read_tsv(paths.labels), sample=sample)
    listed = [read_events(path, sample=sample) for path in events]
    CHOICES.write(only_events(labels, *listed), snakemake.output.choices)
