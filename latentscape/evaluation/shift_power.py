"""How small a shift of a mixture the two-sample tests still find."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from latentscape.evaluation.comparisons import planted_rows
from latentscape.evaluation.energy import energy_distances
from latentscape.evaluation.intervals import over_trainings, wilson
from latentscape.evaluation.latents import by_training
from latentscape.evaluation.logistic import auc_of_counts, blocks_of_draws, out_of_fold
from latentscape.evaluation.tables.comparisons import TWO_SAMPLE_POWER, TWO_SAMPLE_SENSITIVITY
from latentscape.evaluation.two_sample import LOGISTIC_PENALTY
from latentscape.keys import join
from latentscape.progress import progress
from latentscape.seeds import seed_for

Floats = NDArray[np.float64]
Counts = NDArray[np.integer]
Statistic = Callable[[Floats, Counts, Counts, np.random.Generator], Floats]

FOUND = 0.9
"""Power with which a shift counts as found in the summary."""


def measure_power(
    latents: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    planted: Mapping[str, Any],
    folds: int,
    level: float,
    shifts: Sequence[float],
    rows: Sequence[int],
    draws: int,
    null_draws: int,
    pool: int,
    seed: int,
) -> pd.DataFrame:
    """Return how often a shifted mixture of two labels is found, in each training.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``mean``.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    planted : mapping
        ``labels`` that are mixed, or None, and the ``shift`` in percentage points, which sets
        how many rows are at hand for each side.
    folds, level, shifts, draws, null_draws
        As in :func:`power_of_shifts`.
    rows : sequence of int
        Rows per side, besides those at hand.
    pool : int
        Of more rows of both labels a random part is drawn from, half of it of each label.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        Table ``two_sample_power``; empty without planted labels or without rows of one. Where
        fewer rows are at hand than two per fold, as for the planted shift itself, only those
        asked for are drawn.
    """
    if planted["labels"] is None:
        return TWO_SAMPLE_POWER.empty()
    labelled = join(
        latents[["seed", *key, "mean"]],
        labels[[*key, "label"]],
        key,
        what="latents with labels",
        relation="many_to_one",
    )
    labelled = labelled[labelled["label"].isin(planted["labels"])]
    found = labelled.groupby("label")["seed"].value_counts()
    if set(planted["labels"]) != set(found.index.get_level_values("label")):
        return TWO_SAMPLE_POWER.empty()
    tables = []
    runs = list(by_training(labelled, key))
    for number, ordered, means in progress(runs, len(runs), unit="trainings"):
        sides = [means[ordered["label"] == label] for label in planted["labels"]]
        at_hand = planted_rows(len(sides[0]), len(sides[1]), planted["shift"])
        rng = np.random.default_rng(seed_for(seed, number))
        drawn = [one[rng.permutation(len(one))[: pool // 2]] for one in sides]
        sizes = {*rows, at_hand} if at_hand >= 2 * folds else set(rows)
        for size in sorted(sizes):
            power = power_of_shifts(
                drawn[0],
                drawn[1],
                rows=size,
                folds=folds,
                level=level,
                shifts=shifts,
                draws=draws,
                null_draws=null_draws,
                seed=seed_for(seed, number, size),
            )
            tables.append(power.assign(seed=number, n_per_side=size))
    return TWO_SAMPLE_POWER.check(TWO_SAMPLE_POWER.concatenate(tables))


def power_of_shifts(
    one: Floats,
    other: Floats,
    *,
    rows: int,
    folds: int,
    level: float,
    shifts: Sequence[float],
    draws: int,
    null_draws: int,
    seed: int,
) -> pd.DataFrame:
    """Return the power of the logistic and the energy test against a shifted mixture.

    Each draw takes the rows of both sides with replacement, as from a population that is these
    rows: the first side holds a half of each label on average, the second the shifted share.
    A shift is found where the statistic exceeds the (1 − ``level``) quantile that it has
    without shift in draws of their own. All copies of a row stand in the same fold.

    Parameters
    ----------
    one, other : array of float, shape (rows of that label, dimensions)
        Latents of both labels.
    rows : int
        Rows per side; may be more than there are, which asks what more data would show.
    folds : int
        Folds of the logistic test.
    level : float
        Probability to find a shift where there is none.
    shifts : sequence of float
        Percentage points by which the share of the first label is moved.
    draws, null_draws : int
        Draws per shift, and without shift for the quantile.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        Columns ``test``, ``shift``, ``power``, ``low``, ``high`` (Wilson's interval, which
        covers the draws, but neither the rows drawn from nor the quantile, which is estimated
        from ``null_draws`` and serves all shifts), ``labels_known``, ``n_draws``.
    """
    inputs = StandardScaler().fit_transform(np.concatenate([one, other]))
    sizes = (len(one), len(other))
    rng = np.random.default_rng(seed)
    tests: dict[str, Statistic] = {
        "logistic": lambda *given: _logistic_auc(*given, folds=folds),
        "energy": lambda values, first, second, _: energy_distances(values, first, second),
    }
    table = []
    with threadpool_limits(limits=1):
        null = _statistics(tests, inputs, sizes, rows=rows, shift=0.0, draws=null_draws, rng=rng)
        for shift in shifts:
            drawn = _statistics(tests, inputs, sizes, rows=rows, shift=shift, draws=draws, rng=rng)
            for test, values in drawn.items():
                limit = np.quantile(null[test], 1 - level, method="higher")
                found = int((values > limit).sum())
                low, high = (float(end) for end in wilson(found, draws))
                known = counting_power(shift, rows=rows, level=level)
                table.append((test, float(shift), found / draws, low, high, known, draws))
    columns = ["test", "shift", "power", "low", "high", "labels_known", "n_draws"]
    return pd.DataFrame(table, columns=columns)


def counting_power(shift: float, *, rows: int, level: float) -> float:
    """Return how often two counts of a known label differ: what latents can tell at best.

    Parameters
    ----------
    shift : float
        Percentage points by which the share is moved from one half.
    rows : int
        Rows per side.
    level : float
        Level of the two-sided test of two proportions.

    Notes
    -----
    Normal approximation: J. L. Fleiss, B. Levin and M. C. Paik, Statistical Methods for Rates
    and Proportions, 3rd ed. (2003), ch. 4. A test that knew the direction of the shift would
    find more.
    """
    moved = 0.5 + shift / 100
    pooled = (0.5 + moved) / 2
    under_null = math.sqrt(2 * pooled * (1 - pooled) / rows)
    spread = math.sqrt((0.25 + moved * (1 - moved)) / rows)
    limit = -float(ndtri(level / 2)) * under_null
    return float(ndtr((shift / 100 - limit) / spread) + ndtr((-shift / 100 - limit) / spread))


def smallest_shifts(power: pd.DataFrame) -> pd.DataFrame:
    """Return the smallest shift that is found with a power of 90 %, over the trainings.

    Parameters
    ----------
    power : DataFrame
        Table ``two_sample_power``.

    Returns
    -------
    DataFrame
        Table ``two_sample_sensitivity``, interpolated between the shifts. A test that misses
        this power in one of the trainings, at all shifts, is left out: a mean over the others
        would be too small.
    """
    each = [
        (number, test, size, _crossing(curve.sort_values("shift")))
        for (number, test, size), curve in power.groupby(["seed", "test", "n_per_side"])
    ]
    table = pd.DataFrame(each, columns=["seed", "test", "n_per_side", "shift"])
    by = ["test", "n_per_side"]
    is_found = table["shift"].notna().groupby([table[name] for name in by]).transform("all")
    summary = over_trainings(table[is_found], "shift", by=by)
    return TWO_SAMPLE_SENSITIVITY.check(TWO_SAMPLE_SENSITIVITY.concatenate([summary]))


def _crossing(curve: pd.DataFrame) -> float:
    power, shift = curve["power"].to_numpy(), curve["shift"].to_numpy()
    above = np.flatnonzero(power >= FOUND)
    if not above.size:
        return math.nan
    last = int(above[0])
    if last == 0:
        return float(shift[0])
    before = slice(last - 1, last + 1)
    return float(np.interp(FOUND, power[before], shift[before]))


def _statistics(
    tests: Mapping[str, Statistic],
    inputs: Floats,
    sizes: tuple[int, int],
    *,
    rows: int,
    shift: float,
    draws: int,
    rng: np.random.Generator,
) -> dict[str, Floats]:
    """Return the statistics of draws of two sides, by test."""
    chunks = []
    for block in blocks_of_draws(sum(sizes), draws):
        count = block.stop - block.start
        first, second = (
            rng.multinomial(rows, _chances(sizes, 0.5 + moved / 100), size=count).T
            for moved in (0.0, shift)
        )
        chunks.append({name: test(inputs, first, second, rng) for name, test in tests.items()})
    return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in tests}


def _chances(sizes: tuple[int, int], share: float) -> Floats:
    return np.repeat([share / sizes[0], (1 - share) / sizes[1]], sizes)


def _logistic_auc(
    inputs: Floats, first: Counts, second: Counts, rng: np.random.Generator, *, folds: int
) -> Floats:
    fold = rng.integers(folds, size=first.shape)
    scores = out_of_fold(inputs, first, second, fold, penalty=LOGISTIC_PENALTY)
    return auc_of_counts(scores, first, second)
