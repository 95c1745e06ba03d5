"""Tables of what models use their latent dimensions for, alone and along a sweep."""

from latentscape.evaluation.tables.estimates import maybe_interval
from latentscape.learning.tables import SEED
from latentscape.tables import Column, Table

CAPACITY = Table(
    "capacity",
    "How well one training gives images back, or what it uses its latent dimensions for",
    (
        SEED,
        Column(
            "metric",
            "string",
            "reconstruction_error, weighted_error (both in transformed units), explained_share, "
            "kl [nat], mean_variance (of the posterior mean), active_units, active_share, "
            "participation_ratio, participation_share (both also over the dimensions), ari, or "
            "auc_ and a family of features",
        ),
        Column(
            "group",
            "string",
            "Rows used: validation (part), trained (all rows of the labels that train), all, or a "
            "label",
        ),
        Column("dimension", "string", "Latent dimension z0, z1, …, or all"),
        Column("value", "float64", "Value", nullable=True),
        *maybe_interval("the value"),
        Column("n", "int64", "Rows"),
    ),
    ("seed", "metric", "group", "dimension"),
)

_SWEPT = (
    Column("latent", "int64", "Latent dimensions"),
    Column("channels", "string", "Widths of the convolution blocks, joined by -"),
    Column("beta", "float64", "Weight of the KL divergence"),
    Column("activation", "string", "Activation function"),
    Column("transform", "string", "Transform of the pixel values"),
    Column("fraction", "float64", "Share of the training pool used"),
)

_MEASURED = (
    Column("metric", "string", "What is measured, as in table capacity"),
    Column("group", "string", "Rows used, as in table capacity"),
)

SWEEP = Table(
    "sweep",
    "One number of one training of a sweep",
    (
        Column("model", "string", "Model"),
        *_SWEPT,
        SEED,
        *_MEASURED,
        Column("value", "float64", "Value", nullable=True),
        *maybe_interval("the value"),
        Column("n", "int64", "Rows"),
    ),
    ("model", "seed", "metric", "group"),
)

SWEEP_POINTS = Table(
    "sweep_points",
    "Mean of one number over the trainings at one value of an axis, or of two",
    (
        *_MEASURED,
        Column("axis", "string", "Swept setting"),
        Column("at", "string", "Its value"),
        Column("second_axis", "string", "Second swept setting, empty for one"),
        Column("second_at", "string", "Its value, empty for one"),
        Column("n_trainings", "int64", "Trainings with the value, of all other settings"),
        Column("mean", "float64", "Mean over the trainings"),
        Column("spread", "float64", "Standard deviation over the trainings", nullable=True),
        Column("low", "float64", "Lower end of Student's 95 % interval of the mean", nullable=True),
        Column(
            "high", "float64", "Upper end of Student's 95 % interval of the mean", nullable=True
        ),
    ),
    ("metric", "group", "axis", "at", "second_axis", "second_at"),
)

SWEEP_TRENDS = Table(
    "sweep_trends",
    "How one number changes along one axis of a sweep, over the trainings",
    (
        *_MEASURED,
        Column("axis", "string", "Swept setting"),
        Column("statistic", "string", "spearman (numbers) or kruskal_wallis (names)"),
        Column("value", "float64", "Spearman's ρ, or H of Kruskal and Wallis", nullable=True),
        Column("low", "float64", "Lower end of the 95 % bootstrap interval of ρ", nullable=True),
        Column("high", "float64", "Upper end of the 95 % bootstrap interval of ρ", nullable=True),
        Column("p_value", "float64", "Permutation p-value, two-sided", nullable=True),
        Column("p_holm", "float64", "The same after Holm, over the axis's metrics", nullable=True),
        Column("n_trainings", "int64", "Trainings"),
        Column("n_values", "int64", "Values of the axis"),
        Column("best", "string", "Value of the axis with the best mean"),
        Column(
            "ranking",
            "string",
            "Values from the best to the worst mean; the largest first if no end is better",
        ),
        Column("gain_point", "float64", "Smallest value with 95 % of the gain", nullable=True),
        Column("gain_low", "float64", "Lower end of its 95 % bootstrap interval", nullable=True),
        Column("gain_high", "float64", "Upper end of its 95 % bootstrap interval", nullable=True),
        Column("gain_note", "string", "Why there is no such point, or no interval"),
    ),
    ("metric", "group", "axis"),
)
