"""Tables of every study's analyses. Labels are the groups a study compares."""

from collections.abc import Sequence

from latentscape.learning.scores import LATENT_SCORES, MODEL_SCORES
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
        Column(
            "probe",
            "string",
            "logistic or mlp; control_logistic, control_mlp: fitted to shuffled labels, with the "
            "mean over several shuffles and the interval in which another one is expected",
        ),
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
        *_interval("the AUC"),
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


def _summary(name: str) -> tuple[Column, ...]:
    return (
        Column("n_seeds", "int64", "Trainings"),
        Column("mean", "float64", f"Mean of {name} over the trainings"),
        Column("spread", "float64", "Standard deviation over the trainings", nullable=True),
        Column("low", "float64", "Lower end of Student's 95 % interval of the mean", nullable=True),
        Column(
            "high", "float64", "Upper end of Student's 95 % interval of the mean", nullable=True
        ),
    )


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
        *_interval("the score"),
        Column("largest_share", "float64", "Share of the largest label: purity without groups"),
        Column("n_labels", "int64", "Number of labels"),
        Column("n", "int64", "Rows"),
    ),
    ("seed", "labels", "choice", "score"),
)

MIXTURE_SUMMARY = Table(
    "mixture_summary",
    "One score of the mixtures over the trainings",
    (*_MIXTURE, *_summary("the score")),
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
        *_interval("the score"),
        Column("n", "int64", "Rows"),
    ),
    ("seed", "score", "task"),
)

NORMAL_PID_SUMMARY = Table(
    "normal_pid_summary",
    "One score of the normal distributions over the trainings",
    (*_ASSIGNMENT, *_summary("the score")),
    ("score", "task"),
)

CONFUSION = (
    Column("label", "string", "True label"),
    Column("assigned", "string", "Label that the rows are taken for"),
    Column("rows", "int64", "Rows of the one taken for the other"),
    Column("share", "float64", "Share of the rows of the true label"),
    Column("low", "float64", "Lower end of Wilson's 95 % interval of the share"),
    Column("high", "float64", "Upper end of Wilson's 95 % interval of the share"),
    Column("n", "int64", "Rows of the true label"),
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
    (*_DISENTANGLEMENT, *_summary("the score")),
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
        Column("n_seeds", "int64", "Trainings in which such a shift was drawn"),
        Column("mean", "float64", "Mean of the trainings", "%"),
        Column("spread", "float64", "Standard deviation of the trainings", "%", nullable=True),
        Column("low", "float64", "Lower end of Student's 95 % interval", "%", nullable=True),
        Column("high", "float64", "Upper end of Student's 95 % interval", "%", nullable=True),
    ),
    ("test", "n_per_side"),
)

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


def scores_table(key: tuple[Column, ...], wanted: Sequence[str] | None) -> Table:
    """Return the declaration of the wanted anomaly scores per row, with a study's key columns."""
    scores = (*LATENT_SCORES, *MODEL_SCORES)
    return Table(
        "scores",
        "Anomaly scores of one row, larger is stranger",
        (SEED, *key, PART, *(c for c in scores if wanted is None or c.name in wanted)),
        ("seed", *(column.name for column in key)),
    )


def _maybe(name: str) -> tuple[Column, ...]:
    """Interval and null of a number that may be undefined."""
    return tuple(
        Column(column.name, column.type, column.meaning, column.unit, nullable=True)
        for column in _interval(name)
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
        *_maybe("the AUC"),
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
            for column in _interval("the AUC")
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
        *_summary("the families' AUC"),
        Column("null_low", "float64", "2.5 % quantile under permutation, mean of the features"),
        Column("null_high", "float64", "97.5 % quantile under permutation, mean of the features"),
    ),
    ("label", "family"),
)


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
        *_maybe("the value"),
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
        *_maybe("the value"),
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
            "ranking", "string", "Values from the best to the worst mean; the largest first if no "
            "end is better"
        ),
        Column("gain_point", "float64", "Smallest value with 95 % of the gain", nullable=True),
        Column("gain_low", "float64", "Lower end of its 95 % bootstrap interval", nullable=True),
        Column("gain_high", "float64", "Upper end of its 95 % bootstrap interval", nullable=True),
        Column("gain_note", "string", "Why there is no such point, or no interval"),
    ),
    ("metric", "group", "axis"),
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
        *_maybe("the share"),
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
        *_maybe("R²"),
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
        *_maybe("the lost R²"),
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

