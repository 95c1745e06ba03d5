"""The map keeps neighbours together and can be repeated."""

import numpy as np
import pandas as pd
import pytest

from latentscape.errors import InputError
from latentscape.evaluation.maps import latent_map
from latentscape.evaluation.tables.maps import map_table
from latentscape.tables import Column

KEY = ("sample", "event")
KEY_COLUMNS = (Column("sample", "string", "Sample"), Column("event", "int64", "Event"))
MAP = {"neighbours": 10, "min_dist": 0.1, "epochs": 100, "trainings": 1, "seed": 3}


def two_groups(rows=40, dimensions=3):
    """Two trainings of two groups that lie far apart."""
    rng = np.random.default_rng(0)
    keys = pd.DataFrame({"sample": np.repeat(["a", "b"], rows), "event": np.arange(2 * rows)})
    trainings = []
    for training in (4, 2):
        means = rng.normal(size=(2 * rows, dimensions)).astype(np.float32)
        means[:rows, 0] += 20
        trainings.append(keys.assign(seed=training, mean=list(means)))
    return pd.concat(trainings, ignore_index=True)


def test_groups_stay_apart_and_shuffled_rows_give_the_same_map():
    latents = two_groups()
    places = latent_map(latents, key=KEY, **MAP)
    pd.testing.assert_frame_equal(places, map_table(KEY_COLUMNS).check(places))

    a, b = (places.loc[places["sample"] == name, ["x", "y"]].to_numpy() for name in "ab")
    within = max(np.linalg.norm(group - group.mean(axis=0), axis=1).max() for group in (a, b))
    assert np.linalg.norm(a.mean(axis=0) - b.mean(axis=0)) > 2 * within

    again = latent_map(latents.sample(frac=1, random_state=1), key=KEY, **MAP)
    pd.testing.assert_frame_equal(again, places)


def test_only_the_first_trainings_are_mapped():
    latents = two_groups()
    assert set(latent_map(latents, key=KEY, **MAP)["seed"]) == {2}
    assert set(latent_map(latents, key=KEY, **{**MAP, "trainings": 5})["seed"]) == {2, 4}


def test_no_more_rows_than_neighbours_is_refused():
    with pytest.raises(InputError, match="training 2 has 10 rows"):
        latent_map(two_groups(rows=5), key=KEY, **MAP)


def test_one_latent_dimension_is_refused():
    with pytest.raises(InputError, match="at least two"):
        latent_map(two_groups(dimensions=1), key=KEY, **MAP)
