"""What a training does with its latent dimensions: how well it gives back, how much it uses."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri
from threadpoolctl import threadpool_limits

from latentscape.arrays import KeyedArrays
from latentscape.errors import InputError
from latentscape.evaluation.fidelity import explained_share
from latentscape.evaluation.intervals import TAILS, mean_interval
from latentscape.evaluation.latents import by_training, dimension_names
from latentscape.evaluation.mixtures import label_agreement
from latentscape.evaluation.resampling import resampled_sums
from latentscape.evaluation.tables.sweeps import CAPACITY
from latentscape.evaluation.variance import divergences
from latentscape.evaluation.within import family_auc, within_label_auc
from latentscape.keys import join
from latentscape.learning.transforms import transform as transformed

Floats = NDArray[np.float64]
Row = dict[str, Any]

ALL = "all"
VALIDATION, TRAINED = "validation", "trained"
PER_IMAGE = ("reconstruction_error", "weighted_error", "kl")


def assess_capacity(
    latents: pd.DataFrame,
    labels: pd.DataFrame,
    features: pd.DataFrame,
    images: KeyedArrays,
    *,
    key: Sequence[str],
    trained_on: Sequence[str],
    transform: str,
    constants: Mapping[str, Sequence[float]],
    families: Mapping[str, Sequence[str]],
    active_variance: float,
    folds: int,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return how well one training gives images back and what it uses its dimensions for.

    Parameters
    ----------
    latents : DataFrame
        Table ``latents`` of one training.
    labels : DataFrame
        The key and ``label``.
    features : DataFrame
        The key and the features of the families.
    images : KeyedArrays
        Array ``images`` (N, C, size, size), not transformed.
    key : sequence of str
        The key columns.
    trained_on : sequence of str
        Labels that train the model.
    transform : str
        The model's transform of pixel values.
    constants : mapping of str to sequence of float
        Its constants, as stored with the model.
    families : mapping of str to sequence of str
        Features whose within-label AUC is averaged.
    active_variance : float
        A dimension is active if its posterior mean varies by more than this.
    folds : int
        Folds of the probes of the features.
    bootstrap, permutations : int
        Draws of intervals and nulls. They cover other rows, not another training.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        Table ``capacity``. Errors, explained share and KL divergence stand for the validation part
        and for each label that did not train; what is said of the dimensions stands for all rows
        of the labels that trained, whatever their part, so that trainings on pools of different
        size are compared on the same rows.

    Raises
    ------
    InputError
        If the latents are not those of one training, or no row validates it.
    """
    numbers = sorted(int(number) for number in latents["seed"].unique())
    if len(numbers) != 1:
        raise InputError(f"latents: need those of one training, found the trainings {numbers}.")
    labelled = join(latents, labels[[*key, "label"]], key, what="latents with labels")
    _, rows, means = next(by_training(labelled, key))
    is_trained = rows["label"].isin(trained_on).to_numpy()
    draws: dict[str, Any] = {"bootstrap": bootstrap, "permutations": permutations, "seed": seed}
    found: list[Row] = []
    for group, own in _judged(rows, is_trained):
        shown = transformed(transform, images.select(own[list(key)])["images"], constants)
        quality = reconstruction_quality(own, shown, bootstrap=bootstrap, seed=seed)
        found += ({**row, "group": group} for row in quality)
    used = [
        (TRAINED, latent_use(means[is_trained], active_variance=active_variance, **draws)),
        (VALIDATION, kl_by_dimension(_validating(rows), bootstrap=bootstrap, seed=seed)),
    ]
    found += ({**row, "group": group} for group, some in used for row in some)
    if len(set(rows["label"])) > 1:
        agreement = label_agreement(latents, labels, key=key, components=None, **draws)
        ari = agreement[agreement["score"] == "ari"]
        found += _estimates(ari.assign(metric="ari", group=ALL))
    names = sorted({name for members in families.values() for name in members})
    within = within_label_auc(latents, features, labels, key=key, names=names, folds=folds, **draws)
    auc = family_auc(within, families).rename(columns={"label": "group", "auc": "value"})
    sizes = auc["group"].map(rows.groupby("label").size())
    found += _estimates(auc.assign(metric="auc_" + auc["family"], n=sizes))
    return CAPACITY.check(pd.DataFrame(found).assign(seed=numbers[0]))


