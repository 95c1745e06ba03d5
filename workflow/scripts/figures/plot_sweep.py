"""Draw what changes along one axis of a sweep."""

from latentscape.evaluation.tables.sweeps import SWEEP, SWEEP_POINTS, SWEEP_TRENDS
from latentscape.figures.style import save
from latentscape.figures.sweeps import sweep_curves
from latentscape.lartpc.figures.labels import sample_labels
from latentscape.workflow import logged

with logged(snakemake):
    paths, axis = snakemake.input, snakemake.wildcards.axis
    figure = sweep_curves(
        SWEEP.read_tsv(paths.sweep),
        SWEEP_POINTS.read_tsv(paths.points),
        SWEEP_TRENDS.read_tsv(paths.trends),
        axis=axis,
        values=snakemake.params.axes[axis],
        labels=sample_labels(snakemake.params.species),
    )
    save(figure, snakemake.output)
