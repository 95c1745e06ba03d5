"""How often a shift of a mixture is found."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from latentscape.evaluation.settings.comparisons import ShiftPower
from latentscape.evaluation.shift_power import (
    counting_power,
    measure_power,
    power_of_shifts,
    smallest_shifts,
)
from latentscape.evaluation.tables.comparisons import TWO_SAMPLE_POWER

KEY = ("sample", "event")
LEVEL = 0.05


def labels_at(distance, rows=80):
    rng = np.random.default_rng(0)
    return rng.normal(size=(rows, 2)), rng.normal(size=(rows, 2)) + np.array([distance, 0])


def powers(one, other, **changes):
    options = {"rows": 400, "folds": 2, "level": LEVEL, "shifts": (0, 10), "draws": 150}
    table = power_of_shifts(one, other, **{**options, "null_draws": 300, "seed": 1, **changes})
    return table.set_index(["test", "shift"])


@pytest.fixture(scope="module")
def of_separated_labels():
    return powers(*labels_at(12.0))


def test_no_shift_is_found_as_often_as_the_level_says(of_separated_labels):
    for test in ("logistic", "energy"):
        row = of_separated_labels.loc[(test, 0.0)]
        assert row["low"] < LEVEL + 0.02
        assert row["high"] > LEVEL - 0.02


def test_no_test_finds_more_than_counting_known_labels(of_separated_labels):
    rows = of_separated_labels.xs(10.0, level="shift")
    assert (rows["low"] < rows["labels_known"]).all()
    # Of labels without overlap the energy distance sees nearly as much as their counts.
    assert rows.loc["energy", "high"] > rows.loc["energy", "labels_known"] - 0.1


def test_labels_that_lie_together_show_no_shift():
    one, _ = labels_at(0.0)
    table = powers(one, one.copy(), shifts=(40,))
    assert (table["low"] < LEVEL).all()


def test_counting_known_labels_has_the_power_of_two_proportions():
    for shift, rows in ((7.0, 1500), (15.0, 300)):
        effect = proportion_effectsize(0.5 + shift / 100, 0.5)
        expected = NormalIndPower().power(effect, rows, LEVEL, alternative="two-sided")
        # statsmodels takes the arcsine of the shares, which differs at this order
        assert counting_power(shift, rows=rows, level=LEVEL) == pytest.approx(expected, abs=0.01)
    assert counting_power(0.0, rows=500, level=LEVEL) == pytest.approx(LEVEL)


def some_latents():
    one, other = labels_at(8.0)
    sample = np.repeat(["a", "b"], [len(one), len(other)])
    keys = pd.DataFrame({"sample": sample, "event": np.arange(len(sample))})
    means = np.concatenate([one, other])
    latents = pd.concat([keys.assign(seed=seed, mean=list(means)) for seed in (0, 1)])
    return latents, keys.assign(label=sample)


def measured(latents, labels, pair=("a", "b"), folds=2):
    options = ShiftPower(rows=(100,), shifts=(0, 40), draws=20, null_draws=100).model_dump()
    planted = {"labels": pair, "shift": 10.0}
    return measure_power(
        latents, labels, key=KEY, planted=planted, folds=folds, level=LEVEL, seed=1, **options
    )


def test_too_few_rows_at_hand_are_not_drawn():
    latents, labels = some_latents()
    # 71 rows at hand are less than two for each of 36 folds, 100 asked for are not.
    assert measured(latents, labels, folds=36)["n_per_side"].unique().tolist() == [100]


def test_each_training_has_the_rows_at_hand_and_those_asked_for():
    latents, labels = some_latents()
    table = measured(latents, labels)
    pd.testing.assert_frame_equal(table, TWO_SAMPLE_POWER.check(table))
    # 79 rows of the first label at most are 1.1 of a side
    assert sorted(table["n_per_side"].unique()) == [71, 100]
    assert sorted(table["seed"].unique()) == [0, 1]
    assert len(table) == 2 * 2 * 2 * 2
    shuffled = measured(latents.sample(frac=1, random_state=2), labels)
    pd.testing.assert_frame_equal(shuffled, table)


@pytest.mark.parametrize("pair", [None, ("a", "x")])
def test_without_two_labels_there_is_no_power_to_measure(pair):
    assert measured(*some_latents(), pair=pair).empty
    assert smallest_shifts(TWO_SAMPLE_POWER.empty()).empty


def test_the_smallest_shift_is_read_between_the_shifts():
    power = {0: 0.01, 5: 0.4, 10: 0.8, 15: 1.0}
    rows = [
        (seed, "energy", 100, s, p + 0.1 * seed * (s == 10))
        for s, p in power.items()
        for seed in (0, 1)
    ]
    rows += [(0, "logistic", 100, s, 0.1) for s in power]
    # One training reaches the power, the other does not: their mean is not known.
    rows += [
        (seed, "energy", 50, s, 0.1 + 0.9 * seed * (s == 15)) for s in power for seed in (0, 1)
    ]
    table = pd.DataFrame(rows, columns=["seed", "test", "n_per_side", "shift", "power"])
    found = smallest_shifts(table).set_index("test")
    # 0.8 at 10 and 1.0 at 15 cross 0.9 at 12.5; the other training reaches 0.9 at 10
    assert found.loc["energy", "mean"] == pytest.approx((12.5 + 10) / 2)
    assert list(found.index) == ["energy"]
    assert found["n_per_side"].tolist() == [100]
