"""What the rules of beamline.smk need to know of the configuration."""


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
