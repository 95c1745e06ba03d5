"""The configuration, checked once, and what rules need to know of it."""

from functools import cache, partial, reduce
from pathlib import Path
from typing import get_args

from snakemake.exceptions import WorkflowError

from latentscape.config import find_files, load_detector, require_files, validate
from latentscape.errors import InputError
from latentscape.lartpc.geometry import PLANES, scale_thresholds
from latentscape.lartpc.settings.types import Species
from latentscape.learning.sweeps import AXES
from latentscape.provenance import fingerprint as fingerprint_of
from latentscape.seeds import seed_for

BASE = Path(workflow.basedir)


def checked(function, *arguments):
    """Call a function and turn a user's mistake into Snakemake's own error."""
    try:
        return function(*arguments)
    except InputError as error:
        raise WorkflowError(str(error)) from None


CONFIG = checked(validate, config)
checked(require_files, CONFIG)
SAMPLES = CONFIG.samples
# The validation adds samples that no model, analysis or figure of the study sees.
EVERY_SAMPLE = {**SAMPLES, **CONFIG.lartpc.validation.samples}
MODELS = CONFIG.models
SWEEPS = CONFIG.sweep_plans()
SWEEP_OF = {model.name: plan for plan in SWEEPS.values() for model in plan.models}
# The models of the sweeps are trained like the others; the analyses of MODELS leave them out.
EVERY_MODEL = {
    **MODELS,
    **{model.name: model.model for plan in SWEEPS.values() for model in plan.models},
}
# No name at all if there is no sweep.
SWEPT = "|".join(plan.pattern for plan in SWEEPS.values()) or "(?!)"
FIDELITY = CONFIG.fidelity_model()
SEEDS = list(range(CONFIG.seeds))
DETECTORS = {
    name: checked(load_detector, name, BASE / "resources")
    for name in {
        CONFIG.detector,
        *(sample.detector or CONFIG.detector for sample in EVERY_SAMPLE.values()),
    }
}
FILES = {
    name: checked(find_files, name, sample.files)
    for name, sample in EVERY_SAMPLE.items()
}


wildcard_constraints:
    # What learns from images is a study, so both resizes of the validation are.
    study=r"lartpc(/fidelity/(area|bilinear))?",
    sample="|".join(EVERY_SAMPLE),
    model="|".join([*MODELS, "fidelity", SWEPT]),
    sweep="|".join(SWEEPS) or "(?!)",
    axis="|".join(AXES),
    resize="area|bilinear",
    species="|".join(get_args(Species)),
    shard=r"\d+",
    training=r"\d+",


def settings(path, without=""):
    """Return a part of the configuration, by its dotted name, as plain values."""
    part = reduce(getattr, path.split("."), CONFIG)
    return part.model_dump(mode="json", exclude={without})


def part_of(path, *names):
    """Return some settings of a part of the configuration."""
    content = settings(path)
    return {name: content[name] for name in names}


@cache
def fingerprint(script):
    """Return the digest of the package modules that a script of the workflow reaches."""
    return fingerprint_of(BASE / "workflow" / "scripts" / f"{script}.py", BASE)


def of_sample(name):
    """Return a function that gives one setting of the sample of a job."""

    def value(wildcards):
        return getattr(EVERY_SAMPLE[wildcards.sample], name)

    return value


def detector(wildcards):
    """Return the detector of a sample with its entry windows."""
    name = EVERY_SAMPLE[wildcards.sample].detector or CONFIG.detector
    return DETECTORS[name].model_dump(mode="json")


def readout(wildcards):
    """Return the detector without its entry windows: a new window reruns the cuts, not more."""
    return without_windows(detector(wildcards))


def without_windows(content):
    """Return the plain values of a detector without its entry windows."""
    return {**content, **{name: {**content[name], "window": None} for name in PLANES}}


def cuts(wildcards):
    """Return the study's cuts, with those of the sample laid over them."""
    own = EVERY_SAMPLE[wildcards.sample].cuts.model_dump(mode="json", exclude_none=True)
    return {**settings("lartpc.cuts"), **own}


def model_of(wildcards):
    """Return the model of a job; both resizes of the validation train the same one."""
    is_study = wildcards.get("study", "lartpc") == "lartpc"
    return EVERY_MODEL[wildcards.model] if is_study else FIDELITY


def model_settings(wildcards):
    return model_of(wildcards).model_dump(mode="json")


def training_numbers(model):
    """Return the numbers of a model's trainings, which a sweep may set for its own."""
    return list(range(SWEEP_OF[model].seeds)) if model in SWEEP_OF else SEEDS


def seed_of(rule):
    """Return a function that gives the random seed of a job: one per rule and wildcards."""

    def seed(wildcards):
        return seed_for(CONFIG.seed, rule, *(str(value) for value in wildcards))

    return seed


def is_simulated(sample):
    return EVERY_SAMPLE[sample].simulate is not None


def shard_count(sample):
    if EVERY_SAMPLE[sample].shards is not None:
        return EVERY_SAMPLE[sample].shards
    if is_simulated(sample):
        return -(
            -EVERY_SAMPLE[sample].simulate.events
            // CONFIG.lartpc.simulation.shard_events
        )
    size_mb = sum(Path(file).stat().st_size for file in FILES[sample]) // 1_000_000
    return max(len(FILES[sample]), -(-size_mb // CONFIG.lartpc.shard_mb))


def shards(sample):
    return [f"{number:03d}" for number in range(shard_count(sample))]


def of_shards(pattern, samples=None):
    """Return the files of a pattern for every shard of some samples, by default of all."""
    return [
        pattern.format(sample=sample, shard=shard)
        for sample in (SAMPLES if samples is None else samples)
        for shard in shards(sample)
    ]


def own_shards(pattern):
    """Return a function that names the files of every shard of the job's sample."""

    def files(wildcards):
        return of_shards(pattern, [wildcards.sample])

    return files


def simulated_samples():
    return [sample for sample in SAMPLES if is_simulated(sample)]


def one_of(names):
    """Return a regular expression for one of these names, or for no sample at all."""
    return "|".join(names) or "(?!)"


def samples_with_external_calorimetry():
    """Return the samples that come with a calorimetry table."""
    return [
        s for s, sample in EVERY_SAMPLE.items() if is_simulated(s) or sample.calorimetry
    ]


def samples_with_own_calorimetry_only():
    """Return the samples without such a table whose detector is calibrated for their own."""
    external = samples_with_external_calorimetry()
    return [s for s in EVERY_SAMPLE if s not in external and is_calibrated(s)]


def is_calibrated(sample):
    used = DETECTORS[EVERY_SAMPLE[sample].detector or CONFIG.detector]
    return all(used.plane(name).electrons_per_adc_tick for name in PLANES)


def samples_with_calorimetry():
    """Return the samples of the study whose tracks have dE/dx."""
    known = [*samples_with_external_calorimetry(), *samples_with_own_calorimetry_only()]
    return [s for s in SAMPLES if s in known]


def samples_with_beamline():
    return [s for s, sample in SAMPLES.items() if is_simulated(s) or sample.beamline]
