"""Anomaly scores of latents against their definitions and independent implementations."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist, mahalanobis
from scipy.stats import kstest, multivariate_normal

from latentscape.errors import InputError
from latentscape.evaluation.anomaly_scores import anomaly_scores
from latentscape.evaluation.settings.anomaly import AnomalyScores
from latentscape.evaluation.tables.anomaly import scores_table
from latentscape.learning.scores import LATENT_SCORES, SCORES, Rows, Score, score_rows, unfitted
from latentscape.tables import Column

KEY = ("sample", "event")
KEY_COLUMNS = (Column("sample", "string", "Sample"), Column("event", "int64", "Event"))
NAMES = [column.name for column in LATENT_SCORES]
SETTINGS = {"wanted": None, "neighbours": 3, "components": 1, "trees": 10, "seed": 1}


def latents(rows=30, trainings=(0,)):
    """Rows of a trained label, two in three in training, and as many of a new one."""
    rng = np.random.default_rng(0)
    label = np.repeat(["known", "new"], rows)
    event = np.arange(2 * rows)
    part = np.where(label == "new", "held_out", np.where(event % 3 > 0, "train", "validation"))
    tables = []
    for training in trainings:
        means = rng.normal(size=(2 * rows, 2)).astype(np.float32)
        content = {"sample": label, "event": event, "seed": training, "part": part}
        for name in ("reconstruction_error", "weighted_error", "kl", "elbo"):
            content[name] = rng.normal(size=2 * rows)
        tables.append(pd.DataFrame(content).assign(mean=list(means), log_variance=list(means)))
    return pd.concat(tables, ignore_index=True)


def no_others(table):
    return table[["seed", *KEY]]


def scored(table, others=None, **changes):
    others = no_others(table) if others is None else others
    return anomaly_scores(table, others, key=KEY, **{**SETTINGS, **changes})


def means_of(table):
    means = np.stack(table["mean"]).astype(float)
    is_train = (table["part"] == "train").to_numpy()
    return means, is_train


def test_scores_are_as_declared():
    table = latents(trainings=(1, 0))
    scores = scored(table)
    declared = scores_table(KEY_COLUMNS, NAMES)
    pd.testing.assert_frame_equal(scores, declared.check(scores))
    assert len(scores) == len(table)


def test_the_models_own_scores_are_passed_on():
    table = latents()
    scores = scored(table)
    own = ["reconstruction_error", "weighted_error", "kl"]
    pd.testing.assert_frame_equal(scores[own], table[own])
    assert (scores["negative_elbo"] == -table["elbo"]).all()


def test_mahalanobis_distance_equals_scipy():
    table = latents()
    means, is_train = means_of(table)
    inverse = np.linalg.inv(np.cov(means[is_train], rowvar=False))
    expected = [mahalanobis(mean, means[is_train].mean(axis=0), inverse) for mean in means]
    assert scored(table)["mahalanobis"].to_numpy() == pytest.approx(expected)


def test_a_collapsed_dimension_does_not_change_the_distance():
    table = latents()
    expected = scored(table)["mahalanobis"]
    table["mean"] = [np.append(mean, np.float32(0.5)) for mean in table["mean"]]
    assert scored(table)["mahalanobis"].to_numpy() == pytest.approx(expected)


def test_neighbours_of_a_training_row_do_not_include_itself():
    table = latents()
    means, is_train = means_of(table)
    distances = cdist(means, means[is_train])
    distances[is_train, np.arange(is_train.sum())] = np.inf
    expected = np.sort(distances, axis=1)[:, :3].mean(axis=1)
    assert scored(table)["knn"].to_numpy() == pytest.approx(expected)


def test_a_mixture_of_one_component_is_the_normal_density():
    table = latents()
    means, is_train = means_of(table)
    train = means[is_train]
    normal = multivariate_normal(train.mean(axis=0), np.cov(train, rowvar=False, bias=True))
    assert scored(table)["gmm"].to_numpy() == pytest.approx(-normal.logpdf(means), abs=1e-4)


def test_rows_far_from_the_others_are_easy_to_isolate():
    table = latents(rows=90)
    means, _ = means_of(table)
    scores = scored(table, trees=50)["isolation_forest"].to_numpy()
    radius = np.linalg.norm(means, axis=1)
    assert scores[radius > 2.5].min() > np.median(scores[radius < 1])
    assert ((scores > 0) & (scores < 1)).all()


def test_the_random_score_is_uniform_and_the_same_in_every_training():
    scores = scored(latents(rows=150, trainings=(0, 1)))
    by_training = scores.pivot_table(index=list(KEY), columns="seed", values="random")
    assert (by_training[0] == by_training[1]).all()
    assert kstest(by_training[0], "uniform").pvalue > 0.01


def test_shuffled_rows_give_the_same_scores():
    table = latents(trainings=(0, 1))
    again = scored(table.sample(frac=1, random_state=1), components=3)
    pd.testing.assert_frame_equal(again, scored(table, components=3))


def test_only_the_wanted_scores_are_computed():
    scores = scored(latents(), wanted=["kl", "gmm"])
    assert list(scores) == ["seed", *KEY, "part", "kl", "gmm"]


def test_scores_from_elsewhere_are_joined_by_key_and_may_be_missing():
    table = latents()
    flow = table[["seed", *KEY]].assign(flow=np.arange(len(table), dtype=float))
    own = table[table["part"] != "train"][["seed", *KEY]].assign(my_own=7.0)
    others = flow.merge(own, how="left").sample(frac=1, random_state=1)
    scores = scored(table, others, wanted=["kl"])
    assert list(scores)[-3:] == ["kl", "flow", "my_own"]
    assert (scores["flow"] == np.arange(len(table))).all()
    assert scores["my_own"].isna().equals(table["part"] == "train")


def test_a_study_adds_a_score_in_a_few_lines():
    def distance_from_the_median(train):
        centre = np.median(train.means, axis=0)
        return lambda rows: np.abs(rows.means - centre).sum(axis=1)

    table = latents()
    found = score_rows([Score("median", distance_from_the_median)], Rows(table, KEY))
    means, is_train = means_of(table)
    expected = np.abs(means - np.median(means[is_train], axis=0)).sum(axis=1)
    assert found["median"].to_numpy() == pytest.approx(expected)


def test_a_costly_score_leaves_training_rows_empty():
    def count(train):
        return lambda rows: np.full(len(rows), len(train), dtype=float)

    table = latents()
    found = score_rows([Score("size", count, skips_train=True)], Rows(table, KEY))["size"]
    assert found.isna().equals(table["part"] == "train")
    assert set(found.dropna()) == {20.0}


def test_a_score_that_is_not_finite_is_named():
    broken = Score("ratio", unfitted(lambda rows: np.full(len(rows), np.inf)))
    with pytest.raises(InputError, match="score 'ratio' is not finite in 60 rows"):
        score_rows([broken], Rows(latents(), KEY))


def test_a_score_that_needs_images_is_refused_without_them():
    blind = Score("sum", unfitted(lambda rows: rows.pixels), needs="images")
    with pytest.raises(InputError, match="score 'sum' needs images"):
        score_rows([blind], Rows(latents(), KEY))


def test_too_few_training_rows_are_named():
    with pytest.raises(InputError, match=r"20 rows in 'train'.* need at least 31"):
        scored(latents(), neighbours=30)


def test_an_unknown_score_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="no score 'knm'; allowed are reconstruction_error, "):
        AnomalyScores(wanted=("kl", "knm"))
    with pytest.raises(ValueError, match="empty list"):
        AnomalyScores(wanted=())
    assert set(AnomalyScores(wanted=tuple(SCORES)).wanted) == set(SCORES)
