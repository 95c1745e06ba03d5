"""What can be read from all latents together: a linear and a non-linear reader, out of fold."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
from sklearn.neural_network import MLPRegressor
from threadpoolctl import threadpool_limits

from latentscape.errors import InputError
from latentscape.evaluation.features import described_rows, same_rows
from latentscape.evaluation.intervals import TAILS
from latentscape.evaluation.latents import dimension_names
from latentscape.evaluation.resampling import resampled_sums
from latentscape.evaluation.tables.content import CONTENT, IMPORTANCE
from latentscape.progress import progress

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reader:
    """One kind of regression, and how often its null is fitted.

    Parameters
    ----------
    kind : str
        ridge or mlp.
    penalty : float
        L2 penalty of the weights, for standardised inputs and targets.
    permutations : int
        Fits to shuffled features.
    hidden : sequence of int
        Hidden layers of the MLP.
    iterations : int
        Steps of the MLP's optimiser at most.
    """

    kind: str
    penalty: float
    permutations: int
    hidden: Sequence[int] = ()
    iterations: int = 0


@dataclass(frozen=True)
class Reading:
    """Out-of-fold errors of one reader, in the units of the features.

    Parameters
    ----------
    errors : array of float, shape (rows, features)
        Read minus true value.
    harm : array of float, shape (dimensions, rows, features)
        How much the squared error grows when a dimension is shuffled.
    """

    errors: Floats
    harm: Floats


def read_features(
    latents: pd.DataFrame,
    features: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    names: Sequence[str],
    folds: int,
    ridge_penalty: float,
    hidden: Sequence[int],
    mlp_penalty: float,
    mlp_iterations: int,
    repeats: int,
    bootstrap: int,
    permutations: int,
    mlp_permutations: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how well ridge regression and an MLP read each feature, and from which dimension.

    One reader of a kind reads all features that are missing in the same rows
    at once. Inputs and targets are standardised on each fold's fitted rows,
    and every row is judged once, by the reader of the fold in which it was
    left out. R² is 1 - Σ(error²)/Σ(value - mean)² over all rows, so that it is
    negative for a reader that does worse than the mean.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``mean``.
    features : DataFrame
        The key and the named features; NaN is missing.
    labels : DataFrame
        The key and ``label``; only rows with a label are read.
    key : sequence of str
        The key columns.
    names : sequence of str
        The features.
    folds : int
        Folds.
    ridge_penalty, mlp_penalty : float
        L2 penalty of the weights.
    hidden : sequence of int
        Units in each hidden layer of the MLP.
    mlp_iterations : int
        Steps of the MLP's optimiser (L-BFGS) at most.
    repeats : int
        How often a dimension is shuffled for its importance, which is the mean.
    bootstrap : int
        Draws of the intervals. Rows are drawn and predictions kept: an interval says
        nothing of how another training, other folds or other initial weights would
        change it.
    permutations, mlp_permutations : int
        Fits of each reader's null, in which the rows of the features are shuffled. The R²
        of shuffled features that are missing in the same rows are pooled, as they
        depend on the reader and the number of rows, hardly on the feature.
    seed : int
        Random seed of folds, weights, draws and permutations.

    Returns
    -------
    content, importance : DataFrame
        Tables ``content`` and ``importance``. Dimensions that know the same can replace
        each other, and then none of them is important.

    Raises
    ------
    InputError
        If a feature is unknown, no row stands in all tables, or a feature has fewer rows
        than folds.
    """
    readers = (
        Reader("ridge", ridge_penalty, permutations),
        Reader("mlp", mlp_penalty, mlp_permutations, hidden, mlp_iterations),
    )
    trainings = list(described_rows(latents, features, labels, key=key, names=names))
    runs = [(rows, *block) for rows in trainings for block in same_rows(rows.features)]
    tables = []
    # One thread: the fits are small, and the number of threads may not change a digit.
    with threadpool_limits(limits=1):
        for rows, present, columns in progress(runs, len(runs), unit="fits"):
            counts = {"n": int(present.sum()), "n_missing": int((~present).sum())}
            own = [names[column] for column in columns]
            if counts["n"] < folds:
                raise InputError(
                    f"content: feature {own[0]!r} is there in {counts['n']} rows, "
                    f"too few for {folds} folds."
                )
            content, importance = _read_together(
                rows.means[present],
                pd.DataFrame(rows.features[np.ix_(present, columns)], columns=own),
                readers,
                folds=folds,
                repeats=repeats,
                bootstrap=bootstrap,
                seed=seed,
            )
            tables.append(
                (content.assign(seed=rows.number, **counts), importance.assign(seed=rows.number))
            )
    contents, importances = zip(*tables, strict=True)
    return (
        CONTENT.check(pd.concat(contents, ignore_index=True)),
        IMPORTANCE.check(pd.concat(importances, ignore_index=True)),
    )


