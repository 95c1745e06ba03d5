"""The convolutional VAE, and the architectures that it refuses."""

from typing import get_args

import pytest
import torch

from latentscape.errors import InputError
from latentscape.learning.devices import best_device, reproducible
from latentscape.learning.networks import ConvVAE
from latentscape.learning.settings import Activation, check_architecture


def a_network(**changes: object) -> ConvVAE:
    settings = {
        "size": 16,
        "in_channels": 2,
        "latent": 3,
        "channels": (4, 8),
        "activation": "relu",
        "dropout": 0.0,
    }
    torch.manual_seed(0)
    return ConvVAE(**{**settings, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("activation", get_args(Activation))
def test_every_activation_gives_a_reconstruction_of_the_images_shape(activation: str) -> None:
    output = a_network(activation=activation)(torch.rand(5, 2, 16, 16))
    assert output.reconstruction.shape == (5, 2, 16, 16)
    assert output.mean.shape == output.log_variance.shape == (5, 3)


@pytest.mark.parametrize(
    ("size", "channels"), [(48, (32, 64, 128, 256)), (2, (3,)), (24, (2, 3, 4)), (16, (2,) * 4)]
)
def test_any_image_that_the_blocks_halve_comes_back_at_its_size(
    size: int, channels: tuple[int, ...]
) -> None:
    output = a_network(size=size, channels=channels)(torch.rand(2, 2, size, size))
    assert output.reconstruction.shape == (2, 2, size, size)


def test_parameters_are_counted_by_hand() -> None:
    # 2 → 4 → 8 channels of 5 × 5 kernels, two normalisations each way but the last, three linear
    # maps between 8 × 4 × 4 features and 3 dimensions, and the bias of the last layer.
    kernels = 2 * (2 * 4 + 4 * 8) * 25
    normalisations = 2 * (4 + 8) + 2 * 4
    linear = 2 * (128 * 3 + 3) + 3 * 128 + 128
    counted = sum(parameter.numel() for parameter in a_network().parameters())
    assert counted == kernels + normalisations + linear + 2


@pytest.mark.parametrize(
    ("size", "channels"), [(50, (1,) * 4), (8, (1,) * 4), (0, (1,)), (3, (1,))]
)
def test_a_size_that_the_blocks_cannot_halve_is_refused(
    size: int, channels: tuple[int, ...]
) -> None:
    message = f"{size} × {size} pixels .* multiples of {2 ** len(channels)}"
    with pytest.raises(InputError, match=message):
        check_architecture(size, channels)
    with pytest.raises(InputError, match=message):
        a_network(size=size, channels=channels)


def test_an_unknown_activation_is_refused_with_those_allowed() -> None:
    with pytest.raises(
        InputError, match=r"unknown activation 'swish'; allowed are relu, .* tanh\."
    ):
        a_network(activation="swish")


def test_the_output_is_never_negative_and_can_be_exactly_empty() -> None:
    output = a_network().decode(20 * torch.randn(50, 3))
    assert (output >= 0).all()
    assert 0 < (output == 0).float().mean() < 1


def test_training_samples_the_posterior_and_evaluation_decodes_its_mean() -> None:
    network, images = a_network(), torch.rand(4, 2, 16, 16)
    assert not torch.equal(network(images).reconstruction, network(images).reconstruction)
    network.eval()
    mean, _ = network.encode(images)
    assert torch.equal(network(images).reconstruction, network.decode(mean))


def test_samples_spread_by_the_posterior_standard_deviation() -> None:
    network = a_network(channels=(1,), latent=1)
    points: list[torch.Tensor] = []
    network.decoder = torch.nn.Identity()  # type: ignore[assignment]
    images = torch.zeros(1, 2, 16, 16).expand(20_000, -1, -1, -1)
    with torch.no_grad():
        network.log_variance.weight.zero_()
        network.log_variance.bias.fill_(2 * torch.log(torch.tensor(3.0)))
        points.append(network(images).reconstruction)
    assert points[0].std().item() == pytest.approx(3, rel=0.03)


def test_dropout_drops_whole_channels() -> None:
    network = a_network(dropout=0.5)
    features = network.encoder[:-1](torch.rand(64, 2, 16, 16))
    dropped = (features == 0).flatten(2).all(2).float().mean().item()
    assert dropped == pytest.approx(0.5, abs=0.1)


def test_threads_and_random_generator_come_back_after_a_reproducible_part() -> None:
    before = torch.get_num_threads(), torch.get_rng_state()
    with reproducible(threads=before[0] + 1):
        assert torch.get_num_threads() == before[0] + 1
        torch.manual_seed(1)
    assert torch.get_num_threads() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])


@pytest.mark.parametrize(
    ("cuda", "mps", "best"),
    [
        (True, True, "cuda"),
        (True, False, "cuda"),
        (False, True, "mps"),
        (False, False, "cpu"),
    ],
)
def test_the_best_device_is_cuda_before_mps_before_the_cpu(
    monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, best: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert best_device() == torch.device(best)
