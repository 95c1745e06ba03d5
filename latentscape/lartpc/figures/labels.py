"""How species and samples are named and coloured, as on a slide."""

from collections.abc import Mapping

from latentscape.figures.style import PALETTE, Label, colour_of
from latentscape.lartpc.populations import PICKY
from latentscape.lartpc.tables.features import FEATURE_LABELS
from latentscape.lartpc.tables.identification import SPECIES

SPECIES_LABELS = {"proton": "p", "kaon": "K⁺", "pion": "π⁺", "muon": "μ⁺", "deuteron": "d"}
SPECIES_COLOURS = colour_of(SPECIES)


def sample_labels(species: Mapping[str, str]) -> dict[str, Label]:
    """Return text and colour of each sample, from the species it was selected for.

    Parameters
    ----------
    species : mapping of str to str
        Species of every configured sample, in the order of the configuration.

    Returns
    -------
    dict of str to Label
        The first sample of a species has its text and colour. Further samples add their
        name to the text and take the colours that no species has.
    """
    spare = [colour for colour in PALETTE if colour not in SPECIES_COLOURS.values()]
    taken: set[str] = set()
    labels = {}
    further = 0
    for sample, name in species.items():
        if name in taken:
            labels[sample] = Label(f"{SPECIES_LABELS[name]} {sample}", spare[further % len(spare)])
            further += 1
        else:
            labels[sample] = Label(SPECIES_LABELS[name], SPECIES_COLOURS[name])
        taken.add(name)
    return labels


def group_labels(species: Mapping[str, str]) -> dict[str, Label]:
    """Return text and colour of each sample and, after them, of each species that none is called.

    Parameters
    ----------
    species : mapping of str to str
        As in :func:`sample_labels`.

    Returns
    -------
    dict of str to Label
    """
    of_species = {name: Label(SPECIES_LABELS[name], SPECIES_COLOURS[name]) for name in SPECIES}
    return {**of_species, **sample_labels(species)}


def population_labels(species: Mapping[str, str]) -> dict[str, Label]:
    """Return text and colour of each sample and of its picky tracks.

    Parameters
    ----------
    species : mapping of str to str
        As in :func:`sample_labels`.

    Returns
    -------
    dict of str to Label
    """
    samples = sample_labels(species)
    picky = {
        name + PICKY: Label(f"{label.text} picky", label.colour) for name, label in samples.items()
    }
    return {**samples, **picky}


# How the methods of table latent_pid are named; all tell the allowed hypotheses only.
PID_METHODS = {
    "latents": "latents, allowed only",
    "chi2": "χ²",
    "chi2_larsoft": "LArSoft χ²",
    "likelihood": "likelihood",
}

# Channels and axes of the images, see latentscape.lartpc.images.
CHANNELS = ("collection", "induction")
IMAGE_AXES = ("wire", "drift tick")

# Features by which the map of the latents is coloured: length, charge, and two of the Bragg peak.
MAP_FEATURES = {
    name: FEATURE_LABELS[name]
    for name in ("n_pixels", "mean_adc", "bragg_peak_ratio", "end_vs_start_ratio")
}

SCORE_LABELS = {
    "reconstruction_error": "reconstruction",
    "weighted_error": "weighted reconstruction",
    "kl": "KL",
    "negative_elbo": "-ELBO",
    "negative_iw_elbo": "-IW-ELBO",
    "likelihood_regret": "likelihood regret",
    "mahalanobis": "Mahalanobis",
    "knn": "kNN",
    "gmm": "Gaussian mixture",
    "flow": "flow",
    "isolation_forest": "isolation forest",
    "intensity": "intensity, no model",
    "random": "random",
}

# Scores whose distributions are shown: of the reconstruction, of the latents, and of neither.
SHOWN_SCORES = {
    name: SCORE_LABELS[name]
    for name in (
        "weighted_error",
        "likelihood_regret",
        "kl",
        "knn",
        "flow",
        "intensity",
    )
}

# Train against validation latents of real LArIAT tracks, as published.
PUBLISHED_TWO_SAMPLE_AUC = 0.503
