"""Draw what survives each cut."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.lartpc.figures.selection import cut_flow
from latentscape.lartpc.tables.reconstruction import CUT_FLOW
from latentscape.workflow import logged

with logged(snakemake):
    flow = CUT_FLOW.read_tsv(snakemake.input.cut_flow)
    save(cut_flow(flow, labels=sample_labels(snakemake.params.species)), snakemake.output)
