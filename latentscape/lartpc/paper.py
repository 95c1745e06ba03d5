"""The sentences of a paper, written from the configuration and the numbers that came out."""

from collections.abc import Mapping, Sequence

import pandas as pd

from latentscape.evaluation.settings.analyses import Analyses
from latentscape.lartpc.geometry import PLANES, Detector
from latentscape.lartpc.headline import CAPTION
from latentscape.lartpc.settings.samples import Sample
from latentscape.lartpc.settings.study import Lartpc
from latentscape.learning.settings import Model
from latentscape.typeset import html_page, html_paragraphs, html_table

_CLUSTERING = {
    "connected": "8-connected regions of pixels",
    "longest": "the 8-connected region that spans most wires",
    "max_adc_ratio": "the 8-connected region with the largest ratio of highest to lowest ADC",
    "seeded": "the region grown from the highest ADC",
}
_MATCHING = {
    "greedy": "one to one from the lowest score on",
    "optimal": "one to one with the least sum of scores",
}
_CHOICES = {
    "forest": "the likeliest by a random forest that is trained on choices by hand",
    "hand": "the one that was chosen by hand",
    "matching": "the one on most collection wires",
}
_RESIZES = {
    "area": "by averaging over areas, which conserves charge",
    "bilinear": "by bilinear sampling",
}


def methods(
    *,
    detector: Detector,
    samples: Mapping[str, Sample],
    models: Mapping[str, Model],
    lartpc: Lartpc,
    analyses: Analyses,
    seeds: int,
    seed: int,
    cut_flow: pd.DataFrame,
    version: str,
) -> str:
    """Describe what was done, in the sentences of a Methods section.

    Parameters
    ----------
    detector : Detector
        The project's detector.
    samples, models, lartpc, analyses, seeds, seed
        The configuration.
    cut_flow : DataFrame
        Table ``cut_flow``.
    version : str
        Version of the package.

    Returns
    -------
    str
        Markdown, one paragraph per step, each number as it was set or found.
    """
    paragraphs = [
        _data(detector, samples, lartpc),
        _selection(detector, samples, lartpc, cut_flow),
        _identification(lartpc) if _has_calorimetry(detector, samples) else "",
        _images(lartpc),
        *(_model(name, model, seeds) for name, model in models.items()),
        _analyses(analyses, seeds),
        _provenance(version, seed),
    ]
    return "\n\n".join(text for text in paragraphs if text) + "\n"


def results_page(header: Sequence[str], rows: Sequence[Sequence[str]], methods: str) -> str:
    """Return the main results and the Methods paragraph as a page of HTML that stands alone."""
    parts = (
        "<h2>Main results</h2>",
        html_table(header, rows),
        html_paragraphs(CAPTION),
        "<h2>Methods</h2>",
        html_paragraphs(methods),
    )
    return html_page("Results", "\n".join(parts))


def _data(detector: Detector, samples: Mapping[str, Sample], lartpc: Lartpc) -> str:
    wires = " and ".join(f"{detector.plane(name).wires} {name} wires" for name in PLANES)
    readout = (
        f"The {detector.name} chamber is read out by {wires} at a pitch of "
        f"{detector.pitch_cm * 10:g} mm, with {detector.ticks} samples of {detector.tick_ns:g} ns "
        f"per wire at a field of {detector.field * 1000:g} V/cm."
    )
    texts = [readout]
    recorded = [name for name, sample in samples.items() if sample.files]
    simulated = {name: sample for name, sample in samples.items() if sample.simulate}
    if recorded:
        texts.append(f"Recorded samples: {_listed(recorded)}.")
    if simulated:
        simulation = lartpc.simulation
        spectra = [
            f"{name} ({sample.simulate.events:,} triggers, {sample.simulate.momentum[0]:g} to "
            f"{sample.simulate.momentum[1]:g} MeV/c)"
            for name, sample in simulated.items()
            if sample.simulate is not None
        ]
        law = {"box": "the modified box model", "birks": "Birks' law"}[simulation.recombination]
        texts.append(
            f"Simulated samples: {_listed(spectra)}. Geant4 transports the particles with "
            "electromagnetic physics and decays, without hadronic interactions, in steps of at "
            f"most {simulation.step_cm * 10:g} mm; electrons recombine by {law}, drift, diffuse, "
            f"attach with a lifetime of {detector.lifetime_us:g} µs, and are digitised to "
            f"{simulation.adc_bits} bits with uncorrelated and coherent noise."
        )
    return " ".join(texts)


