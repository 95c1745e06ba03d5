"""Whether the latents tell the rows of one label apart by a feature."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from latentscape.errors import InputError
from latentscape.evaluation.features import DescribedRows, described_rows
from latentscape.evaluation.intervals import over_trainings, summarise_auc
from latentscape.evaluation.tables.content import FAMILIES, PROXY, WITHIN
from latentscape.keys import sort_by_key
from latentscape.progress import progress

Floats = NDArray[np.float64]

ESTIMATES = ("auc", "low", "high", "null_low", "null_high")


def within_label_auc(
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
    """Return how well a logistic probe reads which half of its label a row belongs to.

    The rows of one label are split at the median of a feature. What tells
    labels apart cannot help here: the probe sees one label at a time. Inputs
    are standardised on each fold's fitted rows, every row is judged once, by
    the probe of the fold in which it was left out, and the folds are pooled.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``mean``.
    features : DataFrame
        The key and the named features; NaN is missing, and such a row is left out of
        that feature alone.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    names : sequence of str
        The features.
    folds : int
        Folds, stratified by half.
    bootstrap, permutations : int
        Draws of the AUC's interval and null. Both keep the scores: the interval knows
        nothing of the choice of folds or of another training, and the null is what a
        score without relation to the feature would reach. It does not fit again, and
        scores that were fitted to chance scatter a little more.
    seed : int
        Random seed of folds, draws and permutations.

    Returns
    -------
    DataFrame
        Table ``within``. A feature of which fewer rows than folds lie above, or not
        above, its median in a label has no AUC there.

    Raises
    ------
    InputError
        If a feature is unknown, or no row stands in all tables.
    """
    trainings = list(described_rows(latents, features, labels, key=key, names=names))
    runs = [(rows, label) for rows in trainings for label in np.unique(rows.labels)]
    tables = []
    # One thread: the fits are small, and the number of threads may not change a digit.
    with threadpool_limits(limits=1):
        for rows, label in progress(runs, len(runs), unit="labels"):
            found = _of_label(
                rows,
                label,
                names,
                folds=folds,
                bootstrap=bootstrap,
                permutations=permutations,
                seed=seed,
            )
            tables.append(pd.DataFrame(found).assign(seed=rows.number, label=label))
    return WITHIN.check(pd.concat(tables, ignore_index=True))


def family_auc(within: pd.DataFrame, families: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return the mean within-label AUC of families of features.

    Parameters
    ----------
    within : DataFrame
        Table ``within``.
    families : mapping of str to sequence of str
        Features of each family.

    Returns
    -------
    DataFrame
        Table ``families``, for each training and label. The ends of interval and null
        are the means of the features' ends: exact if the AUCs of a family move
        together from draw to draw, and too wide otherwise.

    Raises
    ------
    InputError
        If a family names a feature that the table does not have.
    """
    # A sum of numbers depends on their order.
    ordered = sort_by_key(within, WITHIN.key)
    tables = []
    for family, names in families.items():
        unknown = sorted(set(names) - set(within["feature"]))
        if unknown:
            raise InputError(f"family {family!r}: the table within has no feature {unknown[0]!r}.")
        known = ordered[ordered["feature"].isin(list(names)) & ordered["auc"].notna()]
        grouped = known.groupby(["seed", "label"])
        means = grouped[list(ESTIMATES)].mean()
        tables.append(means.assign(n_features=grouped.size(), family=family).reset_index())
    return FAMILIES.check(FAMILIES.concatenate(tables))


def summarise_families(families: pd.DataFrame) -> pd.DataFrame:
    """Return the mean AUC of each family over the trainings, table ``proxy``."""
    by = ["label", "family"]
    summary = over_trainings(families, "auc", by=by)
    ordered = sort_by_key(families, FAMILIES.key)
    nulls = ordered.groupby(by)[["null_low", "null_high"]].mean().reset_index()
    return PROXY.check(summary.merge(nulls, on=by, validate="one_to_one"))


def _of_label(
    rows: DescribedRows,
    label: str,
    names: Sequence[str],
    *,
    folds: int,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> Iterator[dict[str, str | int | float]]:
    """Give one row of the table per feature."""
    own = rows.labels == label
    for name, values in zip(names, rows.features[own].T, strict=True):
        present = ~np.isnan(values)
        is_above = values[present] > np.median(values[present]) if present.any() else present[:0]
        above, below = int(is_above.sum()), int((~is_above).sum())
        counts = {"n_above": above, "n_below": below, "n_missing": int((~present).sum())}
        estimates = dict.fromkeys(ESTIMATES, np.nan)
        if min(above, below) >= folds:
            scores = _out_of_fold(rows.means[own][present], is_above, folds=folds, seed=seed)
            summary = summarise_auc(
                scores, is_above, bootstrap=bootstrap, permutations=permutations, seed=seed
            )
            estimates = {name: float(summary[name].iloc[0]) for name in ESTIMATES}
        yield {"feature": name, **estimates, **counts}


def _out_of_fold(means: Floats, is_above: NDArray[np.bool_], *, folds: int, seed: int) -> Floats:
    """Return each row's log odds of lying above the median, fitted without its fold."""
    splits = StratifiedKFold(folds, shuffle=True, random_state=seed).split(means, is_above)
    scores = np.empty(len(means))
    for fitted, judged in splits:
        scaler = StandardScaler().fit(means[fitted])
        classifier = LogisticRegression(solver="newton-cholesky", max_iter=1000)
        classifier.fit(scaler.transform(means[fitted]), is_above[fitted])
        scores[judged] = classifier.decision_function(scaler.transform(means[judged]))
    return scores
