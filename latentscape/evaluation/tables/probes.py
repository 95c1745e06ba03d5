"""Tables of how well labels are read from the latents, and where that fails."""

from latentscape.evaluation.tables.estimates import CONFUSION, interval, maybe_interval, summary
from latentscape.learning.tables import SEED
from latentscape.tables import Column, Table

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
        *interval("the AUC"),
        Column("accuracy", "float64", "Balanced accuracy at the share of positives"),
        Column("n_positive", "int64", "Rows with the first label"),
        Column("n_negative", "int64", "Rows with the second label"),
    ),
    ("seed", "task", "probe", "inputs"),
)

_TASK = Column("task", "string", "Labels told apart, as 'positive vs negative'")

PROBES_SUMMARY = Table(
    "probes_summary",
    "The AUC of one probe over the trainings",
    (
        _TASK,
        Column("probe", "string", "Probe, as in table probes"),
        Column("inputs", "string", "Latent dimensions used: z3, z0+z3, all"),
        *summary("the AUC"),
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
        *maybe_interval("the statistic"),
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
            "Lower end of where the difference lies with 95 % if as many rows of the base are "
            "taken at random, and fitted",
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
        *summary("the difference"),
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
        *interval("the score"),
        Column("n", "int64", "Rows"),
    ),
    ("seed", "probe", "score", "task"),
)

MULTICLASS_SUMMARY = Table(
    "multiclass_summary",
    "One score of the probes of several labels over the trainings",
    (*_OF_SEVERAL, *summary("the score")),
    ("probe", "score", "task"),
)

MULTICLASS_CONFUSION = Table(
    "multiclass_confusion",
    "Rows of one label that a probe of several labels takes for another, out of fold",
    (SEED, Column("probe", "string", "logistic or mlp"), *CONFUSION),
    ("seed", "probe", "label", "assigned"),
)
