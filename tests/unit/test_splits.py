"""Splits: seeded, independent of row order, nested, balanced."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.errors import InputError
from latentscape.learning.splits import split, split_samples

DEFAULTS = {"validation": 0.1, "fraction": 1.0, "balanced": False, "seed": 1}


def rows_of(**counts: int) -> pd.DataFrame:
    return pd.DataFrame(
        [(label, event, label) for label, count in counts.items() for event in range(count)],
        columns=["sample", "event", "label"],
    )


def parts_of(rows: pd.DataFrame, **changes: object) -> dict[tuple[str, int], str]:
    parts = split(rows, **{**DEFAULTS, **changes})  # type: ignore[arg-type]
    return {(row.sample, row.event): row.part for row in parts.itertuples()}


def rows_in(parts: dict[tuple[str, int], str], part: str) -> set[tuple[str, int]]:
    return {key for key, found in parts.items() if found == part}


counts = st.fixed_dictionaries({"a": st.integers(2, 60), "b": st.integers(2, 60)})
shares = st.floats(0.01, 0.99)


def test_a_tenth_of_each_label_validates_and_the_rest_trains() -> None:
    parts = split(rows_of(a=50, b=20), **DEFAULTS)  # type: ignore[arg-type]
    found = parts.groupby(["sample", "part"]).size().to_dict()
    assert found == {
        ("a", "validation"): 5,
        ("a", "train"): 45,
        ("b", "validation"): 2,
        ("b", "train"): 18,
    }


def test_half_of_the_training_pool_is_used_and_the_other_half_held_out() -> None:
    parts = split(rows_of(a=50), **{**DEFAULTS, "fraction": 0.4})  # type: ignore[arg-type]
    assert parts["part"].value_counts().to_dict() == {"validation": 5, "train": 18, "held_out": 27}


@settings(max_examples=30)
@given(counts=counts, validation=shares, shuffle=st.integers(0, 9), balanced=st.booleans())
def test_shuffled_rows_give_the_same_split(
    counts: dict[str, int], validation: float, shuffle: int, balanced: bool
) -> None:
    rows = rows_of(**counts)
    changes = {"validation": validation, "balanced": balanced, "fraction": 0.5}
    shuffled = rows.sample(frac=1, random_state=shuffle)
    assert parts_of(shuffled, **changes) == parts_of(rows, **changes)


@settings(max_examples=30)
@given(counts=counts, smaller=shares, larger=shares, balanced=st.booleans())
def test_smaller_pools_lie_in_larger_ones_with_the_same_validation_part(
    counts: dict[str, int], smaller: float, larger: float, balanced: bool
) -> None:
    smaller, larger = sorted((smaller, larger))
    small = parts_of(rows_of(**counts), fraction=smaller, balanced=balanced)
    large = parts_of(rows_of(**counts), fraction=larger, balanced=balanced)
    assert rows_in(small, "train") <= rows_in(large, "train")
    assert rows_in(small, "validation") == rows_in(large, "validation")


@settings(max_examples=30)
@given(counts=counts, validation=shares, fraction=shares)
def test_balanced_pools_use_as_many_rows_of_each_label(
    counts: dict[str, int], validation: float, fraction: float
) -> None:
    parts = parts_of(rows_of(**counts), validation=validation, fraction=fraction, balanced=True)
    for part in ("train", "validation"):
        labels = [label for label, _ in rows_in(parts, part)]
        assert labels.count("a") == labels.count("b") > 0


@settings(max_examples=30)
@given(counts=counts, validation=shares, fraction=shares)
def test_every_row_has_one_part_and_every_label_is_in_both(
    counts: dict[str, int], validation: float, fraction: float
) -> None:
    parts = parts_of(rows_of(**counts), validation=validation, fraction=fraction)
    assert len(parts) == sum(counts.values())
    for part in ("train", "validation"):
        assert {label for label, _ in rows_in(parts, part)} == {"a", "b"}


def test_another_seed_gives_another_split() -> None:
    rows = rows_of(a=50)
    assert parts_of(rows) == parts_of(rows)
    assert rows_in(parts_of(rows), "validation") != rows_in(parts_of(rows, seed=2), "validation")


def test_validation_rows_are_drawn_from_the_whole_range_of_keys() -> None:
    chosen = rows_in(parts_of(rows_of(a=1000)), "validation")
    # The mean of 100 of 0 … 999 is 499.5 ± 28.9.
    assert abs(sum(event for _, event in chosen) / 100 - 499.5) < 4 * 28.9


def test_rows_come_back_in_their_order_and_with_their_keys() -> None:
    rows = rows_of(b=5, a=5).iloc[::-1]
    parts = split(rows, **DEFAULTS)  # type: ignore[arg-type]
    assert parts["event"].to_list() == rows["event"].to_list()
    assert parts.columns.to_list() == ["sample", "event", "part"]


def test_a_label_with_one_row_is_refused() -> None:
    with pytest.raises(InputError, match="label 'b' has 1 row; a split needs at least 2"):
        parts_of(rows_of(a=5, b=1))


def test_no_rows_are_refused() -> None:
    with pytest.raises(InputError, match="no rows to split"):
        parts_of(rows_of(a=2).iloc[:0])


def test_a_repeated_key_is_refused() -> None:
    with pytest.raises(InputError, match="rows to split: 2 rows share their key"):
        parts_of(pd.concat([rows_of(a=5), rows_of(a=1)]))


def by_sample(keys: pd.DataFrame, *trained_on: str, **changes: object) -> pd.DataFrame:
    labels = {"old": "x", "new": "x", "other": "y"}
    settings = {**DEFAULTS, "trained_on": trained_on, "labels": labels, **changes}
    return split_samples(keys, **settings)  # type: ignore[arg-type]


def test_samples_that_do_not_train_are_held_out() -> None:
    keys = rows_of(old=10, other=10).drop(columns="label").sample(frac=1, random_state=0)
    parts = by_sample(keys, "old")
    assert parts[["sample", "event"]].equals(keys)
    assert set(parts.loc[parts["sample"] == "other", "part"]) == {"held_out"}
    assert set(parts.loc[parts["sample"] == "old", "part"]) == {"train", "validation"}


def test_samples_of_one_label_share_its_pool_in_a_balanced_split() -> None:
    keys = rows_of(old=30, new=30, other=20).drop(columns="label")
    parts = by_sample(keys, "old", "new", "other", balanced=True)
    used = parts[parts["part"] != "held_out"]
    assert used["sample"].map({"old": "x", "new": "x", "other": "y"}).value_counts().to_dict() == {
        "x": 20,
        "y": 20,
    }


def test_a_training_sample_without_rows_is_refused() -> None:
    keys = rows_of(old=5, other=5).drop(columns="label")
    with pytest.raises(InputError, match=r"'new' should train .* no rows; .*: old, other\."):
        by_sample(keys, "old", "new")
