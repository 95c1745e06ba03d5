"""Which rows of a latent space are compared with which, and what the tests say."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from latentscape.errors import InputError
from latentscape.evaluation.latents import by_training
from latentscape.evaluation.matched import match_mixture
from latentscape.evaluation.tables.comparisons import TWO_SAMPLE, TWO_SAMPLE_MIXTURE
from latentscape.evaluation.two_sample import compare
from latentscape.keys import check_unique, join, sort_by_key
from latentscape.progress import progress
from latentscape.seeds import seed_for

logger = logging.getLogger("latentscape")

TRAIN_VALIDATION = "train vs validation"
HALVES = "two halves"
PLANTED = "planted shift"
"""Name of the comparison, before its size in percentage points."""


@dataclass(frozen=True)
class Sides:
    """Two samples of rows, and what they were taken from.

    Parameters
    ----------
    name : str
        What is compared.
    first, second : DataFrame
        The key and ``label`` of the rows of each side.
    pools : tuple of DataFrame
        The same of the rows that each side could have had.
    """

    name: str
    first: pd.DataFrame
    second: pd.DataFrame
    pools: tuple[pd.DataFrame, pd.DataFrame]


def compare_latents(
    latents: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    key: Sequence[str],
    comparisons: Sequence[Mapping[str, str]],
    planted: Mapping[str, Any],
    tests: Mapping[str, Any],
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare training with validation rows, and what else is asked for, in each training.

    Parameters
    ----------
    latents : DataFrame
        Columns ``seed``, the key, ``part``, ``mean``. All trainings share their rows and parts.
    labels : DataFrame
        The key and ``label``.
    key : sequence of str
        The key columns.
    comparisons, planted
        As in :func:`choose_sides`.
    tests : mapping of str
        The settings of :func:`latentscape.evaluation.two_sample.compare`.
    seed : int
        Random seed. All trainings compare the same rows.

    Returns
    -------
    two_sample, mixture : DataFrame
        Tables ``two_sample`` and ``two_sample_mixture``.

    Raises
    ------
    InputError
        If a wanted comparison has too few rows, or a row has another part in another training.
    """
    rows = join(
        latents[["seed", *key, "part", "mean"]],
        labels[[*key, "label"]],
        key,
        what="latents with labels",
        relation="many_to_one",
    )
    once = rows[[*key, "part", "label"]].drop_duplicates()
    check_unique(once, key, what="parts of all trainings")
    _warn_of_few_permutations(tests["permutations"], tests["level"])
    fewest = 2 * int(tests["folds"])
    sides = choose_sides(
        once, key=key, comparisons=comparisons, planted=planted, fewest=fewest, seed=seed
    )
    runs = [
        (number, ordered, means, one)
        for number, ordered, means in by_training(rows, key)
        for one in sides
    ]
    tables = []
    for number, ordered, means, one in progress(runs, len(runs), unit="comparisons"):
        places = ordered[list(key)].assign(place=np.arange(len(ordered)))
        first, second = (
            means[join(side[list(key)], places, key, what=one.name)["place"]]
            for side in (one.first, one.second)
        )
        table = compare(first, second, seed=seed_for(seed, number, one.name), **tests)
        tables.append(table.assign(seed=number, comparison=one.name))
    mixture = pd.DataFrame([row for one in sides for row in _mixture(one)])
    return (
        TWO_SAMPLE.check(TWO_SAMPLE.concatenate(tables)),
        TWO_SAMPLE_MIXTURE.check(TWO_SAMPLE_MIXTURE.concatenate([mixture])),
    )


def _warn_of_few_permutations(permutations: int, level: float) -> None:
    # Holm's correction multiplies the smallest of the four tests' p-values by four.
    smallest = 4 / (1 + permutations)
    if smallest >= level:
        logger.warning(
            "two_sample.tests: with %d permutations no corrected p-value can be below %.2g, "
            "and only Kolmogorov-Smirnov can reach the level of %g",
            *(permutations, smallest, level),
        )


