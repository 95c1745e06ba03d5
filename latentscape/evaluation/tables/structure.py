"""Tables of groups, hypotheses and true factors in the latent space."""

from latentscape.evaluation.tables.estimates import CONFUSION, interval, summary
from latentscape.learning.tables import SEED
from latentscape.tables import Column, Table

_MIXTURE = (
    Column("labels", "string", "Labels whose rows are fitted, joined by +, or all"),
    Column("choice", "string", "Number of components: as many as labels, or bic's"),
    Column("score", "string", "ari (adjusted Rand index), purity, nmi (normalised information)"),
)

MIXTURES = Table(
    "mixtures",
    "How far one Gaussian mixture of the latents agrees with the labels, which it never saw",
    (
        SEED,
        *_MIXTURE,
        Column("components", "int64", "Components of the mixture"),
        Column("value", "float64", "The score"),
        *interval("the score"),
        Column("largest_share", "float64", "Share of the largest label: purity without groups"),
        Column("n_labels", "int64", "Number of labels"),
        Column("n", "int64", "Rows"),
    ),
    ("seed", "labels", "choice", "score"),
)

MIXTURE_SUMMARY = Table(
    "mixture_summary",
    "One score of the mixtures over the trainings",
    (*_MIXTURE, *summary("the score")),
    ("labels", "choice", "score"),
)

BIC = Table(
    "bic",
    "How well a Gaussian mixture of so many components describes the latents",
    (
        SEED,
        Column("labels", "string", "Labels whose rows are fitted, joined by +, or all"),
        Column("components", "int64", "Components of the mixture"),
        Column("log_density", "float64", "Mean log density of a row", "nat"),
        Column("parameters", "int64", "Free parameters"),
        Column("bic", "float64", "Bayesian information criterion, smaller is better", "nat"),
        Column("is_chosen", "bool", "Whether this is the smallest"),
        Column("n", "int64", "Rows"),
    ),
    ("seed", "labels", "components"),
)

_ASSIGNMENT = (
    Column("score", "string", "accuracy, balanced_accuracy or auc"),
    Column("task", "string", "all labels, or two of them as 'positive vs negative'"),
)

NORMAL_PID = Table(
    "normal_pid",
    "How well one normal distribution per label tells the labels apart, out of fold",
    (
        SEED,
        *_ASSIGNMENT,
        Column("value", "float64", "The score"),
        *interval("the score"),
        Column("n", "int64", "Rows"),
    ),
    ("seed", "score", "task"),
)

NORMAL_PID_SUMMARY = Table(
    "normal_pid_summary",
    "One score of the normal distributions over the trainings",
    (*_ASSIGNMENT, *summary("the score")),
    ("score", "task"),
)

NORMAL_PID_CONFUSION = Table(
    "normal_pid_confusion",
    "Rows of one label that the normal distributions take for another, out of fold",
    (SEED, *CONFUSION),
    ("seed", "label", "assigned"),
)

CALIBRATION = Table(
    "calibration",
    "How often the assigned label is right where the posterior probability is so large",
    (
        SEED,
        Column("bin_low", "float64", "Least posterior probability of the assigned label"),
        Column("bin_high", "float64", "Largest posterior probability of the assigned label"),
        Column("posterior", "float64", "Mean posterior probability of the assigned label"),
        Column("right", "float64", "Share of rows whose assigned label is right"),
        Column("low", "float64", "Lower end of Wilson's 95 % interval of the share"),
        Column("high", "float64", "Upper end of Wilson's 95 % interval of the share"),
        Column("n", "int64", "Rows"),
    ),
    ("seed", "bin_low"),
)

_DISENTANGLEMENT = (
    Column("group", "string", "Label whose rows are used"),
    Column(
        "score",
        "string",
        "mig, sap, disentanglement, completeness, informativeness (out-of-fold R²) or auc",
    ),
    Column("factor", "string", "True factor, or all"),
)

DISENTANGLEMENT = Table(
    "disentanglement",
    "How far one dimension stands for one true factor, and whether the factor is read at all",
    (
        SEED,
        *_DISENTANGLEMENT,
        Column("value", "float64", "The score; missing where nothing is read", nullable=True),
        Column("low", "float64", "Lower end of the 95 % bootstrap interval", nullable=True),
        Column("high", "float64", "Upper end of the 95 % bootstrap interval", nullable=True),
        Column("null_low", "float64", "2.5 % quantile, factor rows permuted", nullable=True),
        Column("null_high", "float64", "97.5 % quantile, factor rows permuted", nullable=True),
        Column("n", "int64", "Rows with this factor; of all factors, rows with any"),
    ),
    ("seed", "group", "score", "factor"),
)

DISENTANGLEMENT_SUMMARY = Table(
    "disentanglement_summary",
    "One score of disentanglement over the trainings",
    (*_DISENTANGLEMENT, *summary("the score")),
    ("group", "score", "factor"),
)

FACTORS = Table(
    "factors",
    "What one latent dimension knows of one true factor",
    (
        SEED,
        Column("group", "string", "Label whose rows are used"),
        Column("dimension", "string", "Latent dimension z0, z1, …"),
        Column("factor", "string", "True factor"),
        Column("information", "float64", "Mutual information of both, in bins", "nat"),
        Column("share", "float64", "The same over the factor's entropy, as in MIG"),
        Column("null_high", "float64", "97.5 % quantile of the share, factor rows permuted"),
        Column("squared_correlation", "float64", "Squared linear correlation, as in SAP"),
        Column("importance", "float64", "Size of its part of the regression, as in DCI"),
        Column("n", "int64", "Rows with this factor"),
    ),
    ("seed", "group", "dimension", "factor"),
)
