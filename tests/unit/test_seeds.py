"""Derived seeds."""

import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from latentscape.seeds import seed_for


def test_a_seed_is_the_first_31_bits_of_the_sha256_of_base_and_names() -> None:
    digest = hashlib.sha256(b'[42, "train", "0"]').hexdigest()
    assert seed_for(42, "train", 0) == int(digest[:8], 16) // 2


def test_numpy_and_python_integers_give_the_same_seed() -> None:
    assert seed_for(np.int64(1), np.int32(7)) == seed_for(1, 7)  # type: ignore[arg-type]


def test_names_are_not_run_together() -> None:
    assert len({seed_for(1, "a", "b"), seed_for(1, "ab"), seed_for(1, "a,b")}) == 3


@given(base=st.integers(0, 2**40), names=st.lists(st.text()))
def test_every_random_generator_takes_the_seed(base: int, names: list[str]) -> None:
    assert 0 <= seed_for(base, *names) < 2**31


def test_a_thousand_trainings_get_a_thousand_seeds() -> None:
    assert len({seed_for(42, "train_model", number) for number in range(1000)}) == 1000
