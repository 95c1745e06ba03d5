"""Codes that are aligned with their factors, rotated against them, or know nothing of them."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr
from sklearn.linear_model import Ridge
from sklearn.metrics import mutual_info_score

from latentscape.errors import InputError
from latentscape.evaluation.binned import (
    bin_equally,
    binned_entropy,
    binned_information,
    chance_information,
)
from latentscape.evaluation.disentanglement import (
    concentration,
    disentangle,
    gap,
    summarise_disentanglement,
    weighted_concentration,
)
from latentscape.evaluation.readout import choose_penalty, read_factor, ridge
from latentscape.evaluation.tables.structure import DISENTANGLEMENT, FACTORS

KEY = ("sample", "event")
ROWS = 600
OPTIONS = {"bins": 10, "folds": 3, "bootstrap": 60, "permutations": 60, "seed": 1}
# Of a bin's information, the noise of the aligned code leaves nearly all.
NAMES = ("first", "second", "heads")


def a_study(code, rows=ROWS):
    """Two uniform factors and a coin, encoded by ``code``; the rows of label b know nothing."""
    rng = np.random.default_rng(4)
    label = np.repeat(["a", "b"], [rows, rows // 4])
    keys = pd.DataFrame({"sample": label, "event": np.arange(len(label))})
    first, second = rng.uniform(-1, 1, size=(2, len(label)))
    heads = rng.integers(0, 2, size=len(label)).astype(float)
    means = code(np.stack([first, second, heads], axis=1), rng)
    means[label == "b"] = rng.normal(size=means[label == "b"].shape)
    factors = keys.assign(first=first, second=second, heads=heads)
    return keys.assign(seed=0, mean=list(means)), factors, keys.assign(label=label)


def aligned(factors, rng):
    return np.concatenate([factors, rng.normal(size=(len(factors), 1))], axis=1)


def rotated(factors, rng):
    first, second, heads = factors.T
    return np.stack([first + second, first - second, heads], axis=1)


def unrelated(factors, rng):
    return rng.normal(size=factors.shape)


def disentangled(latents, factors, labels, **changes):
    options = {**OPTIONS, "names": NAMES, "groups": ["a"], **changes}
    return disentangle(latents, factors, labels, key=KEY, **options)


def scores_of(code):
    return disentangled(*a_study(code))[0].set_index(["score", "factor"])


@pytest.fixture(scope="module")
def of_aligned():
    return scores_of(aligned)


def test_an_aligned_code_is_disentangled(of_aligned):
    for score in ("mig", "sap", "completeness", "informativeness"):
        assert of_aligned.loc[(score, "all"), "value"] > 0.85
    assert of_aligned.loc[("disentanglement", "all"), "value"] > 0.85
    assert of_aligned.loc[("auc", "heads"), "value"] == 1.0
    assert (
        of_aligned.drop(index="auc")["low"] > of_aligned.drop(index="auc")["null_high"]
    ).sum() > 8


def test_a_rotated_code_is_read_as_well_but_no_dimension_stands_alone():
    scores = scores_of(rotated)
    for factor in ("first", "second"):
        assert scores.loc[("informativeness", factor), "value"] > 0.95
        for score in ("mig", "sap", "completeness"):
            found = scores.loc[(score, factor), "value"]
            assert found < (0.4 if score == "completeness" else 0.1)
        # Two of three dimensions are as important: 1 - ln 2 / ln 3.
        completeness = scores.loc[("completeness", factor), "value"]
        assert completeness == pytest.approx(1 - np.log(2) / np.log(3), abs=0.05)
    # The coin still has a dimension of its own.
    assert scores.loc[("mig", "heads"), "value"] > 0.9


def test_a_code_that_knows_nothing_stays_within_its_null():
    scores = scores_of(unrelated)
    for score in ("mig", "sap", "informativeness"):
        found = scores.loc[(score, "all")]
        assert abs(found["value"]) < 0.02
        assert found["value"] < found["null_high"] + 0.01
    assert scores.loc[("auc", "heads"), "low"] < 0.5 < scores.loc[("auc", "heads"), "high"]


def test_permuted_factors_are_not_read(of_aligned):
    nulls = of_aligned.loc["informativeness"]
    assert (nulls["null_high"] < 0.02).all()
    assert (nulls["null_low"] > -0.1).all()


def test_the_tables_are_as_declared_and_hold_each_dimension_and_factor():
    scores, known = disentangled(*a_study(aligned))
    pd.testing.assert_frame_equal(scores, DISENTANGLEMENT.check(scores))
    pd.testing.assert_frame_equal(known, FACTORS.check(known))
    assert len(known) == 4 * 3
    best = known.loc[known.groupby("factor")["share"].idxmax()].set_index("factor")["dimension"]
    assert best.to_dict() == {"first": "z0", "second": "z1", "heads": "z2"}


def test_groups_are_looked_at_each_for_itself():
    scores, _ = disentangled(*a_study(aligned), groups=["a", "b"])
    mig = scores[(scores["score"] == "mig") & (scores["factor"] == "all")].set_index("group")
    assert mig.loc["a", "value"] > 0.85
    assert mig.loc["b", "value"] < 0.05


def test_shuffled_rows_give_the_same_tables():
    study = a_study(rotated)
    expected = disentangled(*study)
    found = disentangled(*(frame.sample(frac=1, random_state=7) for frame in study))
    for one, other in zip(found, expected, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_missing_values_leave_out_their_rows_and_constant_factors_themselves():
    latents, factors, labels = a_study(aligned)
    factors["second"] = factors["second"].where(factors["event"] % 2 == 0)
    factors["heads"] = 1.0
    scores, known = disentangled(latents, factors, labels)
    assert known.groupby("factor")["n"].first().to_dict() == {"first": ROWS, "second": ROWS // 2}
    assert "auc" not in set(scores["score"])


def test_mistakes_are_named():
    study = a_study(aligned, rows=80)
    with pytest.raises(InputError, match="'third'"):
        disentangled(*study, names=["third"])
    with pytest.raises(InputError, match="'c'"):
        disentangled(*study, groups=["c"])


def test_the_summary_is_over_the_trainings():
    latents, factors, labels = a_study(aligned, rows=80)
    both = pd.concat([latents, latents.assign(seed=1)], ignore_index=True)
    summary = summarise_disentanglement(disentangled(both, factors, labels)[0])
    assert set(summary["n_seeds"]) == {2}
    assert (summary["spread"] < 1e-12).all()


def test_binned_information_equals_scikit_learn():
    rng = np.random.default_rng(5)
    values = rng.normal(size=(400, 3))
    dimensions = np.stack([bin_equally(column, 6) for column in values.T], axis=1)
    factor = bin_equally(values[:, 0] + rng.normal(size=400), 4)
    counts = rng.integers(0, 4, size=400).astype(np.int32)
    found = binned_information(dimensions, factor, counts)
    drawn = np.repeat(np.arange(400), counts)
    for column, value in zip(dimensions.T, found, strict=True):
        assert value == pytest.approx(mutual_info_score(column[drawn], factor[drawn]))
    assert binned_entropy(factor) == pytest.approx(mutual_info_score(factor, factor))


def test_information_without_relation_is_that_of_chance():
    rng = np.random.default_rng(6)
    factor = bin_equally(rng.normal(size=500), 10)
    noise = np.stack([bin_equally(each, 10) for each in rng.normal(size=(200, 500))], axis=1)
    found = binned_information(noise, factor, np.ones(500, dtype=np.int32))
    # 9 · 9 / 1000
    assert chance_information(noise, factor)[0] == pytest.approx(0.081)
    assert found.mean() == pytest.approx(0.081, rel=0.1)


def test_bins_are_equally_full_and_few_values_keep_their_own():
    assert np.bincount(bin_equally(np.arange(100.0), 10)).tolist() == [10] * 10
    assert bin_equally(np.array([7.0, 3.0, 7.0]), 10).tolist() == [1, 0, 1]


def test_gap_and_concentration_by_hand():
    assert gap(np.array([0.2, 0.9, 0.5])) == pytest.approx(0.4)
    assert gap(np.array([0.7])) == 0.7
    shares = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    assert concentration(shares) == pytest.approx([1.0, 0.0, np.nan], nan_ok=True)
    # Weights 1, 2 and 0: (1·1 + 2·0)/3
    assert weighted_concentration(shares) == pytest.approx(1 / 3)
    assert np.isnan(weighted_concentration(np.zeros((2, 2))))


def test_ridge_equals_scikit_learn_and_noise_gets_the_largest_penalty():
    rng = np.random.default_rng(7)
    terms = rng.normal(size=(200, 3))
    terms -= terms.mean(axis=0)
    targets = np.stack([terms @ [1.0, -2.0, 0.5], rng.normal(size=200)], axis=1)
    targets -= targets.mean(axis=0)
    covariance, shared = terms.T @ terms / 200, terms.T @ targets / 200
    penalty = choose_penalty(covariance, shared, (targets**2).mean(axis=0), rows=200)
    assert penalty[0] == 1e-3
    assert penalty[1] >= 1.0
    for column in range(2):
        expected = Ridge(alpha=200 * penalty[column], fit_intercept=False)
        expected.fit(terms, targets[:, column])
        found = ridge(covariance, shared, penalty)[:, column]
        assert found == pytest.approx(expected.coef_, abs=1e-9)


def test_without_squares_the_importance_is_the_standardised_coefficient():
    rng = np.random.default_rng(8)
    means = rng.choice([-1.0, 1.0], size=(400, 2)) * [1.0, 5.0]
    factor = 3 * means[:, 0] + means[:, 1]
    blocks, counts = np.arange(400), np.ones((1, 400), dtype=np.int32)
    found = read_factor(means, factor, blocks, counts, factor[None], folds=4, seed=0)
    expected = np.array([3 * means[:, 0].std(), means[:, 1].std()]) / factor.std()
    assert found.importance.value == pytest.approx(expected, rel=0.01)
    # The sample that is drawn is the whole, and the permutation leaves all in place.
    assert found.importance.drawn[0] == pytest.approx(found.importance.value, rel=1e-6)
    assert found.importance.null[0] == pytest.approx(found.importance.value, rel=1e-6)
    assert found.informativeness.drawn[0] == pytest.approx(found.informativeness.value)
    assert pearsonr(found.predicted, factor)[0] == pytest.approx(1, abs=1e-4)
