"""Model directories and checkpoints: they come back as they were, or not at all."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from latentscape.digests import sha256
from latentscape.errors import InputError
from latentscape.files import read_json, read_tensors, write_json, write_tensors
from latentscape.learning.checkpoints import (
    SavedModel,
    load_checkpoint,
    load_model,
    save_checkpoint,
    save_model,
)
from latentscape.learning.networks import ConvVAE
from latentscape.learning.settings import Model


def a_network(seed: int = 0) -> ConvVAE:
    torch.manual_seed(seed)
    network = ConvVAE(
        size=8, in_channels=2, latent=3, channels=(4, 8), activation="elu", dropout=0.1
    )
    network(torch.rand(9, 2, 8, 8))
    return network


def a_saved_model(seed: int = 0) -> SavedModel:
    return SavedModel(
        network=a_network(seed),
        model=Model(trained_on=("a",), latent=3, channels=(4, 8), activation="elu"),
        transform={"scale": [0.1, 483.0]},
        seed=seed,
        training_keys="ab" * 32,
        inputs={"images.safetensors": "cd" * 32},
    )


def saved_in(folder: Path, seed: int = 0) -> tuple[Path, Path]:
    files = folder / "weights.safetensors", folder / "model.json"
    save_model(a_saved_model(seed), *files)
    return files


def sign(weights: Path, description: Path) -> None:
    """Make weights belong to a description that a test has changed."""
    write_tensors(read_tensors(weights), weights, {"description": sha256(description)})


def test_a_model_comes_back_as_it_was(tmp_path: Path) -> None:
    saved, loaded = a_saved_model(), load_model(*saved_in(tmp_path))
    for field in dataclasses.fields(SavedModel):
        if field.name != "network":
            assert getattr(loaded, field.name) == getattr(saved, field.name)
    images = torch.rand(4, 2, 8, 8)
    for found, expected in zip(loaded.network(images), saved.network.eval()(images), strict=True):
        assert torch.equal(found, expected)


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    for one, other in zip(saved_in(tmp_path / "1"), saved_in(tmp_path / "2"), strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_weights_of_another_training_are_refused(tmp_path: Path) -> None:
    _, description = saved_in(tmp_path / "1")
    weights, _ = saved_in(tmp_path / "2", seed=1)
    with pytest.raises(InputError, match="does not belong to"):
        load_model(weights, description)


@pytest.mark.parametrize(
    ("change", "tensor"),
    [
        ({"latent": 4}, "'decoder.0.weight' has the shape (32, 3)"),
        ({"channels": [4]}, "'decoder.0.bias' has the shape (32,)"),
        ({"in_channels": 1}, "'decoder.6.bias' has the shape (2,)"),
    ],
)
def test_weights_that_do_not_fit_the_described_network_are_refused(
    tmp_path: Path, change: dict[str, Any], tensor: str
) -> None:
    weights, description = saved_in(tmp_path)
    content = read_json(description)
    content["network"] |= change
    write_json(content, description)
    sign(weights, description)
    with pytest.raises(InputError) as error:
        load_model(weights, description)
    assert str(weights) in str(error.value)
    assert f"tensor {tensor}" in str(error.value)


@pytest.mark.parametrize("key", ["network", "model", "transform", "seed"])
def test_a_description_without_one_of_its_parts_is_refused(tmp_path: Path, key: str) -> None:
    weights, description = saved_in(tmp_path)
    content = read_json(description)
    del content[key]
    write_json(content, description)
    expected = rf"model.json: not a description of a model \(KeyError: '{key}'\)"
    with pytest.raises(InputError, match=expected):
        load_model(weights, description)


def test_a_description_that_is_no_json_or_missing_is_refused(tmp_path: Path) -> None:
    weights, description = saved_in(tmp_path)
    description.write_text("{")
    with pytest.raises(InputError, match="not a description of a model"):
        load_model(weights, description)
    with pytest.raises(InputError, match="not a description of a model"):
        load_model(weights, tmp_path / "none.json")


def test_truncated_weights_are_refused(tmp_path: Path) -> None:
    weights, description = saved_in(tmp_path)
    weights.write_bytes(weights.read_bytes()[:-10])
    with pytest.raises(InputError, match="not a readable safetensors file"):
        load_model(weights, description)


def an_optimizer(network: ConvVAE, steps: int) -> torch.optim.Adam:
    optimizer = torch.optim.Adam(network.parameters(), fused=True)
    for _ in range(steps):
        network(torch.rand(9, 2, 8, 8)).reconstruction.square().sum().backward()
        optimizer.step()
    return optimizer


def test_network_optimizer_best_weights_and_history_come_back(tmp_path: Path) -> None:
    network, path = a_network(), tmp_path / "checkpoint"
    optimizer = an_optimizer(network, steps=2)
    best = a_network(seed=5).state_dict()
    history = [{"epoch": 1, "validation_loss": 0.1 + 0.2, "is_best": True}]
    save_checkpoint(path, network, optimizer, identity="x", best=best, history=history)

    other = a_network(seed=9)
    other_optimizer = an_optimizer(other, steps=0)
    found = load_checkpoint(path, other, other_optimizer, identity="x")
    assert found is not None
    assert found[1] == history
    for expected, values in ((best, found[0]), (network.state_dict(), other.state_dict())):
        assert all(torch.equal(expected[name], values[name]) for name in expected)
    moments = optimizer.state_dict()["state"]
    loaded = other_optimizer.state_dict()["state"]
    assert moments.keys() == loaded.keys()
    for index, state in moments.items():
        assert all(torch.equal(state[name], loaded[index][name]) for name in state)


def test_a_checkpoint_of_another_training_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    network, path = a_network(), tmp_path / "checkpoint"
    optimizer = an_optimizer(network, steps=1)
    save_checkpoint(path, network, optimizer, identity="x", best={}, history=[])
    before = {name: value.clone() for name, value in network.state_dict().items()}
    assert load_checkpoint(path, network, optimizer, identity="y") is None
    assert "of another training" in caplog.text
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_there_is_nothing_to_resume_without_a_file(tmp_path: Path) -> None:
    network = a_network()
    optimizer = an_optimizer(network, steps=0)
    assert load_checkpoint(tmp_path / "none", network, optimizer, identity="x") is None


@pytest.mark.parametrize("kept", [-10, 4, 0])
def test_a_damaged_checkpoint_is_logged_and_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, kept: int
) -> None:
    network, path = a_network(), tmp_path / "checkpoint"
    optimizer = an_optimizer(network, steps=1)
    save_checkpoint(path, network, optimizer, identity="x", best={}, history=[])
    path.write_bytes(path.read_bytes()[:kept])
    before = {name: value.clone() for name, value in network.state_dict().items()}
    assert load_checkpoint(path, network, optimizer, identity="x") is None
    assert f"{path}: not a readable safetensors file" in caplog.text
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_no_file_of_a_model_is_a_pickle(tmp_path: Path) -> None:
    weights, description = saved_in(tmp_path)
    size = int(np.frombuffer(weights.read_bytes()[:8], "<u8")[0])
    header = json.loads(weights.read_bytes()[8 : 8 + size])
    assert set(header) - {"__metadata__"} == set(a_network().state_dict())
    assert read_json(description)["network"]["size"] == 8
