"""Read the calorimetry table of one sample into the project's own layout."""

from latentscape.lartpc.side_inputs import read_calorimetry
from latentscape.lartpc.tables.calorimetry import CALORIMETRY
from latentscape.lartpc.tables.reconstruction import HITS
from latentscape.tables import EVENT_KEY
from latentscape.workflow import logged

with logged(snakemake):
    calorimetry = read_calorimetry(
        snakemake.input.files,
        sample=snakemake.wildcards.sample,
        events=HITS.read_columns(snakemake.input.hits, EVENT_KEY),
        tree=snakemake.params.tree,
        max_dedx=snakemake.params.max_dedx,
    )
    CALORIMETRY.write(calorimetry, snakemake.output.calorimetry)
