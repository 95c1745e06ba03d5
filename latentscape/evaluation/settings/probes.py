"""Configuration of the probes."""

from typing import Literal

from pydantic import Field

from latentscape.evaluation.settings.common import Part
from latentscape.settings import Settings


class Probes(Settings):
    """Classifiers that read the label from the latents."""

    tasks: tuple[tuple[str, str], ...] | None = Field(
        default=None,
        description="Pairs of samples to tell apart, positive first; by default each sample that "
        "a model was not trained on against the first that it was",
    )
    parts: tuple[Part, ...] = Field(
        default=("train", "validation", "held_out"),
        min_length=1,
        description="Parts of the split whose rows are used. No part has seen a label in training, "
        "but a model may know its training images better than others: leave 'train' out to rule "
        "that out, at the price of few rows of the trained label",
    )
    folds: int = Field(default=5, gt=1, description="Folds of the cross-validation")
    max_pair_dimensions: int = Field(
        default=8, ge=0, description="Pairs are probed in models of at most this many dimensions"
    )
    hidden: tuple[int, ...] = Field(
        default=(16,), min_length=1, description="Units in each hidden layer of the MLP"
    )
    penalty: float = Field(default=10.0, ge=0, description="L2 penalty of the MLP's weights")
    shuffles: int = Field(
        default=10, gt=1, description="Fits to shuffled labels, which show what chance alone gives"
    )
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=1000, gt=1, description="Permutations of each null")


class Agreement(Settings):
    """How far probes of different kinds and trainings agree on single rows."""

    bootstrap: int = Field(default=500, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=500, gt=1, description="Permutations of each null")


class HardCases(Settings):
    """Rows that are hard for all probes of all trainings."""

    wrong: float = Field(
        default=0.8, gt=0, le=1, description="Share of wrong calls from which a row is hard"
    )
    unsure: float = Field(
        default=0.75,
        ge=0.5,
        lt=1,
        description="Nobody is sure of a row if no probe gives a label more than this probability",
    )
    permutations: int = Field(default=200, gt=1, description="Permutations of each null")
    shown: int = Field(default=4, gt=0, description="Rows of each kind in the figure, at most")


class Multiclass(Settings):
    """Probes that tell more than two labels apart at once."""

    label: Literal["species", "sample"] = Field(
        default="species", description="What the label of a row is: its sample, or its species"
    )
    wanted: tuple[str, ...] | None = Field(
        default=None,
        min_length=3,
        description="Labels to tell apart; all that have as many rows as there are folds if not "
        "given",
    )
    parts: tuple[Part, ...] = Field(
        default=("train", "validation", "held_out"),
        min_length=1,
        description="Parts of the split whose rows are used",
    )
    folds: int = Field(default=5, gt=1, description="Folds of the cross-validation")
    hidden: tuple[int, ...] = Field(
        default=(16,), min_length=1, description="Units in each hidden layer of the MLP"
    )
    penalty: float = Field(default=10.0, ge=0, description="L2 penalty of the MLP's weights")
    bootstrap: int = Field(default=500, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=500, gt=1, description="Permutations of each null")
