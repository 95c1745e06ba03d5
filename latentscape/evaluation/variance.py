"""What the variance of each latent dimension consists of."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from latentscape.errors import InputError
from latentscape.evaluation.features import DescribedRows, described_rows
from latentscape.evaluation.intervals import TAILS
from latentscape.evaluation.latents import by_training, dimension_names
from latentscape.evaluation.resampling import resampled_sums
from latentscape.evaluation.tables.content import DIMENSIONS, VARIANCE
from latentscape.progress import progress

Floats = NDArray[np.float64]

SCALES = ("raw", "rank")
LABELS = "labels"
FEATURES = "features"
# Permutations that are fitted at once.
_TOGETHER = 10


def decompose_variance(
    latents: pd.DataFrame,
    features: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    names: Sequence[str],
    folds: int,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return how much of each dimension's variance labels and features explain.

    The variance of a dimension is divided into that between the means of the
    labels and that within labels (analysis of variance). A linear model of all
    features, with one slope for all labels, then explains a share of the
    variance within labels; what it loses without one feature is that feature's
    unique share (squared semi-partial correlation). Both are out of fold.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``mean``.
    features : DataFrame
        The key and the named features. A row without one of them is left out and counted.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    names : sequence of str
        The features.
    folds : int
        Folds, stratified by label.
    bootstrap : int
        Draws of the intervals. Rows are drawn, ranks and fits are kept.
    permutations : int
        Permutations of the nulls: of the labels for ``labels``, of the latents within
        each label for the rest, which is fitted anew.
    seed : int
        Random seed of folds, draws and permutations.

    Returns
    -------
    DataFrame
        Table ``variance``, for the latents as they are and for their ranks (then the
        features are ranked, too). Missing where a dimension is constant. The share of the
        labels depends on how many rows each label has. Features that say the same have no
        unique share, though together they may have one.

    Raises
    ------
    InputError
        If a feature is unknown, no row stands in all tables, or a label has fewer complete
        rows than folds.
    """
    trainings = list(described_rows(latents, features, labels, key=key, names=names))
    runs = [(rows, scale) for rows in trainings for scale in SCALES]
    tables = []
    # One thread: the products are small, and the number of threads may not change a digit.
    with threadpool_limits(limits=1):
        for rows, scale in progress(runs, len(runs), unit="scales"):
            complete = np.asarray(~np.isnan(rows.features).any(axis=1))
            codes = _label_codes(rows, complete, folds)
            values, inputs = rows.means[complete], rows.features[complete]
            if scale == "rank":
                values, inputs = rankdata(values, axis=0), rankdata(inputs, axis=0)
            draws = {"bootstrap": bootstrap, "permutations": permutations, "seed": seed}
            shares = [
                _between(values, codes, **draws),
                _within(values, inputs, codes, folds=folds, **draws),
            ]
            table = _tabulate(np.concatenate(shares, axis=1), [LABELS, FEATURES, *names])
            counts = {"n": int(complete.sum()), "n_missing": int((~complete).sum())}
            tables.append(table.assign(seed=rows.number, scale=scale, **counts))
    return VARIANCE.check(pd.concat(tables, ignore_index=True))


def measure_dimensions(
    latents: pd.DataFrame, *, key: Sequence[str], threshold: float, bootstrap: int, seed: int
) -> pd.DataFrame:
    """Return what each latent dimension costs, and whether the model uses it.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``part``, ``mean``, ``log_variance``.
    key : sequence of str
        The key columns.
    threshold : float
        KL divergence to the prior in nat, from which a dimension is active.
    bootstrap : int
        Draws of the interval of the mean KL divergence.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        Table ``dimensions``, for each part. The KL divergence of one row and dimension is
        (μ² + σ² - 1 - ln σ²)/2 (Kingma and Welling, arXiv:1312.6114, appendix B).
    """
    tables = []
    for number, rows, means in by_training(latents, key):
        divergence = divergences(rows)
        for part in sorted(rows["part"].unique()):
            own = (rows["part"] == part).to_numpy()
            sums = resampled_sums(divergence[own], bootstrap=bootstrap, seed=seed)
            low, high = np.quantile(sums / own.sum(), TAILS, axis=0)
            kl = divergence[own].mean(axis=0)
            table = {
                "dimension": dimension_names(means.shape[1]),
                "kl": kl,
                "low": low,
                "high": high,
                "variance": means[own].var(axis=0),
                "is_active": kl >= threshold,
            }
            tables.append(pd.DataFrame(table).assign(seed=number, part=part, n=int(own.sum())))
    return DIMENSIONS.check(pd.concat(tables, ignore_index=True))


