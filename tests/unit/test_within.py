"""Features within a label, on latents that know one of two features."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from latentscape.errors import InputError
from latentscape.evaluation.tables.content import FAMILIES, PROXY, WITHIN
from latentscape.evaluation.within import family_auc, summarise_families, within_label_auc

KEY = ("sample", "event")
NAMES = ("known", "unknown", "label_only", "flat")
OPTIONS = {"key": KEY, "names": NAMES, "folds": 3, "bootstrap": 100, "permutations": 100, "seed": 3}


def a_study(rows=400, trainings=(0, 1)):
    """z0 of training 0 knows 'known' exactly; z1 knows the label alone."""
    rng = np.random.default_rng(0)
    keys = pd.DataFrame({"sample": np.repeat(["a", "b"], rows // 2), "event": np.arange(rows)})
    is_b = (keys["sample"] == "b").to_numpy()
    features = keys.assign(
        known=rng.normal(size=rows) + 3 * is_b,
        unknown=rng.normal(size=rows),
        label_only=rng.normal(size=rows) + 9 * is_b,
        flat=1.0,
    )
    features.loc[::10, "unknown"] = np.nan
    latents = []
    for training in trainings:
        means = rng.normal(size=(rows, 2))
        means[:, 0] = features["known"] if training == 0 else means[:, 0]
        means[:, 1] += 5 * is_b
        latents.append(keys.assign(seed=training, mean=list(means.astype(np.float32))))
    return pd.concat(latents, ignore_index=True), features, keys.assign(label=keys["sample"])


@pytest.fixture(scope="module")
def table():
    return within_label_auc(*a_study(), **OPTIONS)


def entry(table, feature, *, seed=0, label="a"):
    return table.set_index(["seed", "label", "feature"]).loc[(seed, label, feature)]


def test_the_table_is_as_declared_and_complete(table):
    pd.testing.assert_frame_equal(table, WITHIN.check(table))
    assert len(table) == 2 * 2 * len(NAMES)


def test_a_feature_that_a_latent_equals_is_told_apart_nearly_perfectly(table):
    assert entry(table, "known")["auc"] > 0.99


def test_a_feature_that_differs_between_labels_alone_is_not_known_within_one(table):
    row = entry(table, "label_only")
    assert row["null_low"] < row["auc"] < row["null_high"]
    assert row["low"] < 0.5 < row["high"]


def test_the_auc_equals_that_of_scikit_learn(table):
    latents, features, _ = a_study()
    own = features["sample"].eq("b") & features["unknown"].notna()
    means = np.stack(latents.loc[latents["seed"] == 1, "mean"])[own].astype(float)
    above = (features.loc[own, "unknown"] > features.loc[own, "unknown"].median()).to_numpy()
    odds = cross_val_predict(
        make_pipeline(StandardScaler(), LogisticRegression(tol=1e-8)),
        means,
        above,
        cv=StratifiedKFold(3, shuffle=True, random_state=3),
        method="decision_function",
    )
    found = entry(table, "unknown", seed=1, label="b")
    assert found["auc"] == pytest.approx(roc_auc_score(above, odds), abs=1e-3)


def test_missing_rows_are_counted_and_left_out_of_their_feature_alone(table):
    row = entry(table, "unknown")
    assert (row["n_above"], row["n_below"], row["n_missing"]) == (90, 90, 20)
    assert entry(table, "known")["n_missing"] == 0


def test_a_constant_feature_has_no_auc(table):
    flat = table[table["feature"] == "flat"]
    assert flat[["auc", "low", "high", "null_low", "null_high"]].isna().all(axis=None)
    assert (flat["n_above"] == 0).all()


def test_a_gaussian_latent_reaches_the_auc_of_its_correlation():
    """Oracle: the share of pairs in the right order, by the bivariate normal density."""
    rng = np.random.default_rng(5)
    rows, rho = 2000, 0.6
    keys = pd.DataFrame({"sample": "a", "event": np.arange(rows)})
    x = rng.normal(size=rows)
    y = rho * x + np.sqrt(1 - rho**2) * rng.normal(size=rows)
    table = within_label_auc(
        keys.assign(seed=0, mean=list(x[:, None])),
        keys.assign(size=y),
        keys.assign(label="a"),
        **{**OPTIONS, "names": ["size"]},
    )
    # Density of x above the median of y is 2 φ(x) Φ(ρx/√(1-ρ²)); below it is its mirror image.
    grid = np.linspace(-8, 8, 4001)
    above = 2 * np.exp(-(grid**2) / 2) / np.sqrt(2 * np.pi)
    above *= ndtr(rho * grid / np.sqrt(1 - rho**2)) * (grid[1] - grid[0])
    expected = (above * np.cumsum(above[::-1])).sum()
    assert table["auc"].iloc[0] == pytest.approx(expected, abs=0.02)
    assert table["low"].iloc[0] < expected < table["high"].iloc[0]


def test_shuffled_rows_change_nothing(table):
    tables = [one.sample(frac=1, random_state=1) for one in a_study()]
    pd.testing.assert_frame_equal(within_label_auc(*tables, **OPTIONS), table)


def test_a_family_is_the_mean_of_its_features(table):
    families = family_auc(table, {"first": ("known", "unknown"), "second": ("flat", "label_only")})
    pd.testing.assert_frame_equal(families, FAMILIES.check(families))
    first = families.set_index(["seed", "label", "family"]).loc[(0, "a", "first")]
    two = [entry(table, name) for name in ("known", "unknown")]
    for name in ("auc", "low", "high", "null_low", "null_high"):
        assert first[name] == pytest.approx((two[0][name] + two[1][name]) / 2)
    assert families.set_index("family").loc["second", "n_features"].tolist() == [1] * 4


def test_families_are_summarised_over_the_trainings(table):
    families = family_auc(table, {"first": ("known", "unknown")})
    proxy = summarise_families(families)
    pd.testing.assert_frame_equal(proxy, PROXY.check(proxy))
    own = families.loc[families["label"] == "b", "auc"]
    row = proxy.set_index("label").loc["b"]
    assert row["n_seeds"] == 2
    assert row["mean"] == pytest.approx(own.mean())
    assert row["spread"] == pytest.approx(own.std())


def test_shuffled_rows_give_the_same_families(table):
    families = {"first": ("known", "unknown", "label_only")}
    expected = family_auc(table, families)
    found = family_auc(table.sample(frac=1, random_state=1), families)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    proxy = summarise_families(found.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(proxy, summarise_families(expected), check_exact=True)


def test_a_family_of_unknown_features_is_refused(table):
    with pytest.raises(InputError, match="no feature 'nothing'"):
        family_auc(table, {"first": ("known", "nothing")})


def test_an_unknown_feature_is_refused():
    with pytest.raises(InputError, match="no column 'nothing'"):
        within_label_auc(*a_study(), **{**OPTIONS, "names": ("nothing",)})


def test_latents_without_any_described_row_are_refused():
    latents, features, labels = a_study()
    with pytest.raises(InputError, match="no row of training 0"):
        within_label_auc(latents.assign(event=latents["event"] + 1000), features, labels, **OPTIONS)
