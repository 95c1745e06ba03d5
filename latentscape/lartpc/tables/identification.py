"""Tables of species and how tracks are told apart by their energy loss."""

from latentscape.evaluation.tables.estimates import CONFUSION
from latentscape.keys import TRACK_KEY
from latentscape.learning.tables import SEED
from latentscape.tables import TRACK_COLUMNS, Column, Table

SPECIES = ("proton", "kaon", "pion", "muon", "deuteron")

PID = Table(
    "pid",
    "How one track's energy loss fits each hypothesis, by three statistics, and its PIDA",
    (
        *TRACK_COLUMNS,
        Column("n_points", "int32", "Measurements in chi2"),
        *(
            Column(f"{kind}_{species}", "float64", f"{meaning}, {species} hypothesis", unit, True)
            for kind, meaning, unit in (
                ("chi2", "Mean of (measured - expected)² / expected per hit", "MeV/cm"),
                ("chi2_larsoft", "LArSoft χ² per point, end points dropped", ""),
                (
                    "log_likelihood",
                    "Mean ln of the Landau-Gauss density · MeV/cm, end points dropped",
                    "",
                ),
                ("offset", "What the likelihood adds to the residual range", "cm"),
            )
            for species in SPECIES
        ),
        Column("pida", "float64", "Median of dE/dx · (residual range)^0.42", "MeV/cm^0.58", True),
        Column(
            "is_reversed",
            "bool",
            "The likeliest allowed hypothesis fits better with the track's ends exchanged",
        ),
        Column("hypothesis", "string", "Allowed hypothesis with the smallest χ²", "", True),
        Column(
            "hypothesis_larsoft", "string", "Allowed one with the smallest LArSoft χ²", "", True
        ),
        Column(
            "hypothesis_likelihood", "string", "Allowed one with the largest likelihood", "", True
        ),
    ),
    TRACK_KEY,
)

EXPECTED_DEDX = Table(
    "expected_dedx",
    "Expected energy loss of one species at one residual range",
    (
        Column("species", "string", "Species"),
        Column("residual_range", "float64", "Residual range", "cm"),
        Column("dedx", "float64", "Mean energy loss", "MeV/cm"),
        Column("most_probable", "float64", "Most probable energy loss in a layer", "MeV/cm"),
        Column(
            "landau_width",
            "float64",
            "Width ξ of Landau's density that is as wide as the losses in that layer",
            "MeV/cm",
        ),
    ),
    ("species", "residual_range"),
)

_METHOD = (
    SEED,
    Column(
        "method",
        "string",
        "latents (normal distributions), or the calorimetric chi2, chi2_larsoft or likelihood, "
        "which are the same in every training",
    ),
)

LATENT_PID = Table(
    "latent_pid",
    "How well latents and calorimetry tell the same tracks' species, of the allowed hypotheses",
    (
        *_METHOD,
        Column("score", "string", "accuracy or balanced_accuracy"),
        Column("value", "float64", "The score"),
        Column("low", "float64", "Lower end of the 95 % bootstrap interval of the score"),
        Column("high", "float64", "Upper end of the 95 % bootstrap interval of the score"),
        Column("null_low", "float64", "2.5 % quantile of the score under permutation"),
        Column("null_high", "float64", "97.5 % quantile of the score under permutation"),
        Column("n", "int64", "Tracks"),
    ),
    ("seed", "method", "score"),
)

LATENT_PID_CONFUSION = Table(
    "latent_pid_confusion",
    "Tracks of one species that a method takes for another",
    (*_METHOD, *CONFUSION),
    ("seed", "method", "label", "assigned"),
)
