"""What the rules of lartpc.smk and probing.smk need to know of the configuration."""

from latentscape.lartpc.populations import population_tasks

PID_SETTINGS = part_of(
    "lartpc.pid", "species", "hypotheses", "likelihood_resolution", "max_offset_cm"
)


def raw_files(wildcards, shard=None):
    if is_simulated(wildcards.sample):
        return f"results/lartpc/raw/{wildcards.sample}/{shard or wildcards.shard}.root"
    part = file_part(wildcards.sample, shard or wildcards.shard)
    return as_given(FILES[wildcards.sample][part.first : part.stop])


def file_part(sample, shard):
    """Return which files, and which part of them, a shard of real files is."""
    return parts_of_files(sample)[int(shard)]


def raw_source(wildcards, shard=None):
    """Return how the raw files of a sample are read, and which part of them."""
    sample = EVERY_SAMPLE[wildcards.sample]
    if sample.simulate is not None:
        whole_tree = {"tree": sample.simulate.tree, "shard": 0, "shards": 1}
        return {"histograms": None, "frames": None, **whole_tree}
    content = sample.model_dump(mode="json", include={"tree", "histograms", "frames"})
    part = file_part(wildcards.sample, shard or wildcards.shard)
    others = len(FILES[wildcards.sample]) - (part.stop - part.first)
    place = {"first_file": part.first, "other_files": others}
    return {**content, **place, "shard": part.part, "shards": part.parts}


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


def matched_samples():
    """Return the samples whose tracks are those that cuts and matching select."""
    return [name for name, sample in EVERY_SAMPLE.items() if sample.clean is None]


def side_input(kind):
    """Return a function that names the side-input files of a sample."""

    def files(wildcards):
        sample = EVERY_SAMPLE[wildcards.sample]
        if sample.simulate is not None:
            return of_shards(
                f"results/lartpc/{kind}/{{sample}}/{{shard}}.csv", [wildcards.sample]
            )
        return as_given([getattr(sample, kind)])

    return files


def without_resize():
    """Return the settings of images but for the resize."""
    names = ("size", "wires", "canvas_ticks", "max_width")
    return part_of("lartpc.images", *names)


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


def published_numbers():
    """Return the table of published numbers as text: it is small, and lies beside the code."""
    return Path(reference("published")).read_text("utf-8")
