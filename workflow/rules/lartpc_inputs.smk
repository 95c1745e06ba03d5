"""What the rules of lartpc.smk and figures.smk need to know of the configuration."""

from latentscape.lartpc.populations import population_tasks

PID_SETTINGS = part_of(
    "lartpc.pid", "species", "hypotheses", "likelihood_resolution", "max_offset_cm"
)


def raw_files(wildcards, shard=None):
    if is_simulated(wildcards.sample):
        return f"results/lartpc/raw/{wildcards.sample}/{shard or wildcards.shard}.root"
    return FILES[wildcards.sample]


def raw_source(wildcards, shard=None):
    """Return how the raw files of a sample are read, and which part of them."""
    sample = EVERY_SAMPLE[wildcards.sample]
    if sample.simulate is not None:
        whole_tree = {"tree": sample.simulate.tree, "shard": 0, "shards": 1}
        return {"histograms": None, "frames": None, **whole_tree}
    content = sample.model_dump(mode="json", include={"tree", "histograms", "frames"})
    number = int(shard or wildcards.shard)
    return {**content, "shard": number, "shards": shard_count(wildcards.sample)}


first_raw_files = partial(raw_files, shard="000")
first_raw_source = partial(raw_source, shard="000")


def simulated(wildcards):
    return EVERY_SAMPLE[wildcards.sample].simulate.model_dump(mode="json")


def simulated_events(wildcards):
    """Return the number of a shard, its first event and how many events it has."""
    total, size = EVERY_SAMPLE[wildcards.sample].simulate.events, shard_count(
        wildcards.sample
    )
    number = int(wildcards.shard)
    first = number * total // size
    stop = (number + 1) * total // size
    return {"shard": number, "first_event": first, "events": stop - first}


def side_input(kind):
    """Return a function that names the side-input files of a sample."""

    def files(wildcards):
        sample = EVERY_SAMPLE[wildcards.sample]
        if sample.simulate is not None:
            return of_shards(
                f"results/lartpc/{kind}/{{sample}}/{{shard}}.csv", [wildcards.sample]
            )
        return [getattr(sample, kind)]

    return files


def without_resize():
    """Return the settings of images but for the resize."""
    names = ("size", "wires", "canvas_ticks", "max_width")
    return part_of("lartpc.images", *names)


def samples_with_known_range():
    """Return the samples whose tracks have a length of their own, and the beam's momentum."""
    return [
        name
        for name in samples_with_beamline()
        if is_calibrated(name) and SAMPLES[name].detector in (None, CONFIG.detector)
    ]


def samples_with_variables():
    """Return the samples with everything that a fit of templates may look at."""
    return [
        name for name in samples_with_calorimetry() if name in samples_with_beamline()
    ]


def contamination_templates():
    """Return the sample that shows what each species looks like: the last of it, by default."""
    last = {SAMPLES[name].species: name for name in samples_with_variables()}
    return last | CONFIG.lartpc.contamination.templates


def contaminated_samples():
    """Return the samples that are fitted: no templates, but of a species that has one."""
    templates = contamination_templates()
    return [
        name
        for name in samples_with_variables()
        if name not in templates.values() and len(templates) > 1
    ]


def contamination_inputs(pattern):
    """Return a function that names a file of the job's sample and one of each template."""

    def files(wildcards):
        samples = [wildcards.sample, *contamination_templates().values()]
        return expand(pattern, sample=dict.fromkeys(samples))

    return files


def told_apart(wildcards):
    """Return the hypotheses whose χ² are subtracted: the sample's own and the first other."""
    own = SAMPLES[wildcards.sample].species
    others = [name for name in CONFIG.lartpc.pid.hypotheses if name != own]
    return [own, others[0]]


def shards_if_simulated(pattern):
    """Return a function that names the shards of the job's sample, none without truth."""

    def files(wildcards):
        simulated = is_simulated(wildcards.sample)
        return of_shards(pattern, [wildcards.sample]) if simulated else []

    return files


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


def clean_samples(choose=None):
    """Return the samples with one chosen track per event, all or those chosen in one way."""
    return [
        name
        for name, sample in EVERY_SAMPLE.items()
        if sample.clean is not None and choose in (None, sample.clean.choose)
    ]


def of_clean(name):
    """Return a function that gives a file which the sample of a job names in clean, if it does."""

    def file(wildcards):
        clean = EVERY_SAMPLE[wildcards.sample].clean
        return (getattr(clean, name) if clean else None) or []

    return file


def sample_of_the_choice():
    """Return the simulated sample on which the choice of tracks is held against truth."""
    wanted = CONFIG.lartpc.track_choice.evaluate
    kaons = [name for name in simulated_samples() if SAMPLES[name].species == "kaon"]
    return [wanted] if wanted else [*kaons, *simulated_samples()][:1]


def forest_settings():
    names = ("trees", "min_leaf", "folds", "min_probability")
    return part_of("lartpc.track_choice", *names)


def population_groups(wildcards):
    """Return the groups of populations that are told apart."""
    return CONFIG.lartpc.populations.groups or population_tasks(
        SPECIES,
        trained_on=trained_on(wildcards),
        with_beamline=samples_with_beamline(),
    )


def probes_seed(wildcards):
    """Return the seed of the probes: a task has the same folds wherever it is probed."""
    return seed_for(CONFIG.seed, "probe_latents", "lartpc", wildcards.model)
