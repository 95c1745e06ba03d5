"""Tables of two-sample tests."""

from latentscape.learning.tables import SEED
from latentscape.tables import Column, Table

TWO_SAMPLE = Table(
    "two_sample",
    "Whether one test finds a difference between two samples of latents",
    (
        SEED,
        Column("comparison", "string", "What is compared"),
        Column("test", "string", "logistic, mlp, energy or ks; any sums them up"),
        Column("dimension", "string", "Latent dimension, or all"),
        Column(
            "statistic",
            "float64",
            "AUC (logistic, mlp), energy distance, or largest distance of the distributions (ks)",
            nullable=True,
        ),
        Column("low", "float64", "Lower end of the AUC's 95 % bootstrap interval", nullable=True),
        Column("high", "float64", "Upper end of the AUC's 95 % bootstrap interval", nullable=True),
        Column("accuracy", "float64", "Balanced accuracy of the classifier", nullable=True),
        Column("null_low", "float64", "2.5 % quantile under permutation", nullable=True),
        Column("null_high", "float64", "97.5 % quantile under permutation", nullable=True),
        Column("p_value", "float64", "How often permuted rows reach the statistic"),
        Column("p_holm", "float64", "Corrected over the tests; of one dimension, over those"),
        Column("differs", "bool", "Whether the corrected p-value is below the level"),
        Column("n_first", "int64", "Rows of the first sample that are judged"),
        Column("n_second", "int64", "Rows of the second sample that are judged"),
    ),
    ("seed", "comparison", "test", "dimension"),
)

TWO_SAMPLE_MIXTURE = Table(
    "two_sample_mixture",
    "Rows of one label on the two sides of a comparison",
    (
        Column("comparison", "string", "What is compared"),
        Column("label", "string", "Label"),
        Column("n_first_before", "int64", "Rows that the first side could have"),
        Column("n_second_before", "int64", "Rows that the second side could have"),
        Column("n_first", "int64", "Rows of the first side with the mixture matched"),
        Column("n_second", "int64", "Rows of the second side with the mixture matched"),
    ),
    ("comparison", "label"),
)

TWO_SAMPLE_POWER = Table(
    "two_sample_power",
    "How often one test finds that the mixture of two labels was shifted",
    (
        SEED,
        Column("test", "string", "logistic or energy"),
        Column("n_per_side", "int64", "Rows per side"),
        Column("shift", "float64", "Difference of one label's share between the sides", "%"),
        Column("power", "float64", "Share of the draws in which the shift is found"),
        Column("low", "float64", "Lower end of its 95 % interval (Wilson)"),
        Column("high", "float64", "Upper end of its 95 % interval (Wilson)"),
        Column("labels_known", "float64", "Power of counting the labels, were they known"),
        Column("n_draws", "int64", "Pairs of sides drawn"),
    ),
    ("seed", "test", "n_per_side", "shift"),
)

TWO_SAMPLE_SENSITIVITY = Table(
    "two_sample_sensitivity",
    "The smallest shift of a mixture that one test finds nine times out of ten",
    (
        Column("test", "string", "logistic or energy"),
        Column("n_per_side", "int64", "Rows per side"),
        Column("n_seeds", "int64", "Trainings, each of which finds such a shift"),
        Column("mean", "float64", "Mean of the trainings", "%"),
        Column("spread", "float64", "Standard deviation of the trainings", "%", nullable=True),
        Column("low", "float64", "Lower end of Student's 95 % interval", "%", nullable=True),
        Column("high", "float64", "Upper end of Student's 95 % interval", "%", nullable=True),
    ),
    ("test", "n_per_side"),
)
