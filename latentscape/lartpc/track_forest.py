"""The random forest that chooses one candidate per event, and how well it does by the truth."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from latentscape.errors import InputError
from latentscape.evaluation.intervals import wilson
from latentscape.keys import EVENT_KEY, TRACK_KEY, join, sort_by_key
from latentscape.lartpc.attribution import Followed
from latentscape.lartpc.primaries import primary_tracks
from latentscape.lartpc.tables.features import FEATURE_NAMES
from latentscape.lartpc.tables.labelling import (
    CHOICES,
    PAIR_FEATURES,
    PAIR_KEY,
    SCORED_CANDIDATES,
    TRACK_CHOICE,
)
from latentscape.lartpc.track_choice import (
    NO_CLUSTER,
    PAIR_COLUMNS,
    choose_tallest,
    chosen_pairs,
)

Floats = NDArray[np.float64]

INPUTS = (*FEATURE_NAMES, *PAIR_FEATURES)
"""What the forest sees of a candidate."""

SURE = 0.5
"""Probability from which a candidate is rather right than wrong."""

MEANINGS = {
    "efficiency": "Of all events, those whose chosen pair is the beam particle's best cluster in "
    "both planes, each well found",
    "efficiency_found": "The same, of the events whose beam particle is well found in both planes",
    "purity": "Chosen pairs of which both clusters are of the beam particle",
    "chosen": "Of all events, those with a chosen pair",
}


def score_candidates(
    candidates: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    trees: int,
    min_leaf: int,
    folds: int,
    min_probability: float,
    seed: int,
) -> pd.DataFrame:
    """Score every candidate by a random forest and choose the likeliest of each event.

    The forest is trained on the candidates of the labelled events: right is the labelled pair,
    wrong is every other. A labelled event is scored by a forest that saw none of its candidates;
    the other events by a forest of all labelled ones.

    Parameters
    ----------
    candidates : DataFrame
        The table CANDIDATES, in any order.
    labels : DataFrame
        The table CHOICES; an event counts as labelled if nothing is missing.
    trees, min_leaf : int
        Trees of a forest, and least candidates in a leaf.
    folds : int
        Folds of the labelled events.
    min_probability : float
        No candidate of an event is chosen if the best one stays below.
    seed : int
        Random seed.

    Returns
    -------
    DataFrame
        The table SCORED_CANDIDATES. Between equals the lower cluster numbers are chosen.

    Raises
    ------
    InputError
        If there are fewer labelled events than folds, or the labels make no candidate right, or
        none wrong.

    Notes
    -----
    L. Breiman, Machine Learning 45 (2001) 5. Undefined features are missing values of the trees.
    """
    rows = sort_by_key(candidates, PAIR_KEY)
    labelled, right = _label(rows, labels)
    inputs = rows[list(INPUTS)].to_numpy(np.float64)
    event = rows.groupby(list(EVENT_KEY), sort=False).ngroup().to_numpy()
    events = len(np.unique(event[labelled]))
    if events < folds or len(np.unique(right[labelled])) < 2:
        raise InputError(
            f"track choice: {events} labelled events with candidates, of which "
            f"{int(right.sum())} have the labelled pair among them; {folds} folds need at least "
            f"{folds} events, and right and wrong candidates. Label more events."
        )
    probability = np.full(len(rows), np.nan)
    with threadpool_limits(limits=1):
        for train, test in _parts(labelled, event, folds):
            forest = RandomForestClassifier(
                trees, min_samples_leaf=min_leaf, random_state=seed, n_jobs=1
            )
            forest.fit(inputs[train], right[train])
            # A fold may lack right candidates; then nothing is likely.
            place = list(forest.classes_).index(True) if True in forest.classes_ else None
            known = forest.predict_proba(inputs[test])
            probability[test] = 0.0 if place is None else known[:, place]
    scored = rows[list(PAIR_KEY)].assign(probability=probability, is_labelled=labelled)
    return SCORED_CANDIDATES.check(_choose(scored, min_probability))


def _label(rows: pd.DataFrame, labels: pd.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which candidates are of labelled events, and which are the labelled pair."""
    complete = labels[labels[list(PAIR_COLUMNS)].notna().all(axis=1)]
    events = complete[list(EVENT_KEY)].assign(labelled=True)
    pairs = chosen_pairs(complete).assign(right=True)
    joined = join(
        rows[list(PAIR_KEY)],
        events,
        EVENT_KEY,
        what="labels of the candidates",
        how="left",
        relation="many_to_one",
    )
    joined = join(joined, pairs, PAIR_KEY, what="labelled pairs", how="left")
    return joined["labelled"].notna().to_numpy(), joined["right"].notna().to_numpy()


