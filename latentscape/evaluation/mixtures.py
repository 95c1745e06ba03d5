"""Gaussian mixtures of the latents, fitted without labels, and how far they agree with them."""

import logging
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from latentscape.errors import InputError
from latentscape.evaluation.contingency import deal_tables, draw_tables, entropy
from latentscape.evaluation.intervals import TAILS, over_trainings
from latentscape.evaluation.latents import by_training
from latentscape.evaluation.tables.structure import BIC, MIXTURE_SUMMARY, MIXTURES
from latentscape.keys import join
from latentscape.progress import progress

Floats = NDArray[np.float64]
logger = logging.getLogger("latentscape")

EVERY_LABEL = "all"
SCORES = ("ari", "purity", "nmi")
# Of several starts the likeliest fit is kept: EM climbs to the nearest summit only.
STARTS = 5
ITERATIONS = 2000


def fit_mixtures(
    latents: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    label_sets: Sequence[Sequence[str]],
    parts: Sequence[str],
    max_components: int,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fit Gaussian mixtures to the latents of some labels and compare them with these labels.

    The fit sees no label: labels only choose whose rows are fitted. Each row then belongs to its
    likeliest component. Two mixtures are compared with the labels: the one with as many components
    as there are labels, and the one with the smallest Bayesian information criterion.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``part``, ``mean``.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    label_sets : sequence of sequence of str
        Labels whose rows are fitted together, one set after the other; the rows of all labels are
        always fitted first. A set with fewer than two labels is left out.
    parts : sequence of str
        Parts of the split whose rows are fitted.
    max_components : int
        Mixtures of 1 to so many components are fitted, fewer if there are few rows, but always
        one with as many as labels.
    bootstrap, permutations, seed
        As in :func:`label_agreement`.

    Returns
    -------
    agreement, bic : DataFrame
        Tables ``mixtures`` and ``bic``; the first is empty if there are no two labels.

    Raises
    ------
    InputError
        If a set names a label without rows, or has fewer rows than its mixtures need.
    """
    rows = _labelled(latents, labels, key)
    rows = rows[rows["part"].isin(parts)]
    tasks = [
        (number, labels_of_set, *_rows_of(labels_of_set, own["label"], means))
        for number, own, means in by_training(rows, key)
        for labels_of_set in [(), *(tuple(each) for each in label_sets if len(set(each)) > 1)]
    ]
    agreements, curves = [], []
    for number, chosen, means, own in progress(tasks, len(tasks), unit="fits"):
        count = int(own.nunique())
        name = "+".join(sorted(set(chosen))) or EVERY_LABEL
        # A component needs more rows than dimensions.
        largest = min(max_components, len(means) // (means.shape[1] + 1))
        counts = range(1, max(largest, count) + 1)
        fits = {components: _fit(means, components, seed) for components in counts}
        curve = _bic_curve(means, fits).assign(seed=number, labels=name)
        curves.append(curve)
        _warn_at_the_end(curve, name, number)
        best = int(curve.loc[curve["is_chosen"], "components"].iloc[0])
        for choice, components in (("labels", count), ("bic", best)) if count > 1 else ():
            table = _agree(
                fits[components].predict(means),
                own,
                bootstrap=bootstrap,
                permutations=permutations,
                seed=seed,
            )
            agreements.append(
                table.assign(seed=number, labels=name, choice=choice, components=components)
            )
    return MIXTURES.check(MIXTURES.concatenate(agreements)), BIC.check(pd.concat(curves))


def label_agreement(
    latents: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    components: int | None,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return how far one Gaussian mixture of the latents agrees with the labels.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``mean``. All rows are fitted.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    components : int or None
        Components of the mixture; as many as there are labels if None.
    bootstrap : int
        Draws of the interval, in which the rows are drawn anew and the mixture stays: it covers
        that there could have been other rows, but neither another fit nor another training. Rows
        that are drawn twice agree with themselves, which makes purity and information of drawn
        rows a little larger than they are.
    permutations : int
        Permutations of the null, in which the labels are dealt to the rows at random.
    seed : int
        Random seed of first guesses, draws and permutations.

    Returns
    -------
    DataFrame
        Columns ``seed``, ``components``, ``score`` (ari, purity, nmi), ``value``, ``low``,
        ``high``, ``null_low``, ``null_high``, ``largest_share``, ``n_labels`` and ``n``; three
        rows per training.

    Raises
    ------
    InputError
        If there are fewer than two labels, or too few rows for the mixture.
    """
    tables = []
    for number, rows, means in by_training(_labelled(latents, labels, key), key):
        own = rows["label"]
        if own.nunique() < 2:
            raise InputError(f"mixtures: need at least two labels, found {sorted(set(own))}.")
        count = int(own.nunique()) if components is None else components
        table = _agree(
            _fit(means, count, seed).predict(means),
            own,
            bootstrap=bootstrap,
            permutations=permutations,
            seed=seed,
        )
        tables.append(table.assign(seed=number, components=count))
    columns = [column for column in MIXTURES.empty().columns if column not in {"labels", "choice"}]
    return pd.concat(tables, ignore_index=True)[columns]


def summarise_mixtures(mixtures: pd.DataFrame) -> pd.DataFrame:
    """Return the agreement over the trainings of a model, as table ``mixture_summary``."""
    summary = over_trainings(mixtures, "value", by=["labels", "choice", "score"])
    return MIXTURE_SUMMARY.check(MIXTURE_SUMMARY.concatenate([summary]))


def agreement_scores(tables: ArrayLike) -> Floats:
    """Return how far two groupings of the same rows agree.

    Parameters
    ----------
    tables : array of int, shape (..., components, labels)
        Rows counted by component and label.

    Returns
    -------
    array of float, shape (3, ...)
        Adjusted Rand index (1 for equal groupings, 0 in the mean over random ones), purity (the
        share of rows that have their component's most frequent label) and mutual information
        over the mean of both entropies. With one component all rows say nothing: the adjusted
        Rand index and the information are 0, and the purity is the largest label's share.

    Notes
    -----
    L. Hubert and P. Arabie, J. Classif. 2 (1985) 193, eq. 5; C. D. Manning, P. Raghavan and
    H. Schütze, Introduction to Information Retrieval (2008), sect. 16.3.
    """
    counts = np.asarray(tables, dtype=np.float64)
    of_component, of_label = counts.sum(axis=-1), counts.sum(axis=-2)
    n = of_label.sum(axis=-1)
    pairs, within, alike = (_pairs(each) for each in (counts, of_component, of_label))
    both, first, second = pairs.sum(axis=(-2, -1)), within.sum(axis=-1), alike.sum(axis=-1)
    expected = first * second / _pairs(n)
    ari = _ratio(both - expected, (first + second) / 2 - expected)
    purity = counts.max(axis=-1).sum(axis=-1) / n
    entropies = [entropy(each) for each in (of_component, of_label)]
    joint = entropy(counts.reshape(*counts.shape[:-2], -1))
    information = np.maximum(entropies[0] + entropies[1] - joint, 0.0)
    nmi = _ratio(information, (entropies[0] + entropies[1]) / 2)
    return np.stack([ari, purity, nmi])


def _labelled(latents: pd.DataFrame, labels: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    wanted = [name for name in ("seed", *key, "part", "mean") if name in latents.columns]
    return join(
        latents[wanted],
        labels[[*key, "label"]],
        key,
        what="latents with labels",
        relation="many_to_one",
    )


def _rows_of(chosen: Sequence[str], labels: pd.Series, means: Floats) -> tuple[Floats, pd.Series]:
    """Return the latents and labels of the chosen labels, of all if none is named."""
    for label in chosen:
        if not (labels == label).any():
            raise InputError(
                f"mixtures: label {label!r} has no rows; labels with rows: {sorted(set(labels))}."
            )
    is_chosen = labels.isin(chosen) if chosen else pd.Series(True, index=labels.index)
    return means[is_chosen.to_numpy()], labels[is_chosen]


def _fit(means: Floats, components: int, seed: int) -> GaussianMixture:
    if len(means) <= max(components, means.shape[1]):
        raise InputError(
            f"mixtures: {len(means)} rows are too few for {components} components "
            f"in {means.shape[1]} dimensions."
        )
    mixture = GaussianMixture(
        components,
        # The default first guess, k-means, adds up in the order in which its threads finish.
        init_params="k-means++",
        n_init=STARTS,
        max_iter=ITERATIONS,
        random_state=seed,
    )
    with threadpool_limits(limits=1):
        fitted: GaussianMixture = mixture.fit(means)
    return fitted


def _bic_curve(means: Floats, fits: dict[int, GaussianMixture]) -> pd.DataFrame:
    with threadpool_limits(limits=1):
        densities = [fit.score(means) for fit in fits.values()]
    dimensions = means.shape[1]
    each = 1 + dimensions + dimensions * (dimensions + 1) // 2
    parameters = np.array([components * each - 1 for components in fits])
    bic = -2 * len(means) * np.array(densities) + parameters * math.log(len(means))
    return pd.DataFrame(
        {
            "components": list(fits),
            "log_density": densities,
            "parameters": parameters,
            "bic": bic,
            "is_chosen": np.arange(len(bic)) == np.argmin(bic),
            "n": len(means),
        }
    )


def _warn_at_the_end(curve: pd.DataFrame, name: str, number: int) -> None:
    if curve["is_chosen"].iloc[-1]:
        logger.warning(
            "mixtures: labels %s, training %d: the criterion still falls at %d components",
            name,
            number,
            len(curve),
        )


def _agree(
    assigned: NDArray[np.intp],
    labels: pd.Series,
    *,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    """Return the scores with interval and null.

    The scores know only the table of counts. Drawing rows anew draws this table from the
    multinomial distribution, and permuting the labels draws it with both its margins fixed.
    """
    table = pd.crosstab(assigned, labels.to_numpy()).to_numpy()
    n = int(table.sum())
    rng = np.random.default_rng(seed)
    drawn = draw_tables(table, bootstrap=bootstrap, rng=rng)
    dealt = deal_tables(table, permutations=permutations, rng=rng)
    low, high = np.quantile(agreement_scores(drawn), TAILS, axis=1)
    null_low, null_high = np.quantile(agreement_scores(dealt), TAILS, axis=1)
    return pd.DataFrame(
        {
            "score": SCORES,
            "value": agreement_scores(table),
            "low": low,
            "high": high,
            "null_low": null_low,
            "null_high": null_high,
            "largest_share": table.sum(axis=0).max() / n,
            "n_labels": table.shape[1],
            "n": n,
        }
    )


def _pairs(counts: Floats) -> Floats:
    return counts * (counts - 1) / 2


def _ratio(above: Floats, below: Floats) -> Floats:
    """Return the ratio, 0 where nothing can be said."""
    ratio: Floats = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    return ratio
