"""Anomaly scores from images and networks: declared, keyed, and whatever the company."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from latentscape.arrays import KeyedArrays
from latentscape.learning.bounds import ImageLoss, importance_bound
from latentscape.learning.checkpoints import SavedModel
from latentscape.learning.model_scores import model_scores
from latentscape.learning.networks import ConvVAE
from latentscape.learning.scores import MODEL_SCORES, Rows, model_scores_table
from latentscape.learning.settings import Model, Training
from latentscape.seeds import seed_for
from latentscape.tables import Column

KEY = ("sample", "event")
KEY_COLUMNS = (Column("sample", "string", "Sample"), Column("event", "int64", "Event"))
CPU = torch.device("cpu")
ROWS = 40
FLOW = {
    "transforms": 1,
    "hidden": (4,),
    "bins": 4,
    "epochs": 2,
    "batch": 16,
    "learning_rate": 1e-2,
    "patience": 2,
    "validation": 0.2,
}
REGRET = {"steps": 2, "learning_rate": 0.1, "samples": 1}


@pytest.fixture(scope="module")
def saved() -> SavedModel:
    torch.manual_seed(3)
    network = ConvVAE(
        size=8, in_channels=1, latent=2, channels=(4,), activation="relu", dropout=0.0
    )
    training = Training(batch=8)
    model = Model(trained_on=("a",), latent=2, channels=(4,), transform="sqrt", training=training)
    return SavedModel(network.eval(), model, transform={}, seed=1, training_keys="", inputs={})


def images() -> KeyedArrays:
    keys = pd.DataFrame({"sample": "a", "event": np.arange(ROWS)})
    pixels = np.random.default_rng(0).uniform(0, 100, (ROWS, 1, 8, 8)).astype(np.float32)
    return KeyedArrays(keys, {"images": pixels})


def latents() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    posterior = {
        name: list(rng.normal(size=(ROWS, 2)).astype(np.float32))
        for name in ("mean", "log_variance")
    }
    part = np.where(np.arange(ROWS) < 30, "train", "held_out")
    return images().keys.assign(seed=4, part=part, **posterior)


def scored(arrays: KeyedArrays, rows: pd.DataFrame, saved: SavedModel, **changes: Any) -> Any:
    settings = {
        "key": KEY,
        "wanted": None,
        "flow": FLOW,
        "importance": {"samples": 3},
        "regret": REGRET,
        "seed": 5,
        "device": CPU,
    }
    return model_scores(arrays, rows, saved, **{**settings, **changes})


def test_scores_are_as_declared_and_costly_ones_leave_training_rows_empty(
    saved: SavedModel,
) -> None:
    found = scored(images(), latents(), saved)
    pd.testing.assert_frame_equal(found, model_scores_table(KEY_COLUMNS, None).check(found))
    is_train = latents()["part"] == "train"
    for column in MODEL_SCORES:
        expected = is_train if column.nullable else np.full(ROWS, False)
        assert (found[column.name].isna() == expected).all(), column.name


def test_the_intensity_is_the_sum_of_the_untransformed_image(saved: SavedModel) -> None:
    found = scored(images(), latents(), saved, wanted=["intensity"])
    assert list(found) == ["seed", *KEY, "intensity"]
    expected = images()["images"].sum(axis=(1, 2, 3))
    assert found["intensity"].to_numpy() == pytest.approx(expected, rel=1e-5)


def test_the_bound_is_that_of_the_transformed_image_and_the_stored_posterior(
    saved: SavedModel,
) -> None:
    found = scored(images(), latents(), saved, wanted=["negative_iw_elbo"])
    kept = latents().iloc[30:].reset_index(drop=True)
    noise = Rows(kept, KEY).noise((3, 2), seed_for(5, "importance"))
    model = saved.model
    expected = importance_bound(
        ImageLoss(saved.network, model.beta, model.signal_threshold, model.signal_weight),
        np.sqrt(images()["images"][30:]),
        np.stack(kept["mean"].to_list()),
        np.stack(kept["log_variance"].to_list()),
        noise,
        batch=8,
        threads=1,
        device=CPU,
    )
    assert np.array_equal(found["negative_iw_elbo"].dropna(), expected)


def test_shuffled_rows_give_the_same_scores(saved: SavedModel) -> None:
    order = np.random.default_rng(2).permutation(ROWS)
    arrays = images()
    shuffled = KeyedArrays(
        arrays.keys.iloc[order].reset_index(drop=True), {"images": arrays["images"][order]}
    )
    again = scored(shuffled, latents().sample(frac=1, random_state=1), saved)
    pd.testing.assert_frame_equal(again, scored(arrays, latents(), saved))


def test_the_costly_scores_of_a_row_do_not_depend_on_the_other_rows(saved: SavedModel) -> None:
    wanted = ["negative_iw_elbo", "likelihood_regret"]
    whole = scored(images(), latents(), saved, wanted=wanted).set_index("event")
    some = scored(images(), latents().iloc[[2, 39, 33]], saved, wanted=wanted).set_index("event")
    pd.testing.assert_frame_equal(some, whole.loc[[2, 33, 39]])


def test_the_noise_of_a_row_follows_from_seed_and_key() -> None:
    rows = Rows(latents(), KEY)
    some = Rows(latents().iloc[[7, 3]], KEY)
    noise = rows.noise((500, 2), 1)
    assert np.array_equal(some.noise((500, 2), 1), noise[[7, 3]])
    assert not np.array_equal(rows.noise((500, 2), 2), noise)
    # 40,000 standard normal numbers: the mean is known to 0.005.
    assert noise.mean() == pytest.approx(0, abs=0.02)
    assert noise.std() == pytest.approx(1, abs=0.02)
