"""Sweeps: one base model, laid out over the grid of some settings.

A sweep is planned from the configuration alone, so that mistakes are found and models are
counted before anything runs.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from latentscape.errors import InputError
from latentscape.learning.settings import (
    Activation,
    Model,
    Training,
    Transform,
    check_architecture,
)
from latentscape.learning.transforms import OF_MOST_PROBABLE
from latentscape.settings import Settings

ORDERED_AXES = ("latent", "beta", "fraction")
"""Axes whose values are numbers; those of the others are names."""

Value: TypeAlias = int | float | str | tuple[int, ...]
Span: TypeAlias = dict[Literal["from", "to", "step"], float]


def expand_span(values: Any) -> Any:
    """Return the values of a span ``{from, to, step}``, both ends included; others as they are.

    Raises
    ------
    ValueError
        If an end or the step is missing or no number, or the span runs backwards.
    """
    if not isinstance(values, Mapping):
        return values
    ends = [values.get(name) for name in ("from", "to", "step")]
    numbers = [end for end in ends if isinstance(end, int | float)]
    if len(numbers) != 3 or len(values) != 3:
        raise ValueError(f"a span is {{from, to, step}} with three numbers, found {dict(values)}")
    first, last, step = numbers
    if step <= 0 or last < first:
        raise ValueError(f"a span runs upwards in steps above 0, found {dict(values)}")
    count = math.floor((last - first) / step + 1e-9) + 1
    if all(isinstance(number, int) for number in numbers):
        return [first + i * step for i in range(count)]
    # What is written with few digits is meant with few: 0.5 + 3 · 0.1 is 0.8.
    return [round(first + i * step, 10) for i in range(count)]


def _distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    for place, value in enumerate(values):
        if value in values[:place]:
            raise ValueError(f"{_plain(value)!r} stands there twice")
    return values


_Latent = Annotated[int, Field(gt=0)]
_Width = Annotated[int, Field(gt=0)]
_Channels = Annotated[tuple[_Width, ...], Field(min_length=1)]
_Beta = Annotated[float, Field(ge=0)]
_Fraction = Annotated[float, Field(gt=0, le=1)]
_Latents = Annotated[
    tuple[_Latent, ...],
    BeforeValidator(expand_span, json_schema_input_type=tuple[_Latent, ...] | Span),
    AfterValidator(_distinct),
]
_Betas = Annotated[
    tuple[_Beta, ...],
    BeforeValidator(expand_span, json_schema_input_type=tuple[_Beta, ...] | Span),
    AfterValidator(_distinct),
]
_Fractions = Annotated[
    tuple[_Fraction, ...],
    BeforeValidator(expand_span, json_schema_input_type=tuple[_Fraction, ...] | Span),
    AfterValidator(_distinct),
]


class Axes(Settings):
    """The values of each swept setting; an axis without values is not swept."""

    latent: _Latents = Field(
        default=(), description="Latent dimensions: a list or {from, to, step}"
    )
    channels: Annotated[tuple[_Channels, ...], AfterValidator(_distinct)] = Field(
        default=(), description="Widths of the convolution blocks: a list of lists"
    )
    beta: _Betas = Field(
        default=(), description="Weights of the KL divergence: a list or {from, to, step}"
    )
    activation: Annotated[tuple[Activation, ...], AfterValidator(_distinct)] = Field(
        default=(), description="Activation functions"
    )
    transform: Annotated[tuple[Transform, ...], AfterValidator(_distinct)] = Field(
        default=(), description="Transforms of the pixel values"
    )
    fraction: _Fractions = Field(
        default=(),
        description="Shares of the training pool, training.fraction: a list or {from, to, step}. "
        "Smaller pools lie in larger ones",
    )


class Combination(Settings):
    """Some values of some axes; all models that have them are meant."""

    latent: int | None = Field(default=None, description="Latent dimensions")
    channels: tuple[int, ...] | None = Field(default=None, description="Widths of the blocks")
    beta: float | None = Field(default=None, description="Weight of the KL divergence")
    activation: Activation | None = Field(default=None, description="Activation function")
    transform: Transform | None = Field(default=None, description="Transform")
    fraction: float | None = Field(default=None, description="Share of the training pool")


class Sweep(Settings):
    """Many models which differ from a base model in the settings of the axes."""

    base: str = Field(description="Name of the model whose settings hold where no axis says else")
    axes: Axes = Field(description="The settings that are swept: all combinations are trained")
    skip: tuple[Combination, ...] = Field(
        default=(), description="Combinations that are left out, as {latent: 128, beta: 2}"
    )
    seeds: int = Field(default=3, gt=0, description="Trainings per model")
    training: Training = Field(
        default=Training(),
        description="Settings of the training; where silent, those of the base model hold",
    )


AXES = tuple(Axes.model_fields)


@dataclass(frozen=True)
class SweptModel:
    """One model of a sweep.

    Parameters
    ----------
    name : str
        Sweep, axes and values, as ``capacity_latent_16``.
    values : mapping of str to value
        Its value on each axis.
    model : Model
        Its settings.
    """

    name: str
    values: Mapping[str, Value]
    model: Model


@dataclass(frozen=True)
class SweepPlan:
    """All that a sweep trains.

    Parameters
    ----------
    name : str
        Name of the sweep.
    axes : mapping of str to tuple of value
        Values of each swept axis.
    models : tuple of SweptModel
        Its models, the last axis varying fastest.
    seeds : int
        Trainings per model.
    """

    name: str
    axes: Mapping[str, tuple[Value, ...]]
    models: tuple[SweptModel, ...]
    seeds: int

    @property
    def trainings(self) -> int:
        """Number of trainings."""
        return len(self.models) * self.seeds

    @property
    def pattern(self) -> str:
        """Regular expression of the models' names."""
        names = (
            f"{axis}_(?:{'|'.join(map(re.escape, values))})" for axis, values in self.values.items()
        )
        return "_".join([self.name, *names])

    @property
    def values(self) -> dict[str, list[str]]:
        """Values of each swept axis as text."""
        return {axis: [say(value) for value in values] for axis, values in self.axes.items()}

    @property
    def settings(self) -> dict[str, dict[str, Value]]:
        """Value of every axis, swept or not, for each model."""
        return {
            each.name: {
                axis: each.model.training.fraction
                if axis == "fraction"
                else getattr(each.model, axis)
                for axis in AXES
            }
            for each in self.models
        }

    def summary(self) -> str:
        """Return in one line how many models and trainings it has, and over which values."""
        axes = "; ".join(f"{axis}: {', '.join(values)}" for axis, values in self.values.items())
        epochs = max(each.model.training.epochs for each in self.models)
        return (
            f"sweep {self.name}: {len(self.models)} models × {self.seeds} seeds = "
            f"{self.trainings} trainings of at most {epochs} epochs ({axes})"
        )


