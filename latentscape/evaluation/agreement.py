"""How far probes of different kinds and trainings agree on single rows."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata
from threadpoolctl import threadpool_limits

from latentscape.evaluation.classifiers import called_positive
from latentscape.evaluation.correlations import correlation_matrix
from latentscape.evaluation.intervals import finite_ends, over_trainings
from latentscape.evaluation.opinions import Opinions, opinions_of
from latentscape.evaluation.resampling import resampled_sums
from latentscape.evaluation.tables.probes import AGREEMENT, AGREEMENT_SUMMARY
from latentscape.keys import join, sort_by_key
from latentscape.progress import progress

Floats = NDArray[np.float64]
Calls = NDArray[np.bool_]
Places = NDArray[np.intp]

OF_CALLS = ("kappa", "alike")
OF_SCORES = "spearman"
PAIR = ["task", "probe", "other", "statistic"]


def compare_probes(
    scores: pd.DataFrame,
    calls: pd.DataFrame,
    *,
    key: Sequence[str],
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return how far probes agree with each other, and with calls that know no latents.

    Compared are both probes of one training, one probe of two trainings, and each probe with each
    method of ``calls``.

    Parameters
    ----------
    scores : DataFrame
        Table ``probe_scores``.
    calls : DataFrame
        ``task``, ``method``, the key and ``is_called_positive``; may be empty.
    key : sequence of str
        The key columns.
    bootstrap : int
        Draws of the interval. Rows are drawn anew and opinions stay: the interval does not cover
        that the probes could have been fitted to other rows.
    permutations : int
        Permutations of both nulls. The first permutes the other's rows freely; the second only
        among rows of one label, which keeps how often each is right and makes their errors
        independent. Agreement above the second null means errors on the same rows.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        Table ``agreement``. κ is missing where both call all rows the same.

    Notes
    -----
    J. Cohen, Educ. Psychol. Meas. 20 (1960) 37, eq. 1.
    """
    draws = {"bootstrap": bootstrap, "permutations": permutations, "seed": seed}
    tables = []
    tasks = list(opinions_of(scores, key))
    for task, opinions in progress(tasks, len(tasks), unit="tasks"):
        of_task = calls[calls["task"] == task]
        found = [_among_probes(opinions, **draws)]
        for method, own in of_task.groupby("method", sort=True):
            found.append(_with_method(opinions, str(method), own, key, **draws))
        tables += [table.assign(task=task) for table in found]
    return AGREEMENT.check(AGREEMENT.concatenate(tables))


def summarise_agreement(agreement: pd.DataFrame) -> pd.DataFrame:
    """Return the agreement over the trainings of a model, as table ``agreement_summary``."""
    ordered = sort_by_key(agreement, [*PAIR, "seed", "other_seed"])
    # Trainings are compared in pairs, which count as one each.
    numbered = ordered.assign(seed=ordered.groupby(PAIR).cumcount())
    summary = over_trainings(numbered, "value", by=PAIR)
    of_pairs = summary["probe"] == summary["other"]
    summary.loc[of_pairs, ["low", "high"]] = np.nan
    return AGREEMENT_SUMMARY.check(summary.rename(columns={"n_seeds": "n_pairs"}))


def _among_probes(
    opinions: Opinions, *, bootstrap: int, permutations: int, seed: int
) -> pd.DataFrame:
    """Compare both probes of each training, and each probe's trainings."""
    callers = opinions.callers
    pairs = [
        (i, j)
        for (i, (probe, number)), (j, (other, other_number)) in combinations(enumerate(callers), 2)
        if (number == other_number) != (probe == other)
    ]
    named = pd.DataFrame([_names(callers[i], callers[j]) for i, j in pairs])
    if named.empty:
        return named
    at = np.array(pairs).T
    of_calls = _compare_calls(
        called_positive(opinions.scores, opinions.is_positive),
        opinions.is_positive,
        at,
        bootstrap=bootstrap,
        permutations=permutations,
        seed=seed,
    )
    estimates, _ = correlation_matrix(
        opinions.scores, bootstrap=bootstrap, permutations=permutations, seed=seed
    )
    within = _within_ranks(opinions, at, permutations=permutations, seed=seed)
    of_calls[OF_SCORES] = np.concatenate([estimates[:, at[0], at[1]], within])
    return _tabulate(of_calls, named).assign(n=len(opinions.keys))


