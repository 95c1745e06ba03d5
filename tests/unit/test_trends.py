"""Trends, p-values and points of saturation of sweeps, against scipy and curves known by hand."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from latentscape.errors import InputError
from latentscape.evaluation.gains import gain_point
from latentscape.evaluation.rank_tests import (
    arrangements,
    blocked_ranks,
    count_arrangements,
    kruskal_wallis,
    permuted_p_value,
    spearman,
    spearman_interval,
)
from latentscape.evaluation.tables.sweeps import CAPACITY, SWEEP, SWEEP_POINTS, SWEEP_TRENDS
from latentscape.evaluation.trends import collect_sweep, follow_sweep

DRAWS = {"bootstrap": 200, "permutations": 500, "seed": 3}
GAIN = {"share": 0.95, "bootstrap": 300, "seed": 3}
SOME = st.lists(st.integers(0, 5).map(float), min_size=4, max_size=12)


def one_block(values):
    return np.zeros(len(values), dtype=int)


@settings(max_examples=30, deadline=None)
@given(SOME, st.randoms(use_true_random=False))
def test_one_block_gives_spearmans_rho_of_scipy(x, random):
    y = random.sample(x, len(x))
    rho = spearman(np.array(x), np.array(y), one_block(x))
    if len(set(x)) < 2:
        assert np.isnan(rho)
    else:
        assert rho == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(SOME, st.integers(0, 99))
def test_one_block_gives_the_h_of_scipy(values, seed):
    codes = np.random.default_rng(seed).permutation(np.arange(len(values)) % 2)
    ranks = blocked_ranks(np.array(values), one_block(values))
    h = kruskal_wallis(codes, ranks)
    if len(set(values)) < 2:
        assert h == 0
    else:
        groups = (np.array(values)[codes == code] for code in (0, 1))
        assert h == pytest.approx(stats.kruskal(*groups).statistic)


def test_blocks_of_different_height_do_not_hide_a_trend():
    x = np.tile([1.0, 2.0, 3.0], 4)
    blocks = np.repeat(np.arange(4), 3)
    y = x + 100.0 * np.array([2, 0, 3, 1])[blocks]
    assert spearman(x, y, blocks) == pytest.approx(1)
    assert spearman(x, y, one_block(x)) < 0.5


@pytest.mark.parametrize("values", [(1, 1, 2, 2), (1, 2, 3, 4), (5, 5, 5)])
def test_arrangements_are_all_distinct_orders(values):
    array = np.array(values)
    found = np.concatenate(list(arrangements(array, one_block(array), 1000, 1)))
    expected = set(itertools.permutations(values))
    assert {tuple(row) for row in found.tolist()} == expected
    assert len(found) == len(expected) == count_arrangements(array, one_block(array))


@pytest.mark.parametrize("permutations", [3, 1000])
def test_arrangements_keep_values_in_their_blocks(permutations):
    values, blocks = np.array([1, 7, 2, 8, 3, 9]), np.array([0, 1, 0, 1, 0, 1])
    found = np.concatenate(list(arrangements(values, blocks, permutations, 1)))
    assert len(found) == min(permutations, 36)
    assert {tuple(sorted(row)) for row in found[:, blocks == 0].tolist()} == {(1, 2, 3)}


def a_correlation(x, y):
    ranks = blocked_ranks(np.array(y, float), one_block(y))
    return lambda arranged: (arranged * ranks).sum(axis=-1)


def test_the_exact_p_value_is_that_of_all_permutations():
    x, y = [1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 1.0, 3.0, 5.0, 4.0]
    observed = abs(stats.spearmanr(x, y).statistic)
    null = [abs(stats.spearmanr(order, y).statistic) for order in itertools.permutations(x)]
    expected = np.mean([each >= observed - 1e-9 for each in null])
    moved = blocked_ranks(np.array(x), one_block(x))
    found = permuted_p_value(a_correlation(x, y), moved, one_block(x), permutations=200, seed=1)
    assert found == pytest.approx(expected)


def test_drawn_p_values_are_those_of_scipy():
    rng = np.random.default_rng(1)
    x = np.repeat(np.arange(8.0), 3)
    y = x + rng.normal(0, 12, 24)
    moved = blocked_ranks(x, one_block(x))
    found = permuted_p_value(a_correlation(x, y), moved, one_block(x), permutations=4000, seed=1)
    assert found == pytest.approx(stats.spearmanr(x, y).pvalue, abs=0.03)


def test_p_values_of_noise_are_uniform():
    rng = np.random.default_rng(4)
    x = np.repeat(np.arange(4.0), 2)
    moved = blocked_ranks(x, one_block(x))
    found = [
        permuted_p_value(
            a_correlation(x, rng.normal(size=8)), moved, one_block(x), permutations=100, seed=1
        )
        for _ in range(300)
    ]
    assert stats.kstest(found, "uniform").pvalue > 0.01


def test_the_interval_of_rho_holds_it_and_draws_within_blocks():
    rng = np.random.default_rng(2)
    blocks = np.tile([0, 1], 20)
    x = np.repeat(np.arange(10.0), 4)
    y = x + rng.normal(0, 3, 40) + 1000 * blocks
    low, high = spearman_interval(x, y, blocks, bootstrap=400, seed=1)
    assert 0.3 < low < spearman(x, y, blocks) < high < 1
    assert spearman_interval(x, np.ones(40), blocks, bootstrap=9, seed=1) != (0, 0)
    assert np.isnan(spearman_interval(x, np.ones(40), blocks, bootstrap=9, seed=1)).all()


def a_curve(means, spread=0.01, seeds=3, seed=0):
    """Return values of an axis, what is gained, and the model of each training."""
    rng = np.random.default_rng(seed)
    numbers = np.repeat(2.0 ** np.arange(1, len(means) + 1), seeds)
    values = np.repeat(np.array(means, float), seeds) + rng.normal(0, spread, len(numbers))
    return numbers, values, np.repeat(np.arange(len(means)), seeds)


def test_the_gain_point_is_the_first_with_its_share_of_the_gain():
    # 95 % of the way from 1 to 3 is 2.9.
    found = gain_point(*a_curve([1, 2, 2.89, 2.91, 3], spread=0), **GAIN)
    assert found == {"gain_point": 16.0, "gain_low": 16.0, "gain_high": 16.0, "gain_note": ""}
    half = gain_point(*a_curve([1, 2, 2.89, 2.91, 3], spread=0), **{**GAIN, "share": 0.5})
    assert half["gain_point"] == 4.0


def test_a_noisy_gain_has_an_interval_that_holds_the_true_point():
    covered = []
    for seed in range(30):
        found = gain_point(*a_curve([0, 0.5, 0.93, 0.97, 1], 0.03, seed=seed), **GAIN)
        covered.append(found["gain_low"] <= 16 <= found["gain_high"])
        assert found["gain_low"] <= found["gain_point"] <= found["gain_high"]
    assert np.mean(covered) > 0.85


@pytest.mark.parametrize(
    ("means", "note"),
    [
        ([1, 1, 1, 1], "flat"),
        ([3, 2, 1, 0], "no gain: the smallest value is the best"),
        ([0, 2, 1, 3], "not monotone: worse at 8 than at 4"),
        ([1], "one value only"),
    ],
)
def test_a_curve_without_saturation_has_no_point_and_says_why(means, note):
    found = gain_point(*a_curve(means, spread=0.02, seed=5), **GAIN)
    assert math.isnan(found["gain_point"])
    assert found["gain_note"].startswith(note)


def test_noise_is_seldom_called_a_gain():
    notes = [gain_point(*a_curve([0] * 6, 1, seed=s), **GAIN)["gain_note"] for s in range(200)]
    false = np.mean([not note for note in notes])
    assert false < 0.08


def test_single_trainings_give_a_point_without_interval():
    found = gain_point(*a_curve([0, 1, 1], spread=0, seeds=1), **GAIN)
    assert found["gain_point"] == 4
    assert math.isnan(found["gain_low"])
    assert "one training per model" in found["gain_note"]


BASE = {
    "latent": 8,
    "channels": (4, 8),
    "beta": 0.5,
    "activation": "relu",
    "transform": "log1p",
    "fraction": 1.0,
}


def a_sweep(axes, value, seeds=3):
    """Return the table of a sweep whose only numbers are what a function gives, and no trend."""
    rng = np.random.default_rng(0)
    capacities, settings_of = {}, {}
    for values in itertools.product(*axes.values()):
        own = dict(zip(axes, values, strict=True))
        name = "_".join(f"{axis}_{each}" for axis, each in own.items())
        settings_of[name] = {**BASE, **own}
        rows = [
            {"seed": seed, "metric": metric, "group": "validation", "value": number}
            for seed in range(seeds)
            for metric, number in (
                ("explained_share", value(**own) + rng.normal(0, 0.01)),
                ("weighted_error", -value(**own) + rng.normal(0, 0.01)),
                ("kl", rng.normal()),
            )
        ]
        nothing = dict.fromkeys(("low", "high", "null_low", "null_high"), math.nan)
        capacity = pd.DataFrame(rows).assign(dimension="all", n=9, **nothing)
        capacities[name] = CAPACITY.check(capacity)
    return collect_sweep(capacities, settings_of)


def followed(sweep, axes):
    points, trends = follow_sweep(sweep, axes, gain=0.95, **DRAWS)
    return points, trends.set_index(["metric", "axis"])


def test_a_trend_is_found_where_there_is_one_and_only_there():
    axes = {"latent": (2, 4, 8, 16)}
    points, trends = followed(
        a_sweep(axes, lambda latent: 1 - 1 / latent), {"latent": ["2", "4", "8", "16"]}
    )
    share = trends.loc[("explained_share", "latent")]
    assert share["value"] > 0.9
    assert share["p_holm"] < 0.02
    assert share["gain_point"] in {8, 16}
    assert share["ranking"] == "16 > 8 > 4 > 2"
    error = trends.loc[("weighted_error", "latent")]
    assert (error["value"] < -0.9, error["best"]) == (True, "16")
    assert error["gain_point"] == share["gain_point"]
    noise = trends.loc[("kl", "latent")]
    assert noise["p_holm"] > 0.05
    assert math.isnan(noise["gain_point"])
    means = points[points["metric"] == "explained_share"].set_index("at")["mean"]
    assert means["2"] == pytest.approx(0.5, abs=0.03)


def test_holm_corrects_over_the_metrics_of_an_axis():
    axes = {"latent": (2, 4, 8, 16)}
    _, trends = followed(a_sweep(axes, lambda latent: latent), {"latent": ["2", "4", "8", "16"]})
    ordered = trends.sort_values("p_value")
    assert ordered["p_holm"].iloc[0] == pytest.approx(3 * ordered["p_value"].iloc[0])
    assert (trends["p_holm"] >= trends["p_value"]).all()


def test_names_are_compared_by_ranks_and_ordered_by_their_mean():
    height = {"relu": 0.0, "gelu": 2.0, "elu": 1.0}
    axes = {"activation": tuple(height)}
    _, trends = followed(
        a_sweep(axes, lambda activation: height[activation]), {"activation": list(height)}
    )
    share = trends.loc[("explained_share", "activation")]
    assert share["ranking"] == "gelu > elu > relu"
    assert share["statistic"] == "kruskal_wallis"
    # Three groups of three without overlap: 7.2, as in every table of the test.
    assert share["value"] == pytest.approx(7.2)
    assert share["p_value"] < 0.02
    assert share["gain_note"] == "names have no order"


def test_a_grid_follows_each_axis_at_equal_values_of_the_other():
    axes = {"latent": (2, 4, 8), "beta": (0.5, 1.0, 2.0)}
    sweep = a_sweep(axes, lambda latent, beta: 100 * beta + latent, seeds=1)
    points, trends = followed(sweep, {"latent": ["2", "4", "8"], "beta": ["0.5", "1", "2"]})
    for axis in axes:
        assert trends.loc[("explained_share", axis), "value"] == pytest.approx(1)
    pairs = points[(points["second_axis"] == "beta") & (points["metric"] == "explained_share")]
    assert len(pairs) == 9
    cell = pairs[(pairs["at"] == "8") & (pairs["second_at"] == "0.5")].iloc[0]
    assert cell["mean"] == pytest.approx(58, abs=0.1)
    assert math.isnan(cell["low"])


def test_errors_in_transformed_units_are_not_compared_between_transforms():
    axes = {"transform": ("none", "log1p")}
    _, trends = followed(a_sweep(axes, lambda **_: 0.0), {"transform": ["none", "log1p"]})
    assert set(trends.index.get_level_values("metric")) == {"explained_share", "kl"}


def test_shuffled_rows_give_the_same_trends_and_tables_survive_their_files(tmp_path):
    axes = {"latent": (2, 4, 8), "activation": ("relu", "elu")}
    said = {"latent": ["2", "4", "8"], "activation": ["relu", "elu"]}
    sweep = a_sweep(axes, lambda latent, **_: latent)
    tables = follow_sweep(sweep, said, gain=0.95, **DRAWS)
    shuffled = sweep.sample(frac=1, random_state=1)
    again = follow_sweep(shuffled, said, gain=0.95, **DRAWS)
    for table, frame, other in zip((SWEEP_POINTS, SWEEP_TRENDS), tables, again, strict=True):
        pd.testing.assert_frame_equal(frame, other)
        table.write_tsv(frame, tmp_path / "table.tsv")
        pd.testing.assert_frame_equal(table.read_tsv(tmp_path / "table.tsv"), frame, rtol=1e-4)
    SWEEP.write_tsv(sweep, tmp_path / "sweep.tsv")
    pd.testing.assert_frame_equal(SWEEP.read_tsv(tmp_path / "sweep.tsv"), sweep, rtol=1e-4)


def test_an_unknown_axis_is_refused():
    sweep = a_sweep({"latent": (2, 4)}, lambda latent: latent)
    with pytest.raises(InputError, match="no axis 'depth'"):
        follow_sweep(sweep, {"depth": ["1"]}, gain=0.95, **DRAWS)
