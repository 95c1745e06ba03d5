"""Mutual information of latent dimensions and features, by nearest neighbours."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray
from scipy.special import digamma, ndtri
from scipy.stats import t as student

from latentscape.errors import InputError
from latentscape.evaluation.features import DescribedRows, described_rows
from latentscape.evaluation.intervals import TAILS
from latentscape.evaluation.latents import dimension_names
from latentscape.evaluation.tables.content import MUTUAL_INFORMATION
from latentscape.progress import progress

Floats = NDArray[np.float64]


def mutual_information(
    latents: pd.DataFrame,
    features: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    names: Sequence[str],
    neighbours: int,
    subsamples: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return what each latent dimension and each feature know of each other.

    Mutual information finds every kind of dependence, also one without a
    correlation. Values are replaced by normal scores of their ranks, which
    leaves it as it is; equal values are put into a random order, which adds
    nothing to it.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``mean``.
    features : DataFrame
        The key and the named features; NaN is missing, and such a row is left out of that
        feature alone.
    labels : DataFrame
        The key and ``label``; only rows with a label are used.
    key : sequence of str
        The key columns.
    names : sequence of str
        The features.
    neighbours : int
        Neighbours of the estimator: fewer have less bias and more spread.
    subsamples : int
        Halves of the rows from which the interval is estimated.
    permutations : int
        Permutations of the null. The estimate depends on ranks alone, so that all pairs with
        as many rows share one null.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        Table ``mutual_information``. Estimates scatter around zero for values without
        relation, and can be negative. The interval is ± t standard deviations of the
        estimate on random halves (delete-half jackknife), with Student's t for so many
        halves; it knows nothing of the bias of the estimator, which is downwards for strong
        dependence.

    Raises
    ------
    InputError
        If a feature is unknown, no row stands in all tables, or a feature has too few rows.

    Notes
    -----
    Estimator: A. Kraskov, H. Stögbauer and P. Grassberger, Phys. Rev. E 69 (2004) 066138,
    eq. 8. Spread from subsamples: C. M. Holmes and I. Nemenman, Phys. Rev. E 100 (2019)
    022404.
    """
    trainings = list(described_rows(latents, features, labels, key=key, names=names))
    runs = [(rows, column) for rows in trainings for column in range(len(names))]
    nulls: dict[int, tuple[float, float]] = {}
    tables = []
    for rows, column in progress(runs, len(runs), unit="features"):
        present = ~np.isnan(rows.features[:, column])
        n = int(present.sum())
        if n < 4 * neighbours:
            raise InputError(
                f"mutual information: feature {names[column]!r} is there in {n} rows, too few "
                f"for {neighbours} neighbours in half of them."
            )
        if n not in nulls:
            nulls[n] = _null(n, neighbours, permutations, seed)
        table = _of_feature(rows, column, neighbours=neighbours, subsamples=subsamples, seed=seed)
        low, high = nulls[n]
        tables.append(
            table.assign(seed=rows.number, feature=names[column], null_low=low, null_high=high, n=n)
        )
    return MUTUAL_INFORMATION.check(pd.concat(tables, ignore_index=True))


def information(x: Floats, y: Floats, *, neighbours: int) -> float:
    """Return the estimated mutual information of two columns in nat.

    Parameters
    ----------
    x, y : array of float, shape (rows,)
        Values of comparable spread, without repeated values; in any order.
    neighbours : int
        Neighbours of the estimator.

    Returns
    -------
    float

    Notes
    -----
    Kraskov et al., eq. 8: ψ(k) + ψ(N) - ⟨ψ(n_x + 1) + ψ(n_y + 1)⟩, with the largest norm.
    """
    order = np.argsort(x)
    known = digamma(np.arange(1, len(x) + 1))
    counted = _mean_digamma(x[order], y[order], np.sort(y), neighbours, known)
    return float(known[neighbours - 1] + known[-1] - counted)


def normal_scores(values: Floats, rng: np.random.Generator) -> Floats:
    """Return the normal quantiles of the ranks of some values, equal ones in a random order."""
    chance = rng.random(len(values))
    order = np.lexsort((chance, values))
    ranks = np.empty(len(values))
    ranks[order] = np.arange(len(values))
    scores: Floats = ndtri((ranks + 0.5) / len(values))
    return scores


def _of_feature(
    rows: DescribedRows, column: int, *, neighbours: int, subsamples: int, seed: int
) -> pd.DataFrame:
    """One row per dimension; missing where the dimension or the feature is constant."""
    rng = np.random.default_rng(seed)
    present = ~np.isnan(rows.features[:, column])
    feature, means = rows.features[present, column], rows.means[present]
    y = normal_scores(feature, rng)
    halves = [rng.permutation(len(y))[: len(y) // 2] for _ in range(subsamples)]
    estimates = []
    for mean in means.T:
        x = normal_scores(mean, rng)
        if np.ptp(mean) == 0 or np.ptp(feature) == 0:
            estimates.append((np.nan, np.nan))
            continue
        spread = np.std(
            [information(x[half], y[half], neighbours=neighbours) for half in halves], ddof=1
        )
        estimates.append((information(x, y, neighbours=neighbours), float(spread)))
    found, spreads = np.array(estimates).T
    # The spread itself is known from a few halves only.
    reach = student.ppf(TAILS[1], subsamples - 1) * spreads
    return pd.DataFrame(
        {
            "dimension": dimension_names(means.shape[1]),
            "information": found,
            "low": found - reach,
            "high": found + reach,
        }
    )


def _null(rows: int, neighbours: int, permutations: int, seed: int) -> tuple[float, float]:
    """Return the ends of the estimate for independent ranks."""
    rng = np.random.default_rng(seed)
    scores = ndtri((np.arange(rows) + 0.5) / rows)
    draws = [
        information(scores, rng.permutation(scores), neighbours=neighbours)
        for _ in range(permutations)
    ]
    low, high = np.quantile(draws, TAILS)
    return float(low), float(high)


@njit(cache=True)
def _mean_digamma(
    x: Floats, y: Floats, y_sorted: Floats, neighbours: int, known: Floats
) -> float:  # pragma: no cover - compiled
    """Return ⟨ψ(n_x + 1) + ψ(n_y + 1)⟩ of rows in the order of x; ``known`` is ψ(1), ψ(2), …."""
    rows = len(x)
    nearest = np.empty(neighbours)
    total = 0.0
    for i in range(rows):
        nearest[:] = np.inf
        left, right = i - 1, i + 1
        # Outwards along x, until no row further out can be nearer than those found.
        while True:
            to_left = x[i] - x[left] if left >= 0 else np.inf
            to_right = x[right] - x[i] if right < rows else np.inf
            if min(to_left, to_right) >= nearest[-1]:
                break
            if to_left < to_right:
                distance = max(to_left, abs(y[left] - y[i]))
                left -= 1
            else:
                distance = max(to_right, abs(y[right] - y[i]))
                right += 1
            place = neighbours - 1
            if distance < nearest[place]:
                while place > 0 and nearest[place - 1] > distance:
                    nearest[place] = nearest[place - 1]
                    place -= 1
                nearest[place] = distance
        for column, value in ((x, x[i]), (y_sorted, y[i])):
            # Strictly nearer than the k-th neighbour, the row itself counted. The sum may be
            # rounded, so that the differences decide.
            first = np.searchsorted(column, value - nearest[-1], side="left")
            last = np.searchsorted(column, value + nearest[-1], side="right")
            while value - column[first] >= nearest[-1]:
                first += 1
            while column[last - 1] - value >= nearest[-1]:
                last -= 1
            total += known[last - first - 1]
    return total / rows