def _with_method(
    opinions: Opinions,
    method: str,
    calls: pd.DataFrame,
    key: Sequence[str],
    *,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Compare each probe of each training with one method, on the rows that it calls."""
    numbered = opinions.keys.assign(place=np.arange(len(opinions.keys)))
    called = sort_by_key(
        join(numbered, calls[[*key, "is_called_positive"]], key, what=f"probes with {method}"), key
    )
    if called.empty:
        return pd.DataFrame()
    places = called["place"].to_numpy()
    of_probes = called_positive(opinions.scores, opinions.is_positive)[places]
    theirs = called["is_called_positive"].to_numpy(dtype=bool)[:, None]
    last = len(opinions.callers)
    of_calls = _compare_calls(
        np.concatenate([of_probes, theirs], axis=1),
        opinions.is_positive[places],
        np.array([np.arange(last), np.full(last, last)]),
        bootstrap=bootstrap,
        permutations=permutations,
        seed=seed,
    )
    named = [_names(caller, (method, caller[1])) for caller in opinions.callers]
    return _tabulate(of_calls, pd.DataFrame(named)).assign(n=len(called))


def _names(one: tuple[str, int], other: tuple[str, int]) -> dict[str, str | int]:
    return {"probe": one[0], "seed": one[1], "other": other[0], "other_seed": other[1]}


def _tabulate(found: dict[str, Floats], named: pd.DataFrame) -> pd.DataFrame:
    columns = ("value", "low", "high", "null_low", "null_high", "within_low", "within_high")
    tables = [
        named.assign(statistic=statistic, **dict(zip(columns, values, strict=True)))
        for statistic, values in found.items()
    ]
    return pd.concat(tables, ignore_index=True)


def _compare_calls(
    calls: Calls, is_positive: Calls, at: Places, *, bootstrap: int, permutations: int, seed: int
) -> dict[str, Floats]:
    """Return κ and share alike of the pairs ``at``, each (7, pairs): value, interval, nulls."""
    called = calls.astype(np.float64)
    both = called[:, at[0]] * called[:, at[1]]
    columns = np.concatenate([both, called], axis=1)
    count = at.shape[1]
    # One thread: the number of threads may not change a digit.
    with threadpool_limits(limits=1):
        drawn = resampled_sums(columns, bootstrap=bootstrap, seed=seed) / len(calls)
        nulls = [
            _permuted_products(called, at, groups, permutations=permutations, seed=seed)
            for groups in _groupings(is_positive)
        ]
    shares = called.mean(axis=0)
    value = _agreement(both.mean(axis=0), shares[at[0]], shares[at[1]])
    draws = drawn[:, :count], *(drawn[:, count:][:, end] for end in at)
    samples = [_agreement(*draws)]
    samples += [_agreement(null / len(calls), shares[at[0]], shares[at[1]]) for null in nulls]
    return {
        name: np.stack([value[name], *(end for each in samples for end in finite_ends(each[name]))])
        for name in OF_CALLS
    }


def _agreement(both: Floats, one: Floats, other: Floats) -> dict[str, Floats]:
    """Return the statistics of calls, from the shares called positive by both and by each."""
    alike = 1 - one - other + 2 * both
    by_chance = one * other + (1 - one) * (1 - other)
    room = 1 - by_chance
    # A caller that calls all rows the same leaves no room but for rounding.
    kappa = np.full_like(alike, np.nan)
    np.divide(alike - by_chance, room, out=kappa, where=room > 1e-12)
    return {"kappa": kappa, "alike": alike}


def _within_ranks(opinions: Opinions, at: Places, *, permutations: int, seed: int) -> Floats:
    """Return the ends of the rank correlation's null within each label, shape (2, pairs)."""
    ranks = rankdata(opinions.scores, axis=0)
    ranks -= ranks.mean(axis=0)
    norm = np.sqrt(np.square(ranks).sum(axis=0))
    _, by_label = _groupings(opinions.is_positive)
    with threadpool_limits(limits=1):
        products = _permuted_products(ranks, at, by_label, permutations=permutations, seed=seed)
    scale = norm[at[0]] * norm[at[1]]
    undefined = np.full_like(products, np.nan)
    return finite_ends(np.divide(products, scale, out=undefined, where=scale > 0))


def _groupings(is_positive: Calls) -> tuple[list[Places], list[Places]]:
    """Return the rows among which is permuted: all of them, or those of each label."""
    return [np.arange(len(is_positive))], [
        np.flatnonzero(is_positive),
        np.flatnonzero(~is_positive),
    ]


def _permuted_products(
    columns: Floats, at: Places, groups: Sequence[Places], *, permutations: int, seed: int
) -> Floats:
    """Return the products of pairs of columns, the second one's rows permuted within groups."""
    rng = np.random.default_rng(seed)
    order = np.empty(len(columns), dtype=np.intp)
    products = np.empty((permutations, at.shape[1]))
    across = np.ascontiguousarray(columns.T)
    for row in products:
        for group in groups:
            order[group] = rng.permutation(group)
        row[:] = (across @ columns[order])[at[0], at[1]]
    return products