def _selection(
    detector: Detector, samples: Mapping[str, Sample], lartpc: Lartpc, cut_flow: pd.DataFrame
) -> str:
    thresholds = " and ".join(f"{detector.plane(name).threshold} ADC ({name})" for name in PLANES)
    cuts, matching = lartpc.cuts, lartpc.matching
    texts = [
        f"Pixels above {thresholds} are kept. Clusters are "
        f"{_CLUSTERING[lartpc.clustering.method]}. They must span more than {cuts.height[0]} and "
        f"fewer than {cuts.height[1]} wires"
        + (", vary along the wires" if cuts.varying_profile else "")
        + (" and begin in the entry window of the beam" if cuts.entry_window else "")
        + "."
    ]
    own = [name for name, sample in samples.items() if sample.cuts.model_dump(exclude_none=True)]
    if own:
        texts.append(f"Cuts of their own hold for {_listed(own)}.")
    weights = set(matching.weights.model_dump().values())
    weighted = "equally weighted" if len(weights) == 1 else "weighted"
    texts.append(
        f"The clusters of both planes are paired by the {weighted} squared differences of their "
        "first and last ticks, first and last wires, and heights, "
        f"{_MATCHING[matching.method]}."
    )
    texts += _chosen_by_event(samples)
    counts = cut_flow[(cut_flow["plane"] == "both") & (cut_flow["cut"] == "matched")]
    tracks = counts.set_index("sample")["survivors"].to_dict()
    found = [f"{int(tracks[name]):,} {name}" for name in samples if name in tracks]
    texts.append(f"This leaves {_listed(found)} tracks.")
    return " ".join(texts)


def _chosen_by_event(samples: Mapping[str, Sample]) -> list[str]:
    """Return a sentence on the clean samples of each way to choose their tracks."""
    ways = {name: sample.clean.choose for name, sample in samples.items() if sample.clean}
    return [
        f"In {_listed([name for name in ways if ways[name] == way])}, one pair of clusters per "
        f"event is taken instead: {_CHOICES[way]}."
        for way in dict.fromkeys(ways.values())
    ]


def _has_calorimetry(detector: Detector, samples: Mapping[str, Sample]) -> bool:
    """Return whether the tracks of any sample of this detector may have dE/dx."""
    calibrated = all(detector.plane(name).electrons_per_adc_tick for name in PLANES)
    return calibrated or any(sample.simulate or sample.calorimetry for sample in samples.values())


def _identification(lartpc: Lartpc) -> str:
    pid = lartpc.pid
    source = f"tables ({pid.template})" if pid.template else "the Bethe-Bloch formula in argon"
    return (
        f"The expected dE/dx as a function of residual range comes from {source}, in steps of "
        f"{pid.step_cm * 10:g} mm. The hypothesis of a track is that of {_listed(pid.hypotheses)} "
        "with the smallest mean of (measured − expected)²/expected; LArSoft's χ² and a "
        "Landau-Gauss likelihood stand beside it."
    )


def _images(lartpc: Lartpc) -> str:
    images = lartpc.images
    return (
        f"An image holds the last {images.wires} wires of a track in both planes, centred on the "
        f"tick of the first wire's peak, on {images.canvas_ticks:,} ticks, resized to "
        f"{images.size} × {images.size} pixels {_RESIZES[images.resize]}. Tracks of "
        f"{images.max_width:,} ticks or more are left out."
    )


def _model(name: str, model: Model, seeds: int) -> str:
    training = model.training
    layers = "-".join(str(width) for width in model.channels)
    transformed = "" if model.transform == "none" else f", transformed by {model.transform},"
    return (
        f"**{name}**: a convolutional β-VAE with {model.latent} latent dimensions, blocks of "
        f"{layers} channels (kernel 5, stride 2, batch normalisation, {model.activation}) and "
        f"β = {model.beta:g} is trained without labels on the images{transformed} of "
        f"{_listed(model.trained_on)}. The loss is the squared error summed over the image, "
        f"with pixels above {model.signal_threshold:g} weighted by {model.signal_weight:g}, plus β "
        f"times the KL divergence. Adam, learning rate {training.learning_rate:g}, weight decay "
        f"{training.weight_decay:g}, batches of {training.batch}, at most {training.epochs} "
        f"epochs, stopped after {training.patience} without progress; the weights of the best "
        f"epoch on the {training.validation * 100:g} % kept for validation are used. It was "
        f"trained {seeds} times."
    )


def _analyses(analyses: Analyses, seeds: int) -> str:
    probes = analyses.probes
    return (
        "Analyses use the posterior means. Probes are logistic regressions and neural networks "
        f"({'-'.join(str(width) for width in probes.hidden)} hidden units) in {probes.folds}-fold "
        "stratified cross-validation, judged out of fold. Intervals hold 95 %, by bootstrap over "
        f"tracks ({probes.bootstrap:,} draws) and Student's distribution over the {seeds} "
        f"trainings; nulls permute the labels ({probes.permutations:,} times)."
    )


def _provenance(version: str, seed: int) -> str:
    return (
        f"Everything was made with latentscape {version} by one Snakemake workflow from the "
        f"configuration; every random number derives from the seed {seed}."
    )


def _listed(names: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    several = list(names)
    if len(several) < 2:
        return "".join(several) or "none"
    return f"{', '.join(several[:-1])} and {several[-1]}"
