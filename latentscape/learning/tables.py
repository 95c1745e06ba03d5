"""Tables of every study's trainings. A study adds its key columns."""

from latentscape.tables import Column, Table

SEED = Column("seed", "int64", "Number of the training; its random seed derives from it")
PARTS = ("train", "validation", "held_out")
PART = Column("part", "string", "train, validation or held_out (never seen in training)")

HISTORY = Table(
    "history",
    "Losses after one epoch, each per image",
    (
        Column("epoch", "int64", "Epoch, from 1"),
        Column("train_loss", "float64", "Training loss: weighted squared error + β·KL"),
        Column("train_reconstruction", "float64", "Weighted squared error, training part"),
        Column("train_kl", "float64", "KL divergence, training part", "nat"),
        Column("validation_loss", "float64", "Validation loss"),
        Column("validation_reconstruction", "float64", "Weighted squared error, validation part"),
        Column("validation_kl", "float64", "KL divergence, validation part", "nat"),
        Column("is_best", "bool", "Whether these weights were the best so far"),
    ),
    ("epoch",),
)


def _keys(columns: tuple[Column, ...]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)


def split_table(key: tuple[Column, ...]) -> Table:
    """Return the declaration of a split, with a study's key columns."""
    return Table(
        "split",
        "Which part of the data one row belongs to, for one model",
        (*key, PART),
        _keys(key),
    )


def latents_table(key: tuple[Column, ...]) -> Table:
    """Return the declaration of inferred latents, with a study's key columns."""
    return Table(
        "latents",
        "Posterior and errors of one image under one training",
        (
            SEED,
            *key,
            PART,
            Column("mean", "list<float32>", "Posterior mean μ per latent dimension"),
            Column("log_variance", "list<float32>", "Posterior log σ² per latent dimension"),
            Column("reconstruction_error", "float64", "Squared error, summed over the image"),
            Column("weighted_error", "float64", "Squared error with signal pixels weighted"),
            Column("kl", "float64", "KL divergence to the prior", "nat"),
            Column("elbo", "float64", "-(weighted error + β·KL)"),
        ),
        ("seed", *_keys(key)),
    )
