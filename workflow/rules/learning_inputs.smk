"""What the rules of learning.smk need to know of the configuration."""

from latentscape.task_names import name_of

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
        numbers = training_numbers(wildcards.model)
        return expand(pattern, training=numbers, **dict(wildcards.items()))

    return files


def models_of(wildcards):
    """Return the names of all models of a study."""
    return list(MODELS) if wildcards.study == "lartpc" else ["fidelity"]


def of_models(pattern):
    """Return a function that names one file per model of a study."""

    def files(wildcards):
        return expand(pattern, model=models_of(wildcards), study=wildcards.study)

    return files


def samples_of_models(wildcards):
    """Return the samples that train each model of a study."""
    known = MODELS if wildcards.study == "lartpc" else {"fidelity": FIDELITY}
    return {name: list(model.trained_on) for name, model in known.items()}


def explored(pattern):
    """Return a function that names the file of the training which the explorer shows."""

    def file(wildcards):
        return pattern.format(
            training=CONFIG.analyses.explorer.training, **dict(wildcards.items())
        )

    return file


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


def checkpoint(wildcards, output):
    """Return where a training resumes from: in the folder of its study, whatever its prefix."""
    name = f"{wildcards.model}_{wildcards.training}.safetensors"
    return str(Path(output.weights).parents[3] / "checkpoints" / name)


def probes_settings(wildcards):
    """Return the settings of the probes; by default every other sample against a trained one."""
    content = settings("analyses.probes")
    if content["tasks"] is None:
        trained = trained_on(wildcards)
        others = [sample for sample in SAMPLES if sample not in trained]
        content["tasks"] = [[other, trained[0]] for other in others or trained[1:]]
    return content


def first_task(wildcards):
    """Return the name of the first task of the probes, empty if there is none."""
    tasks = probes_settings(wildcards)["tasks"]
    return name_of(tasks[0]) if tasks else ""


def label_groups(analysis):
    """Return the label of each sample in an analysis: its species, or its own name."""
    by_species = settings(f"analyses.{analysis}")["label"] == "species"
    return SPECIES if by_species else {sample: sample for sample in SAMPLES}


def first_of_both(groups, trained):
    """Return the label of the first sample that was trained on, and the first other label."""
    others = [label for label in groups.values() if label != groups[trained[0]]]
    return [groups[trained[0]], *others[:1]]


def mixtures_settings(wildcards):
    """Return the settings of the mixtures; by default two labels also apart from all others."""
    content = settings("analyses.mixtures", without="label")
    if content["label_sets"] is None:
        content["label_sets"] = [
            first_of_both(label_groups("mixtures"), trained_on(wildcards))
        ]
    return content


def two_sample_settings(*names):
    """Return a function that gives settings of the two-sample tests.

    By default the first sample that trains a model is mixed with the first other one.
    """

    def content(wildcards):
        wanted = part_of("analyses.two_sample", "planted", *names)
        if wanted["planted"]["labels"] is None:
            trained = trained_on(wildcards)
            others = [sample for sample in SAMPLES if sample not in trained]
            pair = [*trained[:1], *others, *trained[1:]][:2]
            wanted["planted"]["labels"] = pair if len(pair) == 2 else None
        return wanted

    return content
