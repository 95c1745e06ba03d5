"""Tables of every study's analyses. Labels are the groups a study compares."""

from latentscape.learning.tables import PART, SEED
from latentscape.tables import Column, Table


def _interval(name: str) -> tuple[Column, ...]:
    return (
        Column("low", "float64", f"Lower end of the 95 % bootstrap interval of {name}"),
        Column("high", "float64", f"Upper end of the 95 % bootstrap interval of {name}"),
        Column("null_low", "float64", f"2.5 % quantile of {name} under permutation"),
        Column("null_high", "float64", f"97.5 % quantile of {name} under permutation"),
    )


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

PROBES = Table(
    "probes",
    "How well one classifier reads the label from some latent dimensions, out of fold",
    (
        SEED,
        Column("task", "string", "Labels told apart, as 'positive vs negative'"),
        Column("probe", "string", "logistic or mlp"),
        Column("inputs", "string", "Latent dimensions used: z3, z0+z3, all"),
        Column("n_inputs", "int64", "Number of latent dimensions used"),
        Column("auc", "float64", "Area under the ROC curve"),
        *_interval("the AUC"),
        Column("accuracy", "float64", "Balanced accuracy at the share of positives"),
        Column("n_positive", "int64", "Rows with the first label"),
        Column("n_negative", "int64", "Rows with the second label"),
    ),
    ("seed", "task", "probe", "inputs"),
)

ANOMALY = Table(
    "anomaly",
    "How well one score separates rows of an unseen label from held-out rows of the trained one",
    (
        SEED,
        Column("score", "string", "Anomaly score, larger is stranger"),
        Column("outlier", "string", "Label that was not trained on"),
        Column("auc", "float64", "Area under the ROC curve"),
        *_interval("the AUC"),
        Column("tpr_at_fpr_0.01", "float64", "True-positive rate at a false-positive rate of 1 %"),
        Column("n_outlier", "int64", "Rows of the outlier label"),
        Column("n_inlier", "int64", "Rows of the trained label not used in training"),
    ),
    ("seed", "score", "outlier"),
)

ROC = Table(
    "roc",
    "ROC curve of one anomaly score, on a fixed grid of false-positive rates",
    (
        SEED,
        Column("score", "string", "Anomaly score"),
        Column("outlier", "string", "Label that was not trained on"),
        Column("false_positive_rate", "float64", "False-positive rate"),
        Column("true_positive_rate", "float64", "Largest true-positive rate at that rate"),
    ),
    ("seed", "score", "outlier", "false_positive_rate"),
)

_SCORES = (
    Column("reconstruction_error", "float64", "Squared error, summed over the image"),
    Column("weighted_error", "float64", "Squared error with signal pixels weighted"),
    Column("kl", "float64", "KL divergence to the prior", "nat"),
    Column("negative_elbo", "float64", "Weighted error + β·KL"),
    Column("mahalanobis", "float64", "Distance from the training rows' mean, over their spread"),
    Column("knn", "float64", "Mean distance of the nearest training rows"),
    Column("gmm", "float64", "Negative log density of a Gaussian mixture of the training rows"),
)
ANOMALY_SCORES = tuple(column.name for column in _SCORES)


def map_table(key: tuple[Column, ...]) -> Table:
    """Return the declaration of a two-dimensional map of the latents."""
    return Table(
        "map",
        "Place of one row in a two-dimensional UMAP of the latents",
        (
            SEED,
            *key,
            Column("x", "float64", "First coordinate"),
            Column("y", "float64", "Second coordinate"),
        ),
        ("seed", *(column.name for column in key)),
    )


def scores_table(key: tuple[Column, ...]) -> Table:
    """Return the declaration of anomaly scores per row, with a study's key columns."""
    return Table(
        "scores",
        "Anomaly scores of one row, larger is stranger",
        (SEED, *key, PART, *_SCORES),
        ("seed", *(column.name for column in key)),
    )
