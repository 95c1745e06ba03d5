"""Tables of what the latents hold of the features."""

from latentscape.evaluation.tables.estimates import interval, maybe_interval, summary
from latentscape.learning.tables import PART, SEED
from latentscape.tables import Column, Table

CORRELATIONS = Table(
    "correlations",
    "Spearman correlation of one latent dimension (or feature) with one feature",
    (
        SEED,
        Column("group", "string", "Label whose rows are used, or all"),
        Column("row", "string", "Latent dimension z0, z1, … or feature"),
        Column("column", "string", "Feature"),
        Column("spearman", "float64", "Spearman's rank correlation", nullable=True),
        Column("low", "float64", "Lower end of the 95 % bootstrap interval", nullable=True),
        Column("high", "float64", "Upper end of the 95 % bootstrap interval", nullable=True),
        Column("null_low", "float64", "2.5 % quantile under permutation", nullable=True),
        Column("null_high", "float64", "97.5 % quantile under permutation", nullable=True),
        Column("n", "int64", "Rows with both values"),
    ),
    ("seed", "group", "row", "column"),
)

WITHIN = Table(
    "within",
    "How well a logistic probe reads from all latents which rows of one label lie above the median "
    "of a feature, out of fold",
    (
        SEED,
        Column("label", "string", "Label whose rows are split at the median"),
        Column("feature", "string", "Feature"),
        Column("auc", "float64", "Area under the ROC curve", nullable=True),
        *maybe_interval("the AUC"),
        Column("n_above", "int64", "Rows above the median"),
        Column("n_below", "int64", "Other rows with the feature"),
        Column("n_missing", "int64", "Rows without the feature"),
    ),
    ("seed", "label", "feature"),
)

_FAMILY = (
    Column("label", "string", "Label"),
    Column("family", "string", "Family of features"),
)

FAMILIES = Table(
    "families",
    "Mean of the within-label AUC of a family of features",
    (
        SEED,
        *_FAMILY,
        Column("auc", "float64", "Mean of the features' AUC"),
        *(
            Column(column.name, column.type, f"{column.meaning}, mean of the features")
            for column in interval("the AUC")
        ),
        Column("n_features", "int64", "Features with an AUC"),
    ),
    ("seed", "label", "family"),
)

PROXY = Table(
    "proxy",
    "Mean within-label AUC of a family of features, over the trainings",
    (
        *_FAMILY,
        *summary("the families' AUC"),
        Column("null_low", "float64", "2.5 % quantile under permutation, mean of the features"),
        Column("null_high", "float64", "97.5 % quantile under permutation, mean of the features"),
    ),
    ("label", "family"),
)

VARIANCE = Table(
    "variance",
    "Share of one latent dimension's variance that goes with labels or features",
    (
        SEED,
        Column("scale", "string", "raw, or rank (of the latents and the features)"),
        Column("dimension", "string", "Latent dimension z0, z1, …"),
        Column(
            "source",
            "string",
            "labels (share of the whole variance), features (all of them; share of the variance "
            "within labels), or one feature (what the features lose without it)",
        ),
        Column("share", "float64", "The share; of features out of fold", nullable=True),
        *maybe_interval("the share"),
        Column("n", "int64", "Rows with all features"),
        Column("n_missing", "int64", "Rows left out because a feature is missing"),
    ),
    ("seed", "scale", "dimension", "source"),
)

DIMENSIONS = Table(
    "dimensions",
    "What one latent dimension costs, and whether the model uses it",
    (
        SEED,
        PART,
        Column("dimension", "string", "Latent dimension z0, z1, …"),
        Column("kl", "float64", "Mean KL divergence to the prior", "nat"),
        Column("low", "float64", "Lower end of its 95 % bootstrap interval", "nat"),
        Column("high", "float64", "Upper end of its 95 % bootstrap interval", "nat"),
        Column("variance", "float64", "Variance of the posterior mean"),
        Column("is_active", "bool", "Whether the KL divergence reaches the threshold"),
        Column("n", "int64", "Rows"),
    ),
    ("seed", "part", "dimension"),
)

_READER = Column("reader", "string", "What reads the feature from all latents: ridge or mlp")

CONTENT = Table(
    "content",
    "How well one feature can be read from all latents, out of fold",
    (
        SEED,
        Column("feature", "string", "Feature"),
        _READER,
        Column("r2", "float64", "Share of the feature's variance that is read", nullable=True),
        *maybe_interval("R²"),
        Column("gain", "float64", "R² minus that of ridge; missing for ridge", nullable=True),
        Column("gain_low", "float64", "Lower end of its paired interval", nullable=True),
        Column("gain_high", "float64", "Upper end of its paired interval", nullable=True),
        Column("rmse", "float64", "Root of the mean squared error, in the feature's unit"),
        Column("rmse_low", "float64", "Lower end of its 95 % bootstrap interval"),
        Column("rmse_high", "float64", "Upper end of its 95 % bootstrap interval"),
        Column("mae", "float64", "Mean absolute error, in the feature's unit"),
        Column("mae_low", "float64", "Lower end of its 95 % bootstrap interval"),
        Column("mae_high", "float64", "Upper end of its 95 % bootstrap interval"),
        Column("n", "int64", "Rows with the feature"),
        Column("n_missing", "int64", "Rows without it"),
    ),
    ("seed", "feature", "reader"),
)

IMPORTANCE = Table(
    "importance",
    "What reading one feature loses when one latent dimension is shuffled, out of fold",
    (
        SEED,
        Column("feature", "string", "Feature"),
        _READER,
        Column("dimension", "string", "Latent dimension z0, z1, …"),
        Column("importance", "float64", "R² that is lost", nullable=True),
        *maybe_interval("the lost R²"),
    ),
    ("seed", "feature", "reader", "dimension"),
)

MUTUAL_INFORMATION = Table(
    "mutual_information",
    "What one latent dimension and one feature know of each other",
    (
        SEED,
        Column("feature", "string", "Feature"),
        Column("dimension", "string", "Latent dimension z0, z1, …"),
        Column("information", "float64", "Mutual information, estimated", "nat", nullable=True),
        Column("low", "float64", "Lower end of the 95 % interval", "nat", nullable=True),
        Column("high", "float64", "Upper end of the 95 % interval", "nat", nullable=True),
        Column("null_low", "float64", "2.5 % quantile under permutation", "nat", nullable=True),
        Column("null_high", "float64", "97.5 % quantile under permutation", "nat", nullable=True),
        Column("n", "int64", "Rows with the feature"),
    ),
    ("seed", "feature", "dimension"),
)
