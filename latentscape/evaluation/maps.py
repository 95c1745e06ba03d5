"""Two-dimensional maps of a latent space."""

import importlib
import warnings
from collections.abc import Sequence
from itertools import islice
from types import ModuleType

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from latentscape.errors import InputError
from latentscape.evaluation.latents import by_training
from latentscape.progress import progress

Floats = NDArray[np.float64]

METRIC = "euclidean"
# Defaults of umap-learn.
SPREAD = 1.0
LEARNING_RATE = 1.0
REPULSION = 1.0
NEGATIVE_SAMPLES = 5


def latent_map(
    latents: pd.DataFrame,
    *,
    key: Sequence[str],
    neighbours: int,
    min_dist: float,
    epochs: int,
    trainings: int,
    seed: int,
) -> pd.DataFrame:
    """Place every row on a UMAP of the posterior means.

    The map starts from the first two principal components, so that its large
    scale does not depend on chance (Kobak and Linderman, Nat. Biotechnol. 39
    (2021) 156), and is made by one thread, so that it can be repeated.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``mean``.
    key : sequence of str
        The key columns.
    neighbours : int
        Neighbours of a row, itself included.
    min_dist : float
        Least distance of two rows on the map.
    epochs : int
        Epochs in which the places are optimised.
    trainings : int
        How many trainings are mapped, the lowest numbers first.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        Columns ``seed``, the key, ``x``, ``y``.

    Raises
    ------
    InputError
        If there are no more rows than neighbours, or fewer than two latent dimensions.

    Notes
    -----
    L. McInnes, J. Healy and J. Melville, arXiv:1802.03426.
    """
    chosen = list(islice(by_training(latents, key), trainings))
    tables = []
    for number, rows, means in progress(chosen, len(chosen), unit="maps"):
        if len(rows) <= neighbours:
            raise InputError(
                f"map: training {number} has {len(rows)} rows, which is not more than "
                f"the {neighbours} neighbours of a row. Set 'neighbours' lower."
            )
        if means.shape[1] < 2:
            raise InputError(
                f"map: training {number} has one latent dimension; a map needs at least two."
            )
        places = _umap(means, neighbours=neighbours, min_dist=min_dist, epochs=epochs, seed=seed)
        tables.append(rows[["seed", *key]].assign(x=places[:, 0], y=places[:, 1]))
    return pd.concat(tables, ignore_index=True)


def _umap(means: Floats, *, neighbours: int, min_dist: float, epochs: int, seed: int) -> Floats:
    """Take UMAP's own steps, but find the neighbours exactly and without compiling a search."""
    umap = _import_umap()
    distances, indices = NearestNeighbors(n_neighbors=neighbours).fit(means).kneighbors(means)
    random = np.random.RandomState(seed)
    graph, *_ = umap.fuzzy_simplicial_set(
        means,
        neighbours,
        random,
        METRIC,
        knn_indices=indices.astype(np.int32),
        knn_dists=distances.astype(np.float32),
    )
    a, b = umap.find_ab_params(SPREAD, min_dist)
    places, _ = umap.simplicial_set_embedding(
        means,
        graph,
        n_components=2,
        initial_alpha=LEARNING_RATE,
        a=a,
        b=b,
        gamma=REPULSION,
        negative_sample_rate=NEGATIVE_SAMPLES,
        n_epochs=epochs,
        init=PCA(2, svd_solver="full").fit_transform(means),
        random_state=random,
        metric=METRIC,
        metric_kwds={},
        densmap=False,
        densmap_kwds={},
        output_dens=False,
    )
    return np.asarray(places, dtype=np.float64)


def _import_umap() -> ModuleType:
    with warnings.catch_warnings():
        # Importing umap warns that its parametric variant lacks TensorFlow; it is not used here.
        warnings.simplefilter("ignore", ImportWarning)
        return importlib.import_module("umap.umap_")
