"""Extract the pixels above threshold from one part of the raw files."""

from latentscape.checksums import require_unchanged
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.hits import extract_hits
from latentscape.lartpc.raw import count_events, read_events
from latentscape.lartpc.tables.reconstruction import HITS
from latentscape.workflow import logged, several

with logged(snakemake):
    files, sample = several(snakemake.input.raw), snakemake.wildcards.sample
    require_unchanged(files, several(snakemake.input.record))
    detector = Detector(**snakemake.params.detector)
    source = {"sample": sample, "detector": detector, **snakemake.params.source}
    hits = extract_hits(
        read_events(files, **source),
        sample=sample,
        detector=detector,
        subtract_pedestal=snakemake.params.subtract_pedestal,
        total=count_events(files, **source),
    )
    HITS.write(hits, snakemake.output.hits)
