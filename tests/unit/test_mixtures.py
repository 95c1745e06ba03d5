"""Mixtures of latents whose groups are, or are not, the labels."""

import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.mixture import GaussianMixture

from latentscape.errors import InputError
from latentscape.evaluation.labels import labels_by_group
from latentscape.evaluation.mixtures import (
    agreement_scores,
    fit_mixtures,
    label_agreement,
    summarise_mixtures,
)
from latentscape.evaluation.settings.structure import Mixtures
from latentscape.evaluation.tables.structure import BIC, MIXTURES

KEY = ("sample", "event")
DRAWS = {"bootstrap": 200, "permutations": 200, "seed": 1}


def groups(distance, rows=80, trainings=1):
    """Latents of labels a, b, c, each a round group so far from the next."""
    rng = np.random.default_rng(3)
    label = np.repeat(["a", "b", "c"], rows)
    keys = pd.DataFrame({"sample": label, "event": np.arange(3 * rows)})
    centres = distance * np.repeat(np.eye(3)[:, :2], rows, axis=0)
    tables = [
        keys.assign(
            seed=number, part="held_out", mean=list(centres + rng.normal(size=(3 * rows, 2)))
        )
        for number in range(trainings)
    ]
    return pd.concat(tables, ignore_index=True), keys.assign(label=label)


def fitted(latents, labels, **changes):
    defaults = Mixtures(max_components=4).model_dump(exclude={"label"})
    options = {**defaults, **DRAWS, "label_sets": [("a", "b")], **changes}
    return fit_mixtures(latents, labels, key=KEY, **options)


@pytest.fixture(scope="module")
def tables():
    return fitted(*groups(8.0))


def test_separate_groups_are_found_and_counted_by_the_criterion(tables):
    mixtures, bic = tables
    assert dict(bic[bic["is_chosen"]].set_index("labels")["components"]) == {"all": 3, "a+b": 2}
    assert (mixtures["value"] > 0.99).all()
    assert set(mixtures["choice"]) == {"labels", "bic"}


def test_the_tables_are_as_declared(tables):
    for table, declared in zip(tables, (MIXTURES, BIC), strict=True):
        pd.testing.assert_frame_equal(table, declared.check(table))


def test_the_criterion_is_that_of_scikit_learn(tables):
    means = np.stack(groups(8.0)[0]["mean"].to_list())
    fit = GaussianMixture(1).fit(means)
    first = tables[1].set_index(["labels", "components"]).loc[("all", 1)]
    assert first["bic"] == pytest.approx(fit.bic(means))
    # 2 means and 3 covariances
    assert first["parameters"] == 5


def test_one_group_agrees_with_no_label():
    mixtures, _ = fitted(*groups(0.0), max_components=2)
    for score, floor in (("ari", 0.0), ("nmi", 0.0), ("purity", 1 / 3)):
        rows = mixtures[(mixtures["score"] == score) & (mixtures["labels"] == "all")]
        assert rows["value"].to_numpy() == pytest.approx(floor, abs=0.08)
    assert mixtures.loc[mixtures["labels"] == "all", "largest_share"].unique() == [1 / 3]


def test_permuted_labels_stay_within_their_null_and_real_ones_do_not():
    latents, labels = groups(4.0)
    options = {"key": KEY, "components": None, **DRAWS}
    real = label_agreement(latents, labels, **options)
    assert (real["low"] > real["null_high"]).all()
    shuffled = np.random.default_rng(0).permutation(labels["label"])
    chance = label_agreement(latents, labels.assign(label=shuffled), **options)
    assert chance["value"].between(chance["null_low"], chance["null_high"]).all()
    ari = chance.set_index("score").loc["ari"]
    assert ari["null_low"] < 0 < ari["null_high"]


