"""Training: it learns, stops, keeps the best weights, and can be cut off without a trace."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from latentscape.errors import InputError
from latentscape.learning import training
from latentscape.learning.devices import reproducible
from latentscape.learning.losses import kl_divergence, weighted_squared_error
from latentscape.learning.networks import ConvVAE
from latentscape.learning.settings import Model
from latentscape.learning.training import train

CPU = torch.device("cpu")
# A share of the time that no checkpoint takes.
EVERY_EPOCH = 1e6


def squares(count: int, first: int = 0) -> np.ndarray:
    """Return images of one bright square each, in places that differ."""
    images = np.zeros((count, 1, 8, 8), np.float32)
    for number in range(count):
        row, column = divmod((first + number) % 25, 5)
        images[number, 0, row : row + 3, column : column + 3] = 2
    return images


def a_model(**changes: Any) -> Model:
    settings = {"epochs": 6, "batch": 16, "learning_rate": 0.01} | changes.pop("training", {})
    fixed = {"trained_on": ["a"], "latent": 2, "channels": [4, 8], "training": settings}
    return Model.model_validate(fixed | changes)


def trained(
    model: Model | None = None,
    *,
    images: np.ndarray | None = None,
    seed: int = 1,
    checkpoint: Path | None = None,
    code: str = "",
) -> tuple[ConvVAE, pd.DataFrame]:
    return train(
        squares(40) if images is None else images,
        squares(10, first=5),
        model=model or a_model(),
        seed=seed,
        device=CPU,
        checkpoint=checkpoint,
        code=code,
    )


def are_equal(one: ConvVAE, other: ConvVAE) -> bool:
    weights, others = one.state_dict(), other.state_dict()
    return weights.keys() == others.keys() and all(
        torch.equal(weights[name], others[name]) for name in weights
    )


class CutOff(Exception):  # noqa: N818
    """Stands for a killed job."""


def cut_off(model: Model, checkpoint: Path, *, after: int) -> None:
    """Train and be killed at the end of the epoch that follows, having saved every epoch."""
    done = 0
    true_evaluate = training.evaluate

    def evaluate(*arguments: Any, **keywords: Any) -> dict[str, float]:
        nonlocal done
        done += 1
        if done > after:
            raise CutOff
        return true_evaluate(*arguments, **keywords)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "evaluate", evaluate)
        patch.setattr(training, "CHECKPOINT_SHARE", EVERY_EPOCH)
        with pytest.raises(CutOff):
            trained(model, checkpoint=checkpoint)
    assert checkpoint.exists()


def test_the_loss_falls() -> None:
    _, history = trained(a_model(training={"epochs": 30}))
    assert history["validation_loss"].min() < 0.5 * history["validation_loss"].iloc[0]
    assert history["train_loss"].iloc[-1] < 0.5 * history["train_loss"].iloc[0]


def test_the_same_seed_gives_the_same_bits_and_another_seed_others() -> None:
    (first, history), (again, same), (other, _) = trained(), trained(), trained(seed=2)
    assert are_equal(first, again)
    pd.testing.assert_frame_equal(history, same, check_exact=True)
    assert not are_equal(first, other)


def test_the_random_generator_of_the_caller_changes_nothing() -> None:
    torch.manual_seed(123)
    first, _ = trained()
    torch.manual_seed(456)
    assert are_equal(first, trained()[0])


def test_the_threads_of_the_process_change_nothing() -> None:
    model = a_model(channels=[32, 64], training={"epochs": 2, "batch": 64})
    networks = []
    for threads in (1, 2):
        with reproducible(threads=threads):
            networks.append(trained(model, images=squares(200))[0])
    assert are_equal(*networks)


@pytest.mark.parametrize("cut", [1, 2, 4])
def test_a_resumed_training_equals_an_undisturbed_one_to_the_last_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    model = a_model(dropout=0.2)
    undisturbed, expected = trained(model)
    checkpoint = tmp_path / "checkpoints" / "0"
    cut_off(model, checkpoint, after=cut)
    epochs: list[int] = []
    monkeypatch.setattr(training, "_report", lambda row: epochs.append(row["epoch"]))
    resumed, history = trained(model, checkpoint=checkpoint)
    assert epochs == list(range(cut + 1, 7))
    assert are_equal(resumed, undisturbed)
    pd.testing.assert_frame_equal(history, expected, check_exact=True)


@pytest.mark.parametrize("change", ["seed", "images", "model", "code"])
def test_a_checkpoint_of_another_training_is_not_resumed(tmp_path: Path, change: str) -> None:
    checkpoint = tmp_path / "0"
    cut_off(a_model(), checkpoint, after=2)
    changed: dict[str, Any] = {
        "seed": {"seed": 2},
        "images": {"images": squares(40, first=1)},
        "model": {"model": a_model(beta=1)},
        "code": {"code": "changed"},
    }[change]
    network, _ = trained(**changed, checkpoint=checkpoint)
    assert are_equal(network, trained(**changed)[0])


def test_it_stops_after_patience_epochs_without_progress_and_keeps_the_best_weights() -> None:
    model = a_model(training={"epochs": 60, "patience": 3, "min_delta": 0.05})
    network, history = trained(model)
    assert len(history) < 60
    assert history["is_best"].iloc[-4:].to_list() == [True, False, False, False]
    images = torch.tensor(squares(10, first=5))
    with torch.no_grad():
        output = network(images)
        errors = weighted_squared_error(
            images, output.reconstruction, signal_threshold=0.01, signal_weight=10
        )
        losses = errors + 0.5 * kl_divergence(output.mean, output.log_variance)
    best = history["validation_loss"].iloc[-4]
    assert losses.mean().item() == pytest.approx(best, rel=1e-5)
    assert history["validation_loss"].iloc[-1] != pytest.approx(best, rel=1e-5)


def test_progress_is_a_decrease_by_more_than_the_share() -> None:
    # 0.95 · 100 = 95 is no progress at a share of 0.05, 94.9 is; the next bound is 90.155.
    history: list[dict[str, Any]] = []
    for epoch, loss in enumerate([100, 95, 94.9, 91, 90], start=1):
        row = {"epoch": epoch, "train_loss": 1.0, "validation_loss": loss}
        row["is_best"] = training._is_progress(row, history, 0.05)
        history.append(row)
    assert [row["is_best"] for row in history] == [True, False, True, False, True]


def test_an_improvement_in_small_steps_is_progress_once_it_adds_up() -> None:
    history: list[dict[str, Any]] = []
    for epoch, loss in enumerate([100, 97, 94.9], start=1):
        row = {"epoch": epoch, "train_loss": 1.0, "validation_loss": loss}
        row["is_best"] = training._is_progress(row, history, 0.05)
        history.append(row)
    assert [row["is_best"] for row in history] == [True, False, True]


def test_losses_of_the_history_add_up() -> None:
    _, history = trained(a_model(beta=4.0))
    for part in ("train", "validation"):
        total = history[f"{part}_reconstruction"] + 4.0 * history[f"{part}_kl"]
        np.testing.assert_allclose(history[f"{part}_loss"], total, rtol=1e-6)
    assert history["epoch"].to_list() == [1, 2, 3, 4, 5, 6]


def test_batches_are_equal_and_hold_every_row_once() -> None:
    batches = training._batches(torch.arange(33), 16)
    assert [len(batch) for batch in batches] == [11, 11, 11]
    assert torch.cat(batches).tolist() == list(range(33))


def test_one_image_more_than_a_batch_can_be_trained_on_at_the_smallest_size() -> None:
    # Three blocks leave one pixel per channel, which a batch of one could not normalise.
    model = a_model(channels=[2, 2, 2], training={"epochs": 1})
    _, history = trained(model, images=squares(17))
    assert len(history) == 1


def test_a_diverging_training_says_which_setting_to_change() -> None:
    model = a_model(training={"learning_rate": 1e30})
    with pytest.raises(InputError, match=r"diverged in epoch 1 .* smaller training.learning_rate"):
        trained(model)


@pytest.mark.parametrize(("count", "count_validation"), [(1, 1), (2, 0), (0, 0)])
def test_too_few_images_are_refused(count: int, count_validation: int) -> None:
    message = f"{count} training and {count_validation} validation images"
    with pytest.raises(InputError, match=message):
        train(
            squares(count),
            squares(count_validation),
            model=a_model(),
            seed=1,
            device=CPU,
            checkpoint=None,
        )


def test_images_that_are_not_square_are_refused() -> None:
    with pytest.raises(InputError, match=r"\(4, 1, 8, 6\); allowed is \(N, C, size, size\)"):
        trained(images=squares(4)[..., :6])


def test_a_size_that_the_blocks_cannot_halve_is_refused_before_training() -> None:
    with pytest.raises(InputError, match="allowed sizes are multiples of 16"):
        trained(a_model(channels=[2, 2, 2, 2]))
