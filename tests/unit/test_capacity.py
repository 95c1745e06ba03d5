"""What is said of the latent dimensions, against closed forms and values worked out by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from latentscape.arrays import KeyedArrays
from latentscape.errors import InputError
from latentscape.evaluation.capacity import (
    assess_capacity,
    kl_by_dimension,
    latent_use,
    participation_ratio,
)
from latentscape.evaluation.fidelity import explained_share
from latentscape.evaluation.tables.sweeps import CAPACITY

KEY = ("sample", "row")
DRAWS = {"bootstrap": 60, "permutations": 40, "seed": 3}
SETTINGS = {
    "key": KEY,
    "trained_on": ["circle"],
    "transform": "log1p",
    "constants": {},
    "families": {"size": ["width", "height"], "shape": ["angle"]},
    "active_variance": 0.01,
    "folds": 3,
    **DRAWS,
}


def points(spreads, rows=4000, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, len(spreads))) * np.sqrt(spreads)


def with_spreads(spreads):
    """Return points whose covariance is exactly diagonal: all signs of all spreads."""
    signs = np.array(np.meshgrid(*[[-1.0, 1.0]] * len(spreads))).reshape(len(spreads), -1).T
    return signs * np.sqrt(spreads)


@pytest.mark.parametrize("spreads", [(1, 1, 1, 1), (9, 4, 1, 0.25), (1, 0, 0), (5,)])
def test_participation_ratio_is_that_of_the_eigenvalues(spreads):
    expected = sum(spreads) ** 2 / sum(spread**2 for spread in spreads)
    assert participation_ratio(with_spreads(spreads))[0] == pytest.approx(expected)


def test_participation_ratio_does_not_know_rotation_shift_and_scale():
    drawn = points((4, 2, 1, 0.1))
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0]
    expected = participation_ratio(drawn)
    assert participation_ratio(7 * drawn @ turn + 3) == pytest.approx(expected)


def test_participation_ratio_equals_that_of_scikit_learn():
    decomposition = pytest.importorskip("sklearn.decomposition")
    drawn = points((4, 2, 1, 0.1), rows=300) @ np.triu(np.ones((4, 4)))
    variances = decomposition.PCA().fit(drawn).explained_variance_
    expected = variances.sum() ** 2 / (variances**2).sum()
    assert participation_ratio(drawn)[0] == pytest.approx(expected)


def test_the_interval_of_the_participation_ratio_covers_as_often_as_it_says():
    spreads = (4, 2, 1, 0.1)
    truth = sum(spreads) ** 2 / sum(spread**2 for spread in spreads)
    ends = np.array([participation_ratio(points(spreads, 400, seed))[1:] for seed in range(300)])
    covered = ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()
    # 95 % ± three binomial errors, a little less for 400 rows.
    assert 0.90 <= covered <= 0.985


def test_few_rows_of_many_dimensions_read_low_as_documented():
    ratio = participation_ratio(points(np.ones(40), rows=80))[0]
    assert ratio == pytest.approx(40 / (1 + 40 / 80), rel=0.05)


def test_nothing_that_varies_has_no_ratio():
    assert np.isnan(participation_ratio(np.ones((5, 3)))).all()


def use(means, **changes):
    found = latent_use(means, **{"active_variance": 0.01, **DRAWS, **changes})
    return pd.DataFrame(found).set_index(["metric", "dimension"])


def test_dimensions_that_vary_more_than_the_threshold_are_active():
    table = use(with_spreads((1.0, 0.02, 0.005)))
    assert table.loc[("active_units", "all"), "value"] == 2
    assert table.loc[("active_share", "all"), "value"] == pytest.approx(2 / 3)
    variances = [table.loc[("mean_variance", f"z{i}"), "value"] for i in range(3)]
    np.testing.assert_allclose(variances, (1.0, 0.02, 0.005))
    assert use(with_spreads((1.0, 0.02, 0.005)), active_variance=0.001)["value"].iloc[3] == 3


def test_a_correlation_lies_below_the_null_and_none_within():
    inside = 0
    for seed in range(20):
        free = points((1, 1, 1), rows=500, seed=seed)
        ratio = use(free, bootstrap=2).loc[("participation_ratio", "all")]
        inside += ratio["null_low"] <= ratio["value"] <= ratio["null_high"]
    # Fewer than 15 of 20 have a probability of 10⁻⁴ at 95 %.
    assert inside >= 15
    bound = free.copy()
    bound[:, 1] = bound[:, 0]
    ratio = use(bound).loc[("participation_ratio", "all")]
    assert ratio["value"] < ratio["null_low"]
    # Σλ = 3 and Σλ² = 2² + 1² for two equal dimensions and a free one.
    assert ratio["value"] == pytest.approx(9 / 5, rel=0.05)


def test_the_variance_interval_has_the_width_of_normal_rows():
    row = use(points((4.0,), rows=800), bootstrap=800).loc[("mean_variance", "z0")]
    assert row["high"] - row["low"] == pytest.approx(2 * 1.96 * 4 * math.sqrt(2 / 800), rel=0.12)


def a_posterior(rows=40, dimensions=3):
    rng = np.random.default_rng(5)
    means, log_variances = rng.normal(size=(2, rows, dimensions))
    return pd.DataFrame({"mean": list(means), "log_variance": list(log_variances)})


def test_kl_divergences_of_the_dimensions_are_the_integrals_that_define_them():
    rows = a_posterior()
    found = list(kl_by_dimension(rows, bootstrap=20, seed=1))
    assert [row["dimension"] for row in found] == ["z0", "z1", "z2"]
    mean, log_variance = (np.stack(rows[name])[..., None] for name in ("mean", "log_variance"))
    # ∫ q ln(q/p) with q in units of its own spread, which the densities do not know.
    steps = np.linspace(-9, 9, 1001)
    z = mean + np.exp(log_variance / 2) * steps
    posterior = norm.logpdf(z, mean, np.exp(log_variance / 2))
    integrand = norm.pdf(steps) * (posterior - norm.logpdf(z))
    expected = (integrand.sum(axis=2) * (steps[1] - steps[0])).mean(axis=0)
    np.testing.assert_allclose([row["value"] for row in found], expected, rtol=1e-6)


def a_training(rows=90, labels=("circle", "square", "ring")):
    """Return latents, labels, features and images of a training that knows what a row is."""
    rng = np.random.default_rng(2)
    keys = pd.DataFrame(
        {"sample": np.repeat(labels, rows), "row": np.tile(np.arange(rows), len(labels))}
    )
    n = len(keys)
    shift = np.repeat(np.arange(len(labels)) * 5.0, rows)
    means = rng.normal(size=(n, 2)) + shift[:, None]
    images = rng.gamma(2, size=(n, 1, 4, 4))
    parts = np.where(
        keys["sample"] != "circle", "held_out", np.where(keys["row"] < 30, "validation", "train")
    )
    latents = keys.assign(
        seed=4,
        part=parts,
        mean=list(means.astype(np.float32)),
        log_variance=list(np.zeros((n, 2), np.float32)),
        reconstruction_error=rng.gamma(3, size=n),
        weighted_error=rng.gamma(9, size=n),
        kl=(means**2).sum(axis=1) / 2,
        elbo=-1.0,
    )
    features = keys.assign(
        width=means[:, 0], height=means[:, 1] + rng.normal(0, 0.1, n), angle=rng.normal(size=n)
    )
    return (
        latents,
        keys.assign(label=keys["sample"]),
        features,
        KeyedArrays(keys, {"images": images}),
    )


def test_each_number_stands_for_the_rows_it_names():
    latents, labels, features, images = a_training()
    table = assess_capacity(latents, labels, features, images, **SETTINGS)
    whole = table[table["dimension"] == "all"].set_index(["metric", "group"])
    for metric in ("reconstruction_error", "weighted_error", "kl"):
        validating = latents.loc[latents["part"] == "validation", metric]
        assert whole.loc[(metric, "validation"), "value"] == pytest.approx(validating.mean())
        unseen = latents.loc[latents["sample"] == "ring", metric]
        assert whole.loc[(metric, "ring"), "value"] == pytest.approx(unseen.mean())
        assert (metric, "circle") not in whole.index
    rows = (latents["part"] == "validation").to_numpy()
    expected = explained_share(
        np.log1p(images["images"][rows]),
        latents.loc[rows, "reconstruction_error"],
        bootstrap=60,
        seed=3,
    )
    own = whole.loc[("explained_share", "validation"), ["value", "low", "high"]]
    np.testing.assert_allclose(own.astype(float), expected)
    assert whole.loc[("active_units", "trained"), "n"] == 90
    # Three groups five standard deviations apart, in both dimensions, are found.
    assert whole.loc[("ari", "all"), "value"] > 0.95
    assert whole.loc[("auc_size", "square"), "value"] > 0.95
    null = whole.loc[("auc_shape", "square"), ["null_low", "null_high"]]
    assert null["null_low"] < 0.5 < null["null_high"]
    assert set(table["seed"]) == {4}


def test_shuffled_rows_give_the_same_capacity():
    latents, labels, features, images = a_training(rows=40)
    shuffled = [each.sample(frac=1, random_state=1) for each in (latents, labels, features)]
    expected = assess_capacity(latents, labels, features, images, **SETTINGS)
    pd.testing.assert_frame_equal(assess_capacity(*shuffled, images, **SETTINGS), expected)


def test_a_single_label_has_no_agreement_but_all_else():
    latents, labels, features, images = a_training(rows=40, labels=("circle",))
    table = assess_capacity(latents, labels, features, images, **SETTINGS)
    assert "ari" not in set(table["metric"])
    assert {"explained_share", "active_units", "auc_size"} <= set(table["metric"])


def test_two_trainings_at_once_are_refused():
    latents, labels, features, images = a_training(rows=10)
    both = pd.concat([latents, latents.assign(seed=5)])
    with pytest.raises(InputError, match=r"those of one training, found the trainings \[4, 5\]"):
        assess_capacity(both, labels, features, images, **SETTINGS)


def test_the_table_survives_its_file(tmp_path):
    latents, labels, features, images = a_training(rows=20)
    table = assess_capacity(latents, labels, features, images, **SETTINGS)
    CAPACITY.write_tsv(table, tmp_path / "capacity.tsv")
    read = CAPACITY.read_tsv(tmp_path / "capacity.tsv")
    pd.testing.assert_frame_equal(read, table, rtol=1e-5)
