"""Read the beamline table of one sample into the project's own layout."""

from latentscape.checksums import require_unchanged
from latentscape.lartpc.side_inputs import read_beamline
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.reconstruction import HITS
from latentscape.tables import EVENT_KEY
from latentscape.workflow import logged, several

with logged(snakemake):
    files = several(snakemake.input.files)
    require_unchanged(files, several(snakemake.input.record))
    beamline = read_beamline(
        files,
        sample=snakemake.wildcards.sample,
        events=HITS.read_columns(snakemake.input.hits, EVENT_KEY),
    )
    BEAMLINE.write(beamline, snakemake.output.beamline)