def plan_sweep(name: str, sweep: Sweep, *, base: Model, size: int) -> SweepPlan:
    """Lay the grid of a sweep over its base model.

    Parameters
    ----------
    name : str
        Name of the sweep.
    sweep : Sweep
        Axes, and what is left out.
    base : Model
        The base model.
    size : int
        Width and height of the images in pixels.

    Returns
    -------
    SweepPlan

    Raises
    ------
    InputError
        If no axis has a value, nothing is left, a left-out combination does not exist, or a
        combination cannot be trained. Names sweep, axis and value.
    """
    axes = {axis: getattr(sweep.axes, axis) for axis in AXES if getattr(sweep.axes, axis)}
    if not axes:
        raise InputError(f"sweeps.{name}.axes: no axis has a value; the axes are {', '.join(AXES)}")
    grid = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    kept = list(_kept(name, grid, sweep.skip))
    models = tuple(
        SweptModel(
            "_".join([name, *(f"{axis}_{say(value)}" for axis, value in values.items())]),
            values,
            _model(base, sweep.training, values),
        )
        for values in kept
    )
    for each in models:
        _check(name, each, size)
    return SweepPlan(name, axes, models, sweep.seeds)


def say(value: Value) -> str:
    """Return a value as it stands in a name: ``16``, ``0.5``, ``32-64-128``, ``relu``."""
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def _kept(
    name: str, grid: Sequence[dict[str, Value]], skip: Sequence[Combination]
) -> Iterator[dict[str, Value]]:
    unwanted = [each.model_dump(exclude_none=True) for each in skip]
    for place, values in enumerate(unwanted):
        if not values or not any(_has(one, values) for one in grid):
            said = {axis: _plain(value) for axis, value in values.items()}
            raise InputError(f"sweeps.{name}.skip.{place}: no model of the sweep has {said}")
    kept = [one for one in grid if not any(_has(one, values) for values in unwanted)]
    if not kept:
        raise InputError(f"sweeps.{name}.skip: all {len(grid)} models are left out")
    yield from kept


def _has(model: Mapping[str, Value], values: Mapping[str, Value]) -> bool:
    return all(axis in model and model[axis] == value for axis, value in values.items())


def _model(base: Model, training: Training, values: Mapping[str, Value]) -> Model:
    own = dict(values)
    # The model's own field of this name lies one level down.
    drawn = {"fraction": own.pop("fraction")} if "fraction" in own else {}
    return base.model_copy(update={**own, "training": training.model_copy(update=drawn)})


def _check(sweep: str, swept: SweptModel, size: int) -> None:
    """Refuse a model that could not be trained."""
    model, values = swept.model, swept.values
    try:
        check_architecture(size, model.channels)
    except InputError as error:
        found = f"sweeps.{sweep}.axes.channels: {list(model.channels)}"
        raise InputError(f"{found}: {error}") from error
    widest = inner_features(model.channels, size)
    if model.latent > widest:
        axis = "latent" if "latent" in values else "channels"
        raise InputError(
            f"sweeps.{sweep}.axes.{axis}: {_plain(values.get(axis, model.latent))}: latent "
            f"{model.latent} is more than the {widest} features of the last block of channels "
            f"{list(model.channels)}; allowed is at most {widest}, or skip the combination"
        )
    scale = model.most_probable
    if model.transform in OF_MOST_PROBABLE and scale is not None and min(scale) <= 0:
        raise InputError(
            f"sweeps.{sweep}.axes.transform: {model.transform!r} needs most probable values "
            f"above 0, found most_probable {list(scale)}"
        )


def inner_features(channels: Sequence[int], size: int) -> int:
    """Return how many numbers the last block of an encoder hands to the latent dimensions."""
    return int(channels[-1] * (size // 2 ** len(channels)) ** 2)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