_IN_IMAGE = (
    Column("channel", "string", "Channel of the image"),
    Column("sum", "float64", "Sum of the pixels, in the unit of the images"),
    Column("centre_x", "float64", "Mean place of it along the first axis", "pixel", nullable=True),
    Column("centre_y", "float64", "Mean place of it along the second axis", "pixel", nullable=True),
)

WALKS = Table(
    "walks",
    "What is in the image that is decoded at one step of a walk along one latent dimension",
    (
        Column("start", "string", "mean of the training part, or the key of the row in the middle"),
        Column("dimension", "string", "Latent dimension z0, z1, …"),
        Column("step", "int64", "Number of the step, from 0"),
        Column("offset", "float64", "Distance to the middle, in standard deviations"),
        *_IN_IMAGE,
    ),
    ("start", "dimension", "step", "channel"),
)

INTERPOLATIONS = Table(
    "interpolations",
    "What is in the image that is decoded on the way from one row to another",
    (
        Column("first", "string", "Key of the first row"),
        Column("last", "string", "Key of the last row"),
        Column("kind", "string", "decoded, or input (the row itself, at both ends)"),
        Column("fraction", "float64", "Part of the way"),
        *_IN_IMAGE,
    ),
    ("first", "last", "kind", "fraction", "channel"),
)

_TASK = Column("task", "string", "Labels told apart, as 'positive vs negative'")

PROBES_SUMMARY = Table(
    "probes_summary",
    "The AUC of one probe over the trainings",
    (
        _TASK,
        Column("probe", "string", "Probe, as in table probes"),
        Column("inputs", "string", "Latent dimensions used: z3, z0+z3, all"),
        *_summary("the AUC"),
    ),
    ("task", "probe", "inputs"),
)


def probe_scores_table(key: tuple[Column, ...]) -> Table:
    """Return the declaration of the probes' scores per row, with a study's key columns."""
    return Table(
        "probe_scores",
        "What a probe of all latent dimensions says of one row, fitted without the row's fold",
        (
            SEED,
            _TASK,
            Column("probe", "string", "logistic or mlp"),
            *key,
            Column("is_positive", "bool", "Whether the row has the first label"),
            Column("score", "float64", "Probability of the first label"),
        ),
        ("seed", "task", "probe", *(column.name for column in key)),
    )


_PAIR_OF_CALLERS = (
    Column("probe", "string", "logistic or mlp"),
    Column("other", "string", "What it is compared with: a probe, or a method without latents"),
)
_STATISTIC = Column(
    "statistic",
    "string",
    "kappa (Cohen's κ of the calls), alike (share of rows called alike) or spearman (of scores)",
)

AGREEMENT = Table(
    "agreement",
    "How far two opinions on the same rows agree",
    (
        SEED,
        _TASK,
        *_PAIR_OF_CALLERS,
        Column("other_seed", "int64", "Number of the other's training"),
        _STATISTIC,
        Column("value", "float64", "The statistic; missing where undefined", nullable=True),
        *_maybe("the statistic"),
        Column(
            "within_low",
            "float64",
            "2.5 % quantile under permutation within each label: errors that are independent",
            nullable=True,
        ),
        Column(
            "within_high",
            "float64",
            "97.5 % quantile under permutation within each label",
            nullable=True,
        ),
        Column("n", "int64", "Rows that both have an opinion on"),
    ),
    ("seed", "task", "probe", "other", "other_seed", "statistic"),
)

AGREEMENT_SUMMARY = Table(
    "agreement_summary",
    "One statistic of agreement over the trainings, or over the pairs of these",
    (
        _TASK,
        *_PAIR_OF_CALLERS,
        _STATISTIC,
        Column("n_pairs", "int64", "Trainings, or pairs of trainings if probe and other are one"),
        Column("mean", "float64", "Mean of the statistic"),
        Column("spread", "float64", "Standard deviation", nullable=True),
        Column(
            "low",
            "float64",
            "Lower end of Student's 95 % interval; missing for pairs of trainings, which are not "
            "independent",
            nullable=True,
        ),
        Column("high", "float64", "Upper end of it", nullable=True),
    ),
    ("task", "probe", "other", "statistic"),
)

