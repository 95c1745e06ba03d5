"""Configuration of mixtures, identification and disentanglement."""

from typing import Literal

from pydantic import Field

from latentscape.evaluation.settings.common import Part
from latentscape.settings import Settings


class Mixtures(Settings):
    """Gaussian mixtures of the latents, held against the labels."""

    label: Literal["species", "sample"] = Field(
        default="species", description="What the label of a row is: its sample, or its species"
    )
    label_sets: tuple[tuple[str, ...], ...] | None = Field(
        default=None,
        description="Labels whose rows are fitted together, besides all; by default the first one "
        "that a model was trained on with the first that it was not",
    )
    parts: tuple[Part, ...] = Field(
        default=("train", "validation", "held_out"),
        min_length=1,
        description="Parts of the split whose rows are fitted",
    )
    max_components: int = Field(default=12, gt=0, description="Largest number of components")
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=1000, gt=1, description="Permutations of each null")


class NormalPid(Settings):
    """One normal distribution of the latents per label."""

    label: Literal["species", "sample"] = Field(
        default="species", description="What the label of a row is: its sample, or its species"
    )
    parts: tuple[Part, ...] = Field(
        default=("train", "validation", "held_out"),
        min_length=1,
        description="Parts of the split whose rows are used",
    )
    prior: Literal["flat", "shares"] = Field(
        default="flat",
        description="Whether all labels are as likely beforehand, or as frequent as in the rows",
    )
    folds: int = Field(default=5, gt=1, description="Folds of the cross-validation")
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=1000, gt=1, description="Permutations of each null")


class Disentanglement(Settings):
    """Single latent dimensions held against single true factors."""

    samples: tuple[str, ...] | None = Field(
        default=None,
        description="Simulated samples, each looked at for itself; by default the first one that "
        "a model was trained on and the first that it was not, as far as they are simulated",
    )
    bins: int = Field(
        default=10, gt=1, description="Equally full bins of dimensions and factors (MIG)"
    )
    folds: int = Field(default=5, gt=1, description="Folds of the regression (DCI)")
    bootstrap: int = Field(default=500, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=200, gt=1, description="Permutations of each null")
