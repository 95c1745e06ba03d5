"""Configuration of models and of their training, for every study."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from latentscape.errors import InputError
from latentscape.settings import Settings

Activation = Literal["relu", "leaky_relu", "elu", "gelu", "silu", "tanh"]
Transform = Literal[
    "none",
    "log1p",
    "sqrt",
    "cbrt",
    "minmax",
    "log1p_minmax",
    "clamp99_minmax",
    "tanh100",
    "tanh500",
    "mpv_linear",
    "mpv_tanh",
    "hill_mpv",
]


class Training(Settings):
    """How a model is trained."""

    epochs: int = Field(default=200, gt=0, description="Most epochs")
    batch: int = Field(default=32, gt=0, description="Batch size [images]")
    learning_rate: float = Field(default=1e-3, gt=0, description="Learning rate of Adam")
    weight_decay: float = Field(default=1e-4, ge=0, description="Weight decay of Adam")
    patience: int = Field(default=20, gt=0, description="Epochs without progress before it stops")
    min_delta: float = Field(
        default=1e-4,
        ge=0,
        description="Smallest relative decrease of the validation loss that is progress",
    )
    validation: float = Field(
        default=0.1, gt=0, lt=1, description="Share of the training samples kept for validation"
    )
    balanced: bool = Field(
        default=False, description="Draw as many of each species as the rarest has"
    )
    fraction: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="Share of the training pool used; smaller pools lie in larger",
    )
    threads: int = Field(
        default=1,
        gt=0,
        description="Threads of one training, whatever the cores: the last digits depend on it",
    )


class Model(Settings):
    """One β-VAE: its data, architecture and training."""

    inherits: str | None = Field(
        default=None, description="Name of a model whose settings hold where this one is silent"
    )
    trained_on: tuple[str, ...] = Field(min_length=1, description="Samples that train it")
    latent: int = Field(default=8, gt=0, description="Latent dimensions")
    beta: float = Field(default=0.5, ge=0, description="Weight of the KL divergence")
    channels: tuple[Annotated[int, Field(gt=0)], ...] = Field(
        default=(32, 64, 128, 256), min_length=1, description="Width of each convolution block"
    )
    activation: Activation = Field(default="relu", description="Activation function")
    dropout: float = Field(default=0.0, ge=0, lt=1, description="Dropout of whole channels")
    transform: Transform = Field(default="log1p", description="Transform of the pixel values")
    signal_threshold: float = Field(
        default=0.01, description="Pixels above this, after the transform, are signal"
    )
    signal_weight: float = Field(
        default=10.0, gt=0, description="Weight of signal pixels in the loss"
    )
    most_probable: tuple[float, float] | None = Field(
        default=None,
        description="Most probable value per channel for the mpv transforms; derived from the "
        "training part if not given, because the published 483 and 247 are those of raw samples, "
        "while a pixel of an area-resized image is a sum of many",
    )
    training: Training = Field(default=Training(), description="Training")


def check_architecture(size: int, channels: Sequence[int]) -> None:
    """Refuse images that a stack of blocks, each halving them, cannot bring back to their size.

    Parameters
    ----------
    size : int
        Width and height of the images in pixels.
    channels : sequence of int
        Width of each block.

    Raises
    ------
    InputError
        If ``size`` is not a multiple of 2 to the number of blocks.
    """
    multiple = 2 ** len(channels)
    if size < multiple or size % multiple:
        raise InputError(
            f"{len(channels)} blocks halve an image of {size} × {size} pixels "
            f"{len(channels)} times; allowed sizes are multiples of {multiple}"
        )
