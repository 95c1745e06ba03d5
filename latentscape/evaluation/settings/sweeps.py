"""Configuration of what is measured along a sweep."""

from pydantic import Field

from latentscape.settings import Settings


class Capacity(Settings):
    """What a training does with its latent dimensions."""

    active_variance: float = Field(
        default=0.01,
        ge=0,
        description="A dimension is active if its posterior mean has a larger variance",
    )
    folds: int = Field(default=5, gt=1, description="Folds of the probes of features")
    bootstrap: int = Field(default=200, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=200, gt=1, description="Permutations of each null")


class Trends(Settings):
    """What changes along the axes of a sweep."""

    gain: float = Field(
        default=0.95, gt=0, le=1, description="Share of the whole gain that is looked for"
    )
    bootstrap: int = Field(default=1000, gt=1, description="Bootstrap draws of each interval")
    permutations: int = Field(default=9999, gt=1, description="Permutations of each p-value")