def divergences(rows: pd.DataFrame) -> Floats:
    """Return the KL divergence [nat] of the posterior of each row and dimension from the prior.

    Parameters
    ----------
    rows : DataFrame
        Columns ``mean`` and ``log_variance``, one array per row.

    Returns
    -------
    array of float, shape (rows, dimensions)

    Notes
    -----
    From the standard normal prior: D. P. Kingma and M. Welling, arXiv:1312.6114, appendix B.
    """
    mean, log_variance = (
        np.stack(rows[name].to_list()).astype(np.float64) for name in ("mean", "log_variance")
    )
    divergence: Floats = (mean**2 + np.exp(log_variance) - 1 - log_variance) / 2
    return divergence


def _label_codes(rows: DescribedRows, complete: NDArray[np.bool_], folds: int) -> NDArray[np.intp]:
    """Return the number of each complete row's label."""
    _, codes = np.unique(rows.labels[complete], return_inverse=True)
    for label in np.unique(rows.labels):
        found = int((rows.labels[complete] == label).sum())
        if found < folds:
            raise InputError(
                f"variance: label {str(label)!r} has {found} rows with all features, "
                f"too few for {folds} folds."
            )
    return codes


def _between(
    values: Floats, codes: NDArray[np.intp], *, bootstrap: int, permutations: int, seed: int
) -> Floats:
    """Return the share of the variance between labels, as (5, 1, dimensions)."""
    member = np.eye(codes.max() + 1)[codes]
    centred = values - values.mean(axis=0)
    by_label = member[:, :, None] * centred[:, None, :]
    columns = np.concatenate([member, centred**2, by_label.reshape(len(values), -1)], axis=1)
    shape = (member.shape[1], values.shape[1])
    draws = _shares_of_sums(resampled_sums(columns, bootstrap=bootstrap, seed=seed), *shape)
    rng = np.random.default_rng(seed)
    sums = np.tile(columns.sum(axis=0), (permutations, 1))
    for row in sums:
        row[sum(shape) :] = (member[rng.permutation(len(member))].T @ centred).ravel()
    observed = _shares_of_sums(columns.sum(axis=0)[None], *shape)
    return _estimates(observed, draws, _shares_of_sums(sums, *shape))[:, None, :]


def _shares_of_sums(sums: Floats, labels: int, dimensions: int) -> Floats:
    """Return Σ n_l·m_l² - n·m² over Σ z² - n·m², as (draws, dimensions).

    The columns of ``sums`` are the rows n_l of each label, Σ z², and Σ z of each label.
    """
    counts, squares, by_label = np.split(sums, [labels, labels + dimensions], axis=1)
    by_label = by_label.reshape(-1, labels, dimensions)
    # A draw may leave out a rare label, which then has no mean and no part.
    held = np.maximum(counts, 1)[:, :, None]
    common = by_label.sum(axis=1) ** 2 / counts.sum(axis=1, keepdims=True)
    return _ratio((by_label**2 / held).sum(axis=1) - common, squares - common)


