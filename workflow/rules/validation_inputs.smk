"""What the rules of validation.smk need to know of the configuration."""

VALIDATION = CONFIG.lartpc.validation
ALL_SPECIES = get_args(Species)
RESIZES = ["area", "bilinear"]


def reference(name):
    """Return a table of public numbers that the project ships."""
    return str(BASE / "resources" / "references" / f"{name}.tsv")


def checked_samples(species=None):
    """Return the samples with truth that the validation looks at, all or of one species."""
    return [
        name
        for name, sample in EVERY_SAMPLE.items()
        if is_simulated(name) and species in (None, sample.species)
    ]


def calibrated_samples():
    """Return those of them whose dE/dx can be had from the tracks, of the study's detector."""
    return [
        name
        for name in checked_samples()
        if is_calibrated(name)
        and EVERY_SAMPLE[name].detector in (None, CONFIG.detector)
    ]


def working_point():
    """Return the pulse height of protons at which the gain of each plane aims, where known."""
    known = {
        name: DETECTORS[CONFIG.detector].plane(name).pulse_height for name in PLANES
    }
    return {name: height for name, height in known.items() if height is not None}


def gain_samples():
    """Return the samples of protons of the study's detector, if its gain has an aim."""
    own = [
        name
        for name in checked_samples("proton")
        if EVERY_SAMPLE[name].detector in (None, CONFIG.detector)
    ]
    return own if len(working_point()) == len(PLANES) else []


def scanned_samples():
    """Return the samples whose stages are run in variants."""
    first = {EVERY_SAMPLE[name].species: name for name in reversed(checked_samples())}
    return list(VALIDATION.stages.samples) or sorted(first.values())


def closure_settings():
    """Return the settings of the particles that are sent into argon."""
    content = settings("lartpc.validation.closure")
    names = ("energies", "particles", "layer_energies", "layers", "decays", "scattered")
    closure = {name: content[name] for name in names}
    return {**closure, **part_of("lartpc.simulation", "step_cm", "production_cut_cm")}


def study_readout():
    """Return the detector of the study without its entry windows."""
    return without_windows(DETECTORS[CONFIG.detector].model_dump(mode="json"))


def low_readout(wildcards):
    """Return the detector of a sample with the lowest thresholds of the scan."""
    scaled = scale_thresholds(
        DETECTORS[EVERY_SAMPLE[wildcards.sample].detector or CONFIG.detector],
        min(1.0, *VALIDATION.stages.threshold_factors),
    )
    return without_windows(scaled.model_dump(mode="json"))


def simulated_beam(wildcards):
    """Return how a sample is simulated, but for the number of its events."""
    return {**simulated(wildcards), "events": VALIDATION.stages.events}


def scan_source(wildcards):
    return {**raw_source(wildcards, shard="000"), "shard": 0, "shards": 1}


def scan_settings(wildcards):
    return {
        "clustering": settings("lartpc.clustering"),
        "cuts": cuts(wildcards),
        "matching": settings("lartpc.matching"),
        "threshold_factors": VALIDATION.stages.threshold_factors,
    }


def fidelity_settings():
    """Return bootstrap draws and a seed that both resizes share."""
    return {
        "bootstrap": VALIDATION.fidelity.bootstrap,
        "seed": seed_for(CONFIG.seed, "assess_learning"),
    }


def trainings_of_resize(pattern):
    """Return one file per training of the model of the image comparison, the resize open."""
    return expand(f"results/lartpc/fidelity/{{{{resize}}}}/{pattern}", training=SEEDS)


def compares_learning():
    """Return whether there are samples to be told apart, and so something to learn."""
    return len(SAMPLES) > 1


def checks_of_validation():
    """Return the files with the checks that the configuration allows."""
    names = ["closure", "curves", "templates", "chi2", "response", "pulls", "images"]
    if calibrated_samples():
        names += ["calorimetry", "identification"]
    if gain_samples():
        names.append("gain")
    if VALIDATION.sbn_calorimetry:
        names.append("sbn")
    names += [f"stages_{sample}" for sample in scanned_samples()]
    return expand("results/lartpc/validation/checks/{name}.parquet", name=names)


CHECKED_SPECIES = {
    **SPECIES,
    **{name: EVERY_SAMPLE[name].species for name in checked_samples()},
}


def validation_tables():
    """Return the tables of the validation that the configuration allows."""
    names = ["template_causes", "resize_losses"]
    if calibrated_samples():
        names += ["calorimetry_comparison"]
        names += ["pid_performance", "pid_confusion", "pid_failures"]
    if scanned_samples():
        names.append("stage_variants")
    if compares_learning():
        names += ["fidelity", "fidelity_differences"]
    if VALIDATION.sbn_calorimetry:
        names.append("sbn_chi2")
    return expand("results/lartpc/tables/{name}.tsv", name=["validation", *names])


def validation_figures():
    """Return the figures of the validation that the configuration allows."""
    names = ["verdicts", "closure_ranges", "closure_layers", "closure_decays"]
    names += ["closure_scattering", "expected_loss", "template_offsets"]
    names += ["recombination", "drift_and_noise", "pulls", "aliasing"]
    if calibrated_samples():
        names += ["own_dedx", "calorimetry_comparison", "pid_roc", "pid_bins"]
        names += ["pid_confusion", "pid_failures", "pid_worst"]
    if scanned_samples():
        names += ["stage_methods", "stage_thresholds", "stage_dependence"]
    if gain_samples():
        names.append("pulse_heights")
    if compares_learning():
        names.append("learnt_images")
    if VALIDATION.sbn_calorimetry:
        names.append("sbn_chi2")
    return expand(
        "results/figures/validation/{name}.{suffix}", name=names, suffix=["png", "pdf"]
    )


def validation_results():
    page = "results/lartpc/validation/validation.html"
    return [page, *validation_tables(), *validation_figures()]
