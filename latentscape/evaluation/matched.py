"""Two sides with the same mixture of labels, by leaving out as few rows as needed."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from latentscape.errors import InputError

Places = NDArray[np.intp]


def match_mixture(
    first: pd.Series, second: pd.Series, *, what: str, seed: int
) -> tuple[Places, Places]:
    """Return which rows of both sides to keep, so that their labels have the same shares.

    The common shares are those of the first side, of the second, or of the smaller count of
    each label: whichever leaves the most, counted as n·m/(n + m), which sets how well two sides
    can be compared. Shares agree to less than one row per label. A label that only one side
    has is left out.

    Parameters
    ----------
    first, second : Series of str
        Label of each row, in the order of the rows' key.
    what : str
        What is compared, for the message.
    seed : int
        Random seed of the rows that are kept.

    Returns
    -------
    first, second : array of int
        Positions of the kept rows, ascending.

    Raises
    ------
    InputError
        If no label is on both sides.
    """
    counts = [Counter(labels.astype(str)) for labels in (first, second)]
    common = sorted(set(counts[0]) & set(counts[1]))
    if not common:
        raise InputError(
            f"{what}: no label is on both sides; the first has {', '.join(sorted(counts[0]))}, "
            f"the second {', '.join(sorted(counts[1]))}."
        )
    ours, theirs = ({label: side[label] for label in common} for side in counts)
    fewest = {label: min(ours[label], theirs[label]) for label in common}
    options = [(_fit(ours, to), _fit(theirs, to)) for to in (ours, theirs, fewest)]
    kept = max(options, key=_size)
    rng = np.random.default_rng(seed)
    return _draw(first, kept[0], rng), _draw(second, kept[1], rng)


def _fit(counts: Mapping[str, int], shares: Mapping[str, int]) -> dict[str, int]:
    """Return how many rows of each label have these shares, as many as there are."""
    scarce = min(counts, key=lambda label: (counts[label] / shares[label], label))
    return {
        label: min(counts[label], counts[scarce] * shares[label] // shares[scarce])
        for label in counts
    }


def _size(sides: tuple[Mapping[str, int], Mapping[str, int]]) -> float:
    n, m = (sum(side.values()) for side in sides)
    return n * m / (n + m)


def _draw(labels: pd.Series, counts: Mapping[str, int], rng: np.random.Generator) -> Places:
    places = np.arange(len(labels))
    drawn = [
        rng.permutation(places[(labels == label).to_numpy()])[:count]
        for label, count in counts.items()
    ]
    return np.sort(np.concatenate(drawn))