def _judged(
    rows: pd.DataFrame, is_trained: NDArray[np.bool_]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give the rows that did not train: the validation part, and each label that never did."""
    yield VALIDATION, _validating(rows)
    for label, own in rows[~is_trained].groupby("label"):
        # A single image has no spread that could be explained.
        if len(own) > 1:
            yield str(label), own


def _validating(rows: pd.DataFrame) -> pd.DataFrame:
    validating = rows[rows["part"] == "validation"]
    if len(validating) < 2:
        raise InputError(f"latents: {len(validating)} validation rows; a spread needs at least 2.")
    return validating


def reconstruction_quality(
    rows: pd.DataFrame, images: NDArray[np.floating], *, bootstrap: int, seed: int
) -> Iterator[Row]:
    """Give the mean errors and KL divergence per image, and the share that is explained.

    Parameters
    ----------
    rows : DataFrame
        Rows of the table ``latents``, in the order of their key.
    images : array (rows, C, size, size)
        Their images as the model sees them.
    bootstrap : int
        Draws of the rows.
    seed : int
        Random seed.
    """
    for metric in PER_IMAGE:
        values = rows[metric].to_numpy(dtype=float)
        low, high = mean_interval(values, bootstrap=bootstrap, seed=seed)
        yield _row(metric, values.mean(), low, high, n=len(rows))
    errors = rows["reconstruction_error"].to_numpy(dtype=float)
    share, low, high = explained_share(images, errors, bootstrap=bootstrap, seed=seed)
    yield _row("explained_share", share, low, high, n=len(rows))


def latent_use(
    means: Floats, *, active_variance: float, bootstrap: int, permutations: int, seed: int
) -> Iterator[Row]:
    """Give how many dimensions are used, and how evenly.

    Parameters
    ----------
    means : array of float, shape (rows, dimensions)
        Posterior means, in the order of their key.
    active_variance, bootstrap, permutations, seed
        As in :func:`assess_capacity`. The null of the participation ratio permutes each dimension
        by itself: as many rows with the same spreads and no correlation.

    Notes
    -----
    Active units: Y. Burda, R. Grosse and R. Salakhutdinov, arXiv:1509.00519, sect. 5.
    """
    n, dimensions = means.shape
    if n < 2:
        raise InputError(f"capacity: {n} rows of the trained labels; a spread needs at least 2.")
    rng = np.random.default_rng(seed)
    variances = means.var(axis=0)
    centred = means - means.mean(axis=0)
    moments = np.concatenate([centred, centred**2], axis=1)
    # One thread: the number of threads may not change a digit.
    with threadpool_limits(limits=1):
        sums = resampled_sums(moments, bootstrap=bootstrap, seed=seed) / n
    drawn = sums[:, dimensions:] - sums[:, :dimensions] ** 2
    ends = np.quantile(drawn, TAILS, axis=0)
    for name, value, low, high in zip(dimension_names(dimensions), variances, *ends, strict=True):
        yield _row("mean_variance", value, low, high, n=n, dimension=name)
    active = int(np.count_nonzero(variances > active_variance))
    low, high = np.quantile(np.count_nonzero(drawn > active_variance, axis=1), TAILS)
    for metric, whole in (("active_units", 1), ("active_share", dimensions)):
        yield _row(metric, active / whole, low / whole, high / whole, n=n)
    ratio, low, high = participation_ratio(means)
    with threadpool_limits(limits=1):
        null = [participation_ratio(rng.permuted(means, axis=0))[0] for _ in range(permutations)]
    ends_of_null = np.quantile(null, TAILS)
    for metric, whole in (("participation_ratio", 1), ("participation_share", dimensions)):
        low_null, high_null = ends_of_null / whole
        row = _row(metric, ratio / whole, low / whole, high / whole, n=n)
        yield {**row, "null_low": low_null, "null_high": high_null}


def participation_ratio(points: Floats) -> tuple[float, float, float]:
    """Return over how many directions points spread, with its interval.

    It is (Σλ)² / Σλ² over the eigenvalues λ of the covariance: the number of dimensions if all
    directions are equally wide, and 1 if there is but one. Of few rows it reads low: n rows of d
    uncorrelated, equally wide dimensions have about d / (1 + d/n).

    Parameters
    ----------
    points : array of float, shape (rows, dimensions)
        The points.

    Returns
    -------
    ratio, low, high : float
        With the interval of the infinitesimal jackknife for the ratio's logarithm, since repeated
        rows of a bootstrap draw would narrow the spread. NaN where nothing varies.

    Notes
    -----
    The sums over the eigenvalues are the trace of the covariance and its squared Frobenius norm.
    B. Efron, The Jackknife, the Bootstrap and Other Resampling Plans (1982), ch. 6.
    """
    centred = points - points.mean(axis=0)
    covariance = centred.T @ centred / len(points)
    trace, squared = float(np.trace(covariance)), float(np.square(covariance).sum())
    if not squared > 0:
        return math.nan, math.nan, math.nan
    ratio = trace**2 / squared
    lengths = np.square(centred).sum(axis=1)
    along = np.einsum("ni,ni->n", centred @ covariance, centred)
    influence = 2 * (lengths / trace - along / squared)
    half = float(ndtri(TAILS[1]) * influence.std()) / math.sqrt(len(points))
    low, high = ratio * math.exp(-half), ratio * math.exp(half)
    return ratio, max(low, 1.0), min(high, float(points.shape[1]))


def kl_by_dimension(rows: pd.DataFrame, *, bootstrap: int, seed: int) -> Iterator[Row]:
    """Give the mean KL divergence of each dimension from the standard normal prior."""
    of_rows = divergences(rows)
    for name, values in zip(dimension_names(of_rows.shape[1]), of_rows.T, strict=True):
        low, high = mean_interval(values, bootstrap=bootstrap, seed=seed)
        yield _row("kl", values.mean(), low, high, n=len(rows), dimension=name)


def _row(
    metric: str, value: float, low: float, high: float, *, n: int, dimension: str = ALL
) -> Row:
    nothing = {"null_low": math.nan, "null_high": math.nan}
    known = {"value": float(value), "low": float(low), "high": float(high), "n": n}
    return {"metric": metric, "dimension": dimension, **known, **nothing}


def _estimates(table: pd.DataFrame) -> list[Row]:
    """Return the rows of an analysis that has intervals and nulls."""
    columns = ["metric", "group", "value", "low", "high", "null_low", "null_high", "n"]
    named = table[columns].assign(dimension=ALL).to_dict("records")
    return [{str(name): entry for name, entry in row.items()} for row in named]
