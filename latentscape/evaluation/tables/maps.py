"""Tables of maps of the latents, and of walks through them."""

from latentscape.learning.tables import SEED
from latentscape.tables import Column, Table


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
