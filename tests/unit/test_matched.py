"""Two sides whose mixture of labels is made the same."""

from collections import Counter
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscape.errors import InputError
from latentscape.evaluation.matched import match_mixture

COUNTS = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 40), min_size=1)


def side(**counts):
    return pd.Series([label for label, n in counts.items() for _ in range(n)])


def kept(first, second, seed=0):
    rows = match_mixture(first, second, what="a test", seed=seed)
    return [Counter(s.iloc[places]) for s, places in zip((first, second), rows, strict=True)]


def test_equal_mixtures_lose_no_row():
    assert kept(side(a=90, b=45), side(a=10, b=5)) == [{"a": 90, "b": 45}, {"a": 10, "b": 5}]


def test_the_larger_side_is_thinned_to_the_mixture_of_the_smaller():
    assert kept(side(a=1000, b=100), side(a=10, b=10)) == [{"a": 100, "b": 100}, {"a": 10, "b": 10}]


def test_both_sides_give_where_each_has_few_of_another_label():
    # The first side's mixture would leave 5 + 100 against 0 + 1, the smaller counts 5 and 5.
    assert kept(side(a=100, b=5), side(a=5, b=100)) == [{"a": 5, "b": 5}, {"a": 5, "b": 5}]


def test_a_label_of_one_side_is_left_out():
    assert kept(side(a=8, b=8), side(a=4, c=9)) == [{"a": 8}, {"a": 4}]


def test_no_common_label_is_a_mistake():
    with pytest.raises(InputError, match="a test: no label is on both sides; the first has a"):
        kept(side(a=3), side(b=3))


def test_the_seed_chooses_the_rows():
    first, second = side(a=50), side(a=25, b=1)
    first = pd.concat([first, side(b=50)], ignore_index=True)
    draws = [match_mixture(first, second, what="", seed=seed)[0].tolist() for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]


@settings(max_examples=25, deadline=None)
@given(COUNTS, COUNTS)
def test_shares_agree_to_one_row_per_label(ours, theirs):
    if not set(ours) & set(theirs):
        return
    first, second = kept(side(**ours), side(**theirs))
    n, m = first.total(), second.total()
    assert n
    assert m
    for label in set(first) | set(second):
        assert first[label] <= ours[label]
        assert second[label] <= theirs[label]
        gap = abs(Fraction(first[label], n) - Fraction(second[label], m))
        assert gap <= Fraction(len(first), n) + Fraction(len(second), m)
