"""What the rules of learning.smk need to know of the configuration."""

TSV_ANALYSES = ["correlations", "probes", "anomaly"]
SPECIES = {name: sample.species for name, sample in SAMPLES.items()}


def all_shards(pattern):
    """Return the files of every shard of every sample, the study still open."""
    return of_shards(pattern.replace("{study}", "{{study}}"))


def training_shards(pattern):
    """Return a function that names the files of the samples which train a model."""

    def files(wildcards):
        samples = model_of(wildcards).trained_on
        return of_shards(pattern.replace("{study}", wildcards.study), samples)

    return files


def trainings(pattern):
    """Return a function that names one file per training of a model."""

    def files(wildcards):
        return expand(pattern, training=SEEDS, **dict(wildcards.items()))

    return files


def split_settings(wildcards):
    """Return what the split of a model depends on, and nothing of its training."""
    training = model_of(wildcards).training
    content = training.model_dump(
        mode="json", include={"validation", "fraction", "balanced"}
    )
    return {"trained_on": trained_on(wildcards), **content}


def trained_on(wildcards):
    return list(model_of(wildcards).trained_on)


def learning_seed(rule):
    """Return as seed_of a function, whose seeds are the same for both resizes."""

    def seed(wildcards):
        study, *others = (str(value) for value in wildcards)
        return seed_for(CONFIG.seed, rule, study.split("/")[0], *others)

    return seed


def training_threads(wildcards):
    return model_of(wildcards).training.threads


def checkpoint(wildcards):
    """Return where a training resumes from; changed code starts afresh."""
    code = fingerprint("learning/train_model")
    name = f"{wildcards.model}_{wildcards.training}_{code}.safetensors"
    return f"results/{wildcards.study}/checkpoints/{name}"


def probes_settings(wildcards):
    """Return the settings of the probes; by default every other sample against a trained one."""
    content = settings("analyses.probes")
    if content["tasks"] is None:
        trained = trained_on(wildcards)
        others = [sample for sample in SAMPLES if sample not in trained]
        content["tasks"] = [[other, trained[0]] for other in others or trained[1:]]
    return content