def _within(
    values: Floats,
    inputs: Floats,
    codes: NDArray[np.intp],
    *,
    folds: int,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> Floats:
    """Return the shares of all features and of each alone, as (5, 1 + features, dimensions)."""
    splits = list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(inputs, codes))
    dimensions = values.shape[1]
    # In the order of the folds, which depends on nothing but the keys and the seed.
    squares = np.concatenate(list(_squares(values, inputs, codes, splits)))
    models = squares.shape[1]
    flat = squares.reshape(len(values), models * dimensions)
    sums = resampled_sums(flat, bootstrap=bootstrap, seed=seed).reshape(-1, models, dimensions)
    draws = _shares_of_squares(sums)
    rng = np.random.default_rng(seed)
    null = []
    for start in range(0, permutations, _TOGETHER):
        several = min(_TOGETHER, permutations - start)
        shuffled = [values[_shuffled_within(codes, rng)] for _ in range(several)]
        fitted = _squares(np.concatenate(shuffled, axis=1), inputs, codes, splits)
        total = sum(part.sum(axis=0) for part in fitted)
        null.append(np.asarray(total).reshape(models, several, dimensions).transpose(1, 0, 2))
    observed = _shares_of_squares(flat.sum(axis=0).reshape(1, models, dimensions))
    return _estimates(observed, draws, _shares_of_squares(np.concatenate(null)))


def _squares(
    values: Floats,
    inputs: Floats,
    codes: NDArray[np.intp],
    splits: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]],
) -> Iterator[Floats]:
    """Give, per fold, squares of what is left by no model, by all features, by all but one.

    Shape (judged rows, 2 + features, dimensions).
    """
    for fitted, judged in splits:
        z, z_left = _centred(values, codes, fitted, judged)
        x, x_left = _centred(inputs, codes, fitted, judged)
        scale = x.std(axis=0)
        scale[scale == 0] = 1.0
        x, x_left = x / scale, x_left / scale
        gram, moments = x.T @ x, x.T @ z
        everything = np.arange(x.shape[1])
        chosen = [everything, *(np.delete(everything, i) for i in everything)]
        left = [z_left]
        for use in chosen:
            slopes = np.linalg.pinv(gram[np.ix_(use, use)], hermitian=True) @ moments[use]
            left.append(z_left - x_left[:, use] @ slopes)
        yield np.stack(left, axis=1) ** 2


def _centred(
    values: Floats, codes: NDArray[np.intp], fitted: NDArray[np.intp], judged: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Return the fitted and the judged rows minus their label's mean over the fitted rows."""
    member = np.eye(codes.max() + 1)[codes[fitted]]
    means = (member.T @ values[fitted]) / member.sum(axis=0)[:, None]
    return values[fitted] - means[codes[fitted]], values[judged] - means[codes[judged]]


def _shuffled_within(codes: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Return a permutation of the rows that keeps every label in its places."""
    places = np.argsort(codes, kind="stable")
    # Sorting by (label, chance) lists the rows of each label in a random order.
    mixed = np.lexsort((rng.random(len(codes)), codes))
    order = np.empty(len(codes), dtype=np.intp)
    order[places] = mixed
    return order


def _shares_of_squares(sums: Floats) -> Floats:
    """Return R² of all features, and what is lost without each, as (draws, 1 + features, k)."""
    total, full, reduced = sums[:, :1], sums[:, 1:2], sums[:, 2:]
    lost = np.concatenate([total - full, reduced - full], axis=1)
    return _ratio(lost, np.broadcast_to(total, lost.shape))


def _ratio(part: Floats, whole: Floats) -> Floats:
    share = np.full(part.shape, np.nan)
    np.divide(part, whole, out=share, where=whole > 0)
    return share


def _estimates(observed: Floats, draws: Floats, null: Floats) -> Floats:
    """Put value, ends of its interval and ends of its null behind each other."""
    ends = [np.quantile(samples, TAILS, axis=0) for samples in (draws, null)]
    return np.concatenate([observed, *ends])


def _tabulate(shares: Floats, sources: Sequence[str]) -> pd.DataFrame:
    """One row per dimension and source, from (5, sources, dimensions)."""
    dimensions = dimension_names(shares.shape[2])
    pairs = pd.MultiIndex.from_product([sources, dimensions], names=["source", "dimension"])
    columns = ("share", "low", "high", "null_low", "null_high")
    values = dict(zip(columns, shares.reshape(len(columns), -1), strict=True))
    return pairs.to_frame(index=False).assign(**values)