def _read_together(
    means: Floats,
    features: pd.DataFrame,
    readers: Sequence[Reader],
    *,
    folds: int,
    repeats: int,
    bootstrap: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables for features without a missing value; the first reader is linear."""
    values = features.to_numpy(np.float64)
    readings = [
        read_out_of_fold(means, values, reader, folds=folds, repeats=repeats, seed=seed)
        for reader in readers
    ]
    contents, importances = [], []
    for reader, reading in zip(readers, readings, strict=True):
        linear = np.full_like(values, np.nan) if reader is readers[0] else readings[0].errors
        content = _tabulate_content(values, reading.errors, linear, bootstrap=bootstrap, seed=seed)
        importance = _tabulate_importance(values, reading.harm, bootstrap=bootstrap, seed=seed)
        named = importance["feature"].map(dict(enumerate(features.columns)))
        r2_null, importance_null = _null(means, values, reader, folds=folds, seed=seed)
        contents.append(
            content.assign(
                feature=features.columns,
                reader=reader.kind,
                null_low=r2_null[0],
                null_high=r2_null[1],
            )
        )
        importances.append(
            importance.assign(
                feature=named,
                reader=reader.kind,
                null_low=importance_null[0],
                null_high=importance_null[1],
            )
        )
    return pd.concat(contents), pd.concat(importances)


def read_out_of_fold(
    means: Floats, values: Floats, reader: Reader, *, folds: int, repeats: int, seed: int
) -> Reading:
    """Read every row by a reader that was fitted without its fold.

    Parameters
    ----------
    means : array of float, shape (rows, dimensions)
        Latents. Give the rows in the order of their key: the folds depend on it.
    values : array of float, shape (rows, features)
        Features without a missing value.
    reader : Reader
        What is fitted.
    folds, repeats, seed
        As in :func:`read_features`.

    Returns
    -------
    Reading
    """
    rng = np.random.default_rng(seed)
    errors = np.empty_like(values)
    harm = np.zeros((means.shape[1], *values.shape))
    for fitted, judged in KFold(folds, shuffle=True, random_state=seed).split(means):
        read = _fit(reader, means[fitted], values[fitted], seed)
        errors[judged] = read(means[judged]) - values[judged]
        for dimension in range(means.shape[1]):
            for _ in range(repeats):
                given = means[judged]
                given[:, dimension] = rng.permutation(given[:, dimension])
                wrong = read(given) - values[judged]
                harm[dimension, judged] += (wrong**2 - errors[judged] ** 2) / repeats
    return Reading(errors, harm)


def _fit(reader: Reader, means: Floats, values: Floats, seed: int) -> Callable[[Floats], Floats]:
    """Return a function that reads features from latents, fitted with both standardised."""
    regression = (
        Ridge(reader.penalty)
        if reader.kind == "ridge"
        # L-BFGS converges on small tables in a fraction of Adam's time, and needs no batches.
        else MLPRegressor(
            hidden_layer_sizes=tuple(reader.hidden),
            solver="lbfgs",
            alpha=reader.penalty,
            max_iter=reader.iterations,
            max_fun=10 * reader.iterations,
            random_state=seed,
        )
    )
    (centre, scale), (target_centre, target_scale) = _standard(means), _standard(values)
    targets = (values - target_centre) / target_scale
    with warnings.catch_warnings(), config_context(assume_finite=True):
        # The number of steps is part of the definition: more of them fit the noise.
        warnings.simplefilter("ignore", ConvergenceWarning)
        # A single target may not be a column.
        regression.fit((means - centre) / scale, targets if targets.shape[1] > 1 else targets[:, 0])

    def read(given: Floats) -> Floats:
        with config_context(assume_finite=True):
            standard = regression.predict((given - centre) / scale).reshape(len(given), -1)
        return np.asarray(target_centre + target_scale * standard)

    return read


def _standard(values: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of each column; 1 for a constant one."""
    spread = values.std(axis=0)
    return values.mean(axis=0), np.where(spread > 0, spread, 1.0)


def _null(
    means: Floats, values: Floats, reader: Reader, *, folds: int, seed: int
) -> tuple[Floats, Floats]:
    """Return the ends of R² and of the importance where features do not belong to latents."""
    rng = np.random.default_rng(seed)
    r2, importance = [np.empty(0)], [np.empty(0)]
    for _ in range(reader.permutations):
        shuffled = rng.permutation(values)
        found = read_out_of_fold(means, shuffled, reader, folds=folds, repeats=1, seed=seed)
        variation = ((shuffled - shuffled.mean(axis=0)) ** 2).sum(axis=0)
        known = _varies(values)
        r2.append(1 - (found.errors[:, known] ** 2).sum(axis=0) / variation[known])
        importance.append((found.harm[:, :, known].sum(axis=1) / variation[known]).ravel())
    return _ends(np.concatenate(r2)), _ends(np.concatenate(importance))


def _tabulate_content(
    values: Floats, errors: Floats, linear: Floats, *, bootstrap: int, seed: int
) -> pd.DataFrame:
    """One row per feature: R², gain over the linear reader, and errors, with intervals."""
    columns = (errors**2, linear**2, np.abs(errors))
    variation, rows, (wrong, wrong_linear, size) = _sums(
        values, columns, bootstrap=bootstrap, seed=seed
    )
    found = {
        "r2": 1 - wrong / variation,
        "gain": (wrong_linear - wrong) / variation,
        "rmse": np.sqrt(wrong / rows),
        "mae": size / rows,
    }
    table = {}
    for name, (observed, *draws) in found.items():
        ends = ("low", "high") if name == "r2" else (f"{name}_low", f"{name}_high")
        table[name] = observed
        table.update(zip(ends, np.quantile(draws, TAILS, axis=0), strict=True))
    return pd.DataFrame(table)


def _tabulate_importance(
    values: Floats, harm: Floats, *, bootstrap: int, seed: int
) -> pd.DataFrame:
    """One row per dimension and feature; features are numbered."""
    tables = []
    for dimension, grown in zip(dimension_names(len(harm)), harm, strict=True):
        variation, _, (lost,) = _sums(values, [grown], bootstrap=bootstrap, seed=seed)
        observed, *draws = lost / variation
        low, high = np.quantile(draws, TAILS, axis=0)
        table = {"feature": range(len(low)), "importance": observed, "low": low, "high": high}
        tables.append(pd.DataFrame(table).assign(dimension=dimension))
    return pd.concat(tables, ignore_index=True)


def _sums(
    values: Floats, columns: Sequence[Floats], *, bootstrap: int, seed: int
) -> tuple[Floats, int, list[Floats]]:
    """Return Σ (value - mean)², the rows and the sums of columns: of all rows, then per draw.

    The sum of squares is missing for a constant feature.
    """
    centred = values - values.mean(axis=0)
    flat = np.concatenate([centred, centred**2, *columns], axis=1)
    draws = resampled_sums(flat, bootstrap=bootstrap, seed=seed)
    sums = np.concatenate([flat.sum(axis=0)[None], draws])
    total, squares, *others = np.split(sums, len(columns) + 2, axis=1)
    variation = squares - total**2 / len(values)
    variation[(variation <= 0) | ~_varies(values)] = np.nan
    return variation, len(values), others


def _varies(values: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.ptp(values, axis=0) > 0)


def _ends(samples: Floats) -> Floats:
    """Return the ends of the central interval; missing without a sample."""
    if not samples.size:
        return np.full(2, np.nan)
    ends: Floats = np.quantile(samples, TAILS)
    return ends