_VERDICT = (
    Column("label", "string", "Label of the row"),
    Column(
        "probability",
        "float64",
        "Mean probability of the positive label, were both as frequent, over trainings and probes",
    ),
    Column("wrong", "float64", "Share of trainings and probes that call the row wrong"),
    Column(
        "certainty", "float64", "Largest probability that any of them gives to any of both labels"
    ),
    Column("is_wrong", "bool", "Whether nearly all call it wrong"),
    Column("is_unsure", "bool", "Whether nobody is sure"),
)


def verdicts_table(key: tuple[Column, ...]) -> Table:
    """Return the declaration of what all probes together say of a row."""
    return Table(
        "verdicts",
        "What the probes of all trainings together say of one row",
        (_TASK, *key, *_VERDICT),
        ("task", *(column.name for column in key)),
    )


HARD_SHARES = Table(
    "hard_shares",
    "How many rows are hard for nearly all probes of all trainings",
    (
        _TASK,
        Column("label", "string", "Label of the rows"),
        Column("kind", "string", "wrong (nearly all are) or unsure (all are)"),
        Column("rows", "int64", "Hard rows"),
        Column("share", "float64", "Their share of the rows of the label"),
        Column("low", "float64", "Lower end of its 95 % interval (Wilson)"),
        Column("high", "float64", "Upper end of its 95 % interval (Wilson)"),
        Column("null_low", "float64", "2.5 % quantile, were the probes' opinions independent"),
        Column("null_high", "float64", "97.5 % quantile, were the probes' opinions independent"),
        Column("n", "int64", "Rows of the label"),
    ),
    ("task", "label", "kind"),
)

DIFFERENCES = Table(
    "differences",
    "How much better one task is solved than another that shares rows with it",
    (
        SEED,
        Column("probe", "string", "logistic or mlp"),
        _TASK,
        Column("base", "string", "Task that it is compared with"),
        Column("difference", "float64", "AUC of the task minus that of the base"),
        Column("low", "float64", "Lower end of its paired 95 % bootstrap interval"),
        Column("high", "float64", "Upper end of its paired 95 % bootstrap interval"),
        Column(
            "null_low",
            "float64",
            "Lower end of where the difference lies with 95 % if as many rows of the base are taken "
            "at random, and fitted",
        ),
        Column("null_high", "float64", "Upper end of it"),
        Column("n_positive", "int64", "Rows of the task with its first label"),
        Column("n_negative", "int64", "Rows of the task with its second label"),
    ),
    ("seed", "probe", "task", "base"),
)

DIFFERENCES_SUMMARY = Table(
    "differences_summary",
    "The difference of two tasks' AUC over the trainings",
    (
        Column("probe", "string", "logistic or mlp"),
        _TASK,
        Column("base", "string", "Task that it is compared with"),
        *_summary("the difference"),
    ),
    ("probe", "task", "base"),
)

_OF_SEVERAL = (
    Column("probe", "string", "logistic or mlp"),
    Column("score", "string", "auc, balanced_accuracy or accuracy"),
    Column("task", "string", "all (the AUC: mean of the others), or 'label vs rest'"),
)

MULTICLASS = Table(
    "multiclass",
    "How well one probe tells several labels apart at once, out of fold",
    (
        SEED,
        *_OF_SEVERAL,
        Column("value", "float64", "The score"),
        *_interval("the score"),
        Column("n", "int64", "Rows"),
    ),
    ("seed", "probe", "score", "task"),
)

MULTICLASS_SUMMARY = Table(
    "multiclass_summary",
    "One score of the probes of several labels over the trainings",
    (*_OF_SEVERAL, *_summary("the score")),
    ("probe", "score", "task"),
)

MULTICLASS_CONFUSION = Table(
    "multiclass_confusion",
    "Rows of one label that a probe of several labels takes for another, out of fold",
    (SEED, Column("probe", "string", "logistic or mlp"), *CONFUSION),
    ("seed", "probe", "label", "assigned"),
)