def test_the_interval_is_as_wide_as_the_spread_over_samples():
    rng = np.random.default_rng(5)
    shares = np.array([0.4, 0.1, 0.15, 0.35])
    observed = agreement_scores(rng.multinomial(300, shares, 4000).reshape(-1, 2, 2))
    counts = np.array([120, 30, 45, 105])
    label = np.repeat(["a", "b", "a", "b"], counts)
    side = np.repeat([0.0, 0.0, 50.0, 50.0], counts)
    keys = pd.DataFrame({"sample": "s", "event": np.arange(len(label))})
    means = list(np.stack([side + rng.normal(size=300)], axis=1))
    table = label_agreement(
        keys.assign(seed=0, mean=means),
        keys.assign(label=label),
        key=KEY,
        components=2,
        **{**DRAWS, "bootstrap": 2000},
    )
    low, high = np.quantile(observed, [0.025, 0.975], axis=1)
    assert (table["high"] - table["low"]).to_numpy() == pytest.approx(high - low, rel=0.1)


@settings(max_examples=30)
@given(
    arrays(int, st.integers(5, 60), elements=st.integers(0, 3)),
    st.integers(0, 2**32 - 1),
)
def test_scores_equal_scikit_learn(label, seed):
    assigned = np.random.default_rng(seed).integers(0, 4, size=len(label))
    table = np.zeros((4, 4), dtype=int)
    np.add.at(table, (assigned, label), 1)
    ari, purity, nmi = agreement_scores(table)
    expected = sum(np.bincount(label[assigned == k]).max() for k in set(assigned)) / len(label)
    assert purity == pytest.approx(expected)
    # Where one of the groupings says nothing, scikit-learn calls equal ones perfect.
    if len(set(label)) > 1 and len(set(assigned)) > 1:
        assert ari == pytest.approx(adjusted_rand_score(label, assigned), abs=1e-12)
        assert nmi == pytest.approx(normalized_mutual_info_score(label, assigned), abs=1e-9)


def test_shuffled_rows_give_the_same_tables(tables):
    latents, labels = (frame.sample(frac=1, random_state=7) for frame in groups(8.0))
    for found, expected in zip(fitted(latents, labels), tables, strict=True):
        pd.testing.assert_frame_equal(found, expected)


def test_parts_choose_the_rows():
    latents, labels = groups(8.0)
    latents.loc[latents["event"] % 3 == 0, "part"] = "train"
    _, bic = fitted(latents, labels, parts=("train",))
    assert set(bic.loc[bic["labels"] == "all", "n"]) == {80}


def test_the_summary_is_over_the_trainings():
    mixtures, _ = fitted(*groups(8.0, trainings=2), label_sets=[], max_components=1)
    summary = summarise_mixtures(mixtures).set_index(["choice", "score"])
    assert summary.loc[("labels", "ari"), "n_seeds"] == 2
    # One component knows nothing, in every training.
    assert summary.loc[("bic", "ari"), "mean"] == pytest.approx(1.0)


def test_a_single_label_leaves_the_curve_only():
    latents, labels = groups(8.0)
    mixtures, bic = fitted(latents, labels.assign(label="a"), label_sets=[("a",)])
    assert mixtures.empty
    assert set(bic["labels"]) == {"all"}
    with pytest.raises(InputError, match="two labels"):
        label_agreement(latents, labels.assign(label="a"), key=KEY, components=2, **DRAWS)


def test_an_unknown_label_is_named():
    with pytest.raises(InputError, match="'d' has no rows"):
        fitted(*groups(8.0, rows=20), label_sets=[("a", "d")])


def test_a_criterion_that_still_falls_is_told(caplog):
    with caplog.at_level(logging.WARNING, logger="latentscape"):
        fitted(*groups(8.0, rows=60), label_sets=[("a", "b")], max_components=2)
    assert "still falls" in caplog.text


def test_samples_of_one_group_share_a_label():
    rows = groups(8.0, rows=2)[0]
    labels = labels_by_group(rows, KEY, {"a": "round", "b": "square", "c": "round"})
    assert labels["label"].tolist() == ["round"] * 2 + ["square"] * 2 + ["round"] * 2
    with pytest.raises(InputError, match="'c' has no group"):
        labels_by_group(rows, KEY, {"a": "round", "b": "square"})
