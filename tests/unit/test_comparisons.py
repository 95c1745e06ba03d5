"""Which latents are compared with which."""

import logging

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.evaluation.comparisons import choose_sides, compare_latents, planted_rows
from latentscape.evaluation.settings.comparisons import TwoSampleTests
from latentscape.evaluation.tables.comparisons import TWO_SAMPLE, TWO_SAMPLE_MIXTURE

KEY = ("sample", "event")
PLANTED = {"labels": ("a", "b"), "shift": 10.0}
NOTHING = {"labels": None, "shift": 10.0}
TESTS = TwoSampleTests(permutations=99, bootstrap=20, folds=2, hidden=(2,)).model_dump()


def some_rows():
    """Labels a and b train, unequally split into parts; c does not and lies elsewhere."""
    counts = {("a", "train"): 60, ("a", "validation"): 20, ("b", "train"): 60}
    counts |= {("b", "validation"): 10, ("c", "held_out"): 30}
    table = pd.DataFrame(
        [(label, part) for (label, part), n in counts.items() for _ in range(n)],
        columns=["sample", "part"],
    )
    return table.assign(event=np.arange(len(table)), label=table["sample"])


def some_latents(trainings=2):
    rows = some_rows()
    rng = np.random.default_rng(0)
    tables = []
    for number in range(trainings):
        means = rng.normal(size=(len(rows), 2))
        means[rows["label"] == "c"] += 3
        tables.append(rows.drop(columns="label").assign(seed=number, mean=list(means)))
    return pd.concat(tables, ignore_index=True), rows[[*KEY, "label"]]


def chosen(rows=None, *, comparisons=(), planted=NOTHING, fewest=4, seed=1):
    rows = some_rows() if rows is None else rows
    sides = choose_sides(
        rows, key=KEY, comparisons=comparisons, planted=planted, fewest=fewest, seed=seed
    )
    return {one.name: one for one in sides}


def shares(side):
    return side["label"].value_counts().to_dict()


def test_training_and_validation_rows_have_the_same_mixture():
    sides = chosen()["train vs validation"]
    assert shares(sides.second) == {"a": 20, "b": 10}
    assert shares(sides.first) == {"a": 60, "b": 30}
    assert set(sides.first["part"]) == {"train"}
    assert set(sides.second["part"]) == {"validation"}


def test_the_halves_divide_the_label_with_most_rows_outside_the_training():
    sides = chosen()["two halves"]
    assert shares(sides.first) == shares(sides.second) == {"c": 15}
    assert not set(sides.first["event"]) & set(sides.second["event"])


def test_a_planted_shift_moves_the_share_and_shares_no_row():
    sides = chosen(planted=PLANTED)
    size = planted_rows(80, 70, 10)
    # 79 rows at most for the first label, which needs 0.5 + 0.6 of a side; 69 for the second.
    assert size == min(int(79 / 1.1), 69) == 69
    for name, moved in (("planted shift 0", round(0.5 * size)), ("planted shift 10", 41)):
        one = sides[name]
        assert shares(one.first) == {"a": 34, "b": 35}
        assert shares(one.second) == {"a": moved, "b": size - moved}
        assert not set(one.first["event"]) & set(one.second["event"])


def test_what_has_too_few_rows_is_left_out_with_a_word(caplog):
    with caplog.at_level(logging.WARNING, logger="latentscape"):
        assert list(chosen(fewest=31, planted=PLANTED)) == ["planted shift 0", "planted shift 10"]
    assert "train vs validation: left out, its sides have 90 and 30 rows" in caplog.text


def test_permutations_that_can_never_reach_the_level_are_pointed_out(caplog):
    def said(permutations):
        caplog.clear()
        tests = {**TESTS, "permutations": permutations, "level": 0.05}
        with caplog.at_level(logging.WARNING, logger="latentscape"):
            compare_latents(
                *some_latents(1), key=KEY, comparisons=(), planted=NOTHING, tests=tests, seed=1
            )
        return caplog.text

    # 4/80 is the level, 4/81 is below.
    assert "with 79 permutations no corrected p-value can be below 0.05" in said(79)
    assert said(80) == ""


def test_trainings_with_other_parts_are_refused():
    latents, labels = some_latents()
    first = latents.index[(latents["seed"] == 1) & (latents["part"] == "train")][0]
    latents.loc[first, "part"] = "validation"
    with pytest.raises(InputError, match="parts of all trainings: 2 rows share their key"):
        compared(latents, labels)


def test_wanted_samples_are_compared_without_training_rows():
    wanted = [{"name": "mine", "first": "a", "second": "c"}]
    sides = chosen(comparisons=wanted)["mine"]
    assert shares(sides.first) == {"a": 20}
    assert shares(sides.second) == {"c": 30}


def test_a_wanted_sample_that_is_not_there_is_a_mistake():
    wanted = [{"name": "mine", "first": "a", "second": "x"}]
    with pytest.raises(InputError, match=r"'mine' has 0 rows of 'x'.*labels with rows: a, b, c"):
        chosen(comparisons=wanted)


@pytest.fixture(scope="module")
def tables():
    return compared(*some_latents())


def compared(latents, labels):
    wanted = [{"name": "a with c", "first": "a", "second": "c"}]
    return compare_latents(
        latents, labels, key=KEY, comparisons=wanted, planted=NOTHING, tests=TESTS, seed=1
    )


def test_every_training_has_every_comparison_and_only_true_differences_count(tables):
    two_sample, _ = tables
    pd.testing.assert_frame_equal(two_sample, TWO_SAMPLE.check(two_sample))
    summary = two_sample[two_sample["test"] == "any"].set_index(["seed", "comparison"])
    expected = {"a with c": True, "train vs validation": False, "two halves": False}
    assert summary["differs"].to_dict() == {
        (seed, name): differs for seed in (0, 1) for name, differs in expected.items()
    }
    assert (two_sample[two_sample["test"] == "energy"]["n_first"].unique() == [20, 90, 15]).all()


def test_the_mixture_table_says_what_was_left_out(tables):
    _, mixture = tables
    pd.testing.assert_frame_equal(mixture, TWO_SAMPLE_MIXTURE.check(mixture))
    rows = mixture.set_index(["comparison", "label"]).loc["train vs validation"]
    assert rows.loc["a"].tolist() == [60, 20, 60, 20]
    assert rows.loc["b"].tolist() == [60, 10, 30, 10]


def test_shuffled_rows_give_the_same_tables(tables):
    latents, labels = (table.sample(frac=1, random_state=3) for table in some_latents())
    for found, expected in zip(compared(latents, labels), tables, strict=True):
        pd.testing.assert_frame_equal(found, expected)
