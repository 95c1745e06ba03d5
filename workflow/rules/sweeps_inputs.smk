"""What the rules of sweeps.smk need to know of the configuration."""

from snakemake.logging import logger


def capacities_of_sweep(wildcards):
    """Return the capacity tables of all models of a sweep."""
    return expand(
        "results/{study}/tables/capacity_{model}.tsv",
        study=wildcards.study,
        model=list(SWEEPS[wildcards.sweep].settings),
    )


def sweep_settings(wildcards):
    """Return the settings of each model of a sweep."""
    return SWEEPS[wildcards.sweep].settings


def sweep_axes(wildcards):
    """Return the values of each swept axis."""
    return SWEEPS[wildcards.sweep].values


def sweep_tables():
    """Return the tables of all sweeps."""
    return expand(
        "results/lartpc/tables/{table}_{sweep}.tsv",
        table=["sweep", "sweep_points", "sweep_trends"],
        sweep=SWEEPS,
    )


def sweep_figures():
    """Return the figures of all sweeps: one per axis, and a map where there are several axes."""
    names = [
        f"sweep_{name}_{axis}" for name, plan in SWEEPS.items() for axis in plan.axes
    ]
    names += [
        f"sweep_map_{name}" for name, plan in SWEEPS.items() if len(plan.axes) > 1
    ]
    return expand(
        "results/figures/lartpc/{name}.{suffix}", name=names, suffix=["png", "pdf"]
    )


@cache
def count_sweeps():
    """Say once how much the sweeps train."""
    for plan in SWEEPS.values():
        logger.info(plan.summary())
    trainings = sum(plan.trainings for plan in SWEEPS.values())
    logger.info(
        f"sweeps in all: {len(SWEEP_OF)} models, {trainings} trainings; "
        "their cost: python -m latentscape sweeps"
    )


def sweep_results(wildcards):
    """Return all that the sweeps make; who asks for them reads first how much that is."""
    count_sweeps()
    return [*sweep_tables(), *sweep_figures()]
