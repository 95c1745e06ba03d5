"""Draw the aliasing of both resizes."""

from latentscape.figures.style import save
from latentscape.lartpc.figures.fidelity import aliasing
from latentscape.lartpc.tables.images import ALIASING
from latentscape.workflow import logged

with logged(snakemake):
    figure = aliasing(ALIASING.read(snakemake.input.aliasing))
    save(figure, snakemake.output)
