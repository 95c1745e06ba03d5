"""Keep the raw planes of one typical event for the displays."""

from latentscape.checksums import require_unchanged
from latentscape.files import write_description, write_tensors
from latentscape.lartpc.displays import choose_event, take_event
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.raw import read_events
from latentscape.lartpc.tables.reconstruction import HITS, TRACKS
from latentscape.workflow import logged, several

with logged(snakemake):
    files = several(snakemake.input.raw)
    require_unchanged(files, several(snakemake.input.record))
    event = choose_event(HITS.read(snakemake.input.hits), TRACKS.read(snakemake.input.tracks))
    events = read_events(
        files,
        sample=snakemake.wildcards.sample,
        detector=Detector(**snakemake.params.detector),
        **snakemake.params.source,
    )
    write_tensors(take_event(events, event), snakemake.output.planes)
    write_description(event, snakemake.output.event)