def choose_sides(
    rows: pd.DataFrame,
    *,
    key: Sequence[str],
    comparisons: Sequence[Mapping[str, str]],
    planted: Mapping[str, Any],
    fewest: int,
    seed: int,
) -> list[Sides]:
    """Return the rows on both sides of each comparison.

    Parameters
    ----------
    rows : DataFrame
        The key, ``part`` and ``label``.
    key : sequence of str
        The key columns.
    comparisons : sequence of mapping
        ``name`` of a comparison, labels ``first`` and ``second``. Rows that trained the model
        are left out, which it may describe better than others.
    planted : mapping
        ``labels`` that are mixed, or None, and the ``shift`` in percentage points.
    fewest : int
        Rows that each side needs.
    seed : int
        Random seed of all draws.

    Returns
    -------
    list of Sides
        Training against validation rows with the same mixture of labels; two random halves of
        the label with most rows that did not train the model; rows with half of each planted
        label, of any part, against as many of the same mixture and of the shifted one; those
        asked for.
        Of the first four those without enough rows are left out.

    Raises
    ------
    InputError
        If a wanted comparison has no label of that name, or too few rows.
    """
    rows = sort_by_key(rows[[*key, "part", "label"]], key)
    unseen = rows[rows["part"] != "train"]
    own = [_train_and_validation(rows, seed), _halves(unseen, seed)]
    if planted["labels"] is not None:
        shifts = (0.0, float(planted["shift"]))
        pair = [rows[rows["label"] == label] for label in planted["labels"]]
        own += [_planted(*pair, shift=shift, most=shifts[-1], seed=seed) for shift in shifts]
    enough = []
    for one in own:
        if min(len(one.first), len(one.second)) >= fewest:
            enough.append(one)
        else:
            logger.warning(
                "%s: left out, its sides have %d and %d rows, each needs %d",
                *(one.name, len(one.first), len(one.second), fewest),
            )
    return [*enough, *(_wanted(unseen, asked, fewest) for asked in comparisons)]


def planted_rows(first: int, second: int, shift: float) -> int:
    """Return how many rows each side can have, with the shift and without, of these labels.

    The first label is the one that is moved up, so that both sides need more of it; without
    shift both sides together need as many rows of each label as one side has in all.
    """
    return max(0, int(min((first - 1) / (1 + shift / 100), second - 1)))


def _train_and_validation(rows: pd.DataFrame, seed: int) -> Sides:
    train, validation = (rows[rows["part"] == part] for part in ("train", "validation"))
    name = TRAIN_VALIDATION
    kept = match_mixture(
        train["label"], validation["label"], what=name, seed=seed_for(seed, "match", name)
    )
    return Sides(name, train.iloc[kept[0]], validation.iloc[kept[1]], (train, validation))


def _halves(rows: pd.DataFrame, seed: int) -> Sides:
    largest = rows.groupby("label").size().sort_index().idxmax()
    pool = rows[rows["label"] == largest]
    order = np.random.default_rng(seed_for(seed, HALVES)).permutation(len(pool))
    halves = [pool.iloc[np.sort(order[start::2])] for start in (0, 1)]
    return Sides(HALVES, halves[0], halves[1], (pool, pool))


def _planted(
    one: pd.DataFrame, other: pd.DataFrame, *, shift: float, most: float, seed: int
) -> Sides:
    """Return two sides with a half of each label, the second moved; as many rows as ``most``."""
    size = planted_rows(len(one), len(other), most)
    half = size // 2
    moved = round(size * (0.5 + shift / 100))
    name = f"{PLANTED} {shift:g}"
    rng = np.random.default_rng(seed_for(seed, PLANTED))
    orders = [rng.permutation(len(pool)) for pool in (one, other)]
    pool = pd.concat([one, other])
    sides = [
        pd.concat([one.iloc[orders[0][ours]], other.iloc[orders[1][theirs]]])
        for ours, theirs in (
            (slice(half), slice(size - half)),
            (slice(half, half + moved), slice(size - half, 2 * size - half - moved)),
        )
    ]
    return Sides(name, sides[0], sides[1], (pool, pool))


def _wanted(rows: pd.DataFrame, asked: Mapping[str, str], fewest: int) -> Sides:
    name = asked["name"]
    sides = [rows[rows["label"] == asked[side]] for side in ("first", "second")]
    for side, label in zip(sides, (asked["first"], asked["second"]), strict=True):
        if len(side) < fewest:
            raise InputError(
                f"two_sample.comparisons: {name!r} has {len(side)} rows of {label!r} that did not "
                f"train the model, and needs {fewest}; labels with rows: "
                f"{', '.join(sorted(rows['label'].unique()))}."
            )
    return Sides(name, sides[0], sides[1], (sides[0], sides[1]))


def _mixture(sides: Sides) -> list[dict[str, object]]:
    columns = {
        "n_first_before": sides.pools[0],
        "n_second_before": sides.pools[1],
        "n_first": sides.first,
        "n_second": sides.second,
    }
    labels = sorted(set(sides.pools[0]["label"]) | set(sides.pools[1]["label"]))
    return [
        {
            "comparison": sides.name,
            "label": label,
            **{name: int((rows["label"] == label).sum()) for name, rows in columns.items()},
        }
        for label in labels
    ]
