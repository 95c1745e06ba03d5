"""Whether two samples of rows come from the same distribution."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from scipy.stats import ks_2samp
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from latentscape.errors import InputError
from latentscape.evaluation.classifiers import balanced_accuracy, fit, unfitted
from latentscape.evaluation.energy import energy_distances, ks_distances
from latentscape.evaluation.intervals import (
    TAILS,
    auc,
    auc_bootstrap,
    auc_null,
    permutation_p_value,
)
from latentscape.evaluation.latents import dimension_names
from latentscape.evaluation.logistic import auc_of_counts, blocks_of_draws, out_of_fold
from latentscape.evaluation.tables.comparisons import TWO_SAMPLE

Floats = NDArray[np.float64]
Counts = NDArray[np.integer]

ALL = "all"
"""In the place of a dimension: the test looks at all of them."""
ANY = "any"
"""In the place of a test: whether any test finds a difference."""
COLUMNS = [column.name for column in TWO_SAMPLE.columns[2:]]

# Of the standardised logistic classifier: scikit-learn's default, C = 1.
LOGISTIC_PENALTY = 1.0


def compare(
    first: ArrayLike,
    second: ArrayLike,
    *,
    folds: int,
    hidden: Sequence[int],
    penalty: float,
    test_share: float,
    bootstrap: int,
    permutations: int,
    max_rows: int,
    level: float,
    seed: int,
) -> pd.DataFrame:
    """Test with two classifiers, the energy distance and Kolmogorov-Smirnov.

    The dimensions are standardised on both samples together, so that each has the same weight.
    Every p-value is the share of permutations of the rows between the samples that reach the
    observed statistic, and holds for rows that are exchangeable: independent, of one
    distribution.

    Parameters
    ----------
    first, second : array of float, shape (rows, dimensions)
        The samples, such as latents or features. Give the rows in the order of their key.
    folds : int
        Folds of the logistic test, stratified by sample.
    hidden, penalty
        Hidden layers of the MLP, and the L2 penalty of its weights.
    test_share : float
        Share of each sample that judges the MLP; the rest fits it.
    bootstrap : int
        Draws of an AUC's interval. It covers which rows are judged, not another fit.
    permutations : int
        Permutations of each null.
    max_rows : int
        Of more rows in both samples together, a random part is used: the smaller sample is
        kept up to half of it.
    level : float
        Two samples differ where a corrected p-value is below.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        Table ``two_sample`` without its first two columns, the tests in this order:

        - ``logistic``: area under the ROC curve (AUC), out of fold. The null fits again for
          each permutation.
        - ``mlp``: AUC of the rows that did not fit it. The null permutes their sample alone,
          which is valid because the fit has not seen them.
        - ``energy``: the energy distance.
        - ``ks``: Kolmogorov-Smirnov distance of each dimension, with the exact p-value (that of
          all permutations; with ties an upper bound, above 10,000 rows in a sample the limit of
          many rows) and Holm's correction over the dimensions; for all dimensions the largest
          distance with the smallest corrected p-value.
        - ``any``: the smallest p-value after Holm's correction over the four tests, which
          ``p_holm`` holds for the rows of all dimensions.

    Raises
    ------
    InputError
        If the samples have other dimensions than each other, fewer rows than two per fold, or
        values that are not finite.

    Notes
    -----
    D. Lopez-Paz and M. Oquab, ICLR 2017, arXiv:1610.06545 (classifiers, here with the AUC in
    the place of the accuracy); G. J. Székely and M. L. Rizzo, J. Stat. Plan. Inference 143
    (2013) 1249 (energy); S. Holm, Scand. J. Stat. 6 (1979) 65.
    """
    rng = np.random.default_rng(seed)
    samples = _thinned(*_checked(first, second, folds), max_rows, rng)
    sizes = (len(samples[0]), len(samples[1]))
    inputs = StandardScaler().fit_transform(np.concatenate(samples))
    places, side = _permuted(sizes, permutations, rng)
    # One thread: the number of threads may not change a digit.
    with threadpool_limits(limits=1):
        whole = [
            _logistic(inputs, places, side, sizes=sizes, folds=folds, bootstrap=bootstrap, rng=rng),
            _mlp(
                inputs,
                sizes,
                hidden=hidden,
                penalty=penalty,
                test_share=test_share,
                bootstrap=bootstrap,
                permutations=permutations,
                rng=rng,
            ),
            {"test": "energy", **_against(energy_distances(inputs, side, 1 - side))},
        ]
        dimensions, largest = _ks(inputs, side)
    table = pd.DataFrame([*whole, largest]).assign(dimension=ALL)
    table["p_holm"] = holm(table["p_value"])
    smallest = table["p_holm"].min()
    summary = {"test": ANY, "dimension": ALL, "p_value": smallest, "p_holm": smallest}
    table = pd.concat([table, dimensions, pd.DataFrame([summary])], ignore_index=True)
    table = table.fillna({"n_first": sizes[0], "n_second": sizes[1]})
    table = table.astype({"n_first": int, "n_second": int})
    return table.assign(differs=table["p_holm"] < level)[COLUMNS]


def holm(p_values: ArrayLike) -> Floats:
    """Return p-values corrected so that one false finding among all is as rare as each was.

    Notes
    -----
    S. Holm, Scand. J. Stat. 6 (1979) 65.
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(steps, 1)
    return corrected


def stratified_folds(sizes: Sequence[int], folds: int, rng: np.random.Generator) -> Counts:
    """Return a random fold for each row, the samples behind each other, each spread evenly."""
    return np.concatenate([rng.permutation(np.arange(size) % folds) for size in sizes])


