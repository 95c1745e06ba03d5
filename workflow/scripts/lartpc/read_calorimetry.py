"""Read the calorimetry table of one sample into the project's own layout."""

from latentscape.checksums import require_unchanged
from latentscape.lartpc.side_inputs import read_calorimetry
from latentscape.lartpc.tables.calorimetry import CALORIMETRY
from latentscape.lartpc.tables.reconstruction import HITS
from latentscape.tables import EVENT_KEY
from latentscape.workflow import logged, several

with logged(snakemake):
    files = several(snakemake.input.files)
    require_unchanged(files, several(snakemake.input.record))
    calorimetry = read_calorimetry(
        files,
        sample=snakemake.wildcards.sample,
        events=HITS.read_columns(snakemake.input.hits, EVENT_KEY),
        tree=snakemake.params.tree,
        max_dedx=snakemake.params.max_dedx,
    )
    CALORIMETRY.write(calorimetry, snakemake.output.calorimetry)
