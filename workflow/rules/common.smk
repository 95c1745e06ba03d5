"""The configuration, checked once, and what rules need to know of it."""

from functools import cache, partial, reduce
from pathlib import Path
from typing import get_args

from snakemake.exceptions import WorkflowError

from latentscape.checksums import MEGABYTE, read_checksums, require_listed
from latentscape.config import find_files, load_detector, require_files, validate
from latentscape.crate.hook import record_run
from latentscape.errors import InputError
from latentscape.lartpc.geometry import PLANES, scale_thresholds
from latentscape.lartpc.settings.types import Species
from latentscape.lartpc.shards import divide_files
from latentscape.learning.sweeps import AXES
from latentscape.provenance import fingerprint as fingerprint_of
from latentscape.seeds import seed_for

# Not workflow.basedir: the main workflow may be another one, which uses this as a module.
BASE = Path(workflow.current_basedir).parents[1]
# A module may give its results a folder of their own.
RESULTS = Path(workflow.modifier.modify_path("results"))


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


def record():
    """Describe the results after a run that ended with success, in an RO-Crate."""
    checked(
        partial(
            record_run,
            workflow,
            given=config,
            validated=CONFIG.model_dump(mode="json"),
            provenance=CONFIG.provenance,
            code=BASE,
            results=RESULTS,
        )
    )


def settings(path, without=""):
    """Return a part of the configuration, by its dotted name, as plain values."""
    part = reduce(getattr, path.split("."), CONFIG)
    return part.model_dump(mode="json", exclude={without})


def part_of(path, *names):
    """Return some settings of a part of the configuration."""
    content = settings(path)
    return {name: content[name] for name in names}


@cache
def digest_of(script):
    """Return the digest of the package modules that a script of the workflow reaches."""
    return fingerprint_of(BASE / "workflow" / "scripts" / f"{script}.py", BASE)


def fingerprint(script):
    """Return a function that gives this digest.

    A function, because each job of a cluster reads all rules anew and needs its own digest only.
    """

    def digest(wildcards):
        return digest_of(script)

    return digest


def growing(first):
    """Return a function that asks for more of a resource at each attempt: once, twice, … as much.

    A job that was stopped for what it lacked, memory or time, thus gets more where the profile
    allows another attempt.
    """

    def request(wildcards, attempt):
        return first * attempt

    return request


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


def as_given(files):
    """Return a user's file or files as they are named: a module's prefix is for results."""
    return local(files) if isinstance(files, str) else [local(file) for file in files]


def is_simulated(sample):
    return EVERY_SAMPLE[sample].simulate is not None


@cache
def parts_of_files(sample):
    """Return the shards of a sample of real files."""
    return divide_files(
        [Path(file).stat().st_size for file in FILES[sample]],
        shards=EVERY_SAMPLE[sample].shards,
        shard_bytes=CONFIG.lartpc.shard_mb * 1_000_000,
    )


def shard_count(sample):
    if EVERY_SAMPLE[sample].shards is not None:
        return EVERY_SAMPLE[sample].shards
    if is_simulated(sample):
        return -(
            -EVERY_SAMPLE[sample].simulate.events
            // CONFIG.lartpc.simulation.shard_events
        )
    return len(parts_of_files(sample))


def shards(sample):
    return [f"{number:03d}" for number in range(shard_count(sample))]


def refuse_arrays():
    """Stop where shards would be sent as arrays of SLURM.

    Every task of an array then looks for the outputs of the first one, fails if they are late, and
    removes them: https://github.com/snakemake/snakemake-executor-plugin-slurm/issues/447
    """
    if arrays := getattr(workflow.executor_settings, "array_jobs", None):
        raise WorkflowError(
            f"slurm-array-jobs: {arrays!r} would lose results, as tasks of an array remove outputs of "
            "others (issue 447 of SLURM's plugin); allowed: none. Remove it: groups do the same."
        )


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


# Files of the configuration that are of no sample; a sample cannot have this name.
STUDY_FILES = "study-files"


def given_files():
    """Return the files that each sample, and the study as a whole, was given, if any."""
    given = {name: list(FILES[name]) for name in EVERY_SAMPLE}
    for name, sample in EVERY_SAMPLE.items():
        clean = [sample.clean.events, sample.clean.labels] if sample.clean else []
        given[name] += [sample.beamline, sample.calorimetry, *clean]
    pid, validation = CONFIG.lartpc.pid, CONFIG.lartpc.validation
    given[STUDY_FILES] = [
        *pid.template_files,
        pid.larsoft_templates,
        validation.larsoft_templates,
        validation.sbn_calorimetry,
    ]
    named = {name: dict.fromkeys(filter(None, files)) for name, files in given.items()}
    return {name: list(files) for name, files in named.items() if files}


RECORDED = given_files()
if CONFIG.checksums:
    every_file = [file for files in RECORDED.values() for file in files]
    checked(require_listed, every_file, CONFIG.checksums)


def recorded_files(wildcards):
    return as_given(RECORDED[wildcards.source])


def listed_digests(wildcards):
    """Return what the list of checksums says of the files of a job, nothing without a list."""
    if not CONFIG.checksums:
        return []
    listed = checked(read_checksums, CONFIG.checksums)
    return [listed[Path(file).resolve()] for file in RECORDED[wildcards.source]]


def record_of(*kinds):
    """Return a function that names the record of a job's real files, none without such files."""

    def path(wildcards):
        sample = EVERY_SAMPLE[wildcards.sample]
        parts = (sample, sample.clean)
        has_files = any(getattr(part, kind, None) for kind in kinds for part in parts)
        return f"results/lartpc/inputs/{wildcards.sample}.tsv" if has_files else []

    return path


def record_of_study(files):
    """Return the record of a study's real files if a rule reads some of them."""
    return f"results/lartpc/inputs/{STUDY_FILES}.tsv" if files else []


def minutes_to_hash(wildcards, attempt):
    """Return the time to read the files from a slow disk, of 50 MB/s."""
    size = sum(Path(file).stat().st_size for file in RECORDED[wildcards.source])
    return attempt * (10 + size // (60 * 50 * MEGABYTE))