def _checked(first: ArrayLike, second: ArrayLike, folds: int) -> tuple[Floats, Floats]:
    samples = (np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64))
    if any(sample.ndim != 2 for sample in samples) or samples[0].shape[1] != samples[1].shape[1]:
        shapes = " and ".join(str(sample.shape) for sample in samples)
        raise InputError(f"two samples: need rows of the same dimensions, found shapes {shapes}.")
    fewest = min(len(sample) for sample in samples)
    if fewest < 2 * folds:
        raise InputError(
            f"two samples: one has {fewest} rows; {folds} folds need at least {2 * folds}."
        )
    if not all(np.isfinite(sample).all() for sample in samples):
        raise InputError("two samples: a value is not finite.")
    return samples


def _thinned(
    first: Floats, second: Floats, max_rows: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return at most so many rows in all, the smaller sample as whole as possible."""
    n, m = len(first), len(second)
    if n + m <= max_rows:
        return first, second
    fewer = min(n, m, max_rows // 2)
    more = min(max(n, m), max_rows - fewer)
    kept = (fewer, more) if n <= m else (more, fewer)
    return _drawn(first, kept[0], rng), _drawn(second, kept[1], rng)


def _drawn(rows: Floats, count: int, rng: np.random.Generator) -> Floats:
    drawn: Floats = rows[np.sort(rng.permutation(len(rows))[:count])]
    return drawn


def _permuted(
    sizes: tuple[int, int], permutations: int, rng: np.random.Generator
) -> tuple[Counts, Counts]:
    """Return the place that each row takes, and whether it is on the first side.

    The first column is the observed order.
    """
    places = np.tile(np.arange(sum(sizes), dtype=np.int32)[:, None], (1, 1 + permutations))
    places[:, 1:] = rng.permuted(places[:, 1:], axis=0)
    return places, (places < sizes[0]).astype(np.int8)


def _logistic(
    inputs: Floats,
    places: Counts,
    side: Counts,
    *,
    sizes: tuple[int, int],
    folds: int,
    bootstrap: int,
    rng: np.random.Generator,
) -> dict[str, object]:
    """Return the AUC out of fold. A permutation moves rows, while each place keeps its fold."""
    fold = stratified_folds(sizes, folds, rng)[places]
    areas, observed = [], None
    for draws in blocks_of_draws(*places.shape):
        first, second = side[:, draws], 1 - side[:, draws]
        scores = out_of_fold(inputs, first, second, fold[:, draws], penalty=LOGISTIC_PENALTY)
        areas.append(auc_of_counts(scores, first, second))
        observed = scores[:, 0] if observed is None else observed
    assert observed is not None
    is_first = side[:, 0].astype(bool)
    return {
        "test": "logistic",
        **_judged(observed, expit(observed), is_first, bootstrap, rng),
        **_against(np.concatenate(areas)),
    }


def _mlp(
    inputs: Floats,
    sizes: tuple[int, int],
    *,
    hidden: Sequence[int],
    penalty: float,
    test_share: float,
    bootstrap: int,
    permutations: int,
    rng: np.random.Generator,
) -> dict[str, object]:
    """Return the AUC of rows that did not fit; only their sides are permuted."""
    is_first = np.arange(sum(sizes)) < sizes[0]
    is_judged = np.concatenate(
        [rng.permutation(size) < np.clip(round(test_share * size), 1, size - 1) for size in sizes]
    )
    seeds = rng.integers(2**31, size=2)
    classifier = unfitted("mlp", hidden=hidden, penalty=penalty, seed=int(seeds[0]))
    fit(classifier, inputs[~is_judged], is_first[~is_judged])
    shares, truth = classifier.predict_proba(inputs[is_judged])[:, 1], is_first[is_judged]
    null = auc_null(shares, truth, permutations=permutations, seed=int(seeds[1]))[:, 0]
    return {
        "test": "mlp",
        **_judged(shares, shares, truth, bootstrap, rng),
        **_against(np.append(auc(shares, truth), null)),
        "n_first": int(truth.sum()),
        "n_second": int((~truth).sum()),
    }


def _judged(
    scores: Floats,
    shares: Floats,
    is_first: NDArray[np.bool_],
    bootstrap: int,
    rng: np.random.Generator,
) -> dict[str, object]:
    """Return the interval of the scores' AUC, and the accuracy of the probabilities."""
    seed = int(rng.integers(2**31))
    low, high = np.quantile(auc_bootstrap(scores, is_first, bootstrap=bootstrap, seed=seed), TAILS)
    return {"low": low, "high": high, "accuracy": balanced_accuracy(shares, is_first)}


def _ks(inputs: Floats, side: Counts) -> tuple[pd.DataFrame, dict[str, object]]:
    """Return a row per dimension and the row of all of them."""
    distances = np.array([ks_distances(values, side, 1 - side) for values in inputs.T])
    is_first = side[:, 0].astype(bool)
    dimensions = pd.DataFrame([_against(draws) for draws in distances]).assign(
        test="ks",
        dimension=dimension_names(len(distances)),
        p_value=[ks_2samp(values[is_first], values[~is_first]).pvalue for values in inputs.T],
    )
    dimensions["p_holm"] = holm(dimensions["p_value"])
    largest = _against(distances.max(axis=0)) | {"p_value": dimensions["p_holm"].min()}
    return dimensions, {"test": "ks", **largest}


def _against(draws: Floats) -> dict[str, object]:
    """Return the first of the draws, as observed, beside the others, its null."""
    null_low, null_high = np.quantile(draws[1:], TAILS)
    p_value = permutation_p_value(draws[0], draws[1:])
    names = ("statistic", "null_low", "null_high", "p_value")
    return dict(zip(names, (draws[0], null_low, null_high, p_value), strict=True))
