"""Tables of anomaly scores and of their performance."""

from collections.abc import Sequence

from latentscape.evaluation.tables.estimates import interval
from latentscape.learning.scores import LATENT_SCORES, MODEL_SCORES
from latentscape.learning.tables import PART, SEED
from latentscape.tables import Column, Table

WORKING_POINTS = (0.1, 0.01, 0.001, 0.0001)
"""False-positive rates at which true-positive rates are stated."""


def working_point(rate: float) -> tuple[str, str, str]:
    """Return the columns of a true-positive rate: its name, and those of its interval's ends."""
    name = f"tpr_at_fpr_{rate:g}"
    return name, f"{name}_low", f"{name}_high"


def _working_points(values: str) -> tuple[Column, ...]:
    """True-positive rates, missing where the inliers are too few to fix the threshold."""
    meanings = (
        f"{values} at a false-positive rate of {{rate:g}}; missing if that is less than one inlier",
        "Lower end of its 95 % bootstrap interval",
        "Upper end of its 95 % bootstrap interval",
    )
    return tuple(
        Column(name, "float64", meaning.format(rate=rate), nullable=True)
        for rate in WORKING_POINTS
        for name, meaning in zip(working_point(rate), meanings, strict=True)
    )


_CONTESTANTS = (
    Column("n_outlier", "int64", "Rows of the outlier label"),
    Column("n_inlier", "int64", "Rows of the trained label not used in training"),
)

ANOMALY = Table(
    "anomaly",
    "How well one score separates rows of an unseen label from held-out rows of the trained one",
    (
        SEED,
        Column("score", "string", "Anomaly score, larger is stranger"),
        Column("outlier", "string", "Label that was not trained on"),
        Column("auc", "float64", "Area under the ROC curve"),
        *interval("the AUC"),
        *_working_points("True-positive rate"),
        *_CONTESTANTS,
    ),
    ("seed", "score", "outlier"),
)

LEADERBOARD = Table(
    "leaderboard",
    "One anomaly score over the trainings of a model, against one label that it never saw",
    (
        Column("model", "string", "Model"),
        Column("trained_on", "string", "Labels that it was trained on, joined by +"),
        Column("outlier", "string", "Label that was not trained on"),
        Column("rank", "int64", "Place among the scores, from 1 for the largest AUC"),
        Column("score", "string", "Anomaly score, larger is stranger"),
        Column("n_seeds", "int64", "Trainings"),
        Column("auc", "float64", "Area under the ROC curve, mean over the trainings"),
        Column("spread", "float64", "Its standard deviation over the trainings", nullable=True),
        Column("low", "float64", "Lower end of its 95 % bootstrap interval, rows and trainings"),
        Column("high", "float64", "Upper end of its 95 % bootstrap interval, rows and trainings"),
        Column("null_low", "float64", "2.5 % quantile of the mean AUC under permutation"),
        Column("null_high", "float64", "97.5 % quantile of the mean AUC under permutation"),
        *_working_points("True-positive rate, mean over the trainings,"),
        *_CONTESTANTS,
    ),
    ("model", "outlier", "rank"),
)

ROC = Table(
    "roc",
    "ROC curve of one anomaly score, on false-positive rates from that of one inlier to 1, and 0",
    (
        SEED,
        Column("score", "string", "Anomaly score"),
        Column("outlier", "string", "Label that was not trained on"),
        Column("false_positive_rate", "float64", "False-positive rate"),
        Column("true_positive_rate", "float64", "Largest true-positive rate at that rate"),
    ),
    ("seed", "score", "outlier", "false_positive_rate"),
)


def scores_table(key: tuple[Column, ...], wanted: Sequence[str] | None) -> Table:
    """Return the declaration of the wanted anomaly scores per row, with a study's key columns."""
    scores = (*LATENT_SCORES, *MODEL_SCORES)
    return Table(
        "scores",
        "Anomaly scores of one row, larger is stranger",
        (SEED, *key, PART, *(c for c in scores if wanted is None or c.name in wanted)),
        ("seed", *(column.name for column in key)),
    )
