import numpy as np
import pandas as pd
import pytest
import torch

from latentscape.arrays import KeyedArrays
from latentscape.errors import InputError
from latentscape.files import digest_of_keys
from latentscape.learning.checkpoints import SavedModel
from latentscape.learning.keyed import (
    infer_latents,
    interpolate_rows,
    train_model,
    traverse_from_rows,
    traverse_latents,
)
from latentscape.learning.settings import Model, Training

CPU = torch.device("cpu")
MODEL = Model(
    trained_on=("a",),
    latent=2,
    channels=(4, 4),
    transform="sqrt",
    training=Training(epochs=2, batch=4),
)


def images(count: int = 12) -> KeyedArrays:
    keys = pd.DataFrame({"sample": "a", "event": np.arange(count)})
    pixels = np.random.default_rng(0).uniform(0, 100, (count, 2, 8, 8)).astype(np.float32)
    return KeyedArrays(keys, {"images": pixels})


def split(arrays: KeyedArrays) -> pd.DataFrame:
    parts = ["train"] * 8 + ["validation"] * 2 + ["held_out"] * (len(arrays) - 10)
    return arrays.keys.assign(part=parts)


@pytest.fixture(scope="module")
def trained() -> SavedModel:
    arrays = images()
    saved, _ = train_model(
        arrays, split(arrays), model=MODEL, seed=1, device=CPU, checkpoint=None, inputs={"f": "1"}
    )
    return saved


def test_only_the_training_part_trains(trained: SavedModel) -> None:
    arrays = images()
    other = arrays["images"].copy()
    other[10:] = 5.0  # held out
    saved, _ = train_model(
        KeyedArrays(arrays.keys, {"images": other}),
        split(arrays),
        model=MODEL,
        seed=1,
        device=CPU,
        checkpoint=None,
        inputs={},
    )
    for name, weights in trained.network.state_dict().items():
        assert torch.equal(weights, saved.network.state_dict()[name]), name


def test_the_model_remembers_which_keys_trained_it(trained: SavedModel) -> None:
    assert trained.training_keys == digest_of_keys(images().keys.iloc[:8])
    assert trained.inputs == {"f": "1"}


def test_latents_carry_key_part_and_number(trained: SavedModel) -> None:
    arrays = images()
    latents, reconstructions = infer_latents(arrays, split(arrays), trained, number=3, device=CPU)
    assert latents["event"].tolist() == list(range(12))
    assert latents["part"].tolist() == split(arrays)["part"].tolist()
    assert set(latents["seed"]) == {3}
    assert latents["mean"][0].shape == (2,)
    assert reconstructions["images"].shape == (12, 2, 8, 8)


def test_the_error_is_that_of_the_transformed_images(trained: SavedModel) -> None:
    arrays = images()
    latents, made = infer_latents(arrays, split(arrays), trained, number=0, device=CPU)
    # The square root is the transform; reconstructions come back on the scale of the images.
    error = (np.sqrt(arrays["images"]) - np.sqrt(made["images"])) ** 2
    expected = error.sum(axis=(1, 2, 3))
    np.testing.assert_allclose(latents["reconstruction_error"], expected, rtol=1e-4)


def test_an_image_that_the_split_does_not_name_is_held_out(trained: SavedModel) -> None:
    arrays = images()
    known = split(arrays).iloc[:10]
    latents, _ = infer_latents(arrays, known, trained, number=0, device=CPU)
    assert latents["part"].tolist() == ["train"] * 8 + ["validation"] * 2 + ["held_out"] * 2


def test_a_traversal_passes_the_mean_in_the_middle(trained: SavedModel) -> None:
    arrays = images()
    latents, _ = infer_latents(arrays, split(arrays), trained, number=0, device=CPU)
    walk = traverse_latents(latents, trained, sigmas=2, steps=5, device=CPU)
    assert walk.shape == (2, 5, 2, 8, 8)
    np.testing.assert_allclose(walk[0, 2], walk[1, 2], rtol=1e-5)


def test_a_walk_from_a_row_passes_its_reconstruction_in_the_middle(trained: SavedModel) -> None:
    arrays = images()
    latents, made = infer_latents(arrays, split(arrays), trained, number=0, device=CPU)
    starts = arrays.keys.iloc[[11, 2]]
    shuffled = latents.sample(frac=1, random_state=0)
    walks = traverse_from_rows(
        shuffled, arrays, trained, starts=starts, sigmas=2, steps=3, device=CPU
    )
    assert walks["images"].shape == (2, 2, 3, 2, 8, 8)
    np.testing.assert_array_equal(walks["inputs"], arrays["images"][[11, 2]])
    for dimension in range(2):
        np.testing.assert_allclose(
            walks["images"][:, dimension, 1], made["images"][[11, 2]], rtol=1e-4, atol=1e-4
        )


def test_an_interpolation_goes_from_one_reconstruction_to_the_other(trained: SavedModel) -> None:
    arrays = images()
    latents, made = infer_latents(arrays, split(arrays), trained, number=0, device=CPU)
    pairs = pd.DataFrame(
        {"first_sample": "a", "first_event": [3, 3], "last_sample": "a", "last_event": [7, 1]}
    )
    ways = interpolate_rows(
        latents, arrays, trained, pairs=pairs, steps=4, path="spherical", device=CPU
    )
    assert ways["images"].shape == (2, 4, 2, 8, 8)
    np.testing.assert_array_equal(ways["inputs"][:, 0], arrays["images"][[3, 3]])
    np.testing.assert_array_equal(ways["inputs"][:, 1], arrays["images"][[7, 1]])
    ends = ways["images"][:, [0, -1]]
    expected = made["images"][[[3, 7], [3, 1]]]
    np.testing.assert_allclose(ends, expected, rtol=1e-4, atol=1e-4)


def test_without_pairs_there_is_no_way(trained: SavedModel) -> None:
    arrays = images()
    latents, _ = infer_latents(arrays, split(arrays), trained, number=0, device=CPU)
    columns = ["first_sample", "first_event", "last_sample", "last_event"]
    pairs = pd.DataFrame([["a", 3, "a", 7]], columns=columns).iloc[:0]
    ways = interpolate_rows(
        latents, arrays, trained, pairs=pairs, steps=4, path="spherical", device=CPU
    )
    assert len(ways) == 0
    assert ways["images"].shape == (0, 4, 2, 8, 8)
    assert ways["inputs"].shape == (0, 2, 2, 8, 8)


def test_a_row_without_latents_is_named(trained: SavedModel) -> None:
    arrays = images()
    latents, _ = infer_latents(arrays, split(arrays), trained, number=0, device=CPU)
    with pytest.raises(InputError, match=r"no row has the key \{'sample': 'a', 'event': 11\}"):
        traverse_from_rows(
            latents.iloc[:11],
            arrays,
            trained,
            starts=arrays.keys.iloc[[0, 11]],
            sigmas=2,
            steps=3,
            device=CPU,
        )
