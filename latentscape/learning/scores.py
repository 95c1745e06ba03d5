"""The one interface of all anomaly scores, and the list of those there are.

A score says how strange a row is to a model: larger is stranger. A new one is a function that
learns from the training rows and returns the judge of others, its column here, and its
:class:`Score` in the list of the module that computes its kind: ``latent_scores`` of
``evaluation.anomaly_scores`` or ``image_scores`` of ``learning.model_scores``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.arrays import KeyedArrays
from latentscape.errors import InputError
from latentscape.learning.tables import SEED
from latentscape.progress import progress
from latentscape.seeds import seed_for
from latentscape.tables import Column, Table

Floats = NDArray[np.float64]
IMAGES = "images"

# Those that need no network but the latents, and may run without PyTorch.
LATENT_SCORES = (
    Column("reconstruction_error", "float64", "Squared error, summed over the image"),
    Column("weighted_error", "float64", "Squared error with signal pixels weighted"),
    Column("kl", "float64", "KL divergence to the prior", "nat"),
    Column("negative_elbo", "float64", "Weighted error + β·KL"),
    Column("mahalanobis", "float64", "Distance from the training rows' mean, over their spread"),
    Column("knn", "float64", "Mean distance of the nearest training rows"),
    Column("gmm", "float64", "Negative log density of a Gaussian mixture of the training rows"),
    Column(
        "isolation_forest", "float64", "How few random cuts of the latents set the row apart, 0–1"
    ),
    Column("random", "float64", "Random number of the key: what knows nothing of the row"),
)
# Those that need the images, the network or a network of their own.
MODEL_SCORES = (
    Column(
        "negative_iw_elbo",
        "float64",
        "-β × importance-weighted bound of the log-likelihood; missing for training rows",
        nullable=True,
    ),
    Column(
        "likelihood_regret",
        "float64",
        "What a posterior of its own gains an image in weighted error + β·KL; missing for "
        "training rows",
        nullable=True,
    ),
    Column("flow", "float64", "Negative log density of a normalising flow", "nat"),
    Column("intensity", "float64", "Sum of the image before any transform: not of the model"),
)
SCORES = {column.name: column for column in (*LATENT_SCORES, *MODEL_SCORES)}
"""Every score by name, as a column of a table."""


@dataclass(frozen=True)
class Rows:
    """What a score may look at: rows of one training, in the order of their key.

    Parameters
    ----------
    table : DataFrame
        Rows of table ``latents``.
    key : tuple of str
        The key columns.
    images : KeyedArrays or None
        Where the images of these rows are found, untransformed, if there are any.
    """

    table: pd.DataFrame
    key: tuple[str, ...]
    images: KeyedArrays | None = None

    def __len__(self) -> int:
        return len(self.table)

    @property
    def is_train(self) -> NDArray[np.bool_]:
        """Which rows trained the model."""
        return (self.table["part"] == "train").to_numpy(dtype=bool)

    @property
    def means(self) -> Floats:
        """Posterior means (rows, latent)."""
        return self.array("mean").astype(np.float64)

    def array(self, column: str) -> np.ndarray:
        """Return a list column as an array (rows, length)."""
        lists = self.table[column].to_list()
        return np.stack(lists) if lists else np.empty((0, 0), np.float32)

    @property
    def pixels(self) -> np.ndarray:
        """Images (rows, C, size, size), by key."""
        assert self.images is not None
        return self.images.select(self.table[list(self.key)])[IMAGES]

    def noise(self, shape: tuple[int, ...], seed: int) -> NDArray[np.float32]:
        """Return standard normal numbers (rows, *shape), which depend on seed and key alone."""
        drawn = [rng.standard_normal(shape, np.float32) for rng in self.generators(seed)]
        return np.stack(drawn) if drawn else np.empty((0, *shape), np.float32)

    def generators(self, seed: int) -> Iterable[np.random.Generator]:
        """Give a random generator for each row, from seed and key."""
        keys = self.table[list(self.key)].itertuples(index=False, name=None)
        return (np.random.default_rng(seed_for(seed, *key)) for key in keys)

    def where(self, mask: NDArray[np.bool_]) -> "Rows":
        """Return some of the rows."""
        return Rows(self.table[mask], self.key, self.images)


Judge = Callable[[Rows], Floats]
"""Gives each row a number, larger for a stranger one."""


@dataclass(frozen=True)
class Score:
    """One way to say how strange a row is.

    Parameters
    ----------
    name : str
        Column of the score.
    fit : callable
        Takes the training rows, learns what is normal, and returns the :data:`Judge` of rows.
    needs : {"latents", "images"}
        Whether the table of latents suffices, or the images are looked at.
    skips_train : bool
        Whether training rows are left without a score, because it is costly and nobody asks.
    """

    name: str
    fit: Callable[[Rows], Judge]
    needs: Literal["latents", "images"] = "latents"
    skips_train: bool = False


def unfitted(judge: Judge) -> Callable[[Rows], Judge]:
    """Return the ``fit`` of a score that has nothing to learn."""
    return lambda train: judge  # noqa: ARG005 - every score is given the training rows


def score_rows(scores: Iterable[Score], rows: Rows) -> pd.DataFrame:
    """Fit each score on the training rows and apply it to all.

    Parameters
    ----------
    scores : iterable of Score
        What is computed.
    rows : Rows
        Rows of one training, sorted by key, with ``part`` in their table.

    Returns
    -------
    DataFrame
        One column per score, in the order of the rows; NaN where a score skips training rows.

    Raises
    ------
    InputError
        If a score needs images and there are none, or is not finite.
    """
    train = rows.where(rows.is_train)
    several = list(scores)
    columns = {}
    for score in progress(several, len(several), unit="scores"):
        if score.needs == "images" and rows.images is None:
            raise InputError(f"anomaly: score {score.name!r} needs images, but there are none.")
        judge = score.fit(train)
        judged = ~rows.is_train if score.skips_train else np.full(len(rows), True)
        values = np.full(len(rows), np.nan)
        values[judged] = judge(rows.where(judged))
        broken = int((~np.isfinite(values[judged])).sum())
        if broken:
            raise InputError(f"anomaly: score {score.name!r} is not finite in {broken} rows.")
        columns[score.name] = values
    return pd.DataFrame(columns, index=range(len(rows)))


def those_wanted(scores: Iterable[Score], wanted: Sequence[str] | None) -> list[Score]:
    """Return the scores whose name is wanted; all if nothing is said."""
    return [score for score in scores if wanted is None or score.name in wanted]


def model_scores_table(key: tuple[Column, ...], wanted: Sequence[str] | None) -> Table:
    """Return the declaration of the scores that need model or images, for a study's key."""
    return Table(
        "model_scores",
        "Anomaly scores of one row that need the model or the image, larger is stranger",
        (SEED, *key, *(c for c in MODEL_SCORES if wanted is None or c.name in wanted)),
        ("seed", *(column.name for column in key)),
    )
