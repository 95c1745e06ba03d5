"""Keep the clusters that may be stopping beam tracks, and count what is lost."""

from latentscape.lartpc.cuts import cut_clusters
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.tables.reconstruction import CLUSTERS, CUT_FLOW
from latentscape.workflow import logged

with logged(snakemake):
    selected, cut_flow = cut_clusters(
        CLUSTERS.read(snakemake.input.clusters),
        sample=snakemake.wildcards.sample,
        detector=Detector(**snakemake.params.detector),
        **snakemake.params.cuts,
    )
    CLUSTERS.write(selected, snakemake.output.selected)
    CUT_FLOW.write(cut_flow, snakemake.output.cut_flow)
