"""Read the beamline table of one sample into the project's own layout."""

from latentscape.lartpc.side_inputs import read_beamline
from latentscape.lartpc.tables.beamline import BEAMLINE
from latentscape.lartpc.tables.reconstruction import HITS
from latentscape.tables import EVENT_KEY
from latentscape.workflow import logged

with logged(snakemake):
    beamline = read_beamline(
        snakemake.input.files,
        sample=snakemake.wildcards.sample,
        events=HITS.read_columns(snakemake.input.hits, EVENT_KEY),
    )
    BEAMLINE.write(beamline, snakemake.output.beamline)
