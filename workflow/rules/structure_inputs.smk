"""What the rules of structure.smk need to know of the configuration."""


def samples_with_factors(model):
    """Return the simulated samples in which a model is held against true factors."""
    wanted = CONFIG.analyses.disentanglement.samples
    if wanted is None:
        itself = {sample: sample for sample in SAMPLES}
        wanted = first_of_both(itself, MODELS[model].trained_on)
        return [sample for sample in wanted if is_simulated(sample)]
    for sample in wanted:
        if sample not in simulated_samples():
            raise WorkflowError(
                f"analyses.disentanglement.samples: no simulated sample {sample!r}; "
                f"simulated: {', '.join(simulated_samples())}."
            )
    return list(wanted)


def factor_samples(wildcards):
    return samples_with_factors(wildcards.model)


def factor_tables(wildcards):
    return expand(
        "results/lartpc/factors/{sample}.parquet", sample=factor_samples(wildcards)
    )


def models_with_factors():
    return [model for model in MODELS if samples_with_factors(model)]


def samples_of_hypotheses():
    """Return the samples whose calorimetry is asked for their own species, if these are two."""
    hypotheses = CONFIG.lartpc.pid.hypotheses
    asked = [s for s in samples_with_calorimetry() if SPECIES[s] in hypotheses]
    return asked if len({SPECIES[sample] for sample in asked}) > 1 else []


def compared_pid(table):
    """Return a function that names a comparison with calorimetry, where there is one."""

    def files(wildcards):
        if not samples_of_hypotheses():
            return []
        return [f"results/lartpc/tables/{table}_{wildcards.model}.tsv"]

    return files
