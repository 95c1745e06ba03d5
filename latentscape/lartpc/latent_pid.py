"""Identification by the latents beside that by calorimetry, on the same tracks."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from latentscape.evaluation.normal_pid import (
    Prior,
    count_assignments,
    judge_assignments,
    labels_of,
    normal_densities,
    weigh,
)
from latentscape.keys import TRACK_KEY, join
from latentscape.lartpc.calorimetric_calls import METHODS
from latentscape.lartpc.tables.identification import LATENT_PID, LATENT_PID_CONFUSION


def compare_pid(
    latents: pd.DataFrame,
    labels: pd.DataFrame,
    pid: pd.DataFrame,
    *,
    hypotheses: Sequence[str],
    parts: Sequence[str],
    prior: Prior,
    folds: int,
    bootstrap: int,
    permutations: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how well latents and calorimetry tell the allowed hypotheses apart.

    Both judge the same tracks: those with a calorimetric hypothesis by every statistic, of the
    species that are allowed. Calorimetry knows the expected energy loss of each species and is
    fitted to no track; the normal distributions of the latents are fitted to labelled tracks,
    out of fold.

    Parameters
    ----------
    latents : DataFrame
        The table LATENTS.
    labels : DataFrame
        The track key and ``label``, the species of each track.
    pid : DataFrame
        The table PID.
    hypotheses : sequence of str
        Species that are told apart, as in ``lartpc.pid.hypotheses``.
    parts, prior, folds, bootstrap, permutations, seed
        As in :func:`latentscape.evaluation.normal_pid.normal_densities` and
        :func:`latentscape.evaluation.normal_pid.judge_assignments`.

    Returns
    -------
    performance, confusion : DataFrame
        Tables LATENT_PID and LATENT_PID_CONFUSION; empty if fewer than two species have enough
        tracks.
    """
    known = pid[[*TRACK_KEY, *METHODS.values()]].dropna()
    own = labels[labels["label"].isin(hypotheses)]
    own = join(own, known, TRACK_KEY, what="labels with calorimetric hypotheses")
    densities = normal_densities(latents, own, key=TRACK_KEY, parts=parts, folds=folds, seed=seed)
    rows = join(
        densities,
        known,
        TRACK_KEY,
        what="densities with calorimetric hypotheses",
        relation="many_to_one",
    )
    names = labels_of(rows)
    performance, confusion = [], []
    for number, tracks in rows.groupby("seed", sort=True):
        assigned = {name: tracks[column].to_numpy(str) for name, column in METHODS.items()}
        assigned["latents"] = np.array(names)[weigh(tracks, prior).argmax(axis=1)]
        label = tracks["label"].to_numpy(str)
        for method, found in assigned.items():
            scores = judge_assignments(
                label, found, bootstrap=bootstrap, permutations=permutations, seed=seed
            )
            counts = count_assignments(label, found, names, sorted(hypotheses))
            performance.append(scores.drop(columns="task").assign(seed=number, method=method))
            confusion.append(counts.assign(seed=number, method=method))
    return (
        LATENT_PID.check(LATENT_PID.concatenate(performance)),
        LATENT_PID_CONFUSION.check(LATENT_PID_CONFUSION.concatenate(confusion)),
    )