def _parts(
    labelled: NDArray[np.bool_], event: NDArray[np.integer], folds: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Give the rows that train a forest and those that it scores."""
    rows = np.flatnonzero(labelled)
    for train, test in GroupKFold(folds).split(rows, groups=event[rows]):
        yield rows[train], rows[test]
    if not labelled.all():
        yield rows, np.flatnonzero(~labelled)


def _choose(scored: pd.DataFrame, min_probability: float) -> pd.DataFrame:
    """Choose the likeliest candidate of each event, and say how far each is ahead of the rest."""
    order = scored.sort_values("probability", ascending=False, kind="stable")
    place = order.groupby(list(EVENT_KEY), sort=False).cumcount()
    first, second = (
        order[place == number].set_index(list(EVENT_KEY))["probability"] for number in (0, 1)
    )
    event = pd.MultiIndex.from_frame(scored[list(EVENT_KEY)])
    is_first = (place == 0).reindex(scored.index).to_numpy()
    others = np.where(is_first, second.reindex(event), first.reindex(event))
    margin = np.where(np.isnan(others), 1.0, scored["probability"] - others)
    chosen = is_first & (scored["probability"] >= min_probability).to_numpy()
    return scored.assign(margin=margin, is_chosen=chosen)


def choices_of(scored: pd.DataFrame) -> pd.DataFrame:
    """Return the chosen pairs of the table SCORED_CANDIDATES as the table CHOICES."""
    return CHOICES.check(scored.loc[scored["is_chosen"], list(PAIR_KEY)])


def true_choices(followed: Followed) -> pd.DataFrame:
    """Return the right choice in each event of a simulated sample.

    Parameters
    ----------
    followed : Followed
        Of :func:`latentscape.lartpc.attribution.follow_beam`.

    Returns
    -------
    DataFrame
        The table CHOICES: the beam particle's best clusters, none in both planes where it is not
        well found in one.
    """
    pairs = followed.pairs.rename(columns={"track": PAIR_COLUMNS[0]})
    numbers = pairs[list(PAIR_COLUMNS)].where(pairs["is_well_found"], NO_CLUSTER)
    events = followed.events[list(EVENT_KEY)].iloc[pairs["number"]].reset_index(drop=True)
    return CHOICES.check(pd.concat([events, numbers.reset_index(drop=True)], axis=1))


def assess_choice(
    scored: pd.DataFrame,
    candidates: pd.DataFrame,
    tracks: pd.DataFrame,
    followed: Followed,
    *,
    sample: str,
    seed: int,
) -> pd.DataFrame:
    """Hold the forest's choice against truth, and other ways to choose beside it.

    Parameters
    ----------
    scored : DataFrame
        The table SCORED_CANDIDATES, out of fold.
    candidates : DataFrame
        The table CANDIDATES of the same events.
    tracks : DataFrame
        Track key, induction_cluster and collection_height of the tracks that cuts and matching
        select; of several in an event the primary one counts.
    followed : Followed
        What became of the beam particles.
    sample : str
        Name of the sample.
    seed : int
        Seed of the random choice.

    Returns
    -------
    DataFrame
        The table TRACK_CHOICE, with one random candidate per event as the floor.
    """
    selected = join(
        primary_tracks(tracks),
        tracks[[*TRACK_KEY, "induction_cluster"]],
        TRACK_KEY,
        what="selected tracks",
    )
    likeliest = chosen_pairs(choices_of(scored))
    sure = scored[scored["probability"] >= SURE]
    shuffled = sort_by_key(scored, PAIR_KEY).sample(frac=1, random_state=seed)
    methods = {
        "forest": likeliest,
        "forest_sure": likeliest.merge(sure[list(PAIR_KEY)], on=list(PAIR_KEY)),
        "selection": selected.rename(columns={"track": PAIR_COLUMNS[0]}),
        "tallest": chosen_pairs(choose_tallest(candidates)),
        "random": shuffled.drop_duplicates(list(EVENT_KEY)),
    }
    right = chosen_pairs(true_choices(followed))
    rows = []
    for method, pairs in methods.items():
        chosen = pairs[list(PAIR_KEY)]
        hits = len(chosen.merge(right, on=list(PAIR_KEY)))
        counts = {
            "efficiency": (hits, len(followed.events)),
            "efficiency_found": (hits, len(right)),
            "purity": (_of_beam(chosen, followed), len(chosen)),
            "chosen": (len(chosen), len(followed.events)),
        }
        for quantity, (passed, n) in counts.items():
            low, high = wilson(passed, n)
            interval = {
                "value": passed / n if n else np.nan,
                "low": float(low),
                "high": float(high),
            }
            key = {"method": method, "quantity": quantity, "meaning": MEANINGS[quantity]}
            rows.append(key | interval | {"passed": passed, "n": n})
    return TRACK_CHOICE.check(pd.DataFrame(rows).assign(sample=sample))


def _of_beam(pairs: pd.DataFrame, followed: Followed) -> int:
    """Return how many pairs have both clusters of the beam particle."""
    of_beam = followed.clusters[followed.clusters["is_beam"]]
    numbers = followed.events[list(EVENT_KEY)].assign(number=np.arange(len(followed.events)))
    left = join(pairs, numbers, EVENT_KEY, what="chosen pairs", relation="many_to_one")
    for column in PAIR_COLUMNS:
        plane = column.removesuffix("_cluster")
        own = of_beam.loc[of_beam["plane"] == plane, ["number", "cluster"]]
        left = left.merge(own.rename(columns={"cluster": column}), on=["number", column])
    return len(left)
