"""Put the numbers of a sweep's models together, and follow them along its axes."""

from latentscape.evaluation.tables.sweeps import CAPACITY, SWEEP, SWEEP_POINTS, SWEEP_TRENDS
from latentscape.evaluation.trends import collect_sweep, follow_sweep
from latentscape.workflow import logged

with logged(snakemake):
    params, output = snakemake.params, snakemake.output
    capacities = {
        model: CAPACITY.read_tsv(path)
        for model, path in zip(params.settings, snakemake.input.capacities, strict=True)
    }
    sweep = collect_sweep(capacities, params.settings)
    points, trends = follow_sweep(sweep, params.axes, seed=params.seed, **params.trends)
    SWEEP.write_tsv(sweep, output.sweep)
    SWEEP_POINTS.write_tsv(points, output.points)
    SWEEP_TRENDS.write_tsv(trends, output.trends)
