"""What the rules of labelling.smk need to know of the configuration."""


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
        return as_given((getattr(clean, name) if clean else None) or [])

    return file


def sample_of_the_choice():
    """Return the simulated sample on which the choice of tracks is held against truth."""
    wanted = CONFIG.lartpc.track_choice.evaluate
    if wanted and wanted not in simulated_samples():
        raise WorkflowError(
            f"lartpc.track_choice.evaluate: no simulated sample {wanted!r}; "
            f"simulated: {', '.join(simulated_samples()) or 'none'}."
        )
    kaons = [name for name in simulated_samples() if SAMPLES[name].species == "kaon"]
    return [wanted] if wanted else [*kaons, *simulated_samples()][:1]


def forest_settings():
    names = ("trees", "min_leaf", "folds", "min_probability")
    return part_of("lartpc.track_choice", *names)
