"""Draw how the numbers of a sweep depend on its first two axes together."""

from latentscape.evaluation.tables.sweeps import SWEEP_POINTS
from latentscape.figures.style import save
from latentscape.figures.sweeps import sweep_map
from latentscape.workflow import logged

with logged(snakemake):
    points = SWEEP_POINTS.read_tsv(snakemake.input.points)
    save(sweep_map(points, axes=snakemake.params.axes), snakemake.output)
